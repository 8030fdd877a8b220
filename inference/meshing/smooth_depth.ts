/**
 * Depth smoothed under the guidance of normals. A network's normals are far steadier than the
 * differences of its depths; the smoothed depth z is the most likely one under both:
 *
 *     minimise Σ (z − depth)² + λ Σ w (z(p) − z(q) − slope(p, q))²
 *
 * over neighbouring pixels p, q, with the slope that the two normals tell, λ the ratio of the noise
 * of depths to that of slopes, w falling with slant, and 0 across jumps. Depths are compared as
 * logarithms under perspective, where a plane's slope is the same at all distances.
 */
import { pixelSizeM } from "../../core/geometry/camera.ts";
import type { DepthMaps } from "./mesh_depth_maps.ts";

/** What smoothing found and did. Lengths in pixel sides. */
export interface Smoothing {
  /** Noise of the depths: what neighbours differ by beyond their normals, per pixel; null unknown. */
  noisePx: number | null;
  /** Root mean square and largest change of a depth; 0 where nothing was smoothed. */
  rmsPx: number;
  maxPx: number;
}

/** Below this noise depths are taken as they are: scans' own facets show as 0.01 to 0.05. */
export const LEAST_NOISE_PX = 0.12;

/** Noise of slopes that normals of 5° error have, and the largest λ. */
const SLOPE_NOISE = 0.09, LARGEST_LAMBDA = 100;

/** Differences this many times the noise beyond the slope are edges of the surface, not noise. */
const EDGE_NOISES = 5;

/** A step of this many pixel sides beyond the slope is an edge of the surface in any case. */
const EDGE_PX = 8;

/** Rays closer to the surface than this (cosine) tell no slope. */
const LEAST_COSINE = 0.1;

const SWEEPS = 24, RELAXATION = 1.7;

/**
 * Smooths both depths where they are noisier than {@linkcode LEAST_NOISE_PX}; the maps that were
 * handed in stay as they are. Without normals, or below that noise, nothing changes.
 */
export function smoothDepth<Maps extends DepthMaps>(
  maps: Maps,
): { maps: Maps; smoothing: { front: Smoothing; back: Smoothing } } {
  const front = smoothed(maps, maps.front, maps.frontNormals);
  const back = smoothed(maps, maps.back, maps.backNormals);
  return {
    maps: { ...maps, front: front.depth, back: back.depth },
    smoothing: { front: front.smoothing, back: back.smoothing },
  };
}

