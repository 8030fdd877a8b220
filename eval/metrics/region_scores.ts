/** Scores by body part and by what the input view sees. */
import type { Camera } from "../../core/geometry/camera.ts";
import type { SurfaceSamples } from "../../core/geometry/sampler.ts";
import { type Matrix4, transformPoints } from "../../core/geometry/transform.ts";
import type { Scores } from "../results.ts";
import { pick } from "./distances.ts";
import { partFlags, type RegionFlags, viewFlags } from "./regions.ts";
import type { Surface } from "./surface.ts";
import type { Truth } from "./truth.ts";

/** Which samples of either surface are in each region. */
export interface PairRegions {
  prediction: RegionFlags;
  truth: RegionFlags;
}

/** How {@linkcode regionsOf} looks. */
export interface RegionOptions {
  /** Names the samples, for what is kept of them. */
  name: string;
  ofPrediction: SurfaceSamples;
  ofTruth: SurfaceSamples;
  /** Where the prediction is scored. */
  matrix: Matrix4;
  camera?: Camera | undefined;
  /** How far from a sample what hides it stands at least, metres. */
  startM: number;
}

/**
 * Finds the regions of both surfaces' samples: parts where the truth has a body, the input view's
 * sight where there is a camera. What a view sees of the prediction is told where the prediction was
 * submitted, not where an alignment put it.
 */
export function regionsOf(
  truth: Truth,
  prediction: Surface,
  { name, ofPrediction, ofTruth, matrix, camera, startM }: RegionOptions,
): PairRegions {
  const ofP = new Map<string, Uint8Array>(), ofG = new Map<string, Uint8Array>();
  const add = (to: Map<string, Uint8Array>, flags: RegionFlags) => {
    for (const [region, list] of flags) to.set(region, list);
  };
  const { body } = truth;
  if (body !== undefined) {
    add(ofP, partFlags(transformPoints(matrix, ofPrediction.points), body));
    add(ofG, truth.keep(`parts ${name}`, () => partFlags(ofTruth.points, body)));
  }
  if (camera !== undefined) {
    const at = `seen ${name} ${JSON.stringify([camera, [...camera.camFromScan], startM])}`;
    add(ofP, prediction.keep(at, () => viewFlags(prediction, ofPrediction, { camera, startM })));
    add(ofG, truth.keep(at, () => viewFlags(truth, ofTruth, { camera, startM })));
  }
  return { prediction: ofP, truth: ofG };
}

/** Distances of a pair, in the unit of their keys. */
export interface RegionDistances {
  /** Ends the keys: `cm`. */
  unit: string;
  p2s: Float64Array;
  s2p: Float64Array;
  /** Flags of the scan's samples that count at all; absent: all. */
  counts?: Uint8Array;
  /** What is taken of the distances in a region. */
  reduce: (distances: Float64Array) => number | null;
  /** Weight of either direction in the Chamfer distance. */
  weight: number;
  /** `chamfer` or `chamfer_sum`. */
  chamfer: string;
}

/** `p2s_<region>_<unit>`, `s2p_…` and `chamfer_…` of every region; null where no sample is in it. */
export function regionDistanceScores(regions: PairRegions, distances: RegionDistances): Scores {
  const { unit, p2s, s2p, counts, reduce, weight, chamfer } = distances;
  const scores: Scores = {};
  for (const [region, flags] of regions.prediction) {
    const there = reduce(pick(p2s, flags));
    const back = reduce(pick(s2p, counted(regions.truth.get(region)!, counts)));
    scores[`p2s_${region}_${unit}`] = there;
    scores[`s2p_${region}_${unit}`] = back;
    scores[`${chamfer}_${region}_${unit}`] = there === null || back === null
      ? null
      : weight * (there + back);
  }
  return scores;
}

/** The flags that count. */
export function counted(flags: Uint8Array, counts: Uint8Array | undefined): Uint8Array {
  if (counts === undefined) return flags;
  const out = new Uint8Array(flags.length);
  for (let i = 0; i < flags.length; i++) out[i] = flags[i] & counts[i];
  return out;
}
