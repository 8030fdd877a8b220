/**
 * Depth from normals: the surface whose steps between pixels agree with the normals, held to a given
 * coarse depth. Minimises `Σ w (z_j − z_i − g)² + λ Σ (z − z₀)²` over the pixels of a mask, where g
 * is the step that the normals of both pixels ask for and w falls where they are seen at a slant or
 * where the coarse depth jumps (cf. bilateral normal integration, Cao et al. 2022, which reweights by
 * the result instead).
 */
import { withDefaults } from "../../core/work/options.ts";

/** What is known of one side of a surface. */
export interface SlopeMaps {
  /** 0 or 1, side². */
  mask: Uint8Array;
  /** Coarse depth, pixels, side². */
  depthPx: Float32Array;
  /** Codes of the normals, three planes of side²: unit (−∂z/∂column, −∂z/∂row, 1)/|·|. */
  codes: Float32Array;
  side: number;
}

/** How it is solved. */
export interface IntegrateOptions {
  /** Length over which the coarse depth is trusted more than the sum of slopes, pixels. */
  trustPx?: number;
  /** Sweeps over all pixels. */
  sweeps?: number;
  /** Steepest slope that counts, depth pixels a pixel. */
  steepest?: number;
  /** Difference between the coarse depth's step and the normals' at which a step counts a quarter. */
  jump?: number;
}

/** See `IntegrateOptions`; chosen on the validation figures (docs/open_model.md, "Refinement"). */
export const INTEGRATE_DEFAULTS: Readonly<Required<IntegrateOptions>> = Object.freeze({
  trustPx: 60,
  sweeps: 60,
  steepest: 4,
  jump: 6,
});

/** Over-relaxation. */
const OMEGA = 1.85;

/**
 * Integrates.
 *
 * @returns Depth in pixels, side²; 0 outside of the mask.
 */
export function integrateNormals(maps: SlopeMaps, options: IntegrateOptions = {}): Float32Array {
  const { trustPx, sweeps, steepest, jump } = withDefaults(INTEGRATE_DEFAULTS, options);
  const { mask, depthPx, codes, side } = maps, n = side * side;
  // The mask's pixels, row by row, with their neighbours to the right and below.
  const slot = new Int32Array(n).fill(-1), pixels: number[] = [];
  for (let i = 0; i < n; i++) if (mask[i] !== 0) slot[i] = pixels.length, pixels.push(i);
  const count = pixels.length;
  const slope = (i: number, plane: number) => {
    const c = Math.max(1e-3, codes[2 * n + i]);
    return Math.min(steepest, Math.max(-steepest, -codes[plane * n + i] / c));
  };
  const neighbour = new Int32Array(4 * count).fill(-1);
  const step = new Float32Array(4 * count), weight = new Float32Array(4 * count);
  for (let k = 0; k < count; k++) {
    const i = pixels[k], column = i % side;
    for (const [direction, j] of [[0, i + 1], [1, i + side]] as const) {
      if (j >= n || (direction === 0 && column === side - 1) || mask[j] === 0) continue;
      const g = (slope(i, direction) + slope(j, direction)) / 2;
      const facing = Math.min(codes[2 * n + i], codes[2 * n + j]);
      const off = (depthPx[j] - depthPx[i] - g) / jump;
      const w = Math.max(1e-3, facing) / (1 + off * off) ** 2, other = slot[j];
      neighbour[4 * k + direction] = other;
      step[4 * k + direction] = -g;
      weight[4 * k + direction] = w;
      neighbour[4 * other + 2 + direction] = k;
      step[4 * other + 2 + direction] = g;
      weight[4 * other + 2 + direction] = w;
    }
  }
  const hold = 1 / (trustPx * trustPx);
  const z = Float64Array.from(pixels, (i) => depthPx[i]), start = Float64Array.from(z);
  const parity = Uint8Array.from(pixels, (i) => (i + Math.floor(i / side)) & 1);
  for (let sweep = 0; sweep < 2 * sweeps; sweep++) {
    for (let k = 0; k < count; k++) {
      if (parity[k] !== (sweep & 1)) continue;
      let total = hold, sum = hold * start[k];
      for (let d = 4 * k; d < 4 * k + 4; d++) {
        const other = neighbour[d];
        if (other < 0) continue;
        total += weight[d];
        sum += weight[d] * (z[other] + step[d]);
      }
      z[k] += OMEGA * (sum / total - z[k]);
    }
  }
  const out = new Float32Array(n);
  for (let k = 0; k < count; k++) out[pixels[k]] = z[k];
  return out;
}
