/** `body`: the posed body fit itself, what one gets with no clothes and no hair at all. */
import { SUITE_VERSION } from "../../core/work/version.ts";
import { bodyMesh, poseBody } from "../../body/forward.ts";
import type { Method } from "../method.ts";

export const body: Method = {
  name: "body",
  version: SUITE_VERSION,
  description: "the body model at its true fit: no clothes, no hair",
  usesTruth: true,
  trainedOn: [],
  needs: ["body"],
  async reconstruct(view, { stage }) {
    const { model, fit } = await stage("read", () => view.body());
    const mesh = await stage("pose", () => Promise.resolve(bodyMesh(model, poseBody(model, fit))));
    return { mesh, report: { vertices: mesh.positions.length / 3 }, warnings: [] };
  },
};
