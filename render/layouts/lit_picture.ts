/** The shaded picture of a view, with the shadows that a person's own body throws. */
import type { Camera } from "../../core/geometry/camera.ts";
import type { RasterStats } from "../backend.ts";
import type { SphericalLight } from "../light.ts";
import type { LayoutView } from "./layout.ts";

/** RGBA and mask (0 or 255) of a view. */
export interface LitPicture {
  rgba: Uint8Array;
  mask: Uint8Array;
  stats: RasterStats;
}

/** Draws a view's scan under a light of the camera's frame. */
export async function litPicture(
  { scene, options }: Pick<LayoutView, "scene" | "options">,
  camera: Camera,
  light: SphericalLight,
): Promise<LitPicture> {
  const { shaded, mask, stats } = await scene.backend.draw(scene.prepared.scan, camera, {
    maps: ["shaded", "mask"],
    supersample: options.supersample,
    light,
  });
  return { rgba: shaded!, mask: mask!, stats };
}
