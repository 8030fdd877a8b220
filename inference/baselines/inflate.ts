/**
 * `inflate`: the silhouette, blown up. No 3D truth, no training: a lower bound for any method and
 * the one that runs on every photo with a mask.
 *
 * Thickness solves Δh = −1 inside the silhouette with h = 0 on its rim; √(2h) is exact for a round
 * tube. It is flattened (bodies are wider than deep) and, where keypoints are known, levelled off at
 * the usual thickness of the nearest body part as a share of stature, so that touching limbs do not
 * swell with the trunk.
 */
import { pixelSizeM } from "../../core/geometry/camera.ts";
import { InputError } from "../../core/work/errors.ts";
import { SUITE_VERSION } from "../../core/work/version.ts";
import type { Method, ViewCamera } from "../method.ts";
import { solidFromDepth } from "../meshing/solid.ts";
import { shrunkCamera, shrunkColor, shrunkKeypoints, shrunkMask } from "./_shrink.ts";
import type { Keypoints2D, MaskMap } from "../view_input.ts";
import { isolatedWarning } from "./oracle_depth.ts";
import { solvePoisson } from "./_poisson2d.ts";

/** Depth over width of a body's cross-section. */
const FLATNESS = 0.7;

/** Longest side of the pictures that are meshed, pixels: what is smooth needs no more. */
const PICTURE = 1024;

/** Longest side of the grid on which the thickness is solved, pixels. */
const GRID = 512;

/**
 * Bones as pairs of BODY_25 points, with the half thickness of the part as a share of stature
 * (anthropometric means: trunk depth about 15 % of stature, thigh 10 %, shin 7 %, arm 6 %).
 */
const PARTS: readonly [number, number, number][] = [
  [1, 8, 0.075],
  [2, 5, 0.065],
  [9, 12, 0.075],
  [0, 1, 0.055],
  [0, 17, 0.06],
  [0, 18, 0.06],
  [2, 3, 0.032],
  [5, 6, 0.032],
  [3, 4, 0.026],
  [6, 7, 0.026],
  [9, 10, 0.05],
  [12, 13, 0.05],
  [10, 11, 0.036],
  [13, 14, 0.036],
  [11, 22, 0.04],
  [14, 19, 0.04],
  [11, 24, 0.04],
  [14, 21, 0.04],
]; // deno-fmt-ignore

export const inflate: Method = {
  name: "inflate",
  version: SUITE_VERSION,
  description: "the silhouette blown up with the keypoints' help: no 3D knowledge",
  usesTruth: false,
  trainedOn: [],
  needs: ["camera", "mask"],
  async reconstruct(view, { stage, options }) {
    const whole = await stage("read", () => view.mask());
    const step = stepOf(whole), mask = shrunkMask(whole, step);
    const keypoints = shrunkKeypoints(await view.keypoints(), step);
    const color = shrunkColor(await view.color("front"), whole, step);
    const placed = { ...view.camera!, camera: shrunkCamera(view.camera!.camera, step) };
    const { front, back } = await stage("inflate", () =>
      Promise.resolve(inflateMask(mask, keypoints, placed)));
    const openJumpsMm = options.openJumpsMm as number | undefined;
    const { mesh, report } = await stage("mesh", () =>
      Promise.resolve(solidFromDepth(
        { camera: placed.camera, front, back },
        {
          frontColor: color,
          openJumpsM: openJumpsMm === undefined ? undefined : openJumpsMm / 1000,
        },
      )));
    return { mesh, report: { ...report }, warnings: isolatedWarning(report.isolated) };
  },
};

/** The side of the blocks that become one pixel: 1 where the picture is small or does not divide. */
function stepOf({ width, height }: MaskMap): number {
  const step = Math.ceil(Math.max(width, height) / PICTURE);
  return width % step === 0 && height % step === 0 ? step : 1;
}

/**
 * Front and back depth (metres along −z) of a silhouette blown up about the person's plane.
 *
 * @throws {InputError} If the mask is empty.
 */
