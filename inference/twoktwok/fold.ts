/** Batch normalisation folded into the convolution before it. */

/** Epsilon of every normalisation in the networks (also ONNX's default). */
export const NORM_EPSILON = 1e-5;

/** A batch normalisation at test time: `(x − mean) / √(variance + ε) · weight + bias` a channel. */
export interface Norm {
  weight: Float32Array;
  bias: Float32Array;
  mean: Float32Array;
  variance: Float32Array;
  epsilon: number;
}

/**
 * Folds a normalisation into a convolution's weight (output channel first) or bias. Computed in
 * float64, rounded once.
 *
 * `w' = w · s`, `b' = (b − mean) · s + bias`, with `s = weight / √(variance + ε)`.
 */
export function foldNorm(
  values: Float32Array,
  norm: Norm,
  what: "weight" | "bias",
): Float32Array {
  const channels = norm.weight.length, each = values.length / channels;
  const out = new Float32Array(values.length);
  for (let c = 0; c < channels; c++) {
    const scale = norm.weight[c] / Math.sqrt(norm.variance[c] + norm.epsilon);
    if (what === "bias") {
      out[c] = (values[c] - norm.mean[c]) * scale + norm.bias[c];
      continue;
    }
    for (let i = c * each; i < (c + 1) * each; i++) out[i] = values[i] * scale;
  }
  return out;
}
