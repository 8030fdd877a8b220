/**
 * Rank intervals: which places a method could have had, had other subjects of the same kind been
 * drawn.
 *
 * The rule: in every bootstrap resample of the subjects (the same for all methods) the methods are
 * ranked by their resampled mean, 1 = best, ties share the better place. A method's interval is
 * [best, worst] = the smallest and largest place that remain after dropping (1 − level)/2 of the
 * resamples at either end, so at level 0.95 at most 2.5 % of the resamples put it higher than `best`
 * and at most 2.5 % lower than `worst`.
 */
import { BOOTSTRAP_DEFAULTS } from "./bootstrap.ts";

/** How methods are ranked. */
export interface RankOptions {
  /** Which mean is the better one. */
  better?: "lower" | "higher";
  /** Share of the resamples the interval keeps. */
  level?: number;
}

/**
 * [best, worst] place of each method from its resampled means (all from the same resamples).
 *
 * @throws {RangeError} If the methods have differently many resamples, or none.
 */
export function rankIntervals(
  resampledMeans: readonly Float64Array[],
  options: RankOptions = {},
): [best: number, worst: number][] {
  const better = options.better ?? "lower";
  const level = options.level ?? BOOTSTRAP_DEFAULTS.level;
  const methods = resampledMeans.length;
  if (methods === 0) return [];
  const resamples = resampledMeans[0].length;
  if (resamples === 0 || resampledMeans.some((means) => means.length !== resamples)) {
    throw new RangeError(
      `Cannot rank ${methods} methods: found ${
        resampledMeans.map((means) => means.length).join(", ")
      } resamples, expected equally many and at least one`,
    );
  }
  const sign = better === "lower" ? 1 : -1;
  // places[m][k]: in how many resamples method m was at place k + 1.
  const places = resampledMeans.map(() => new Uint32Array(methods));
  for (let r = 0; r < resamples; r++) {
    for (let m = 0; m < methods; m++) {
      const own = sign * resampledMeans[m][r];
      let ahead = 0;
      for (let o = 0; o < methods; o++) if (sign * resampledMeans[o][r] < own) ahead++;
      places[m][ahead]++;
    }
  }
  // Rounding must not drop a resample too many: 0.025 · 10,000 is 250 exactly, 0.05/2 · 40 is not.
  const dropped = Math.floor((1 - level) / 2 * resamples + 1e-9);
  return places.map((
    counts,
  ) => [firstBeyond(counts, dropped) + 1, lastBeyond(counts, dropped) + 1]);
}

/** First place at which more than `dropped` resamples have been passed. */
function firstBeyond(counts: Uint32Array, dropped: number): number {
  let passed = 0;
  for (let k = 0; k < counts.length; k++) {
    passed += counts[k];
    if (passed > dropped) return k;
  }
  return counts.length - 1;
}

/** The same from the far end. */
function lastBeyond(counts: Uint32Array, dropped: number): number {
  let passed = 0;
  for (let k = counts.length - 1; k >= 0; k--) {
    passed += counts[k];
    if (passed > dropped) return k;
  }
  return 0;
}
