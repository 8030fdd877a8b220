/**
 * The twelve parts of 2K2K: which key points hold a part, and where they lie on the part's own
 * canvas. Key points are numbered as in `keypoints31.ts`; targets are normalised canvas
 * coordinates, x right and y down, edges at −1 and +1.
 */

/** A source point: one key point, or the mean of those of several that are known. */
export type PartSource = number | readonly number[];

/** One part. */
export interface Part {
  name: string;
  sources: readonly PartSource[];
  /** One (x, y) for each source. */
  targets: readonly (readonly [number, number])[];
  /**
   * Where the first and the last limb point are nearer than `length` (normalised), all targets
   * shrink in proportion, so that a short part is drawn at its own size and not enlarged.
   */
  shorten?: { between: readonly [number, number]; length: number };
}

type Targets = readonly (readonly [number, number])[];

const scaled = (factor: number, targets: Targets): Targets =>
  targets.map(([x, y]) => [factor * x, factor * y] as const);

// deno-fmt-ignore
const TRUNK = scaled(2 / 3, [[-1 / 6, -1 / 4], [1 / 6, -1 / 4], [-1 / 8, 1 / 4], [1 / 8, 1 / 4]]);
const UPPER_ARM: Targets = [[0, -3 / 16], [0, 1 / 16]];
const LOWER_ARM = scaled(4 / 3, [[0, -1 / 6], [0, 0], [0, 1 / 24]]);
const FOOT: Targets = [[0, 1 / 24], [0, 1 / 24], [0, -1 / 24], [0, -1 / 24]];
const upperLeg = (x: number): Targets => [[x, -5 / 32], [x, 3 / 32]];
const lowerLeg = (x: number): Targets => [[x, -9 / 64], [x, 9 / 64]];

function limb(
  name: string,
  sources: readonly PartSource[],
  targets: Targets,
  length: number,
): Part {
  return { name, sources, targets, shorten: { between: [0, sources.length - 1], length } };
}

/** Finger points of the left and of the right hand. */
export const LEFT_FINGERS: readonly number[] = Object.freeze([23, 24, 25, 26]);
export const RIGHT_FINGERS: readonly number[] = Object.freeze([27, 28, 29, 30]);

/** The published table, in the network's order. "Left" and "right" are the person's own. */
export const PARTS: readonly Part[] = Object.freeze([
  limb("face", [4, 3], [[-1 / 12, 1 / 24], [1 / 12, 1 / 24]], 1 / 6),
  { name: "upper body", sources: [6, 5, 12, 11], targets: TRUNK },
  limb("left upper arm", [5, 7], UPPER_ARM, 1 / 4),
  limb("left lower arm", [7, 9, LEFT_FINGERS], LOWER_ARM, 5 / 18),
  limb("right upper arm", [6, 8], UPPER_ARM, 1 / 4),
  limb("right lower arm", [8, 10, RIGHT_FINGERS], LOWER_ARM, 5 / 18),
  limb("left upper leg", [11, 13], upperLeg(-3 / 128), 1 / 4),
  limb("left lower leg", [13, 15], lowerLeg(-3 / 128), 9 / 32),
  limb("right upper leg", [12, 14], upperLeg(3 / 128), 1 / 4),
  limb("right lower leg", [14, 16], lowerLeg(3 / 128), 9 / 32),
  { name: "left foot", sources: [17, 18, 19, 15], targets: FOOT },
  { name: "right foot", sources: [20, 21, 22, 16], targets: FOOT },
]);
