/** Named 3D points of a person: OpenPose's BODY_25, its two hands of 21, and iBUG's 68 of the face. */

/** Keypoints in one frame and unit (the scan's, metres), xyz interleaved; NaN where unknown. */
export interface Keypoints3D {
  /** OpenPose BODY_25 order, length 75. */
  body25: Float64Array;
  /** OpenPose hand order (wrist, then thumb to little finger, base to tip), length 63. */
  handLeft: Float64Array;
  handRight: Float64Array;
  /** iBUG's 68 points of the face: jaw line from the person's right, then brows …, length 204. */
  face?: Float64Array;
}

/** The 25 body keypoints of OpenPose, in order. "l" and "r" are the person's own sides. */
export const BODY_25 = [
  "nose",
  "neck",
  "r_shoulder",
  "r_elbow",
  "r_wrist",
  "l_shoulder",
  "l_elbow",
  "l_wrist",
  "mid_hip",
  "r_hip",
  "r_knee",
  "r_ankle",
  "l_hip",
  "l_knee",
  "l_ankle",
  "r_eye",
  "l_eye",
  "r_ear",
  "l_ear",
  "l_big_toe",
  "l_small_toe",
  "l_heel",
  "r_big_toe",
  "r_small_toe",
  "r_heel",
] as const;

/** The name of one of them. */
export type Body25Name = (typeof BODY_25)[number];

/** The fingers of a hand of 21 in OpenPose's order; each has four points, base to tip. */
export const HAND_FINGERS = ["thumb", "index", "middle", "ring", "pinky"] as const;

/** Points of each set. */
export const HAND_POINTS = 21, FACE_POINTS = 68;

/** The 17 keypoints of COCO, in order. */
export const COCO_17 = [
  "nose",
  "l_eye",
  "r_eye",
  "l_ear",
  "r_ear",
  "l_shoulder",
  "r_shoulder",
  "l_elbow",
  "r_elbow",
  "l_wrist",
  "r_wrist",
  "l_hip",
  "r_hip",
  "l_knee",
  "r_knee",
  "l_ankle",
  "r_ankle",
] as const satisfies readonly Body25Name[];

/** The six points of the feet that COCO-WholeBody and 2K2K add, in order. */
export const FEET_6 = [
  "l_big_toe",
  "l_small_toe",
  "l_heel",
  "r_big_toe",
  "r_small_toe",
  "r_heel",
] as const satisfies readonly Body25Name[];

/** Keypoints of which nothing is known: all NaN. */
export function unknownKeypoints(): Keypoints3D & { face: Float64Array } {
  return {
    body25: new Float64Array(3 * BODY_25.length).fill(NaN),
    handLeft: new Float64Array(3 * HAND_POINTS).fill(NaN),
    handRight: new Float64Array(3 * HAND_POINTS).fill(NaN),
    face: new Float64Array(3 * FACE_POINTS).fill(NaN),
  };
}
