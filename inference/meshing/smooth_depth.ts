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
import { type Window, windowOf } from "./_window.ts";
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

/** Noise is measured on one row of pixels in so many. */
const NOISE_ROWS = 4;

const SWEEPS = 24, RELAXATION = 1.7;

/**
 * Smooths both depths where they are noisier than {@linkcode LEAST_NOISE_PX}; the maps that were
 * handed in stay as they are. Without normals, or below that noise, nothing changes.
 */
export function smoothDepth<Maps extends DepthMaps>(
  maps: Maps,
): { maps: Maps; smoothing: { front: Smoothing; back: Smoothing } } {
  const window = windowOf(maps, 1);
  const front = smoothed(maps, window, { depth: maps.front, normals: maps.frontNormals });
  const back = smoothed(maps, window, { depth: maps.back, normals: maps.backNormals });
  return {
    maps: { ...maps, front: front.depth, back: back.depth },
    smoothing: { front: front.smoothing, back: back.smoothing },
  };
}

function smoothed(
  maps: DepthMaps,
  window: Window | undefined,
  { depth, normals }: { depth: Float32Array; normals: Float32Array | undefined },
): { depth: Float32Array; smoothing: Smoothing } {
  const nothing = { depth, smoothing: { noisePx: null, rmsPx: 0, maxPx: 0 } };
  if (normals === undefined || window === undefined) return nothing;
  const { camera } = maps, { x0, y0, columns, rows } = window, size = columns * rows;
  const perspective = camera.projection === "perspective";
  // In these units a pixel side is 1 along both axes.
  const unit = perspective ? 1 / camera.fx : pixelSizeM(camera, 1);
  const quick = new PixelSlopes(maps, { depth, normals, unit, window }, NOISE_ROWS);
  const noisePx = noiseOf(differences(quick.given, quick.slopeU, 1, columns), quick.cosine) /
    Math.SQRT2;
  if (!(noisePx >= LEAST_NOISE_PX)) return { depth, smoothing: { noisePx, rmsPx: 0, maxPx: 0 } };
  const { given, slopeU, slopeV, cosine } = new PixelSlopes(
    maps,
    { depth, normals, unit, window },
    1,
  );
  const lambda = Math.min(LARGEST_LAMBDA, (noisePx / SLOPE_NOISE) ** 2);
  const edge = Math.min(EDGE_PX, EDGE_NOISES * Math.SQRT2 * noisePx);
  const tie = { edge, lambda, cosine };
  const right = linksOf(differences(given, slopeU, 1, columns), 1, tie);
  const down = linksOf(differences(given, slopeV, columns, columns), columns, tie);
  const change = changesOf(given, columns, right, down);
  const out = depth.slice();
  let squares = 0, count = 0, maxPx = 0;
  for (let n = 0; n < size; n++) {
    if (given[n] !== given[n]) continue;
    const p = (y0 + Math.floor(n / columns)) * camera.width + x0 + n % columns;
    const z = given[n] + change[n];
    out[p] = perspective ? Math.exp(z * unit) : z * unit;
    squares += change[n] * change[n], count++;
    maxPx = Math.max(maxPx, Math.abs(change[n]));
  }
  return { depth: out, smoothing: { noisePx, rmsPx: Math.sqrt(squares / count), maxPx } };
}

/** What ties each pixel to the one a step on: how much, and by how much their depths differ too much. */
interface Links {
  weight: Float32Array;
  beyond: Float32Array;
}

/** Ties pixels but across edges of the surface; 0 and 0 is no tie. In place of `beyond`. */
function linksOf(
  beyond: Float32Array,
  step: number,
  { edge, lambda, cosine }: { edge: number; lambda: number; cosine: Float32Array },
): Links {
  const weight = new Float32Array(beyond.length);
  for (let n = 0; n < beyond.length; n++) {
    if (!(Math.abs(beyond[n]) <= edge)) {
      beyond[n] = 0;
      continue;
    }
    const c = Math.min(cosine[n], cosine[n + step]);
    weight[n] = lambda * c * c * c * c;
  }
  return { weight, beyond };
}

