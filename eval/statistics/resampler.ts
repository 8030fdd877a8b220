import {
  type BootstrapOptions,
  type Interval,
  intervalOf,
  resampleCounts,
  resampledMeans,
} from "./bootstrap.ts";

/** Bootstraps many sets of values with the same draws: one table of counts for each length. */
export class Resampler {
  readonly #options: BootstrapOptions;
  readonly #counts = new Map<number, Uint16Array>();

  constructor(options: BootstrapOptions = {}) {
    this.#options = options;
  }

  /** The mean of the values in each resample. */
  means(values: ArrayLike<number>): Float64Array {
    let counts = this.#counts.get(values.length);
    if (counts === undefined) {
      counts = resampleCounts(values.length, this.#options);
      this.#counts.set(values.length, counts);
    }
    return resampledMeans(values, counts);
  }

  /** Mean and percentile interval; `means` where they are at hand. */
  interval(values: ArrayLike<number>, means: Float64Array = this.means(values)): Interval {
    return intervalOf(values, means, this.#options);
  }
}
