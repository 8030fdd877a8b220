/** Pairs of nearest points between a posed body and a scan, both ways. */
import { closestPoints } from "../../core/geometry/closest.ts";
import type { PosedBody } from "../forward.ts";
import type { BodyModel } from "../model.ts";
import { type BodySurface, bodySurface, cornerWeights, outerVertexShares } from "./body_surface.ts";
import type { ScanTarget } from "./scan_target.ts";

/** Pairs of one direction, one for each point that was asked for. */
export interface SurfacePairs {
  /** How far the scan lies above the body, along the body's normal, metres; < 0: the body sticks out. */
  above: Float64Array;
  /** Distance of the two points, metres. */
  distance: Float64Array;
  /** 1 where both surfaces face the same way there, else 0: the points do not belong together. */
  matched: Uint8Array;
  /** Unit normals of the body, xyz interleaved. */
  normals: Float64Array;
  /** The body's triangle or vertex: three vertices a pair, and their weights. */
  corners: Uint32Array;
  weights: Float64Array;
  /** Share of the surface that each pair stands for; sums to 1. */
  shares: Float64Array;
}

/** Pairs of both directions. */
export interface PairSet {
  /** From the points of the scan's outside to the body. */
  fromScan: SurfacePairs;
  /** From vertices of the body to the whole scan. */
  fromBody: SurfacePairs;
}

/** Triangles found in an earlier search: where the next one starts. */
export interface PairMemory {
  onBody?: Uint32Array;
  onScan?: Uint32Array;
}

/** Normals of a pair must not be farther apart than 66°. */
const SAME_WAY = 0.4;

/** A scan whose winding says where its outside is, as most do. */
const WELL_WOUND = 0.95;

/** Finds the pairs of a posed body and a scan. */
export function findPairs(
  body: { model: BodyModel; posed: Pick<PosedBody, "vertices"> },
  target: ScanTarget,
  { memory = {} }: { memory?: PairMemory } = {},
): PairSet {
  const surface = bodySurface(body.model, body.posed);
  using _tree = surface.tree;
  return {
    fromScan: pairsFromScan(body.model, surface, { target, memory }),
    fromBody: pairsFromBody(body, surface, { target, memory }),
  };
}

interface PairSource {
  target: ScanTarget;
  memory: PairMemory;
}

function pairsFromScan(
  { faces }: BodyModel,
  surface: BodySurface,
  { target, memory }: PairSource,
): SurfacePairs {
  const { points, normals } = target, count = points.length / 3;
  const found = closestPoints(surface.tree, points, {
    withPoints: true,
    ...(memory.onBody === undefined ? {} : { guesses: memory.onBody }),
  });
  memory.onBody = found.face;
  const pairs = emptyPairs(count, found.distance), foot = found.point!;
  pairs.shares.fill(1 / count);
  for (let i = 0, at = 0; i < count; i++, at += 3) {
    const f = 3 * found.face[i];
    const corners = [faces[f], faces[f + 1], faces[f + 2]] as const;
    const weights = cornerWeights(surface.positions, corners, foot, at);
    pairs.corners.set(corners, at);
    pairs.weights.set(weights, at);
    let x = 0, y = 0, z = 0;
    for (let k = 0; k < 3; k++) {
      const v = 3 * corners[k], w = weights[k];
      x += w * surface.normals[v], y += w * surface.normals[v + 1], z += w * surface.normals[v + 2];
    }
    const length = Math.sqrt(x * x + y * y + z * z);
    if (!(length > 0)) continue;
    x /= length, y /= length, z /= length;
    pairs.normals[at] = x, pairs.normals[at + 1] = y, pairs.normals[at + 2] = z;
    pairs.above[i] = x * (points[at] - foot[at]) + y * (points[at + 1] - foot[at + 1]) +
      z * (points[at + 2] - foot[at + 2]);
    const agreement = x * normals[at] + y * normals[at + 1] + z * normals[at + 2];
    pairs.matched[i] = agreement >= SAME_WAY ? 1 : 0;
  }
  return pairs;
}

function pairsFromBody(
  { model, posed: { vertices } }: { model: BodyModel; posed: Pick<PosedBody, "vertices"> },
  { normals }: BodySurface,
  { target, memory }: PairSource,
): SurfacePairs {
  const picks = bodySamples(model, target.bodySamples),
    shares = outerVertexShares(model),
    count = picks.length;
  const points = new Float64Array(3 * count);
  picks.forEach((v, i) => points.set(vertices.subarray(3 * v, 3 * v + 3), 3 * i));
  const found = closestPoints(target.tree, points, {
    withPoints: true,
    ...(memory.onScan === undefined ? {} : { guesses: memory.onScan }),
  });
  memory.onScan = found.face;
  const pairs = emptyPairs(count, found.distance), foot = found.point!;
  const wellWound = target.windingShare > WELL_WOUND;
  let total = 0;
  for (const v of picks) total += shares[v];
  for (let i = 0, at = 0; i < count; i++, at += 3) {
    const v = 3 * picks[i], n = 3 * found.face[i];
    const x = normals[v], y = normals[v + 1], z = normals[v + 2];
    pairs.corners.fill(picks[i], at, at + 3);
    pairs.weights[at] = 1;
    pairs.shares[i] = shares[picks[i]] / total;
    pairs.normals[at] = x, pairs.normals[at + 1] = y, pairs.normals[at + 2] = z;
    pairs.above[i] = x * (foot[at] - points[at]) + y * (foot[at + 1] - points[at + 1]) +
      z * (foot[at + 2] - points[at + 2]);
    const agreement = x * target.faceNormals[n] + y * target.faceNormals[n + 1] +
      z * target.faceNormals[n + 2];
    pairs.matched[i] = (wellWound ? agreement : Math.abs(agreement)) >= SAME_WAY ? 1 : 0;
  }
  return pairs;
}

function emptyPairs(count: number, distance: Float64Array): SurfacePairs {
  return {
    above: new Float64Array(count),
    distance,
    matched: new Uint8Array(count),
    normals: new Float64Array(3 * count),
    corners: new Uint32Array(3 * count),
    weights: new Float64Array(3 * count),
    shares: new Float64Array(count),
  };
}

const known = new WeakMap<BodyModel, Map<number, Uint32Array>>();

/** Most vertices of the body that are paired. */
const BODY_SAMPLES = 4000;

/**
 * The vertices of a body that are paired with a scan: spread by the square root of the area that
 * each stands for, so that hands and face are thinned and yet seen. Kept for the model's next use.
 */
export function bodySamples(model: BodyModel, most: number = BODY_SAMPLES): Uint32Array {
  const byCount = known.get(model) ?? new Map<number, Uint32Array>();
  let picks = byCount.get(most);
  if (picks === undefined) {
    // Error diffusion along the vertex order: no randomness.
    const shares = outerVertexShares(model), chosen: number[] = [];
    const roots = shares.map(Math.sqrt), total = roots.reduce((sum, root) => sum + root, 0);
    let carried = 0;
    roots.forEach((root, v) => {
      carried += Math.min(1, most * root / total);
      if (carried < 1 || shares[v] === 0) return;
      carried -= 1;
      chosen.push(v);
    });
    picks = Uint32Array.from(chosen);
    byCount.set(most, picks);
    known.set(model, byCount);
  }
  return picks;
}