/**
 * How much the most likely depths differ from those given: over-relaxed sweeps over every other pixel
 * in turn, as a chessboard has them. Pixels of the window's first and last row stay.
 */
function changesOf(
  given: Float64Array,
  columns: number,
  { weight: right, beyond: beyondRight }: Links,
  { weight: down, beyond: beyondDown }: Links,
): Float32Array {
  const size = given.length, rows = size / columns;
  const change = new Float32Array(size), pull = new Float32Array(size);
  const share = new Float32Array(size), first = new Int32Array(rows), last = new Int32Array(rows);
  for (let r = 1; r < rows - 1; r++) {
    let from = r * columns, to = from + columns - 1;
    while (from <= to && given[from] !== given[from]) from++;
    while (to > from && given[to] !== given[to]) to--;
    first[r] = from, last[r] = to;
    for (let n = from; n <= to; n++) {
      if (given[n] !== given[n]) continue;
      const sum = right[n] + down[n] + right[n - 1] + down[n - columns];
      share[n] = RELAXATION / (1 + sum);
      pull[n] = right[n] * beyondRight[n] + down[n] * beyondDown[n] -
        right[n - 1] * beyondRight[n - 1] - down[n - columns] * beyondDown[n - columns];
    }
  }
  // Each sweep follows a row behind the one before, so that the rows at work stay in the cache; every
  // pixel still sees just what the sweeps before have made of its neighbours.
  for (let front = 1; front < rows - 2 + 2 * SWEEPS; front++) {
    for (let half = 0; half < 2 * SWEEPS; half++) {
      const r = front - half;
      if (r < 1 || r > rows - 2) continue;
      // Where nothing is given the share is 0, and so the change.
      for (let n = first[r] + ((first[r] - r * columns + r + half) & 1); n <= last[r]; n += 2) {
        const near = right[n] * change[n + 1] + right[n - 1] * change[n - 1] +
          down[n] * change[n + columns] + down[n - columns] * change[n - columns];
        change[n] = (1 - RELAXATION) * change[n] + share[n] * (pull[n] + near);
      }
    }
  }
  return change;
}

/** Depths in pixel sides (or their logarithms), and what the normals say, over a window. */
class PixelSlopes {
  /** NaN where nothing is covered. */
  readonly given: Float64Array;
  readonly slopeU: Float32Array;
  readonly slopeV: Float32Array;
  /** Of the angle of ray and normal; 0 where no slope is told. */
  readonly cosine: Float32Array;

  /** @param rowStep Looks at one row in so many. */
  constructor(
    { camera }: DepthMaps,
    { depth, normals, unit, window: { x0, y0, columns, rows } }: {
      depth: Float32Array;
      normals: Float32Array;
      unit: number;
      window: Window;
    },
    rowStep: number,
  ) {
    const size = columns * rows, perspective = camera.projection === "perspective";
    const given = this.given = new Float64Array(size).fill(NaN);
    const slopeU = this.slopeU = new Float32Array(size);
    const slopeV = this.slopeV = new Float32Array(size);
    const cosine = this.cosine = new Float32Array(size);
    for (let r = 0; r < rows; r += rowStep) {
      for (let c = 0; c < columns; c++) {
        const n = r * columns + c, p = (y0 + r) * camera.width + x0 + c, d = depth[p];
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
  }
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
function noiseOf(differences: Float32Array, cosine: Float32Array): number {
  const bins = new Uint32Array(2000), perPixel = 250;
  let total = 0;
  for (let n = 0; n < differences.length; n++) {
    if (!(cosine[n] > 0.5) || differences[n] !== differences[n]) continue;
    bins[Math.min(bins.length - 1, Math.floor(Math.abs(differences[n]) * perPixel))]++;
    total++;
  }
  if (total === 0) return NaN;
  let bin = 0;
  for (let below = 0; (below += bins[bin]) < total / 2;) bin++;
  return 1.4826 * (bin + 0.5) / perPixel;
}
