/** How many subjects it takes to tell two methods apart. */
import { withDefaults } from "../../core/work/options.ts";

/** What counts as telling apart. */
export interface RequiredSubjectsOptions {
  /** Chance of a difference where there is none, two-sided. */
  alpha?: 0.05 | 0.01;
  /** Chance of finding the difference that there is. */
  power?: 0.8 | 0.9;
}

/** The usual 5 % and 80 %. */
export const REQUIRED_SUBJECTS_DEFAULTS: Required<RequiredSubjectsOptions> = Object.freeze({
  alpha: 0.05,
  power: 0.8,
});

/** Standard normal quantiles of 1 − α/2 and of the power. */
const TWO_SIDED = { 0.05: 1.959963984540054, 0.01: 2.5758293035489004 } as const;
const ONE_SIDED = { 0.8: 0.8416212335729143, 0.9: 1.2815515655446004 } as const;

/** Least number: below it the normal approximation and any paired test are meaningless. */
const FEWEST = 6; // 2 / 2⁶ is the first two-sided sign-flip p below 0.05

/**
 * Subjects that a paired comparison needs to find the mean difference seen, if it is the true one:
 * ((z(1 − α/2) + z(power)) s / mean)², s the standard deviation of the differences; at least 6.
 * An estimate from few subjects is itself uncertain by about √(2 / n) of s².
 *
 * @param differences Paired differences, one a subject.
 * @returns null for fewer than two subjects, or where the mean is 0: no number is enough.
 */
export function requiredSubjects(
  differences: ArrayLike<number>,
  options: RequiredSubjectsOptions = {},
): number | null {
  const { alpha, power } = withDefaults(REQUIRED_SUBJECTS_DEFAULTS, options);
  const n = differences.length;
  if (n < 2) return null;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += differences[i];
  const mean = sum / n;
  if (mean === 0) return null;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (differences[i] - mean) ** 2;
  const needed = (TWO_SIDED[alpha] + ONE_SIDED[power]) ** 2 * squares / (n - 1) / (mean * mean);
  return Math.max(FEWEST, Math.ceil(needed));
}
