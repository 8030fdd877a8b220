/**
 * What local colours say about a soft mask.
 *
 * Around every place two normal distributions are fitted: to the colours that the mask calls the
 * person, and to those it calls background. Each pixel is then weighed by which of them it fits.
 * This is one step of iterated segmentation by colour models (Rother, Kolmogorov and Blake,
 * "GrabCut", 2004) with models that are local (as in Bai et al., "Video SnapCut", 2009) and no
 * graph: the guided filter that follows does the smoothing.
 */
import { withDefaults } from "../../core/work/options.ts";
import { boxMean, type PlaneSize } from "./box_mean.ts";
import type { Guide } from "./guided_filter.ts";

/**
 * How colours are weighed. The defaults were chosen on composites of the training people of
 * `fixtures/humans` over plain, smooth and cluttered backgrounds.
 */
export interface ColorEvidenceOptions {
  /** Side of the blocks that share a model, pixels. Default: 4. */
  blockPx?: number;
  /** Half the side of a model's window without its middle, blocks. Default: 8. */
  radiusBlocks?: number;
  /** Variance added to each channel (0 to 1) of a model: noise of the camera. Default: 3e-5. */
  epsilon?: number;
  /** Weight of the log-likelihood ratio. Default: 0.3. */
  weight?: number;
  /** The most that a log-likelihood ratio counts, either way. Default: 8. */
  limit?: number;
}

/** See `ColorEvidenceOptions`. */
export const COLOR_EVIDENCE_DEFAULTS: Readonly<Required<ColorEvidenceOptions>> = Object.freeze({
  blockPx: 4,
  radiusBlocks: 8,
  epsilon: 3e-5,
  weight: 0.3,
  limit: 8,
});

/** Moments of weighted colours: weight, then sums of r, g, b, rr, rg, rb, gg, gb, bb. */
const MOMENTS = 10;

/** A model: mean of r, g, b, then inverse covariance rr, rg, rb, gg, gb, bb, then log determinant. */
const MODEL = 10;

/** A model needs at least this weight of pixels a block of its window. */
const MIN_WEIGHT = 0.02;

/**
 * Weighs a soft mask by local colours. Where one of the two models has too few pixels, the mask is
 * returned as it is.
 *
 * @param mask Probability of the person, 0 to 1, of the guide's size; not changed.
 * @returns The new probability.
 */
export function weighColors(
  mask: Float32Array,
  guide: Guide,
  options: ColorEvidenceOptions = {},
): Float32Array {
  const settings = withDefaults(COLOR_EVIDENCE_DEFAULTS, options);
  const { blockPx, weight, limit } = settings;
  const { width, height, planes: [r, g, b] } = guide;
  const person = colorModels(mask.map((p) => 2 * p - 1), guide, settings);
  const background = colorModels(mask.map((p) => 1 - 2 * p), guide, settings);
  const columns = Math.ceil(width / blockPx);
  const out = new Float32Array(mask.length);
  for (let y = 0, i = 0; y < height; y++) {
    const rowOfBlocks = Math.floor(y / blockPx) * columns;
    for (let x = 0; x < width; x++, i++) {
      const block = rowOfBlocks + Math.floor(x / blockPx);
      if (person.known[block] === 0 || background.known[block] === 0) {
        out[i] = mask[i];
        continue;
      }
      const ratio = logLikelihood(person.models, MODEL * block, r[i], g[i], b[i]) -
        logLikelihood(background.models, MODEL * block, r[i], g[i], b[i]);
      const evidence = weight * (ratio > limit ? limit : ratio < -limit ? -limit : ratio);
      const prior = mask[i] < 0.001 ? 0.001 : mask[i] > 0.999 ? 0.999 : mask[i];
      // Odds times the likelihood ratio.
      out[i] = prior / (prior + (1 - prior) * Math.exp(-evidence));
    }
  }
  return out;
}

