/**
 * Detail: how well wrinkles, hair and faces agree, without what a smooth body would already get
 * right. The normals drawn from a view are taken relative to their own smooth part, so a surface
 * that lacks detail shows normals straight ahead, and its error is all the detail of the scan.
 */
import { stripBands } from "./detail_kernel/detail_kernel.ts";
import type { NormalView } from "./views.ts";

/** What {@linkcode detailBands} makes of one view. */
export interface DetailView {
  width: number;
  height: number;
  /** Not 0 where covered, length width · height. */
  mask: Uint8Array;
  /** By band: unit normals relative to the smooth part, xyz, of the covered pixels, row by row. */
  bands: Float32Array[];
  /** Covered pixels before each row, length height + 1. */
  before: Uint32Array;
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

/** Rows that are smoothed at a time: a picture as a whole would take 100 MB. */
const STRIP_ROWS = 256;

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
  const { x0, x1, y0, y1, before } = coverage(view.mask, sizePx);
  const radii = sigmasM.map((sigmaM) => boxRadius(sigmaM / pixelM));
  const count = sigmasM.length + (sigmasM.length > 1 ? 1 : 0);
  const bands = Array.from({ length: count }, () => new Float32Array(3 * before[sizePx]));
  const width = x1 - x0, reach = 2 * radii[radii.length - 1];
  for (let top = y0; top < y1; top += STRIP_ROWS) {
    const bottom = Math.min(y1, top + STRIP_ROWS);
    const first = Math.max(y0, top - reach), last = Math.min(y1, bottom + reach);
    stripBands({
      width,
      rows: last - first,
      keep: [top - first, bottom - first],
      radii,
      fill(mask, normal) {
        for (let y = first, to = 0; y < last; y++, to += width) {
          const from = y * sizePx + x0;
          mask.set(view.mask.subarray(from, from + width), to);
          normal.set(view.normal.subarray(3 * from, 3 * (from + width)), 3 * to);
        }
      },
      take: (band, normals) => bands[band].set(normals, 3 * before[top]),
    });
  }
  return { width: sizePx, height: sizePx, mask: view.mask, bands, before };
}

/** Angles between the bands of pairs of views, gathered pair by pair. */
export class DetailErrors {
  readonly #sums: number[] = [];
  readonly #pixels: number[] = [];

  /** Counts the pixels that both views cover. */
  add(a: DetailView, b: DetailView): void {
    for (const [band, p] of a.bands.entries()) {
      const { sum, pixels } = angleSum(a, b, { p, q: b.bands[band] });
      this.#sums[band] = (this.#sums[band] ?? 0) + sum;
      this.#pixels[band] = (this.#pixels[band] ?? 0) + pixels;
    }
  }

  /** Mean angle in degrees, band by band; null where no pixel counted. */
  meansDeg(): (number | null)[] {
    return this.#sums.map((sum, band) => {
      const pixels = this.#pixels[band];
      return pixels === 0 ? null : sum / pixels * 180 / Math.PI;
    });
  }
}

function angleSum(
  a: DetailView,
  b: DetailView,
  { p, q }: { p: Float32Array; q: Float32Array },
): { sum: number; pixels: number } {
  let sum = 0, pixels = 0;
  for (let y = 0; y < a.height; y++) {
    if (a.before[y] === a.before[y + 1] || b.before[y] === b.before[y + 1]) continue;
    let i = 3 * a.before[y], j = 3 * b.before[y];
    for (let pixel = y * a.width, end = pixel + a.width; pixel < end; pixel++) {
      const inA = a.mask[pixel] !== 0, inB = b.mask[pixel] !== 0;
      if (inA && inB) {
        const dx = p[i] - q[j], dy = p[i + 1] - q[j + 1], dz = p[i + 2] - q[j + 2];
        // Both are unit vectors: their distance is twice the sine of half the angle.
        const squared = (dx * dx + dy * dy + dz * dz) / 4, sine = Math.sqrt(squared);
        sum += squared < SMALL
          ? 2 * sine * arcsineSeries(squared)
          : 2 * Math.asin(Math.min(1, sine));
        pixels++;
      }
      if (inA) i += 3;
      if (inB) j += 3;
    }
  }
  return { sum, pixels };
}

/** Squared sines of half angles below 29°: most of those that are compared. */
const SMALL = 1 / 16;

/**
 * asin(x) / x from x² < 1/16 by its Taylor series, off by 3e-12 at most: a quarter of the time of
 * `Math.asin`.
 */
function arcsineSeries(x2: number): number {
  return 1 + x2 * (1 / 6 + x2 * (3 / 40 + x2 * (15 / 336 + x2 * (105 / 3456 +
                    x2 * (945 / 42240 + x2 * (10395 / 599040 + x2 * (135135 / 9676800)))))));
}

/** Two boxes of radius r have the variance 2/3 r (r + 1). */
function boxRadius(sigmaPx: number): number {
  return Math.max(1, Math.round((Math.sqrt(1 + 6 * sigmaPx * sigmaPx) - 1) / 2));
}

/** The rectangle round what is covered (empty where nothing is), and how much is above each row. */
function coverage(mask: Uint8Array, size: number) {
  let x0 = size, y0 = size, x1 = 0, y1 = 0, count = 0;
  const before = new Uint32Array(size + 1);
  for (let y = 0, at = 0; y < size; y++) {
    before[y] = count;
    for (let x = 0; x < size; x++, at++) {
      if (mask[at] === 0) continue;
      count++;
      if (x < x0) x0 = x;
      if (x >= x1) x1 = x + 1;
      if (y < y0) y0 = y;
      y1 = y + 1;
    }
  }
  before[size] = count;
  return { x0, x1, y0, y1, before };
}
