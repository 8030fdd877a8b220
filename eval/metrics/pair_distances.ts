/** Distances between samples of two surfaces, one of them moved, as protocols of the field ask. */
import { closestPoints } from "../../core/geometry/closest.ts";
import { buildTree, type SurfaceTree } from "../../core/geometry/bvh.ts";
import { edgeSurface } from "../../core/geometry/edge_surface.ts";
import { buildPointTree, nearestPoints } from "../../core/geometry/kdtree.ts";
import type { SurfaceSamples } from "../../core/geometry/sampler.ts";
import { invert, type Matrix4, transformPoints } from "../../core/geometry/transform.ts";
import type { Surface } from "./surface.ts";
import type { Truth } from "./truth.ts";

/** How the prediction is moved: a similarity, perhaps with a reflection. */
export interface Placement {
  /** Names it among the placements of this pair. */
  name: string;
  matrix: Matrix4;
  scale: number;
}

/** How distances are measured. */
export interface DistanceSettings {
  samples: number;
  sampler: "area" | "even";
  target: "surface" | "edges" | "points";
  /** Of `edges`: triangles at least this large are whole, m². */
  minTriangleAreaM2?: number;
}

/** One direction. */
export interface DirectedDistances {
  /** Metres, length n. */
  distance: Float64Array;
  /** Nearest triangle, or, of `points`, the triangle of the nearest sample; length n. */
  face: Uint32Array;
}

/** Both directions, with the samples they start from. */
export interface PairDistances {
  ofPrediction: SurfaceSamples;
  ofTruth: SurfaceSamples;
  p2s: DirectedDistances;
  s2p: DirectedDistances;
}

const known = new WeakMap<Surface, WeakMap<Truth, Map<string, PairDistances>>>();

/**
 * Measures both directions. What was measured before with the same settings is not measured again,
 * whichever protocol asked for it.
 */
export function pairDistances(
  truth: Truth,
  prediction: Surface,
  { placement, settings }: { placement: Placement; settings: DistanceSettings },
): PairDistances {
  let byTruth = known.get(prediction);
  if (byTruth === undefined) known.set(prediction, byTruth = new WeakMap());
  let byName = byTruth.get(truth);
  if (byName === undefined) byTruth.set(truth, byName = new Map());
  const { samples, sampler, target, minTriangleAreaM2 } = settings;
  const name = JSON.stringify([placement.name, samples, sampler, target, minTriangleAreaM2]);
  let found = byName.get(name);
  if (found === undefined) {
    const ofPrediction = prediction.drawn(sampler, samples);
    const ofTruth = truth.drawn(sampler, samples);
    const ask = { truth, prediction, placement, settings, ofPrediction, ofTruth };
    const both = target === "points" ? betweenPoints(ask) : toSurfaces(ask);
    byName.set(name, found = { ofPrediction, ofTruth, ...both });
  }
  return found;
}

interface Question {
  truth: Truth;
  prediction: Surface;
  placement: Placement;
  settings: DistanceSettings;
  ofPrediction: SurfaceSamples;
  ofTruth: SurfaceSamples;
}

function toSurfaces(
  { truth, prediction, placement, settings, ofPrediction, ofTruth }: Question,
): Pick<PairDistances, "p2s" | "s2p"> {
  const { matrix, scale } = placement;
  const { target, minTriangleAreaM2 = 0 } = settings;
  const treeOf = (surface: Surface, area: number): SurfaceTree =>
    target === "surface" ? surface.tree : surface.otherTree(
      `edges ${area}`,
      () => buildTree(edgeSurface(surface.mesh, { minTriangleArea: area })),
    );
  // The prediction stays where its tree is: the scan's samples are taken to it.
  const p2s = closestPoints(
    treeOf(truth, minTriangleAreaM2),
    transformPoints(matrix, ofPrediction.points),
  );
  const s2p = closestPoints(
    treeOf(prediction, minTriangleAreaM2 / scale ** 2),
    transformPoints(invert(matrix), ofTruth.points),
  );
  return { p2s, s2p: { face: s2p.face, distance: scaled(s2p.distance, scale) } };
}

function betweenPoints(
  { placement, ofPrediction, ofTruth }: Question,
): Pick<PairDistances, "p2s" | "s2p"> {
  const moved = transformPoints(placement.matrix, ofPrediction.points);
  const p2s = nearestPoints(buildPointTree(ofTruth.points), moved);
  const s2p = nearestPoints(buildPointTree(moved), ofTruth.points);
  return {
    p2s: { distance: p2s.distance, face: facesAt(p2s.index, ofTruth) },
    s2p: { distance: s2p.distance, face: facesAt(s2p.index, ofPrediction) },
  };
}

function facesAt(index: Uint32Array, { faces }: SurfaceSamples): Uint32Array {
  const out = new Uint32Array(index.length);
  for (let i = 0; i < index.length; i++) out[i] = faces[index[i]];
  return out;
}

/** The values times a factor. */
export function scaled(values: Float64Array, factor: number): Float64Array {
  const out = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) out[i] = factor * values[i];
  return out;
}
