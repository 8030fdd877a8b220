/** How well a posed body lies in a scan: in all, and part by part. */
import type { PosedBody } from "../forward.ts";
import type { BodyModel } from "../model.ts";
import { BODY_PARTS, type BodyPart, vertexParts } from "../parts.ts";
import { expectedGaps } from "./clothing.ts";
import { findPairs, type PairSet, type SurfacePairs } from "./pairs.ts";
import { freeShares, type ScanTarget } from "./scan_target.ts";

/** How far the scan is from one part of the body. */
export interface PartDistances {
  /** Points of the scan's outside that are nearest to this part. */
  points: number;
  /** Their distance to the body, metres: the middle one, and that which 95 % stay below. */
  medianM: number;
  p95M: number;
  /** Share of the part's surface that lies outside of the scan by more than `OUTSIDE_M`. */
  outsideShare: number;
}

/** A body measured against a scan. */
export interface FitMeasure {
  /**
   * The misfit, 0 to 1: mean over both directions of how badly points are placed. Clothed people with
   * their true bodies have 0.02 to 0.12, a body that has nothing to do with the scan 0.5 and more.
   */
  misfit: number;
  /** Distance from the scan's outside to the body, metres. */
  medianM: number;
  p95M: number;
  /** Share of the body's surface outside of the scan, and its mean distance from it there. */
  outsideShare: number;
  outsideDepthM: number;
  /** Parts that the scan has any points for. */
  parts: Partial<Record<BodyPart, PartDistances>>;
  /** Share of each part's surface outside of the scan, whether the scan has points for it or not. */
  outsideByPart: Record<BodyPart, number>;
}

/** Deeper than this a body counts as outside of its scan, metres: above the noise of scanners. */
export const OUTSIDE_M = 0.004;

/** Distances at which a point above, or below, the usual gap is placed half badly, metres. */
const ABOVE_M = 0.05, BELOW_M = 0.015;

/** Measures a posed body against a scan. */
export function measureFit(
  body: { model: BodyModel; posed: Pick<PosedBody, "vertices"> },
  target: ScanTarget,
): FitMeasure {
  const { model } = body, pairs = findPairs(body, target), { fromScan, fromBody } = pairs;
  const labels = vertexParts(model), stickingOut = whereOutside(body, target, fromBody);
  const parts: FitMeasure["parts"] = {};
  const outsideByPart = {} as FitMeasure["outsideByPart"];
  const scanLabels = Array.from(fromScan.above, (_, i) => labels[heaviest(fromScan, i)]);
  BODY_PARTS.forEach((part, label) => {
    const ofPart = (i: number) => labels[fromBody.corners[3 * i]] === label;
    const { share } = outside(fromBody, stickingOut, ofPart);
    outsideByPart[part] = share;
    const distances = fromScan.distance.filter((_, i) => scanLabels[i] === label).sort();
    if (distances.length === 0) return;
    parts[part] = {
      points: distances.length,
      medianM: quantile(distances, 0.5),
      p95M: quantile(distances, 0.95),
      outsideShare: share,
    };
  });
  const sorted = fromScan.distance.slice().sort();
  const { share, depthM } = outside(fromBody, stickingOut, () => true);
  return {
    misfit: misfitOf(pairs, expectedGaps(model, "usual")),
    medianM: quantile(sorted, 0.5),
    p95M: quantile(sorted, 0.95),
    outsideShare: share,
    outsideDepthM: depthM,
    parts,
    outsideByPart,
  };
}

/** The misfit alone; see {@linkcode FitMeasure}. */
export function misfitAt(
  body: { model: BodyModel; posed: Pick<PosedBody, "vertices"> },
  target: ScanTarget,
): number {
  return misfitOf(findPairs(body, target), expectedGaps(body.model, "usual"));
}

/** Mean of d²/(σ² + d²) over both directions, d from the usual gap; 1 where sides do not match. */
function misfitOf({ fromScan, fromBody }: PairSet, gapsM: Float64Array): number {
  const mean = ({ above, matched, corners, shares }: SurfacePairs) => {
    let sum = 0;
    for (let i = 0; i < above.length; i++) {
      const d = above[i] < 0 ? above[i] : Math.max(0, above[i] - gapsM[corners[3 * i]]);
      const reach = d < 0 ? BELOW_M : ABOVE_M;
      sum += shares[i] * (matched[i] === 0 ? 1 : d * d / (reach * reach + d * d));
    }
    return sum;
  };
  return (mean(fromScan) + mean(fromBody)) / 2;
}

/** Rays by which a vertex of the body looks for the outside. */
const RAYS = 24;

/**
 * Says for each vertex of the body whether it lies outside of the scan: farther than `OUTSIDE_M` from
 * it, and with a free view over most of the half-space before it. (Legs under a skirt see out
 * below; a hole lets a few rays through.)
 */
function whereOutside(
  { posed }: { posed: Pick<PosedBody, "vertices"> },
  { tree }: ScanTarget,
  { corners, normals, distance }: SurfacePairs,
): Uint8Array {
  const far = Array.from(distance.keys()).filter((i) => distance[i] > OUTSIDE_M);
  const points = new Float64Array(3 * far.length), directions = new Float64Array(points.length);
  far.forEach((i, to) => {
    points.set(posed.vertices.subarray(3 * corners[3 * i], 3 * corners[3 * i] + 3), 3 * to);
    directions.set(normals.subarray(3 * i, 3 * i + 3), 3 * to);
  });
  const free = freeShares(tree, { points, normals: directions }, { rays: RAYS });
  const out = new Uint8Array(distance.length);
  far.forEach((i, from) => out[i] = free[from] > 0.5 ? 1 : 0);
  return out;
}

function outside(
  { distance, shares }: SurfacePairs,
  stickingOut: Uint8Array,
  counts: (pair: number) => boolean,
): { share: number; depthM: number } {
  let all = 0, out = 0, depth = 0;
  for (let i = 0; i < distance.length; i++) {
    if (!counts(i)) continue;
    all += shares[i];
    if (stickingOut[i] === 0) continue;
    out += shares[i];
    depth += shares[i] * distance[i];
  }
  return { share: all > 0 ? out / all : 0, depthM: out > 0 ? depth / out : 0 };
}

/** The corner of a pair with the largest weight. */
function heaviest({ corners, weights }: SurfacePairs, pair: number): number {
  let best = 3 * pair;
  for (let c = best + 1; c < 3 * pair + 3; c++) if (weights[c] > weights[best]) best = c;
  return corners[best];
}

/** The value that the share `q` stays below, of sorted values. */
function quantile(sorted: Float64Array, q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
}
