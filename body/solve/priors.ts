/** What a body may look like where the data say nothing: joint limits, a usual pose, a usual shape. */
import { JOINT_NAMES, type JointName } from "../joints.ts";
import type { BodyModel } from "../model.ts";
import type { NormalEquations } from "./normal_equations.ts";
import { type BodyState, layoutOf } from "./state.ts";

/** How strongly the priors pull; each is the weight of one squared deviation. */
export interface PriorOptions {
  /** Of a joint from its usual angle, per squared spread. */
  pose: number;
  /** Beyond a joint's limits, per squared radian. */
  limits: number;
  /** Of a beta from 0, per squared unit. */
  shape: number;
}

/** Per component (x, y, z of the axis-angle vector): least, greatest, usual, spread; radians. */
type Range = readonly [low: number, high: number, usual: number, spread: number];

/**
 * Ranges of motion of the left side's joints in the T-pose's axes (x to the person's left, y up, z
 * to the front), after the usual clinical tables (AAOS, "Joint Motion", 1965), widened by about
 * 20° because an axis-angle's components mix where several are large.
 */
const RANGES: Readonly<Record<string, readonly [Range, Range, Range]>> = {
  hip: [[-2.4, 1.0, -0.2, 0.8], [-1.0, 1.2, 0.1, 0.35], [-0.8, 1.3, 0.1, 0.35]],
  knee: [[-0.2, 2.7, 0.4, 0.9], [-0.6, 0.6, 0, 0.2], [-0.5, 0.5, 0, 0.2]],
  ankle: [[-0.9, 1.1, 0, 0.35], [-0.8, 0.8, 0, 0.3], [-0.6, 0.6, 0, 0.25]],
  foot: [[-0.8, 0.8, 0, 0.2], [-0.4, 0.4, 0, 0.15], [-0.4, 0.4, 0, 0.15]],
  spine: [[-0.5, 0.9, 0.08, 0.25], [-0.6, 0.6, 0, 0.2], [-0.5, 0.5, 0, 0.15]],
  neck: [[-0.8, 0.8, 0, 0.25], [-0.9, 0.9, 0, 0.3], [-0.6, 0.6, 0, 0.2]],
  head: [[-0.8, 0.8, 0, 0.25], [-0.9, 0.9, 0, 0.3], [-0.6, 0.6, 0, 0.2]],
  collar: [[-0.5, 0.5, 0, 0.15], [-0.7, 0.7, 0, 0.2], [-0.6, 0.7, 0, 0.2]],
  shoulder: [[-2.5, 2.5, 0, 0.6], [-2.2, 1.4, -0.2, 0.6], [-1.7, 1.7, -0.7, 0.8]],
  elbow: [[-1.6, 1.6, 0, 0.4], [-2.8, 0.4, -0.6, 0.8], [-1.0, 1.0, 0, 0.35]],
  wrist: [[-1.4, 1.4, 0, 0.35], [-0.8, 0.8, 0, 0.25], [-1.3, 1.3, 0, 0.35]],
  hand: [[-0.6, 0.6, 0, 0.2], [-0.5, 0.5, 0, 0.2], [-0.8, 1.2, 0, 0.25]],
};

/** Jaw, eyes and fingers: little is known, little is moved. */
const OTHER: Range = [-1.6, 1.6, 0, 0.3];

/** The priors of a model's joints, without the root's orientation. */
export function jointRanges(model: BodyModel): Range[] {
  return JOINT_NAMES[model.kind].slice(1).flatMap((name) => rangesOf(name));
}

function rangesOf(name: JointName): readonly Range[] {
  const [, side, joint] = /^(?:([lr])_)?([a-z]+)\d?$/.exec(name)!;
  const ranges = RANGES[joint];
  if (ranges === undefined) return [OTHER, OTHER, OTHER];
  if (side !== "r") return ranges;
  // The mirror image in x turns the other way about y and z.
  return ranges.map(([low, high, usual, spread], k) =>
    k === 0 ? [low, high, usual, spread] : [-high, -low, -usual, spread]
  );
}

/** Adds the priors to a step's equations, and returns what they cost at the state. */
export function addPriors(
  equations: NormalEquations,
  state: BodyState,
  { ranges, options }: { ranges: readonly Range[]; options: PriorOptions },
): number {
  const layout = layoutOf(state);
  let cost = 0;
  const add = (column: number, difference: number, weight: number) => {
    equations.addParameter(column, difference, weight);
    cost += weight * difference * difference;
  };
  ranges.forEach(([low, high, usual, spread], i) => {
    const column = layout.pose + 3 + i, angle = state.pose[3 + i];
    add(column, angle - usual, options.pose / (spread * spread));
    const beyond = angle > high ? angle - high : angle < low ? angle - low : 0;
    if (beyond !== 0) add(column, beyond, options.limits);
  });
  state.betas.forEach((beta, b) => add(layout.betas + b, beta, options.shape));
  return cost;
}
