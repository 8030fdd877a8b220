/** Pictures of prediction and scan, drawn the same way, and how much they agree. */
import type { OrthographicCamera } from "../../core/geometry/camera.ts";
import type { Mesh } from "../../core/geometry/mesh.ts";
import type { RgbImage } from "../../inference/photo/pyramid.ts";
import type { Backend } from "../../render/backend.ts";
import { type SphericalLight, sphericalLight } from "../../render/light.ts";
import type { NetworkPicture } from "../perceptual_models.ts";
import type { Scores } from "../results.ts";
import { msSsim, planesOf, psnr, ssim } from "./images.ts";
import { depthMapErrors, maskIou, normalMapErrors } from "./maps.ts";

/** `shape`: grey under one lamp. `color`: the mesh's own colours, not lit. */
export const PICTURE_KINDS = ["shape", "color"] as const;
export type PictureKind = (typeof PICTURE_KINDS)[number];

/** One view of a mesh. */
export interface PictureView {
  /** On white; `color` only where the mesh has colours. */
  pictures: Partial<Record<PictureKind, RgbImage>>;
  normal: Uint16Array;
  depth: Float32Array;
  mask: Uint8Array;
}

/** Grey under a lamp above and to the right of the camera. */
const LIGHT: SphericalLight = sphericalLight([0.25, 0.25, 0.25], [
  { towards: [0.3, 0.5, Math.sqrt(1 - 0.3 ** 2 - 0.5 ** 2)], rgb: [0.7, 0.7, 0.7] },
]);

/** Whether a mesh has colours of its own. */
export function hasColors({ colors, materials }: Mesh): boolean {
  return colors !== undefined || (materials ?? []).some(({ texture }) => texture !== undefined);
}

/** Draws a mesh from each camera. */
export async function drawPictures(
  mesh: Mesh,
  cameras: readonly OrthographicCamera[],
  { backend, supersample }: { backend: Backend; supersample: number },
): Promise<PictureView[]> {
  const shape = { positions: mesh.positions, indices: mesh.indices };
  const views: PictureView[] = [];
  const grey = await backend.prepare(shape, { normals: "smooth" });
  const colored = hasColors(mesh) ? await backend.prepare(mesh, { normals: "smooth" }) : undefined;
  try {
    for (const camera of cameras) {
      const { shaded, normal, depth, mask } = await backend.draw(grey, camera, {
        maps: ["shaded", "normal", "depth", "mask"],
        light: LIGHT,
        supersample,
      });
      const pictures: PictureView["pictures"] = { shape: onWhite(shaded!, camera) };
      if (colored !== undefined) {
        const { color } = await backend.draw(colored, camera, { maps: ["color"], supersample });
        pictures.color = onWhite(color!, camera);
      }
      views.push({ pictures, normal: normal!, depth: depth!, mask: mask! });
    }
  } finally {
    backend.release(grey);
    if (colored !== undefined) backend.release(colored);
  }
  return views;
}

function onWhite(
  rgba: Uint8Array,
  { width, height }: Pick<OrthographicCamera, "width" | "height">,
): RgbImage {
  const data = new Uint8Array(3 * width * height);
  for (let i = 0; i < width * height; i++) {
    const alpha = rgba[4 * i + 3] / 255;
    for (let k = 0; k < 3; k++) {
      data[3 * i + k] = Math.round(255 + (rgba[4 * i + k] - 255) * alpha);
    }
  }
  return { width, height, channels: 3, data };
}

/** A picture as networks take it. */
export function networkPicture({ width, height, data }: RgbImage): NetworkPicture {
  const pixels = width * height, out = new Float32Array(3 * pixels);
  for (let i = 0; i < pixels; i++) {
    for (let k = 0; k < 3; k++) out[k * pixels + i] = data[3 * i + k] / 127.5 - 1;
  }
  return { data: out, sizePx: width };
}

/** Agreement of two lists of views, averaged over those in which it is defined; else null. */
export function pictureScores(
  prediction: readonly PictureView[],
  truth: readonly PictureView[],
): Scores {
  const sums = new Map<string, { sum: number; count: number }>();
  const add = (key: string, value: number | null) => {
    const entry = sums.get(key) ?? { sum: 0, count: 0 };
    if (value !== null && Number.isFinite(value)) entry.sum += value, entry.count++;
    sums.set(key, entry);
  };
  for (const [i, p] of prediction.entries()) {
    const g = truth[i];
    for (const kind of PICTURE_KINDS) {
      const mine = p.pictures[kind], theirs = g.pictures[kind];
      if (mine === undefined || theirs === undefined) continue;
      const a = planesOf(mine, 3), b = planesOf(theirs, 3);
      add(`psnr_${kind}_db`, psnr(a, b)); // ∞ of equal pictures is left out
      add(`ssim_${kind}`, ssim(a, b));
      add(`ms_ssim_${kind}`, Math.min(a.width, a.height) < 176 ? null : msSsim(a, b));
    }
    const normals = normalMapErrors(p, g), depths = depthMapErrors(p.depth, g.depth);
    add("normal_mean_deg", normals?.meanDeg ?? null);
    add("normal_median_deg", normals?.medianDeg ?? null);
    add("normal_under_11p25_percent", normals?.under11p25 ?? null);
    add("normal_under_22p5_percent", normals?.under22p5 ?? null);
    add("normal_under_30_percent", normals?.under30 ?? null);
    add("depth_rmse_mm", depths === null ? null : 1000 * depths.rmseM);
    add("depth_mae_mm", depths === null ? null : 1000 * depths.maeM);
    add("iou", maskIou(p.mask, g.mask));
  }
  return Object.fromEntries(
    [...sums].map(([key, { sum, count }]) => [key, count === 0 ? null : sum / count]),
  );
}
