/**
 * Detail: how well wrinkles, hair and faces agree, without what a smooth body would already get
 * right. The normals drawn from a view are taken relative to their own smooth part, so a surface
 * that lacks detail shows normals straight ahead, and its error is all the detail of the scan.
 */
import type { NormalView } from "./views.ts";

/** What {@linkcode detailBands} makes of one view. */
export interface DetailView {
  width: number;
  height: number;
  mask: Uint8Array;
  /** By band: unit normals relative to the smooth part, xyz, in the rectangle; see `box`. */
  bands: Float32Array[];
  /** Columns x0 … x1 − 1, rows y0 … y1 − 1, in which the bands are stored. */
  box: { x0: number; y0: number; x1: number; y1: number };
}

/** How finely to look. */
export interface DetailOptions {
  /** Size of the view, pixels. */
  sizePx: number;
  /** Side of a pixel, metres. */
  pixelM: number;
  /** Standard deviations of the smoothing, metres, ascending. */
  sigmasM: readonly number[];
}

/**
 * Splits the normals of a view into bands: from each pixel (or the next finer smoothing) to each
 * smoothing; then from the pixel to the coarsest. Smoothing is two box filters over what is
 * covered, then normalized; a normal is taken relative to the smooth one by the
 * smallest rotation that brings that one to (0, 0, 1).
 *
 * @param view Square, `sizePx` wide.
 */
export function detailBands(view: NormalView, options: DetailOptions): DetailView {
  const { sizePx, pixelM, sigmasM } = options;
  const box = coveredBox(view.mask, sizePx);
  const width = box.x1 - box.x0, height = box.y1 - box.y0;
  const fine = new Float32Array(3 * width * height), inside = new Float32Array(width * height);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0, from = (y + box.y0) * sizePx + box.x0; x < width; x++, from++, to++) {
      if (view.mask[from] === 0) continue;
      inside[to] = 1;
      for (let k = 0; k < 3; k++) fine[3 * to + k] = 2 * view.normal[3 * from + k] / 65535 - 1;
    }
  }
  const levels = sigmasM.map((sigmaM) =>
    smoothed(fine, inside, { width, height, sigmaPx: sigmaM / pixelM })
  );
  const steps = [fine, ...levels];
  const bands = levels.map((low, i) => relative(steps[i], low, inside));
  if (levels.length > 1) bands.push(relative(fine, levels[levels.length - 1], inside));
  return { width: sizePx, height: sizePx, mask: view.mask, bands, box };
}

/** Mean angle in degrees, band by band, over the pixels that both views of each pair cover. */
export function detailErrorsDeg(
  a: readonly DetailView[],
  b: readonly DetailView[],
): (number | null)[] {
  const bands = a[0]?.bands.length ?? 0;
  return Array.from({ length: bands }, (_, band) => {
    const sums = new Float64Array(2);
    for (const [i, view] of a.entries()) addAngles(view, b[i], { band, sums });
    return sums[1] === 0 ? null : sums[0] / sums[1] * 180 / Math.PI;
  });
}

function addAngles(
  a: DetailView,
  b: DetailView,
  { band, sums }: { band: number; sums: Float64Array },
): void {
  const p = a.bands[band], q = b.bands[band];
  const x0 = Math.max(a.box.x0, b.box.x0), x1 = Math.min(a.box.x1, b.box.x1);
  const y0 = Math.max(a.box.y0, b.box.y0), y1 = Math.min(a.box.y1, b.box.y1);
  const widthA = a.box.x1 - a.box.x0, widthB = b.box.x1 - b.box.x0;
  let sum = 0, pixels = 0;
  for (let y = y0; y < y1; y++) {
    for (let x = x0; x < x1; x++) {
      const pixel = y * a.width + x;
      if (a.mask[pixel] === 0 || b.mask[pixel] === 0) continue;
      const i = 3 * ((y - a.box.y0) * widthA + x - a.box.x0);
      const j = 3 * ((y - b.box.y0) * widthB + x - b.box.x0);
      const dx = p[i] - q[j], dy = p[i + 1] - q[j + 1], dz = p[i + 2] - q[j + 2];
      // Both are unit vectors: their distance is twice the sine of half the angle.
      sum += 2 * Math.asin(Math.min(1, Math.sqrt(dx * dx + dy * dy + dz * dz) / 2));
      pixels++;
    }
  }
  sums[0] += sum;
  sums[1] += pixels;
}

