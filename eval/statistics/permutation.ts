/**
 * Paired sign-flip permutation test (Fisher 1935; Good 2005, §3.2). If two methods are equally good,
 * each subject's difference is as likely to have the other sign; p is the share of sign patterns
 * whose mean difference is at least as large as the one seen, either way.
 */
import { withDefaults } from "../../core/work/options.ts";
import { random } from "../../core/work/random.ts";

/** How the test is run. */
export interface PermutationOptions {
  /** All 2ⁿ sign patterns are counted while they are at most this many. */
  exactUpTo?: number;
  /** Random patterns drawn where they are more. */
  draws?: number;
  /** Seed of the draws. */
  seed?: number;
}

/** Exact up to 14 subjects, else 10,000 draws. */
export const PERMUTATION_DEFAULTS: Readonly<Required<PermutationOptions>> = Object.freeze({
  exactUpTo: 20_000,
  draws: 10_000,
  seed: 0,
});

/**
 * Two-sided p-value of the paired differences of two methods (one value a subject).
 * Exact: a multiple of 2⁻ⁿ, never below 2^(1 − n) unless all differences are 0. Drawn: (hits + 1)/
 * (draws + 1), so never 0 (Phipson and Smyth 2010).
 *
 * @throws {RangeError} If there is no difference, or one is not finite.
 */
export function signFlipTest(
  differences: ArrayLike<number>,
  options: PermutationOptions = {},
): number {
  return new SignFlipTester(options).p(differences);
}

/** Tests many pairs of methods with the same draws: one table of signs for each length. */
export class SignFlipTester {
  readonly #options: Required<PermutationOptions>;
  readonly #signs = new Map<number, Int8Array>();

  constructor(options: PermutationOptions = {}) {
    this.#options = withDefaults(PERMUTATION_DEFAULTS, options);
  }

  /** As {@linkcode signFlipTest}. */
  p(differences: ArrayLike<number>): number {
    const { exactUpTo, draws } = this.#options;
    const n = differences.length;
    let seen = 0, scale = 0;
    for (let i = 0; i < n; i++) {
      seen += differences[i];
      scale += Math.abs(differences[i]);
    }
    if (n === 0 || !Number.isFinite(scale)) {
      throw new RangeError(
        `Cannot test ${n} differences: their sum is ${scale}, expected at least one, all finite`,
      );
    }
    // Patterns that equal the one seen but for the order of summation count as hits.
    const threshold = Math.abs(seen) - 1e-12 * scale;
    let hits = 0;
    if (2 ** n <= exactUpTo) {
      for (let pattern = 0; pattern < 2 ** n; pattern++) {
        let sum = 0;
        for (let i = 0; i < n; i++) sum += (pattern >> i) & 1 ? -differences[i] : differences[i];
        if (Math.abs(sum) >= threshold) hits++;
      }
      return hits / 2 ** n;
    }
    const signs = this.#signsOf(n);
    for (let draw = 0, k = 0; draw < draws; draw++) {
      let sum = 0;
      for (let i = 0; i < n; i++, k++) sum += signs[k] * differences[i];
      if (Math.abs(sum) >= threshold) hits++;
    }
    return (hits + 1) / (draws + 1);
  }

  /** `draws` rows of n signs ±1. */
  #signsOf(n: number): Int8Array {
    let signs = this.#signs.get(n);
    if (signs === undefined) {
      const stream = random(this.#options.seed, "sign-flip", n);
      signs = new Int8Array(this.#options.draws * n);
      for (let k = 0; k < signs.length; k++) signs[k] = stream.below(2) === 1 ? -1 : 1;
      this.#signs.set(n, signs);
    }
    return signs;
  }
}
