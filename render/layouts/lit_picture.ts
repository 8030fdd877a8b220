/** The shaded picture of a view, with the shadows that a person's own body throws. */
import type { Camera } from "../../core/geometry/camera.ts";
import type { Mesh } from "../../core/geometry/mesh.ts";
import { type Matrix4, rotationPart } from "../../core/geometry/transform.ts";
import type { RasterStats } from "../backend.ts";
import { radianceOf, type SphericalLight } from "../light.ts";
import { LINEAR_OF_SRGB, srgbOfLinear } from "../srgb.ts";
import { type Transfer, transferOf, turnedLight } from "../transfer.ts";
import { pixelWeights } from "./_surface_values.ts";
import type { LayoutSubject, LayoutView } from "./layout.ts";

/** RGBA and mask (0 or 255) of a view. */
export interface LitPicture {
  rgba: Uint8Array;
  mask: Uint8Array;
  stats: RasterStats;
}

const transfers = new WeakMap<Mesh, Transfer>();

/** The transfer of a subject's scan, computed once; undefined where shadows are not wanted. */
export function transferFor(
  { scene: { mesh }, options }: Pick<LayoutSubject, "scene" | "options">,
): Transfer | undefined {
  if (options.transfer === "none") return undefined;
  let transfer = transfers.get(mesh);
  if (transfer === undefined) transfers.set(mesh, transfer = transferOf(mesh));
  return transfer;
}

/** A light of the camera's frame as radiance in the scan's. */
export function radianceInScan(light: SphericalLight, camFromScan: Matrix4): Float64Array {
  return turnedLight(radianceOf(light), rotationPart(camFromScan));
}

/** Irradiance over π by transfer at a place of a triangle. */
export function transferred(
  transfer: Transfer,
  radiance: Float64Array,
  { corners: [a, b, c], wb, wc }: {
    corners: ArrayLike<number> & Iterable<number>;
    wb: number;
    wc: number;
  },
): [number, number, number] {
  const out: [number, number, number] = [0, 0, 0];
  for (let k = 0; k < 9; k++) {
    const t = (1 - wb - wc) * transfer[9 * a + k] + wb * transfer[9 * b + k] +
      wc * transfer[9 * c + k];
    out[0] += t * radiance[k];
    out[1] += t * radiance[9 + k];
    out[2] += t * radiance[18 + k];
  }
  return out.map((value) => Math.max(0, value)) as [number, number, number];
}

/** Draws a view's scan under a light of the camera's frame. */
export async function litPicture(
  view: Pick<LayoutView, "scene" | "options">,
  camera: Camera,
  light: SphericalLight,
): Promise<LitPicture> {
  const { scene, options } = view, transfer = transferFor(view);
  const { shaded, color, face, mask, stats } = await scene.backend.draw(
    scene.prepared.scan,
    camera,
    {
      maps: transfer === undefined ? ["shaded", "mask"] : ["shaded", "mask", "color", "face"],
      supersample: options.supersample,
      light,
    },
  );
  if (transfer === undefined) return { rgba: shaded!, mask: mask!, stats };
  const { mesh } = scene, weights = pixelWeights(camera, mesh, face!);
  const radiance = radianceInScan(light, camera.camFromScan);
  for (let pixel = 0; pixel < face!.length; pixel++) {
    // Pixels that only samples off their centre cover keep the light without shadows.
    if (face![pixel] === 0) continue;
    const at = 3 * (face![pixel] - 1);
    const lit = transferred(transfer, radiance, {
      corners: mesh.indices.subarray(at, at + 3),
      wb: weights[2 * pixel],
      wc: weights[2 * pixel + 1],
    });
    for (let k = 0; k < 3; k++) {
      shaded![4 * pixel + k] = srgbOfLinear(LINEAR_OF_SRGB[color![4 * pixel + k]] * lit[k]);
    }
  }
  return { rgba: shaded!, mask: mask!, stats };
}
