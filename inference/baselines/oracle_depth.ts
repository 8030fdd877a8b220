/**
 * `oracle-depth`: the true double-sided depth through the suite's own depth → mesh step. No method
 * that predicts such depth (2K2K and its kin) can do better; what remains is what one ray a pixel
 * never sees.
 */
import { SUITE_VERSION } from "../../core/work/version.ts";
import type { Method } from "../method.ts";
import { solidFromDepth } from "../meshing/solid.ts";

export const oracleDepth: Method = {
  name: "oracle-depth",
  version: SUITE_VERSION,
  description: "true front and back depth, meshed: the upper bound of double-sided depth methods",
  usesTruth: true,
  trainedOn: [],
  needs: ["camera", "depth", "color"],
  async reconstruct(view, { options, stage }) {
    const maps = await stage("read", async () => ({
      camera: view.camera!.camera,
      front: await view.depth("front"),
      back: await view.depth("back"),
      frontColor: await view.color("front"),
      backColor: await view.color("back"),
    }));
    const openJumpsMm = options.openJumpsMm as number | undefined;
    const { mesh, report } = await stage("mesh", () =>
      Promise.resolve(solidFromDepth(maps, {
        frontColor: maps.frontColor,
        backColor: maps.backColor,
        openJumpsM: openJumpsMm === undefined ? undefined : openJumpsMm / 1000,
      })));
    return { mesh, report: { ...report }, warnings: isolatedWarning(report.isolated) };
  },
};

/** Says how many pixels were too lonely to carry a triangle. */
export function isolatedWarning(isolated: number): string[] {
  return isolated === 0 ? [] : [`${isolated} isolated pixels carry no triangle`];
}
