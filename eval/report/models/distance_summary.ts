/** How the distances between a prediction and a scan are spread. */
import { buildTree } from "../../../core/geometry/bvh.ts";
import { fileOrder } from "../../../core/geometry/canonical_order.ts";
import { closestPoints } from "../../../core/geometry/closest.ts";
import type { Mesh } from "../../../core/geometry/mesh.ts";
import { stratifiedSamples } from "../../../core/geometry/sampler.ts";
import type { SignedSurface } from "./signed_surface.ts";

/** Points drawn from each surface. */
export const SUMMARY_SAMPLES = 20_000;

/** Widths of the bins and the end of the last one, millimetres. */
export const HISTOGRAM = Object.freeze({ stepMm: 1, endMm: 60 });

/** Percentiles that are shown. */
export const PERCENTILES: readonly number[] = Object.freeze([5, 25, 50, 75, 95, 99]);

/** Distances of one prediction. Both are over samples spread evenly by area. */
export interface DistanceSummary {
  /**
   * Samples of the prediction by signed distance to the scan: below −60 mm, then a bin a
   * millimetre, then from 60 mm on. Positive: outside the scan.
   */
  p2s: number[];
  /** Samples of the scan (hidden surfaces too) by distance to the prediction: from 0, a bin a mm. */
  s2p: number[];
  /** Percentiles of the unsigned distances, millimetres, in the order of {@linkcode PERCENTILES}. */
  percentilesMm: { p2s: number[]; s2p: number[] };
}

/**
 * Measures both directions at 20,000 points each, seeded by the subject: for a picture of the
 * spread, not for a score.
 *
 * @throws {InputError} If a surface has no area.
 */
export function distanceSummary(
  prediction: Pick<Mesh, "positions" | "indices">,
  truth: { scan: Pick<Mesh, "positions" | "indices">; surface: SignedSurface; subject: string },
): DistanceSummary {
  const drawFrom = (mesh: Pick<Mesh, "positions" | "indices">, role: string) =>
    stratifiedSamples(mesh, {
      count: SUMMARY_SAMPLES,
      seed: 0,
      purpose: ["report", role, truth.subject],
      order: fileOrder(mesh),
    }).points;
  const toScan = truth.surface.distances(drawFrom(prediction, "prediction"));
  using tree = buildTree(prediction);
  const toPrediction = closestPoints(tree, drawFrom(truth.scan, "scan")).distance;
  return {
    p2s: histogram(toScan, -HISTOGRAM.endMm),
    s2p: histogram(toPrediction, 0),
    percentilesMm: { p2s: percentiles(toScan.map(Math.abs)), s2p: percentiles(toPrediction) },
  };
}

/** Counts a bin; below and above the range in bins of their own (below only where it can be). */
function histogram(distancesM: Float64Array, startMm: number): number[] {
  const { stepMm, endMm } = HISTOGRAM;
  const bins = Math.round((endMm - startMm) / stepMm);
  const first = startMm < 0 ? 1 : 0;
  const counts = new Array<number>(first + bins + 1).fill(0);
  for (const d of distancesM) {
    const bin = Math.floor((1000 * d - startMm) / stepMm);
    counts[Math.max(0, Math.min(first + bins, first + bin))]++;
  }
  return counts;
}

/** Linear between order statistics, as numpy's default. */
function percentiles(distancesM: Float64Array): number[] {
  const sorted = distancesM.toSorted();
  return PERCENTILES.map((percent) => {
    const at = percent / 100 * (sorted.length - 1), low = Math.floor(at);
    const high = Math.min(sorted.length - 1, low + 1);
    return 1000 * (sorted[low] + (at - low) * (sorted[high] - sorted[low]));
  });
}