function smoothed(
  maps: DepthMaps,
  depth: Float32Array,
  normals: Float32Array | undefined,
): { depth: Float32Array; smoothing: Smoothing } {
  const nothing = { depth, smoothing: { noisePx: null, rmsPx: 0, maxPx: 0 } };
  if (normals === undefined) return nothing;
  const window = windowOf(maps);
  if (window === undefined) return nothing;
  const { camera } = maps, { x0, y0, columns, rows } = window, size = columns * rows;
  const perspective = camera.projection === "perspective";
  // In these units a pixel side is 1 along both axes.
  const unit = perspective ? 1 / camera.fx : pixelSizeM(camera, 1);
  const given = new Float64Array(size);
  const slopeU = new Float32Array(size),
    slopeV = new Float32Array(size),
    cosine = new Float32Array(size);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const n = r * columns + c, p = (y0 + r) * camera.width + x0 + c, d = depth[p];
      given[n] = NaN;
      if (!(d > 0 && d < Infinity)) continue;
      given[n] = (perspective ? Math.log(d) : d) / unit;
      const nx = normals[3 * p], ny = normals[3 * p + 1], nz = normals[3 * p + 2];
      const qx = perspective ? (x0 + c + 0.5 - camera.cx) / camera.fx : 0;
      const qy = perspective ? (camera.cy - y0 - r - 0.5) / camera.fy : 0;
      const along = nx * qx + ny * qy - nz;
      const length = Math.sqrt((nx * nx + ny * ny + nz * nz) * (qx * qx + qy * qy + 1));
      const cos = Math.abs(along) / length;
      if (!(cos > LEAST_COSINE)) continue;
      cosine[n] = cos;
      slopeU[n] = -nx / along, slopeV[n] = ny / along;
      if (perspective) slopeV[n] *= camera.fx / camera.fy;
    }
  }
  const right = differences(given, slopeU, 1, columns),
    down = differences(given, slopeV, columns, columns);
  const noisePx = noiseOf([right, down], cosine) / Math.SQRT2;
  if (!(noisePx >= LEAST_NOISE_PX)) return { depth, smoothing: { noisePx, rmsPx: 0, maxPx: 0 } };
  const lambda = Math.min(LARGEST_LAMBDA, (noisePx / SLOPE_NOISE) ** 2);
  const edge = Math.min(EDGE_PX, EDGE_NOISES * Math.SQRT2 * noisePx);
  const weightsOf = (beyond: Float32Array, step: number) =>
    beyond.map((value, n) => {
      if (!(Math.abs(value) <= edge)) return 0;
      const c = Math.min(cosine[n], cosine[n + step]);
      return lambda * c ** 4;
    });
  const weightRight = weightsOf(right, 1), weightDown = weightsOf(down, columns);
  const z = given.slice();
  // Right of n: z[n + 1] − z[n] should be the slope: the given difference less what is beyond it.
  const sweep = (n: number) => {
    const here = z[n];
    if (here !== here) return;
    let sum = given[n], weight = 1;
    const add = (w: number, value: number) => {
      if (w > 0) sum += w * value, weight += w;
    };
    add(weightRight[n], z[n + 1] - (given[n + 1] - given[n] - right[n]));
    add(weightDown[n], z[n + columns] - (given[n + columns] - given[n] - down[n]));
    if (n >= 1) add(weightRight[n - 1], z[n - 1] + given[n] - given[n - 1] - right[n - 1]);
    if (n >= columns) {
      const m = n - columns;
      add(weightDown[m], z[m] + given[n] - given[m] - down[m]);
    }
    z[n] = here + RELAXATION * (sum / weight - here);
  };
  for (let round = 0; round < SWEEPS; round++) {
    if (round & 1) { for (let n = size - 1; n >= 0; n--) sweep(n); }
    else for (let n = 0; n < size; n++) sweep(n);
  }
  const out = depth.slice();
  let squares = 0, count = 0, maxPx = 0;
  for (let n = 0; n < size; n++) {
    if (z[n] !== z[n]) continue;
    const p = (y0 + Math.floor(n / columns)) * camera.width + x0 + n % columns;
    out[p] = perspective ? Math.exp(z[n] * unit) : z[n] * unit;
    const change = Math.abs(z[n] - given[n]);
    squares += change * change, count++;
    maxPx = Math.max(maxPx, change);
  }
  return { depth: out, smoothing: { noisePx, rmsPx: Math.sqrt(squares / count), maxPx } };
}

/** The pixels that are covered, and a rim of one. */
function windowOf({ camera: { width, height }, front, back }: DepthMaps) {
  let left = width, right = -1, top = height, bottom = -1;
  for (let p = 0; p < front.length; p++) {
    if (!(front[p] > 0 || back[p] > 0)) continue;
    const i = p % width, j = (p - i) / width;
    if (i < left) left = i;
    if (i > right) right = i;
    if (j < top) top = j;
    bottom = j;
  }
  if (right < 0) return undefined;
  const x0 = Math.max(0, left - 1), y0 = Math.max(0, top - 1);
  return {
    x0,
    y0,
    columns: Math.min(width, right + 2) - x0,
    rows: Math.min(height, bottom + 2) - y0,
  };
}

/** What neighbours a step apart differ by beyond the mean of their slopes; NaN where unknown. */
function differences(
  values: Float64Array,
  slope: Float32Array,
  step: number,
  columns: number,
): Float32Array {
  const out = new Float32Array(values.length).fill(NaN);
  for (let n = 0; n + step < values.length; n++) {
    if (step === 1 && n % columns === columns - 1) continue;
    out[n] = values[n + step] - values[n] - (slope[n] + slope[n + step]) / 2;
  }
  return out;
}

/** Noise of differences from the median of their sizes where the surface faces the camera. */
function noiseOf(lists: readonly Float32Array[], cosine: Float32Array): number {
  const bins = new Uint32Array(2000), perPixel = 250;
  let total = 0;
  for (const list of lists) {
    for (let n = 0; n < list.length; n++) {
      if (!(cosine[n] > 0.5) || list[n] !== list[n]) continue;
      bins[Math.min(bins.length - 1, Math.floor(Math.abs(list[n]) * perPixel))]++;
      total++;
    }
  }
  if (total === 0) return NaN;
  let bin = 0;
  for (let below = 0; (below += bins[bin]) < total / 2;) bin++;
  return 1.4826 * (bin + 0.5) / perPixel;
}