/** n after the smallest rotation that takes `low` to (0, 0, 1); (0, 0, 1) where low is opposite. */
function relative(n: Float32Array, low: Float32Array, inside: Float32Array): Float32Array {
  const out = new Float32Array(n.length);
  for (let pixel = 0, i = 0; pixel < inside.length; pixel++, i += 3) {
    if (inside[pixel] === 0) continue;
    const lx = low[i], ly = low[i + 1], lz = low[i + 2];
    const x = n[i], y = n[i + 1], z = n[i + 2];
    if (lz < -0.999999) {
      out[i + 2] = 1;
      continue;
    }
    // R n = n − (l + e)(l + e)·n / (1 + l·e) + 2 e (l·n), with e = (0, 0, 1) (Rodrigues).
    const dot = lx * x + ly * y + lz * z, share = (dot + z) / (1 + lz);
    out[i] = x - share * lx;
    out[i + 1] = y - share * ly;
    out[i + 2] = z - share * (lz + 1) + 2 * dot;
  }
  return out;
}

function smoothed(
  normals: Float32Array,
  inside: Float32Array,
  { width, height, sigmaPx }: { width: number; height: number; sigmaPx: number },
): Float32Array {
  // Two boxes of radius r have the variance 2/3 r (r + 1).
  const radius = Math.max(1, Math.round((Math.sqrt(1 + 6 * sigmaPx * sigmaPx) - 1) / 2));
  const out = new Float32Array(normals.length), plane = new Float32Array(inside.length);
  for (let k = 0; k < 3; k++) {
    for (let i = 0; i < plane.length; i++) plane[i] = normals[3 * i + k];
    for (let pass = 0; pass < 2; pass++) boxBlur(plane, { width, height, radius });
    for (let i = 0; i < plane.length; i++) out[3 * i + k] = plane[i];
  }
  // The weight of what is covered divides all three alike, so normalizing takes its place.
  for (let i = 0; i < inside.length; i++) {
    if (inside[i] === 0) continue;
    const x = out[3 * i], y = out[3 * i + 1], z = out[3 * i + 2];
    const length = Math.sqrt(x * x + y * y + z * z);
    const scale = length > 1e-9 ? 1 / length : 0;
    out[3 * i] = x * scale,
      out[3 * i + 1] = y * scale,
      out[3 * i + 2] = length > 1e-9 ? z * scale : 1;
  }
  return out;
}

/** A box filter along rows, then along columns, in place; outside counts as 0. */
function boxBlur(
  plane: Float32Array,
  { width, height, radius }: { width: number; height: number; radius: number },
): void {
  // A line with zeros on both sides, so that the window needs no special cases.
  const line = new Float32Array(width + 2 * radius + 1);
  for (let y = 0, start = 0; y < height; y++, start += width) {
    for (let x = 0; x < width; x++) line[x + radius + 1] = plane[start + x];
    let sum = 0;
    for (let x = 1; x <= 2 * radius; x++) sum += line[x];
    for (let x = 0, at = start; x < width; x++, at++) {
      sum += line[x + 2 * radius + 1] - line[x];
      plane[at] = sum;
    }
  }
  // Down the columns, whole rows at a time; what leaves the window is kept in a ring of rows.
  const window = 2 * radius + 1, ring = new Float32Array(window * width);
  const sums = new Float64Array(width);
  for (let y = -radius; y < height; y++) {
    const entering = y + radius < height ? (y + radius) * width : -1;
    const slot = (y + radius) % window * width;
    for (let x = 0; x < width; x++) {
      const value = entering < 0 ? 0 : plane[entering + x];
      sums[x] += value - ring[slot + x];
      ring[slot + x] = value;
    }
    if (y >= 0) { for (let x = 0, at = y * width; x < width; x++, at++) plane[at] = sums[x]; }
  }
}

/** The rectangle round what is covered; empty where nothing is. */
function coveredBox(mask: Uint8Array, size: number): DetailView["box"] {
  let x0 = size, y0 = size, x1 = 0, y1 = 0;
  for (let y = 0, at = 0; y < size; y++) {
    for (let x = 0; x < size; x++, at++) {
      if (mask[at] === 0) continue;
      if (x < x0) x0 = x;
      if (x >= x1) x1 = x + 1;
      if (y < y0) y0 = y;
      y1 = y + 1;
    }
  }
  return x1 === 0 ? { x0: 0, y0: 0, x1: 0, y1: 0 } : { x0, y0, x1, y1 };
}
