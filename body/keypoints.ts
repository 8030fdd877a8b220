/** Named 3D points of a person: OpenPose's BODY_25 and its two hands of 21. */

/** Keypoints in one frame and unit (the scan's, metres), xyz interleaved; NaN where unknown. */
export interface Keypoints3D {
  /** OpenPose BODY_25 order, length 75. */
  body25: Float64Array;
  /** OpenPose hand order (wrist, then thumb to little finger, base to tip), length 63. */
  handLeft: Float64Array;
  handRight: Float64Array;
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
] as const; // deno-fmt-ignore
