/**
 * The 31 key points of 2K2K (picked from OpenPose's by `keypoints31` of render/), and what stands
 * in for those that are missing (docs/models.md, "Key points").
 */
import { InputError } from "../../core/work/errors.ts";

/** Number of key points. */
export const POINT_COUNT = 31;

/** Names in the network's order; "left" and "right" are the person's own. */
// deno-fmt-ignore
export const POINT_NAMES: readonly string[] = Object.freeze([
  "nose", "left eye", "right eye", "left ear", "right ear", "left shoulder", "right shoulder",
  "left elbow", "right elbow", "left wrist", "right wrist", "left hip", "right hip", "left knee",
  "right knee", "left ankle", "right ankle", "left big toe", "left small toe", "left heel",
  "right big toe", "right small toe", "right heel", "left index", "left middle", "left ring",
  "left little", "right index", "right middle", "right ring", "right little",
]);

/** Points with a stand-in for every missing one. */
export interface CompletePoints {
  /** As the input, length 93, every point known. Guessed points have confidence 0. */
  points: Float64Array;
  /** Which points were guessed. */
  guessed: number[];
}

/**
 * Where a missing point comes from, tried in order until all points it needs are known:
 * `sum of weight · point`, plus `down` torso lengths along the picture's y. Rules run in this
 * order, so later ones may build on guesses of earlier ones.
 */
interface Rule {
  point: number;
  from: readonly (readonly [number, number])[];
  down?: number;
}

const copyOf = (point: number, from: number, down = 0): Rule => ({
  point,
  from: [[1, from]],
  down,
});

/** `joint = parent + factor · (child of the pair's other bone)`: straight on from a bone. */
const onwards = (point: number, from: number, to: number, factor: number): Rule => ({
  point,
  from: [[1 + factor, to], [-factor, from]],
});

/**
 * The rules (proportions of a standing adult in torso lengths, mid-shoulder to mid-hip): a joint
 * between two known ones is their middle, a joint beyond the last known one continues the limb
 * straight, otherwise it hangs down.
 */
const RULES: readonly Rule[] = [
  // Head: one eye or ear from the other features, then from the neck.
  { point: 0, from: [[0.5, 1], [0.5, 2]] },
  { point: 0, from: [[0.5, 3], [0.5, 4]] },
  { point: 0, from: [[0.5, 5], [0.5, 6]], down: -0.45 },
  // An ear mirrors the other at the nose, or both stand a third of the shoulders apart.
  { point: 3, from: [[2, 0], [-1, 4]] },
  { point: 4, from: [[2, 0], [-1, 3]] },
  { point: 3, from: [[1, 0], [0.17, 5], [-0.17, 6]] },
  { point: 4, from: [[1, 0], [0.17, 6], [-0.17, 5]] },
  // Eyes have no part in the transforms; they are filled in so that no point is left.
  copyOf(1, 0),
  copyOf(2, 0),
  ...[0, 1].flatMap((side): Rule[] => {
    const [shoulder, elbow, wrist] = [5 + side, 7 + side, 9 + side];
    const [hip, knee, ankle] = [11 + side, 13 + side, 15 + side];
    const toe = 17 + 3 * side, small = toe + 1, heel = toe + 2, finger = 23 + 4 * side;
    return [
      { point: elbow, from: [[0.5, shoulder], [0.5, wrist]] },
      copyOf(elbow, shoulder, 0.62),
      onwards(wrist, shoulder, elbow, 0.85),
      { point: knee, from: [[0.5, hip], [0.5, ankle]] },
      copyOf(knee, hip, 0.85),
      onwards(ankle, hip, knee, 0.95),
      copyOf(toe, small),
      copyOf(small, toe),
      copyOf(heel, ankle),
      copyOf(toe, ankle, 0.15),
      copyOf(small, toe),
      // A hand whose fingers are all missing continues the lower arm.
      onwards(finger, elbow, wrist, 0.4),
    ];
  }),
];

/**
 * Fills in missing points. A point is missing when x and y are both 0 or one is NaN: a single 0 is
 * a place at the picture's edge. Fingers are filled in only when a whole hand is missing, as the
 * part's transform uses the mean of those that are there; the others stay missing (NaN).
 *
 * @throws {InputError} If a shoulder or a hip is missing: nothing can be placed without the trunk.
 */
export function completePoints(points31: Float64Array): CompletePoints {
  const points = points31.slice();
  const missing = missingPoints(points);
  const trunk = [5, 6, 11, 12].filter((k) => missing.has(k));
  if (trunk.length > 0) {
    throw new InputError(
      `Cannot place the parts: ${trunk.map((k) => POINT_NAMES[k]).join(", ")} ` +
        `${trunk.length === 1 ? "is" : "are"} missing, expected both shoulders and both hips`,
      { hint: "give key points with --keypoints, or a picture that shows the trunk" },
    );
  }
  const torso = Math.hypot(
    ...[0, 1].map((k) => (points[15 + k] + points[18 + k] - points[33 + k] - points[36 + k]) / 2),
  );
  const guessed: number[] = [];
  for (const { point, from, down = 0 } of RULES) {
    if (!missing.has(point) || from.some(([, k]) => missing.has(k))) continue;
    const hand = point >= 23;
    if (hand && [1, 2, 3].some((k) => !missing.has(point + k))) continue;
    for (let k = 0; k < 2; k++) {
      points[3 * point + k] = from.reduce((sum, [w, p]) => sum + w * points[3 * p + k], 0) +
        (k === 1 ? down * torso : 0);
    }
    points[3 * point + 2] = 0;
    missing.delete(point);
    guessed.push(point);
  }
  for (const k of missing) points.fill(NaN, 3 * k, 3 * k + 2);
  return { points, guessed: guessed.sort((a, b) => a - b) };
}

/** The points that are missing. */
export function missingPoints(points31: Float64Array): Set<number> {
  if (points31.length !== 3 * POINT_COUNT) {
    throw new RangeError(
      `Cannot use key points: found ${points31.length} values, expected ${3 * POINT_COUNT}`,
    );
  }
  const missing = new Set<number>();
  for (let k = 0; k < POINT_COUNT; k++) {
    const x = points31[3 * k], y = points31[3 * k + 1];
    if ((x === 0 && y === 0) || !Number.isFinite(x) || !Number.isFinite(y)) missing.add(k);
  }
  return missing;
}
