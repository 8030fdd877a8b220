/** Where the points of BODY_25 are on a body: joints, or vertices where its topology is known. */
import { EXTRA_OF_BODY25 } from "../body_keypoints.ts";
import { EXTRA_POINTS, extraVertices } from "../extra_points.ts";
import { jointIndex } from "../joints.ts";
import { BODY_25 } from "../keypoints.ts";
import type { BodyModel } from "../model.ts";
import { isOpenBody, OPEN_KEYPOINTS } from "../open_body.ts";
import type { BodyPlace } from "./point_targets.ts";

/**
 * Places of BODY_25 in order; undefined where the model cannot tell. Neck and mid hip are the middles
 * of shoulders and hips, as OpenPose learnt them.
 */
export function body25Places(model: BodyModel): (BodyPlace | undefined)[] {
  const vertices = extraVertices(model), open = isOpenBody(model);
  const joint = (name: Parameters<typeof jointIndex>[1]) => jointIndex(model.kind, name);
  const middle = (a: number, b: number): BodyPlace => ({ joints: [[a, 0.5], [b, 0.5]] });
  return BODY_25.map((name): BodyPlace | undefined => {
    if (name === "neck") return middle(joint("l_shoulder"), joint("r_shoulder"));
    if (name === "mid_hip") return middle(joint("l_hip"), joint("r_hip"));
    const extra = EXTRA_OF_BODY25[name];
    if (extra === undefined) {
      return { joints: [[joint(name as Parameters<typeof jointIndex>[1]), 1]] };
    }
    if (vertices !== undefined) return { vertices: [[vertices[EXTRA_POINTS.indexOf(extra)], 1]] };
    const mean = open ? OPEN_KEYPOINTS[name] : undefined;
    return mean && { vertices: mean.vertices.map((v, i) => [v, mean.weights[i]] as const) };
  });
}
