/** A body with left and right exchanged. */
import { JOINT_NAMES, type JointName } from "../joints.ts";
import type { BodyModel } from "../model.ts";
import { type BodyState, copyState } from "./state.ts";

/**
 * How left and right were exchanged:
 *
 * - `pose`: the mirror image of the pose, in the same place and facing the same way;
 * - `person`: the mirror image in x = 0 of the person, place and orientation included;
 * - `joints`: rotations of left and right joints exchanged as they are.
 */
export const SWAPS = ["pose", "person", "joints"] as const;

/** One of {@linkcode SWAPS}. */
export type Swap = (typeof SWAPS)[number];

/** The state with left and right exchanged. Doing it twice changes nothing. */
export function swapSides(model: BodyModel, state: BodyState, swap: Swap): BodyState {
  const names = JOINT_NAMES[model.kind], next = copyState(state);
  names.forEach((name, joint) => {
    const from = 3 * names.indexOf(otherSide(name));
    const [x, y, z] = state.pose.subarray(from, from + 3);
    if (joint === 0 && swap !== "person") return;
    next.pose.set(swap === "joints" ? [x, y, z] : [x, -y, -z], 3 * joint);
  });
  if (swap === "person") next.transl[0] = -next.transl[0];
  return next;
}

function otherSide(name: JointName): JointName {
  const [, side, rest] = /^([lr]_)?(.*)$/.exec(name)!;
  return (side === "l_" ? `r_${rest}` : side === "r_" ? `l_${rest}` : name) as JointName;
}
