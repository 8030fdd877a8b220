/** How the suite's protocols name and fill their keys: distances in cm, shares in percent. */
import type { Scores } from "../results.ts";
import { type DistanceSummary, fScore, shareWithin } from "./distances.ts";

/** Mean, median, RMS, 95 % and maximum under the suite's names; null for none. */
export function summaryKeys(name: string, summary: DistanceSummary | null): Scores {
  return {
    [`${name}_cm`]: summary?.mean ?? null,
    [`${name}_median_cm`]: summary?.median ?? null,
    [`${name}_rms_cm`]: summary?.rms ?? null,
    [`${name}_p95_cm`]: summary?.p95 ?? null,
    [`${name}_max_cm`]: summary?.max ?? null,
  };
}

/** The key of an F-score: `f_0p5cm` for 0.5. */
export function fScoreKey(thresholdCm: number): string {
  return `f_${String(thresholdCm).replace(".", "p")}cm`;
}

/** The F-score of distances both ways, percent; null where either has none. */
export function fScoreOrNull(
  p2sCm: Float64Array,
  s2pCm: Float64Array,
  thresholdCm: number,
): number | null {
  return p2sCm.length === 0 || s2pCm.length === 0
    ? null
    : fScore(shareWithin(p2sCm, thresholdCm), shareWithin(s2pCm, thresholdCm));
}

/** The value, or null where there is none. */
export function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
