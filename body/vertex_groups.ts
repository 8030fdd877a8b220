/** Groups of vertices that metrics of hands and face look at. */
import { JOINT_NAMES } from "./joints.ts";
import { type BodyModel, bodyVertexCount } from "./model.ts";
import { BODY_PARTS, vertexParts } from "./parts.ts";

/** One flag a vertex (1: in the group). */
export type VertexGroups = Readonly<Record<"l_hand" | "r_hand" | "face", Uint8Array>>;

const groups = new WeakMap<BodyModel, VertexGroups>();

/**
 * Tells which vertices are of the hands and of the face. Hands are those that a wrist, a palm or a
 * finger moves most. The face is what the joints of the head, jaw and eyes move, neither behind nor
 * below the joint of the head in the template. Lists of vertices that come with SMPL-X differ by some
 * at the borders.
 */
export function vertexGroups(model: BodyModel): VertexGroups {
  let found = groups.get(model);
  if (found === undefined) groups.set(model, found = makeGroups(model));
  return found;
}

function makeGroups(model: BodyModel): VertexGroups {
  const parts = vertexParts(model), { weights, template } = model;
  const names = JOINT_NAMES[model.kind];
  const head = jointAt(model, names.findIndex((name) => name === "head"));
  const inHead = names.map((name) => /^(head|jaw|l_eye|r_eye)$/.test(name));
  const face = new Uint8Array(bodyVertexCount(model));
  for (let v = 0; v < face.length; v++) {
    let share = 0;
    for (let e = weights.start[v]; e < weights.start[v + 1]; e++) {
      if (inHead[weights.index[e]]) share += weights.value[e];
    }
    if (share > 0.5 && template[3 * v + 1] >= head[1] && template[3 * v + 2] >= head[2]) {
      face[v] = 1;
    }
  }
  const part = (name: "l_hand" | "r_hand") => {
    const label = BODY_PARTS.indexOf(name);
    return Uint8Array.from(parts, (one) => one === label ? 1 : 0);
  };
  return { l_hand: part("l_hand"), r_hand: part("r_hand"), face };
}

/** A joint of the template, metres. */
function jointAt({ jointRegressor, template }: BodyModel, joint: number): number[] {
  const { start, index, value } = jointRegressor, at = [0, 0, 0];
  for (let e = start[joint]; e < start[joint + 1]; e++) {
    for (let k = 0; k < 3; k++) at[k] += value[e] * template[3 * index[e] + k];
  }
  return at;
}
