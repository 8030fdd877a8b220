/** What is said about a list of distances. */
import { placeRanksInPlace } from "../../core/geometry/partial_sort.ts";
import { quantileOfSorted, quantileRanks } from "../statistics/quantile.ts";

/** Summary of distances, in their unit. */
export interface DistanceSummary {
  mean: number;
  median: number;
  /** Root mean square. */
  rms: number;
  /** 95th percentile, interpolated between ranks. */
  p95: number;
  max: number;
}

/**
 * Summarises distances; null for none. Sums run in the order of the list, in float64.
 *
 * @param distances Length n; not changed.
 */
export function summarize(distances: Float64Array): DistanceSummary | null {
  const count = distances.length;
  if (count === 0) return null;
  const [sum, squares] = sumsOf(distances);
  const sorted = distances.slice();
  // Ranks of all that is said of them below, ascending.
  const ranks = [...quantileRanks(count, 0.5), ...quantileRanks(count, 0.95), count - 1];
  if (sum - sum === 0) placeRanksInPlace(sorted, ranks);
  else sorted.sort(); // some are not finite
  return {
    mean: sum / count,
    median: quantileOfSorted(sorted, 0.5),
    rms: Math.sqrt(squares / count),
    p95: quantileOfSorted(sorted, 0.95),
    max: sorted[count - 1],
  };
}

/** Mean of distances; null for none. */
export function meanOf(distances: Float64Array): number | null {
  return distances.length === 0 ? null : sumsOf(distances)[0] / distances.length;
}

/** Σ d and Σ d²; in an array, for the reason given at `normalConsistency`. */
function sumsOf(distances: Float64Array): Float64Array {
  let sum = 0, squares = 0;
  for (const distance of distances) {
    sum += distance;
    squares += distance * distance;
  }
  return Float64Array.of(sum, squares);
}

/** Share of the distances that are at most `threshold`, 0 … 1; NaN for none. */
export function shareWithin(distances: Float64Array, threshold: number): number {
  let within = 0;
  for (const distance of distances) if (distance <= threshold) within++;
  return within / distances.length;
}

/**
 * The F-score in percent: the harmonic mean of precision and recall (each 0 … 1); 0 where both are.
 */
export function fScore(precision: number, recall: number): number {
  return precision + recall > 0 ? 200 * precision * recall / (precision + recall) : 0;
}

/** The distances whose flag is 1, in order. */
export function pick(distances: Float64Array, flags: Uint8Array): Float64Array {
  let count = 0;
  for (let i = 0; i < flags.length; i++) if (flags[i] === 1) count++;
  const picked = new Float64Array(count);
  for (let i = 0, to = 0; to < count; i++) if (flags[i] === 1) picked[to++] = distances[i];
  return picked;
}
