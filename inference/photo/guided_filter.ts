/**
 * The colour guided filter (He, Sun and Tang, "Guided image filtering", TPAMI 2013, section 3.5):
 * bends a soft mask onto the edges of a picture. Fitting and applying are apart, so that what was
 * fitted on a smaller picture can be applied to the full one (He and Sun, "Fast guided filter",
 * arXiv 1505.00996).
 */
import { withDefaults } from "../../core/work/options.ts";
import { boxMean, type PlaneSize } from "./box_mean.ts";

/** Three planes of colour, 0 to 1. */
export interface Guide extends PlaneSize {
  planes: readonly [Float32Array, Float32Array, Float32Array];
}

/** How a guided filter looks. */
export interface GuidedFilterOptions {
  /** Half the window's side without its middle, pixels of the guide. Default: 16. */
  radius?: number;
  /** Variance of colour (0 to 1) below which a window counts as flat. Default: 1e-4. */
  epsilon?: number;
}

/** See `GuidedFilterOptions`. */
export const GUIDED_FILTER_DEFAULTS: Readonly<Required<GuidedFilterOptions>> = Object.freeze({
  radius: 16,
  epsilon: 1e-4,
});

/** For each pixel a linear function of colour: red r + green g + blue b + offset. */
export interface LinearColors extends PlaneSize {
  /** Factors of red, green and blue, then the offset. */
  planes: readonly [Float32Array, Float32Array, Float32Array, Float32Array];
}

/**
 * Fits the filter: in every window the linear function of colour that comes closest to the plane
 * (least squares); functions of the windows around a pixel are averaged (equations 19 to 21).
 *
 * Costs 17 window means and one 3 × 3 solve a pixel.
 *
 * @param plane Values of the guide's size, 0 to 1; not changed.
 */
export function fitLinearColors(
  plane: Float32Array,
  guide: Guide,
  options: GuidedFilterOptions = {},
): LinearColors {
  const { radius, epsilon } = withDefaults(GUIDED_FILTER_DEFAULTS, options);
  const { width, height, planes: [r, g, b] } = guide;
  const n = width * height, size = { width, height, radius };
  const product = new Float32Array(n);
  const meanOf = (a: Float32Array, b?: Float32Array): Float32Array => {
    const out = new Float32Array(n);
    if (b !== undefined) { for (let i = 0; i < n; i++) product[i] = a[i] * b[i]; }
    boxMean(b === undefined ? a : product, out, size);
    return out;
  };
  const mr = meanOf(r), mg = meanOf(g), mb = meanOf(b);
  const rr = meanOf(r, r), rg = meanOf(r, g), rb = meanOf(r, b);
  const gg = meanOf(g, g), gb = meanOf(g, b), bb = meanOf(b, b);
  // Means of the plane and of its products, overwritten by the window's function.
  const offset = meanOf(plane), ar = meanOf(r, plane), ag = meanOf(g, plane), ab = meanOf(b, plane);
  for (let i = 0; i < n; i++) {
    const R = mr[i], G = mg[i], B = mb[i], P = offset[i];
    const cr = ar[i] - R * P, cg = ag[i] - G * P, cb = ab[i] - B * P;
    const srr = rr[i] - R * R + epsilon, sgg = gg[i] - G * G + epsilon;
    const sbb = bb[i] - B * B + epsilon;
    const srg = rg[i] - R * G, srb = rb[i] - R * B, sgb = gb[i] - G * B;
    // Inverse of the symmetric covariance by cofactors.
    const irr = sgg * sbb - sgb * sgb, irg = srb * sgb - srg * sbb, irb = srg * sgb - srb * sgg;
    const igg = srr * sbb - srb * srb, igb = srb * srg - srr * sgb, ibb = srr * sgg - srg * srg;
    const scale = 1 / (srr * irr + srg * irg + srb * irb);
    const kr = scale * (irr * cr + irg * cg + irb * cb);
    const kg = scale * (irg * cr + igg * cg + igb * cb);
    const kb = scale * (irb * cr + igb * cg + ibb * cb);
    ar[i] = kr;
    ag[i] = kg;
    ab[i] = kb;
    offset[i] = P - kr * R - kg * G - kb * B;
  }
  const planes = [ar, ag, ab, offset] as const;
  for (const plane of planes) boxMean(plane, plane, size);
  return { width, height, planes };
}

/** Applies functions to the guide that they were fitted on. */
export function applyLinearColors(
  { planes: [ar, ag, ab, offset] }: LinearColors,
  { planes: [r, g, b] }: Guide,
): Float32Array {
  return offset.map((value, i) => value + ar[i] * r[i] + ag[i] * g[i] + ab[i] * b[i]);
}

/** Filters a plane: fits the guide and applies the fit to it. Options as {@linkcode fitLinearColors}. */
export function guidedFilter(
  plane: Float32Array,
  guide: Guide,
  options: GuidedFilterOptions = {},
): Float32Array {
  return applyLinearColors(fitLinearColors(plane, guide, options), guide);
}
