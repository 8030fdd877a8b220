/** Distances both ways between the samples of prediction and scan, as the suite's protocols ask. */
import type { SurfaceTree } from "../../core/geometry/bvh.ts";
import { type Closest, closestPoints } from "../../core/geometry/closest.ts";
import {
  invertSimilarity,
  type Similarity,
  similarityMatrix,
} from "../../core/geometry/similarity.ts";
import { transformPoints } from "../../core/geometry/transform.ts";
import type { Surface } from "./surface.ts";
import type { Truth } from "./truth.ts";

/** Centimetres in a metre. */
const CM = 100;

/** The nearest triangles under one alignment: where to start looking under the next. */
export interface Nearest {
  p2s?: Uint32Array;
  s2p?: Uint32Array;
}

/** What {@linkcode suiteDistances} found, in the order of the samples. */
export interface SuiteDistances {
  p2s: Closest;
  s2p: Closest;
  p2sCm: Float64Array;
  s2pCm: Float64Array;
}

/**
 * Measures from each sample to the nearest place of the other surface, the prediction moved by a
 * similarity.
 *
 * @param options.nearest Of an earlier call for this pair; receives what this one finds.
 */
export function suiteDistances(
  truth: Truth,
  prediction: Surface,
  { samples, similarity, nearest = {} }: {
    samples: number;
    similarity: Similarity;
    nearest?: Nearest;
  },
): SuiteDistances {
  // The prediction stays where its tree is: the scan's samples are taken to it, and distances
  // there are 1 / scale of what they are here.
  const matrix = similarityMatrix(similarity);
  const inverse = similarityMatrix(invertSimilarity(similarity));
  const ask = (tree: SurfaceTree, points: Float64Array, guesses: Uint32Array | undefined) =>
    closestPoints(tree, points, {
      order: "given",
      ...guesses === undefined ? {} : { guesses },
    });
  const mine = prediction.samples(samples).points, theirs = truth.samples(samples).points;
  const p2s = ask(truth.tree, transformPoints(matrix, mine), nearest.p2s);
  const s2p = ask(prediction.tree, transformPoints(inverse, theirs), nearest.s2p);
  nearest.p2s = p2s.face, nearest.s2p = s2p.face;
  const toCm = (factor: number) => (metres: number) => metres * factor * CM;
  return {
    p2s,
    s2p,
    p2sCm: p2s.distance.map(toCm(1)),
    s2pCm: s2p.distance.map(toCm(similarity.scale)),
  };
}
