/** How often intervals hold what they should: the calibration of the percentile bootstrap. */
import { random } from "../../core/work/random.ts";
import { quantileOfSorted } from "../statistics/quantile.ts";

/** One nominal level and the share of intervals that held the mean. */
export interface Calibration {
  nominal: number;
  actual: number;
}

/** Levels that are looked at. */
export const LEVELS: readonly number[] = Object.freeze([0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99]);

const EXPERIMENTS = 200, RESAMPLES = 200;

/**
 * Measures the coverage of percentile bootstrap intervals of a mean, for samples of this size and
 * shape: the values stand for the population, samples of equal size are drawn from it, an interval
 * is made from each, and the share that holds the population's mean is counted (a nested bootstrap;
 * Davison and Hinkley 1997, section 5.6). Shares have a standard error of up to 3.5 %.
 *
 * @param values One a subject.
 * @throws {RangeError} If there are fewer than two values.
 */
export function calibrationOf(
  values: readonly number[],
  { seed, purpose }: { seed: number; purpose: string },
): Calibration[] {
  const n = values.length;
  if (n < 2) {
    throw new RangeError(`Cannot measure coverage: found ${n} values, expected two or more`);
  }
  const truth = values.reduce((sum, value) => sum + value, 0) / n;
  const stream = random(seed, "calibration", purpose);
  const held = LEVELS.map(() => 0);
  const sample = new Float64Array(n), means = new Float64Array(RESAMPLES);
  for (let e = 0; e < EXPERIMENTS; e++) {
    for (let i = 0; i < n; i++) sample[i] = values[stream.below(n)];
    for (let r = 0; r < RESAMPLES; r++) {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += sample[stream.below(n)];
      means[r] = sum / n;
    }
    means.sort();
    for (const [k, level] of LEVELS.entries()) {
      const tail = (1 - level) / 2;
      if (quantileOfSorted(means, tail) <= truth && truth <= quantileOfSorted(means, 1 - tail)) {
        held[k]++;
      }
    }
  }
  return LEVELS.map((nominal, k) => ({ nominal, actual: held[k] / EXPERIMENTS }));
}