interface ColorModels {
  /** {@linkcode MODEL} numbers a block. */
  models: Float64Array;
  /** 1 where the block has a model. */
  known: Uint8Array;
}

/** Fits a normal distribution of colour to the weighted pixels of the window around each block. */
function colorModels(
  weights: Float32Array,
  guide: Guide,
  { blockPx, radiusBlocks, epsilon }: Required<ColorEvidenceOptions>,
): ColorModels {
  const { moments, width, height } = blockMoments(weights, guide, blockPx);
  for (const plane of moments) boxMean(plane, plane, { width, height, radius: radiusBlocks });
  const [w, sr, sg, sb, srr, srg, srb, sgg, sgb, sbb] = moments;
  const models = new Float64Array(MODEL * width * height);
  const known = new Uint8Array(width * height);
  for (let k = 0; k < width * height; k++) {
    if (w[k] < MIN_WEIGHT * blockPx * blockPx) continue;
    const mr = sr[k] / w[k], mg = sg[k] / w[k], mb = sb[k] / w[k];
    const rr = srr[k] / w[k] - mr * mr + epsilon, gg = sgg[k] / w[k] - mg * mg + epsilon;
    const bb = sbb[k] / w[k] - mb * mb + epsilon;
    const rg = srg[k] / w[k] - mr * mg, rb = srb[k] / w[k] - mr * mb, gb = sgb[k] / w[k] - mg * mb;
    const crr = gg * bb - gb * gb, crg = rb * gb - rg * bb, crb = rg * gb - rb * gg;
    const determinant = rr * crr + rg * crg + rb * crb;
    // Rounding of the moments can leave a flat window without a positive definite covariance.
    if (!(determinant > 0)) continue;
    known[k] = 1;
    models.set([
      mr,
      mg,
      mb,
      crr / determinant,
      crg / determinant,
      crb / determinant,
      (rr * bb - rb * rb) / determinant,
      (rb * rg - rr * gb) / determinant,
      (rr * gg - rg * rg) / determinant,
      Math.log(determinant),
    ], MODEL * k);
  }
  return { models, known };
}

/** Sums the moments of colour over blocks; weights below 0 count as 0. */
function blockMoments(
  weights: Float32Array,
  { width, height, planes: [r, g, b] }: Guide,
  blockPx: number,
): PlaneSize & { moments: Float32Array[] } {
  const columns = Math.ceil(width / blockPx), rows = Math.ceil(height / blockPx);
  const moments = Array.from({ length: MOMENTS }, () => new Float32Array(columns * rows));
  const [w, sr, sg, sb, srr, srg, srb, sgg, sgb, sbb] = moments;
  for (let y = 0, i = 0; y < height; y++) {
    const rowOfBlocks = Math.floor(y / blockPx) * columns;
    for (let x = 0; x < width; x++, i++) {
      const weight = weights[i];
      if (!(weight > 0)) continue;
      const k = rowOfBlocks + Math.floor(x / blockPx);
      const red = r[i], green = g[i], blue = b[i];
      w[k] += weight;
      sr[k] += weight * red;
      sg[k] += weight * green;
      sb[k] += weight * blue;
      srr[k] += weight * red * red;
      srg[k] += weight * red * green;
      srb[k] += weight * red * blue;
      sgg[k] += weight * green * green;
      sgb[k] += weight * green * blue;
      sbb[k] += weight * blue * blue;
    }
  }
  return { moments, width: columns, height: rows };
}

/** Log density of a colour under the model at `at`, up to a constant. */
function logLikelihood(m: Float64Array, at: number, r: number, g: number, b: number): number {
  const x = r - m[at], y = g - m[at + 1], z = b - m[at + 2];
  const square = m[at + 3] * x * x + m[at + 6] * y * y + m[at + 8] * z * z +
    2 * (m[at + 4] * x * y + m[at + 5] * x * z + m[at + 7] * y * z);
  return -0.5 * (square + m[at + 9]);
}
