/** The scores of `suite-regions-1` for one pair of prediction and scan. */
import {
  rotationMatrix,
  type Similarity,
  similarityMatrix,
} from "../../core/geometry/similarity.ts";
import type { Camera } from "../../core/geometry/camera.ts";
import type { Protocol } from "../protocols/protocol.ts";
import type { SuiteRegions1Constants } from "../protocols/suite_regions_1.ts";
import type { Scores } from "../results.ts";
import { type DistanceSummary, pick, summarize } from "./distances.ts";
import { normalConsistency } from "./normal_consistency.ts";
import { type PairOptions, type PairScores, sizeWarnings } from "./pair_scores.ts";
import { counted, regionsOf } from "./region_scores.ts";
import { suiteDistances } from "./suite_distances.ts";
import { finiteOrNull, fScoreKey, fScoreOrNull, summaryKeys } from "./suite_keys.ts";
import { placeUnder } from "./suite_alignment.ts";
import type { Surface } from "./surface.ts";
import type { Truth } from "./truth.ts";

/** Scores one pair. */
export function scoreSuiteRegions1(
  truth: Truth,
  prediction: Surface,
  protocol: Protocol<SuiteRegions1Constants>,
  { alignments, camera }: PairOptions,
): PairScores {
  const { constants } = protocol;
  const result: PairScores = {
    scores: {},
    transforms: {},
    warnings: sizeWarnings(truth, prediction),
  };
  for (const alignment of alignments) {
    const similarity = placeUnder(alignment, result, { truth, prediction, protocol });
    result.scores[alignment] = scoresUnder(truth, prediction, { similarity, constants, camera });
  }
  return result;
}

function scoresUnder(
  truth: Truth,
  prediction: Surface,
  { similarity, constants, camera }: {
    similarity: Similarity;
    constants: SuiteRegions1Constants;
    camera: Camera | undefined;
  },
): Scores {
  const { samples, outerDirections, outerStartM: startM, fScoreThresholdsCm } = constants;
  const ofTruth = truth.samples(samples), ofPrediction = prediction.samples(samples);
  const outer = truth.outer(samples, { directions: outerDirections, startM });
  const { p2s: there, s2p: back, p2sCm, s2pCm } = suiteDistances(truth, prediction, {
    samples,
    similarity,
  });
  const rotation = rotationMatrix(similarity.rotation);
  const normals = {
    there: [prediction.normalsOf(ofPrediction.faces), truth.normalsOf(there.face)] as const,
    back: [prediction.normalsOf(back.face), truth.normalsOf(ofTruth.faces)] as const,
  };
  const regions = regionsOf(truth, prediction, {
    name: `stratified ${samples}`,
    ofPrediction,
    ofTruth,
    matrix: similarityMatrix(similarity),
    camera,
    startM,
  });
  const scores: Scores = { chamfer_cm: half(summarize(p2sCm), summarize(pick(s2pCm, outer))) };
  const outerCount = outer.reduce((sum, flag) => sum + flag, 0);
  for (const [region, inP] of regions.prediction) {
    const inAll = regions.truth.get(region)!, inG = counted(inAll, outer);
    const met = [pick(p2sCm, inP), pick(s2pCm, inG)] as const;
    const forward = summarize(met[0]), reverse = summarize(met[1]);
    const all = summarize(pick(s2pCm, inAll));
    Object.assign(
      scores,
      summaryKeys(`p2s_${region}`, forward),
      summaryKeys(`s2p_${region}`, reverse),
      summaryKeys(`s2p_all_${region}`, all),
    );
    scores[`chamfer_${region}_cm`] = half(forward, reverse);
    scores[`chamfer_all_${region}_cm`] = half(forward, all);
    for (const threshold of fScoreThresholdsCm) {
      scores[`${fScoreKey(threshold)}_${region}`] = fScoreOrNull(met[0], met[1], threshold);
    }
    const one = normalConsistency(...normals.there, { rotation, counts: inP });
    const other = normalConsistency(...normals.back, { rotation, counts: inG });
    scores[`nc_${region}`] = finiteOrNull((one.absolute + other.absolute) / 2);
    scores[`nc_signed_${region}`] = finiteOrNull((one.signed + other.signed) / 2);
    scores[`share_${region}`] = outerCount === 0 ? null : met[1].length / outerCount;
  }
  return scores;
}

function half(a: DistanceSummary | null, b: DistanceSummary | null): number | null {
  return a === null || b === null ? null : (a.mean + b.mean) / 2;
}
