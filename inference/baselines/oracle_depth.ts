/**
 * `oracle-depth`: the true double-sided depth through the suite's own depth → mesh step. No method
 * that predicts such depth (2K2K and its kin) can do better; what remains is what one ray a pixel
 * never sees.
 */
import { z } from "zod";
import { UsageError } from "../../core/work/errors.ts";
import { parseWith } from "../../core/work/schema.ts";
import { SUITE_VERSION } from "../../core/work/version.ts";
import type { Method, MethodContext } from "../method.ts";
import { meshDepthMaps, meshingJson } from "../meshing/mesh_depth_maps.ts";
import {
  checkMeshingOptions,
  MESHERS,
  meshingOptionsOf,
  meshingOptionsShape,
} from "../meshing/meshing_options.ts";
import { solidFromDepth } from "../meshing/solid.ts";

/** Without a mesher the solid is stitched as it is: every pixel a vertex, walls at every jump. */
const optionsSchema = z.object({
  mesher: z.enum(MESHERS).optional(),
  ...meshingOptionsShape,
});

export const oracleDepth: Method = {
  name: "oracle-depth",
  version: SUITE_VERSION,
  description: "true front and back depth, meshed: the upper bound of double-sided depth methods",
  usesTruth: true,
  trainedOn: [],
  needs: ["camera", "depth", "color"],
  declare(_settings, options) {
    checkOptions(optionsOf(options));
    return Promise.resolve({ version: SUITE_VERSION, trainedOn: [], files: [], notes: [] });
  },
  async reconstruct(view, { options: given, stage }) {
    const options = optionsOf(given);
    const { mesher, openJumpsMm } = options;
    const maps = await stage("read", async () => ({
      camera: view.camera!.camera,
      front: await view.depth("front"),
      back: await view.depth("back"),
      frontColor: await view.color("front"),
      backColor: await view.color("back"),
    }));
    if (mesher !== undefined) {
      const frontNormals = await view.normals?.("front");
      const backNormals = await view.normals?.("back");
      const { mesh, record, warnings } = await stage(
        "mesh",
        () => meshDepthMaps({ ...maps, frontNormals, backNormals }, meshingOptionsOf(options)),
      );
      return { mesh, report: { meshing: meshingJson(record) }, warnings };
    }
    const { mesh, report } = await stage("mesh", () =>
      Promise.resolve(solidFromDepth(maps, {
        frontColor: maps.frontColor,
        backColor: maps.backColor,
        openJumpsM: openJumpsMm === undefined ? undefined : openJumpsMm / 1000,
      })));
    return { mesh, report: { ...report }, warnings: isolatedWarning(report.isolated) };
  },
};

function optionsOf(options: MethodContext["options"]) {
  return parseWith(optionsSchema, options, { what: "the options of oracle-depth" });
}

/** @throws {UsageError} If they do not go together. */
function checkOptions({ mesher, openJumpsMm, ...others }: z.infer<typeof optionsSchema>): void {
  if (mesher !== undefined) return checkMeshingOptions({ mesher, openJumpsMm, ...others });
  const [foreign] = Object.keys(others);
  if (foreign === undefined) return;
  throw new UsageError(`Cannot use "${foreign}" with oracle-depth's plain stitch`, {
    hint: "choose a mesher: --mesher poisson|stitch",
  });
}

/** Says how many pixels were too lonely to carry a triangle. */
export function isolatedWarning(isolated: number): string[] {
  return isolated === 0 ? [] : [`${isolated} isolated pixels carry no triangle`];
}
