/**
 * Choosing how the numbers of a fit are meant: the body under the right convention lies on the scan.
 *
 * Two ways of reading a fit often differ in a part of the body only (mean or flat hands: the hands),
 * so candidates are compared two at a time, each pair on the vertices where its bodies differ. A
 * candidate is chosen when it beats every other by `ratio` and by `minDifferenceM`.
 */
import { InputError } from "../../core/work/errors.ts";
import { withDefaults } from "../../core/work/options.ts";
import { describeConvention, type FitCandidate, type FitConvention } from "./types.ts";

/** By how much a candidate must win. */
export interface ChooseOptions {
  /** The rival's residual must be this many times the winner's. Default: 1.1. */
  ratio?: number;
  /** … and larger by this much, metres. Default: 0.0005. */
  minDifferenceM?: number;
  /** The fit as messages name it. Default: `the fit`. */
  what?: string;
}

/** Defaults of {@linkcode ChooseOptions}. */
export const CHOOSE_DEFAULTS: Required<ChooseOptions> = Object.freeze({
  ratio: 1.1,
  minDifferenceM: 0.0005,
  what: "the fit",
});

/**
 * How far the body of `candidate` lies from the scan where it differs from that of `rival`, metres;
 * undefined where the two bodies are the same. See `bodyResiduals` for one made of distances.
 */
export type ResidualOf = (candidate: FitCandidate, rival: FitCandidate) => number | undefined;

/** What was chosen and on what grounds. */
export interface ConventionChoice {
  candidate: FitCandidate;
  /**
   * `only`: the format leaves no choice. `documented`: there was no scan, so the authors' word is
   * taken. `residual`: it fits best. `same`: it fits best together with others that give the same body.
   */
  grounds: "only" | "documented" | "residual" | "same";
  /** The rivals that lost, with both residuals where the two bodies differ, metres. */
  against: { convention: FitConvention; residualM: number; chosenM: number }[];
}

/**
 * Picks the candidate that fits the scan; without `residualOf` the documented one.
 *
 * @throws {InputError} If no candidate beats all others by the margin: names the two best.
 * @throws {RangeError} If there are no candidates.
 */
export function chooseConvention(
  candidates: readonly FitCandidate[],
  residualOf: ResidualOf | undefined,
  options: ChooseOptions = {},
): ConventionChoice {
  const { ratio, minDifferenceM, what } = withDefaults(CHOOSE_DEFAULTS, options);
  if (candidates.length === 0) throw new RangeError("Cannot choose a convention: no candidates");
  const [first] = candidates;
  if (candidates.length === 1) return { candidate: first, grounds: "only", against: [] };
  if (residualOf === undefined) return { candidate: first, grounds: "documented", against: [] };
  let closest: { a: FitCandidate; b: FitCandidate; am: number; bm: number } | undefined;
  for (const candidate of candidates) {
    const against: ConventionChoice["against"] = [];
    let same = false;
    const beaten = candidates.every((rival) => {
      if (rival === candidate) return true;
      const mine = residualOf(candidate, rival), theirs = residualOf(rival, candidate);
      if (mine === undefined || theirs === undefined) {
        same = true;
        return true;
      }
      against.push({ convention: rival.convention, residualM: theirs, chosenM: mine });
      const wins = theirs >= ratio * mine && theirs - mine >= minDifferenceM;
      if (!wins && mine <= theirs && (closest === undefined || mine < closest.am)) {
        closest = { a: candidate, b: rival, am: mine, bm: theirs };
      }
      return wins;
    });
    if (beaten) return { candidate, grounds: same ? "same" : "residual", against };
  }
  const mm = (metres: number) => `${(1000 * metres).toFixed(1)} mm`;
  const reason = closest === undefined
    ? "no reading is better than all others"
    : `${mm(closest.am)} with "${describeConvention(closest.a.convention)}", ` +
      `${mm(closest.bm)} with "${describeConvention(closest.b.convention)}"`;
  throw new InputError(
    `Cannot tell the convention of ${what}: ${reason}, expected one to fit clearly better`,
    { hint: "say which convention it is; inspect shows the distances body part by body part" },
  );
}
