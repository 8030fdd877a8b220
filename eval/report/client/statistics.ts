/** Means and intervals that the page computes itself, when only a part of the subjects is chosen. */

/** A mean with its interval. */
export interface Interval {
  mean: number;
  low: number | null;
  high: number | null;
  n: number;
}

const RESAMPLES = 1000;

/** The mean of values with a percentile bootstrap interval: seeded, so the same every time. */
export function intervalOf(values: readonly number[], level: number): Interval {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  if (n < 2) return { mean, low: null, high: null, n };
  let state = 0x9e3779b9;
  const means = new Float64Array(RESAMPLES);
  for (let r = 0; r < RESAMPLES; r++) {
    let sum = 0;
    for (let i = 0; i < n; i++) {
      // xorshift32 (Marsaglia 2003)
      state ^= state << 13, state ^= state >>> 17, state ^= state << 5;
      sum += values[(state >>> 0) % n];
    }
    means[r] = sum / n;
  }
  means.sort();
  const tail = (1 - level) / 2;
  return { mean, low: quantile(means, tail), high: quantile(means, 1 - tail), n };
}

/** Linear between order statistics. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const at = share * (sorted.length - 1), low = Math.floor(at);
  const high = Math.min(sorted.length - 1, low + 1);
  return sorted[low] + (at - low) * (sorted[high] - sorted[low]);
}
