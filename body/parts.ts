/** Which part of the body a vertex belongs to: the part of the joint that moves it most. */
import { JOINT_NAMES, type JointName } from "./joints.ts";
import { type BodyModel, bodyVertexCount } from "./model.ts";

/** The parts, in the order of their labels. */
export const BODY_PARTS = [
  "head",
  "torso",
  "l_upper_arm",
  "r_upper_arm",
  "l_lower_arm",
  "r_lower_arm",
  "l_hand",
  "r_hand",
  "l_upper_leg",
  "r_upper_leg",
  "l_lower_leg",
  "r_lower_leg",
  "l_foot",
  "r_foot",
] as const;

/** The name of a part. "l" and "r" are the person's own sides. */
export type BodyPart = (typeof BODY_PARTS)[number];

/** A part without its side: what scores are grouped by. */
export type PartGroup =
  | "head"
  | "torso"
  | "upper_arm"
  | "lower_arm"
  | "hand"
  | "upper_leg"
  | "lower_leg"
  | "foot";

/** The part without its side. */
export function partGroup(part: BodyPart): PartGroup {
  return part.replace(/^[lr]_/, "") as PartGroup;
}

/** Parts by what their joints are called, without the side. */
const PART_OF_JOINT: readonly (readonly [RegExp, PartGroup])[] = [
  [/^(neck|head|jaw|eye)$/, "head"],
  [/^(pelvis|spine\d|collar)$/, "torso"],
  [/^shoulder$/, "upper_arm"],
  [/^elbow$/, "lower_arm"],
  [/^(wrist|hand|(index|middle|pinky|ring|thumb)\d)$/, "hand"],
  [/^hip$/, "upper_leg"],
  [/^knee$/, "lower_leg"],
  [/^(ankle|foot)$/, "foot"],
];

/** The part that a joint moves: a shoulder the upper arm, a wrist the hand, the neck the head. */
export function partOfJoint(joint: JointName): BodyPart {
  const [, side = "", name] = /^(?:([lr])_)?(\w+)$/.exec(joint)!;
  const group = PART_OF_JOINT.find(([pattern]) => pattern.test(name))![1];
  const sided = side !== "" && group !== "head" && group !== "torso";
  return (sided ? `${side}_${group}` : group) as BodyPart;
}

/**
 * One label a vertex, an index into `BODY_PARTS`: the part of the joint with the largest skinning
 * weight; of equal weights the joint that comes first.
 */
export function vertexParts(model: BodyModel): Uint8Array {
  const labels = JOINT_NAMES[model.kind].map((name) => BODY_PARTS.indexOf(partOfJoint(name)));
  const { start, index, value } = model.weights;
  const out = new Uint8Array(bodyVertexCount(model));
  for (let v = 0; v < out.length; v++) {
    let best = -1;
    for (let e = start[v]; e < start[v + 1]; e++) {
      if (best < 0 || value[e] > value[best]) best = e;
    }
    out[v] = labels[best < 0 ? 0 : index[best]];
  }
  return out;
}
