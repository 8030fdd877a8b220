/** The coarse grid: pictures down to it, normals up from it, the rule for the background. */
import type { Pipeline } from "./pipeline.ts";

/**
 * The values of an 8-bit picture as the networks take them: `(v/255 − mean)/deviation` in float32.
 */
export function networkValues({ normalise: { mean, deviation } }: Pipeline): Float32Array {
  const f = Math.fround;
  return Float32Array.from(
    { length: 256 },
    (_, v) => f(f(f(v / 255) - f(mean)) / f(deviation)),
  );
}

/**
 * The picture on the coarse grid, 3 × coarse × coarse: bilinear without antialias, which is the mean
 * of the 2 × 2 pixels in the middle of each cell.
 *
 * @param rgb Interleaved 8-bit canvas.
 */
export function coarsePicture(rgb: Uint8Array, pipeline: Pipeline): Float32Array {
  const { canvasPx, coarsePx } = pipeline;
  const values = networkValues(pipeline);
  const scale = canvasPx / coarsePx, first = scale / 2 - 1;
  const out = new Float32Array(3 * coarsePx * coarsePx);
  const f = Math.fround;
  for (let i = 0; i < coarsePx; i++) {
    for (let j = 0; j < coarsePx; j++) {
      const at = 3 * ((scale * i + first) * canvasPx + scale * j + first);
      const below = at + 3 * canvasPx;
      for (let channel = 0; channel < 3; channel++) {
        const a = values[rgb[at + channel]], b = values[rgb[at + 3 + channel]];
        const c = values[rgb[below + channel]], d = values[rgb[below + 3 + channel]];
        const upper = f(0.5 * a + 0.5 * b), lower = f(0.5 * c + 0.5 * d);
        out[(channel * coarsePx + i) * coarsePx + j] = 0.5 * upper + 0.5 * lower;
      }
    }
  }
  return out;
}

/**
 * Scales planes up by a whole factor, bilinear: source index `(i + 0.5)/factor − 0.5`, clamped.
 *
 * @param planes `channels` planes of side² values.
 */
export function scaledUp(planes: Float32Array, side: number, factor: number): Float32Array {
  const channels = planes.length / (side * side), wide = side * factor;
  const out = new Float32Array(channels * wide * wide);
  const low = new Int32Array(wide), share = new Float32Array(wide);
  for (let i = 0; i < wide; i++) {
    const at = Math.max(0, (i + 0.5) / factor - 0.5);
    low[i] = Math.floor(at);
    share[i] = at - low[i];
  }
  const line = new Float32Array(side);
  for (let channel = 0; channel < channels; channel++) {
    const plane = planes.subarray(channel * side * side, (channel + 1) * side * side);
    for (let r = 0; r < wide; r++) {
      const a = low[r] * side, b = Math.min(side - 1, low[r] + 1) * side, t = share[r];
      for (let c = 0; c < side; c++) line[c] = (1 - t) * plane[a + c] + t * plane[b + c];
      const start = (channel * wide + r) * wide;
      for (let c = 0; c < wide; c++) {
        const k = low[c], s = share[c];
        out[start + c] = (1 - s) * line[k] + s * line[Math.min(side - 1, k + 1)];
      }
    }
  }
  return out;
}

/** Coarse depths and mask. */
export interface CoarseDepth {
  /** Clamped, then the background set by the mask; coarse × coarse each. */
  front: Float32Array;
  back: Float32Array;
  /** After the sigmoid. */
  mask: Float32Array;
  /** Values that were clamped inside the mask. */
  clamped: number;
}

/**
 * Reads the three channels of the coarse depth network: depths are clamped, the mask is a sigmoid,
 * and where it is not above the threshold the depths become the background's.
 */
export function coarseDepth(output: Float32Array, { depth }: Pipeline): CoarseDepth {
  const n = output.length / 3;
  const front = new Float32Array(n), back = new Float32Array(n), mask = new Float32Array(n);
  let clamped = 0;
  for (let i = 0; i < n; i++) {
    mask[i] = sigmoid(output[2 * n + i]);
    if (mask[i] > depth.maskThreshold) {
      front[i] = clamp(output[i], depth.min, depth.max);
      back[i] = clamp(output[n + i], depth.min, depth.max);
      if (front[i] !== output[i]) clamped++;
      if (back[i] !== output[n + i]) clamped++;
    } else {
      front[i] = depth.backgroundFront;
      back[i] = depth.backgroundBack;
    }
  }
  return { front, back, mask, clamped };
}

/** Logistic function, float64. */
export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** `x` brought between `min` and `max`; NaN stays NaN. */
export function clamp(x: number, min: number, max: number): number {
  return x < min ? min : x > max ? max : x;
}
