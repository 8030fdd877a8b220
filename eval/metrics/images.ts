/** Agreement of pictures: PSNR, SSIM and multi-scale SSIM, as the usual libraries define them. */

/** A picture as planes: channel by channel, row by row, values in [0, dataRange]. */
export interface Planes {
  width: number;
  height: number;
  /** One Float64Array a channel, length width · height. */
  channels: readonly Float64Array[];
}

/** How {@linkcode ssim} looks. */
export interface SsimOptions {
  /** Distance between the least and the largest value. Default: 1. */
  dataRange?: number;
  /** `gaussian`: σ 1.5, 11 pixels (Wang et al. 2004); `uniform`: 7 pixels (scikit-image's default). */
  window?: "gaussian" | "uniform";
  /** Divide covariances by n − 1 (scikit-image's default) or by n. Default: as the window's library. */
  covariance?: "sample" | "population";
  /**
   * Which pixels are averaged: those whose whole window lies `inside` (scikit-image), or all, of
   * pictures mirrored at their borders (`reflect`, torchmetrics). Default: `inside`.
   */
  border?: "inside" | "reflect";
}

const K1 = 0.01, K2 = 0.03;

/** Weights of the scales (Wang, Simoncelli and Bovik 2003). */
const SCALE_WEIGHTS = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333] as const;

/** Planes of an interleaved picture of bytes, as values in [0, 1]. */
export function planesOf(
  { width, height, data }: { width: number; height: number; data: Uint8Array },
  channels: number,
): Planes {
  const stride = data.length / (width * height);
  return {
    width,
    height,
    channels: Array.from(
      { length: channels },
      (_, c) => Float64Array.from({ length: width * height }, (_, i) => data[stride * i + c] / 255),
    ),
  };
}

/**
 * Peak signal-to-noise ratio in dB, over all values; ∞ for equal pictures.
 *
 * @throws {RangeError} If the pictures differ in size.
 */
export function psnr(a: Planes, b: Planes, { dataRange = 1 }: { dataRange?: number } = {}): number {
  checkPair(a, b, 1);
  let sum = 0, count = 0;
  for (const [c, plane] of a.channels.entries()) {
    for (let i = 0; i < plane.length; i++) sum += (plane[i] - b.channels[c][i]) ** 2;
    count += plane.length;
  }
  return 10 * Math.log10(dataRange * dataRange * count / sum);
}

/**
 * Structural similarity, mean over channels and pixels. With its defaults scikit-image's
 * (`structural_similarity`, Gaussian weights); with `border: "reflect"` torchmetrics'.
 *
 * @throws {RangeError} If the pictures differ in size or are smaller than the window.
 */
export function ssim(a: Planes, b: Planes, options: SsimOptions = {}): number {
  return similarity(a, b, options).ssim;
}

/**
 * Multi-scale SSIM over five scales, each half of the one before (means of 2 × 2), Gaussian windows,
 * negative terms counted as 0, as torchmetrics has it by default.
 *
 * @throws {RangeError} If the pictures differ in size or are smaller than 176 pixels.
 */
export function msSsim(
  a: Planes,
  b: Planes,
  { dataRange = 1 }: { dataRange?: number } = {},
): number {
  checkPair(a, b, 11 * 16);
  const planes = a.channels.map((_, c) => [channel(a, c), channel(b, c)] as const);
  // The product over scales of means over all channels.
  let product = 1, pairs = planes;
  for (const [scale, weight] of SCALE_WEIGHTS.entries()) {
    const last = scale === SCALE_WEIGHTS.length - 1;
    // torchmetrics leaves borders out of all terms but the last one.
    const border = last ? "reflect" : "inside";
    const found = pairs.map(([x, y]) => similarity(x, y, { dataRange, border }));
    const mean = found.reduce((sum, one) => sum + (last ? one.ssim : one.contrast), 0) /
      found.length;
    product *= Math.max(0, mean) ** weight;
    if (!last) pairs = pairs.map(([x, y]) => [halved(x), halved(y)] as const);
  }
  return product;
}

function channel({ width, height, channels }: Planes, c: number): Planes {
  return { width, height, channels: [channels[c]] };
}