export function inflateMask(
  mask: MaskMap,
  keypoints: Pick<Keypoints2D, "body25"> | undefined,
  { camera, subjectDistanceM }: ViewCamera,
): { front: Float32Array; back: Float32Array } {
  const { width, height, data } = mask;
  const box = boxOf(mask);
  const step = Math.max(1, Math.ceil(Math.max(box.width, box.height) / GRID));
  // A rim of one empty cell holds the boundary condition.
  const columns = Math.ceil(box.width / step) + 2, rows = Math.ceil(box.height / step) + 2;
  const inside = new Uint8Array(columns * rows);
  for (let r = 1; r < rows - 1; r++) {
    for (let c = 1; c < columns - 1; c++) {
      const x = Math.min(width - 1, box.x + (c - 1) * step + (step >> 1));
      const y = Math.min(height - 1, box.y + (r - 1) * step + (step >> 1));
      inside[r * columns + c] = data[y * width + x] > 0 ? 1 : 0;
    }
  }
  const h = solvePoisson(inside, columns, rows);
  const caps = keypoints === undefined ? undefined : capsOf(keypoints);
  const front = new Float32Array(width * height), back = new Float32Array(width * height);
  const metres = pixelSizeM(camera, subjectDistanceM);
  for (let y = box.y; y < box.y + box.height; y++) {
    for (let x = box.x; x < box.x + box.width; x++) {
      const p = y * width + x;
      if (data[p] === 0) continue;
      const c = (x + 0.5 - box.x) / step + 0.5, r = (y + 0.5 - box.y) / step + 0.5;
      const value = bilinear(h, columns, rows, c, r);
      let halfPx = FLATNESS * step * Math.sqrt(2 * Math.max(0, value));
      const cap = caps?.(x + 0.5, y + 0.5);
      if (cap !== undefined) halfPx = cap * Math.tanh(halfPx / cap);
      const halfM = Math.min(halfPx * metres, 0.9 * subjectDistanceM);
      front[p] = subjectDistanceM - halfM;
      back[p] = subjectDistanceM + halfM;
    }
  }
  return { front, back };
}

function boxOf({ width, height, data }: MaskMap) {
  let x0 = width, y0 = height, x1 = -1, y1 = -1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (data[y * width + x] === 0) continue;
      if (x < x0) x0 = x;
      if (x > x1) x1 = x;
      if (y < y0) y0 = y;
      y1 = y;
    }
  }
  if (x1 < 0) {
    throw new InputError("Cannot inflate the silhouette: the mask is empty", {
      hint: "a mask is above 0 where the person is",
    });
  }
  return { x: x0, y: y0, width: x1 - x0 + 1, height: y1 - y0 + 1 };
}

/** Value between the centres of cells, which lie at whole coordinates + 0.5. */
function bilinear(grid: Float64Array, columns: number, rows: number, c: number, r: number): number {
  const x = Math.min(columns - 1.001, Math.max(0, c)), y = Math.min(rows - 1.001, Math.max(0, r));
  const i = Math.floor(x), j = Math.floor(y), u = x - i, v = y - j, at = j * columns + i;
  return (1 - v) * ((1 - u) * grid[at] + u * grid[at + 1]) +
    v * ((1 - u) * grid[at + columns] + u * grid[at + columns + 1]);
}

/** Half thickness in pixels of the part nearest to a pixel, or undefined without usable points. */
function capsOf(
  { body25 }: Pick<Keypoints2D, "body25">,
): ((x: number, y: number) => number) | undefined {
  const known = (k: number) => body25[3 * k + 2] > 0;
  const gap = (a: number, b: number) =>
    known(a) && known(b)
      ? Math.hypot(body25[3 * a] - body25[3 * b], body25[3 * a + 1] - body25[3 * b + 1])
      : 0;
  // Nose to ankle over the neck, the hips and a knee is about 86 % of stature.
  const legs = Math.max(gap(9, 10) + gap(10, 11), gap(12, 13) + gap(13, 14));
  const stature = (gap(0, 1) + gap(1, 8) + legs) / 0.86;
  const parts = PARTS.filter(([a, b]) => known(a) && known(b));
  if (parts.length < 4 || !(stature > 0)) return undefined;
  return (x, y) => {
    let best = Infinity, cap = 0;
    for (const [a, b, share] of parts) {
      const ax = body25[3 * a], ay = body25[3 * a + 1];
      const dx = body25[3 * b] - ax, dy = body25[3 * b + 1] - ay;
      const length2 = dx * dx + dy * dy;
      const t = length2 > 0
        ? Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / length2))
        : 0;
      // Nearness is counted in the part's own thickness: the trunk reaches further than an arm.
      const d = Math.hypot(x - ax - t * dx, y - ay - t * dy) / share;
      if (d < best) best = d, cap = share * stature;
    }
    return cap;
  };
}
