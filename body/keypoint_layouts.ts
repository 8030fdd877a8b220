/** Other people's sets of keypoints from the suite's, and back: COCO-17, 2K2K's 31, Joint3D files. */
import {
  type Body25Name,
  BODY_25,
  COCO_17,
  FACE_POINTS,
  FEET_6,
  HAND_POINTS,
  type Keypoints3D,
  unknownKeypoints,
} from "./keypoints.ts";

/** COCO's 17 of BODY_25, length 51; NaN where unknown. */
export function coco17(keypoints: Pick<Keypoints3D, "body25">): Float64Array {
  return pick(keypoints.body25, COCO_17);
}

/** Which joint of each finger stands for it: the knuckle, or the joint after it. */
export type FingerJoint = "first" | "second";

/**
 * 2K2K's 31: COCO's 17, six of the feet, then one joint of each finger from index to little finger,
 * left and right; length 93, NaN where unknown. 2K2K's training files have the first finger
 * joints (knuckles), its demo the second ones (`render_keypoint.py`, `test_02_model.py`).
 */
export function twoktwok31(
  keypoints: Keypoints3D,
  { fingers = "second" }: { fingers?: FingerJoint } = {},
): Float64Array {
  const first = fingers === "first" ? 5 : 6; // of the index finger; the next ones follow in fours
  const hand = (points: Float64Array) =>
    [0, 1, 2, 3].flatMap((finger) => {
      const at = 3 * (first + 4 * finger);
      return [...points.subarray(at, at + 3)];
    });
  return Float64Array.of(
    ...pick(keypoints.body25, COCO_17),
    ...pick(keypoints.body25, FEET_6),
    ...hand(keypoints.handLeft),
    ...hand(keypoints.handRight),
  );
}

/** A `Joint3D` file as 2K2K reads it: COCO-WholeBody's 133 points, in the scan's units. */
export interface Joint3D {
  /** 133 points; zeros where unknown. */
  joint3d: [number, number, number][];
  /** 1 where a point is known, 0 elsewhere; length 133. */
  visible: number[];
}

/** COCO-WholeBody: 17 body, 6 feet, 68 face, 21 left hand, 21 right hand. */
export const WHOLE_BODY_POINTS: number = COCO_17.length + FEET_6.length + FACE_POINTS +
  2 * HAND_POINTS;

/**
 * Makes a `Joint3D` record.
 *
 * @param unitsPerMetre Units of the scan per metre: the file is in scan units. Default: 1.
 */
export function joint3dOf(
  keypoints: Keypoints3D,
  { unitsPerMetre = 1 }: { unitsPerMetre?: number } = {},
): Joint3D {
  const all = Float64Array.of(
    ...pick(keypoints.body25, COCO_17),
    ...pick(keypoints.body25, FEET_6),
    ...(keypoints.face ?? unknownKeypoints().face),
    ...keypoints.handLeft,
    ...keypoints.handRight,
  );
  const out: Joint3D = { joint3d: [], visible: [] };
  for (let i = 0; i < WHOLE_BODY_POINTS; i++) {
    const [x, y, z] = all.subarray(3 * i, 3 * i + 3).map((v) => v * unitsPerMetre);
    const known = Number.isFinite(x + y + z);
    out.joint3d.push(known ? [x, y, z] : [0, 0, 0]);
    out.visible.push(known ? 1 : 0);
  }
  return out;
}

/**
 * Reads a `Joint3D` record back. Neck and mid hip, which COCO does not have, are the middles of
 * shoulders and hips, as OpenPose defines them.
 *
 * @param unitsPerMetre As in {@linkcode joint3dOf}.
 * @throws {RangeError} If there are not 133 points of three numbers and as many visibilities.
 */
export function keypointsOfJoint3d(
  { joint3d, visible }: Joint3D,
  { unitsPerMetre = 1 }: { unitsPerMetre?: number } = {},
): Keypoints3D & { face: Float64Array } {
  const sound = joint3d.length === WHOLE_BODY_POINTS && visible.length === WHOLE_BODY_POINTS &&
    joint3d.every((point) => point.length === 3);
  if (!sound) {
    throw new RangeError(
      `Cannot read Joint3D keypoints: found ${joint3d.length} points and ${visible.length} ` +
        `visibilities, expected ${WHOLE_BODY_POINTS} of each`,
    );
  }
  const at = (i: number) => joint3d[i].map((v) => visible[i] ? v / unitsPerMetre : NaN);
  const range = (from: number, count: number) =>
    Float64Array.from(Array.from({ length: count }, (_, i) => at(from + i)).flat());
  const out = unknownKeypoints();
  [...COCO_17, ...FEET_6].forEach((name, i) => out.body25.set(at(i), 3 * BODY_25.indexOf(name)));
  setMiddle(out.body25, "neck", ["l_shoulder", "r_shoulder"]);
  setMiddle(out.body25, "mid_hip", ["l_hip", "r_hip"]);
  const face = COCO_17.length + FEET_6.length, left = face + FACE_POINTS;
  out.face = range(face, FACE_POINTS);
  out.handLeft = range(left, HAND_POINTS);
  out.handRight = range(left + HAND_POINTS, HAND_POINTS);
  return out;
}

function setMiddle(body25: Float64Array, name: Body25Name, of: [Body25Name, Body25Name]): void {
  const [a, b] = of.map((other) => 3 * BODY_25.indexOf(other));
  const to = 3 * BODY_25.indexOf(name);
  for (let k = 0; k < 3; k++) body25[to + k] = (body25[a + k] + body25[b + k]) / 2;
}

function pick(body25: Float64Array, names: readonly Body25Name[]): Float64Array {
  return Float64Array.from(names.flatMap((name) => {
    const at = 3 * BODY_25.indexOf(name);
    return [...body25.subarray(at, at + 3)];
  }));
}