function similarity(
  a: Planes,
  b: Planes,
  { dataRange = 1, window = "gaussian", covariance, border = "inside" }: SsimOptions,
): { ssim: number; contrast: number } {
  const weights = window === "gaussian" ? gaussian(1.5, 5) : new Float64Array(7).fill(1 / 7);
  checkPair(a, b, weights.length);
  const sample = (covariance ?? (window === "uniform" ? "sample" : "population")) === "sample";
  const pixels = weights.length ** 2, correction = sample ? pixels / (pixels - 1) : 1;
  const c1 = (K1 * dataRange) ** 2, c2 = (K2 * dataRange) ** 2;
  const sums = new Float64Array(3);
  const pad = border === "reflect" ? (weights.length - 1) / 2 : 0;
  const size = { width: a.width + 2 * pad, height: a.height + 2 * pad };
  for (const [c, plane] of a.channels.entries()) {
    const x = reflected(plane, a, pad), y = reflected(b.channels[c], a, pad);
    const filter = (values: Float64Array) => valid(values, size, weights);
    const mx = filter(x), my = filter(y);
    const xx = filter(times(x, x)), yy = filter(times(y, y)), xy = filter(times(x, y));
    for (let i = 0; i < mx.length; i++) {
      // Rounding leaves variances of flat pictures a little below 0.
      const vx = Math.max(0, correction * (xx[i] - mx[i] * mx[i]));
      const vy = Math.max(0, correction * (yy[i] - my[i] * my[i]));
      const cov = correction * (xy[i] - mx[i] * my[i]);
      const contrast = (2 * cov + c2) / (vx + vy + c2);
      sums[0] += contrast * (2 * mx[i] * my[i] + c1) / (mx[i] * mx[i] + my[i] * my[i] + c1);
      sums[1] += contrast;
    }
    sums[2] += mx.length;
  }
  return { ssim: sums[0] / sums[2], contrast: sums[1] / sums[2] };
}

function gaussian(sigma: number, radius: number): Float64Array {
  const weights = Float64Array.from(
    { length: 2 * radius + 1 },
    (_, i) => Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma)),
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** A separable filter, over the places where the window lies inside. */
function valid(
  plane: Float64Array,
  { width, height }: Pick<Planes, "width" | "height">,
  weights: Float64Array,
): Float64Array {
  const size = weights.length, outWidth = width - size + 1, outHeight = height - size + 1;
  const rows = new Float64Array(outWidth * height), out = new Float64Array(outWidth * outHeight);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < outWidth; x++) {
      let sum = 0;
      for (let k = 0; k < size; k++) sum += weights[k] * plane[y * width + x + k];
      rows[y * outWidth + x] = sum;
    }
  }
  for (let y = 0; y < outHeight; y++) {
    for (let x = 0; x < outWidth; x++) {
      let sum = 0;
      for (let k = 0; k < size; k++) sum += weights[k] * rows[(y + k) * outWidth + x];
      out[y * outWidth + x] = sum;
    }
  }
  return out;
}

/** The plane with `pad` more pixels on every side: the picture mirrored about its border pixels. */
function reflected(
  plane: Float64Array,
  { width, height }: Pick<Planes, "width" | "height">,
  pad: number,
): Float64Array {
  if (pad === 0) return plane;
  const mirror = (i: number, size: number) => i < 0 ? -i : i >= size ? 2 * size - 2 - i : i;
  const wide = width + 2 * pad, out = new Float64Array(wide * (height + 2 * pad));
  for (let y = 0, to = 0; y < height + 2 * pad; y++) {
    const row = mirror(y - pad, height) * width;
    for (let x = 0; x < wide; x++) out[to++] = plane[row + mirror(x - pad, width)];
  }
  return out;
}

function times(a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(a.length);
  for (let i = 0; i < a.length; i++) out[i] = a[i] * b[i];
  return out;
}

/** Means of 2 × 2; an odd last row or column is left out. */
function halved({ width, height, channels }: Planes): Planes {
  const w = width >> 1, h = height >> 1;
  return {
    width: w,
    height: h,
    channels: channels.map((plane) => {
      const out = new Float64Array(w * h);
      for (let y = 0; y < h; y++) {
        for (let x = 0; x < w; x++) {
          const at = 2 * y * width + 2 * x;
          out[y * w + x] = (plane[at] + plane[at + 1] + plane[at + width] + plane[at + width + 1]) /
            4;
        }
      }
      return out;
    }),
  };
}

function checkPair(a: Planes, b: Planes, least: number): void {
  if (a.width !== b.width || a.height !== b.height || a.channels.length !== b.channels.length) {
    throw new RangeError(
      `Cannot compare pictures: found ${a.width} × ${a.height} × ${a.channels.length} and ` +
        `${b.width} × ${b.height} × ${b.channels.length}, expected the same`,
    );
  }
  if (Math.min(a.width, a.height) < least) {
    throw new RangeError(
      `Cannot compare pictures: found ${a.width} × ${a.height}, expected at least ${least} pixels`,
    );
  }
}
