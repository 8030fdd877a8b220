/**
 * Bootstrap over subjects. Subjects, not views and not samples, are the units that were drawn from
 * a population, so they are what is resampled: a subject's views are averaged first.
 */
import { withDefaults } from "../../core/work/options.ts";
import { random } from "../../core/work/random.ts";
import { quantileOfSorted } from "./quantile.ts";

/** How intervals are made. */
export interface BootstrapOptions {
  /** How many times the subjects are resampled. */
  resamples?: number;
  /** Share of the resampled means inside the interval. */
  level?: number;
  /** Seed of the resampling. */
  seed?: number;
}

/** 10,000 resamples, 95 %. */
export const BOOTSTRAP_DEFAULTS: Readonly<Required<BootstrapOptions>> = Object.freeze({
  resamples: 10_000,
  level: 0.95,
  seed: 0,
});

/** A mean and the percentile interval of its bootstrap. */
export interface Interval {
  /** Plain mean, in the unit of the values. */
  mean: number;
  /** Lower end; null for fewer than two values, which say nothing about spread. */
  low: number | null;
  /** Upper end; null for fewer than two values. */
  high: number | null;
  /** How many values. */
  n: number;
}

/**
 * Draws resamples of `n` subjects with replacement. The draws depend on `n` and the seed alone, so
 * every method and score over the same subjects sees the same resamples: differences are paired.
 *
 * @returns How often each subject is in each resample: row by row, length resamples · n.
 * @throws {RangeError} If `n` or `resamples` is not a positive whole number.
 */
export function resampleCounts(n: number, options: BootstrapOptions = {}): Uint16Array {
  const { resamples, seed } = checked(options);
  if (!Number.isInteger(n) || n < 1 || n > 65535) {
    throw new RangeError(`Cannot resample: n is ${n}, expected a whole number from 1 to 65535`);
  }
  const counts = new Uint16Array(resamples * n);
  const stream = random(seed, "bootstrap", n);
  for (let r = 0; r < resamples; r++) {
    for (let i = 0; i < n; i++) counts[r * n + stream.below(n)]++;
  }
  return counts;
}

/**
 * The mean of the values in each resample of `counts`, summed in the order of the values.
 *
 * @throws {RangeError} If `counts` is not made for this many values.
 */
export function resampledMeans(values: ArrayLike<number>, counts: Uint16Array): Float64Array {
  const n = values.length;
  if (n === 0 || counts.length % n !== 0) {
    throw new RangeError(
      `Cannot resample ${n} values: found ${counts.length} counts, expected a multiple`,
    );
  }
  const means = new Float64Array(counts.length / n);
  for (let r = 0, k = 0; r < means.length; r++) {
    let sum = 0;
    for (let i = 0; i < n; i++, k++) sum += counts[k] * values[i];
    means[r] = sum / n;
  }
  return means;
}

/**
 * Mean and percentile interval from means that were already resampled: the `(1 − level)/2` and
 * `(1 + level)/2` quantiles (Efron and Tibshirani 1993, §13.3).
 */
export function intervalOf(
  values: ArrayLike<number>,
  means: Float64Array,
  options: BootstrapOptions = {},
): Interval {
  const { level } = checked(options);
  const n = values.length;
  const mean = meanOf(values);
  if (n < 2) return { mean, low: null, high: null, n };
  // Resamples of equal values differ by rounding alone: do not show that as spread.
  if (allEqual(values)) return { mean, low: mean, high: mean, n };
  const sorted = means.toSorted();
  const tail = (1 - level) / 2;
  return {
    mean,
    low: quantileOfSorted(sorted, tail),
    high: quantileOfSorted(sorted, 1 - tail),
    n,
  };
}

/**
 * Mean of one value a subject, with its bootstrap interval.
 *
 * @throws {RangeError} If there is no value, or an option is out of range.
 */
export function bootstrapMean(
  values: ArrayLike<number>,
  options: BootstrapOptions = {},
): Interval {
  return intervalOf(
    values,
    resampledMeans(values, resampleCounts(values.length, options)),
    options,
  );
}

/**
 * Mean difference a − b of two methods over the same subjects, with the interval of the paired
 * bootstrap: both are resampled alike.
 *
 * @throws {RangeError} If the lengths differ or are 0.
 */
export function bootstrapDifference(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  options: BootstrapOptions = {},
): Interval {
  return bootstrapMean(differences(a, b), options);
}

/** a − b, value by value. */
export function differences(a: ArrayLike<number>, b: ArrayLike<number>): Float64Array {
  if (a.length !== b.length) {
    throw new RangeError(
      `Cannot pair values: found ${a.length} and ${b.length}, expected equally many`,
    );
  }
  return Float64Array.from(a, (value, i) => value - b[i]);
}

/** Plain mean, summed in order. */
export function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

function allEqual(values: ArrayLike<number>): boolean {
  for (let i = 1; i < values.length; i++) if (values[i] !== values[0]) return false;
  return true;
}

function checked(options: BootstrapOptions): Required<BootstrapOptions> {
  const merged = withDefaults(BOOTSTRAP_DEFAULTS, options);
  const { resamples, level } = merged;
  if (!Number.isInteger(resamples) || resamples < 1) {
    throw new RangeError(
      `Cannot bootstrap: resamples is ${resamples}, expected a positive whole number`,
    );
  }
  if (!(level > 0 && level < 1)) {
    throw new RangeError(`Cannot bootstrap: level is ${level}, expected between 0 and 1`);
  }
  return merged;
}
