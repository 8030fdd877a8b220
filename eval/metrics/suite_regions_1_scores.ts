/** The scores of `suite-regions-1` for one pair of prediction and scan. */
import { closestPoints } from "../../core/geometry/closest.ts";
import {
  invertSimilarity,
  NO_CHANGE,
  rotationMatrix,
  type Similarity,
  similarityMatrix,
} from "../../core/geometry/similarity.ts";
import { transformPoints } from "../../core/geometry/transform.ts";
import type { Camera } from "../../core/geometry/camera.ts";
import type { Protocol } from "../protocols/protocol.ts";
import type { SuiteRegions1Constants } from "../protocols/suite_regions_1.ts";
import type { Scores } from "../results.ts";
import { type DistanceSummary, fScore, pick, shareWithin, summarize } from "./distances.ts";
import { normalConsistency } from "./normal_consistency.ts";
import { type PairOptions, type PairScores, sizeWarnings } from "./pair_scores.ts";
import { counted, regionsOf } from "./region_scores.ts";
import { alignmentRecord, alignmentWarnings, alignPrediction } from "./suite_alignment.ts";
import type { Surface } from "./surface.ts";
import type { Truth } from "./truth.ts";

/** Centimetres in a metre. */
const CM = 100;

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
    let similarity: Similarity = NO_CHANGE;
    if (alignment === "aligned") {
      const found = alignPrediction(truth, prediction, constants);
      similarity = found.similarity;
      result.transforms[alignment] = alignmentRecord(found);
      result.warnings.push(...alignmentWarnings(found, constants));
    } else if (alignment !== "none") {
      throw new RangeError(
        `Cannot score: alignment is "${alignment}", ${protocol.id} has none and aligned`,
      );
    }
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
  const matrix = similarityMatrix(similarity);
  const inverse = similarityMatrix(invertSimilarity(similarity));
  const there = closestPoints(truth.tree, transformPoints(matrix, ofPrediction.points), {
    order: "given",
  });
  const back = closestPoints(prediction.tree, transformPoints(inverse, ofTruth.points), {
    order: "given",
  });
  const p2s = there.distance.map((metres) => metres * CM);
  const s2p = back.distance.map((metres) => metres * similarity.scale * CM);
  const rotation = rotationMatrix(similarity.rotation);
  const normals = {
    there: [prediction.normalsOf(ofPrediction.faces), truth.normalsOf(there.face)] as const,
    back: [prediction.normalsOf(back.face), truth.normalsOf(ofTruth.faces)] as const,
  };
  const regions = regionsOf(truth, prediction, {
    name: `stratified ${samples}`,
    ofPrediction,
    ofTruth,
    matrix,
    camera,
    startM,
  });
  const scores: Scores = { chamfer_cm: half(summarize(p2s), summarize(pick(s2p, outer))) };
  const outerCount = outer.reduce((sum, flag) => sum + flag, 0);
  for (const [region, inP] of regions.prediction) {
    const inAll = regions.truth.get(region)!, inG = counted(inAll, outer);
    const met = [pick(p2s, inP), pick(s2p, inG)] as const;
    const forward = summarize(met[0]), reverse = summarize(met[1]);
    const all = summarize(pick(s2p, inAll));
    Object.assign(
      scores,
      summaryKeys(`p2s_${region}`, forward),
      summaryKeys(`s2p_${region}`, reverse),
      summaryKeys(`s2p_all_${region}`, all),
    );
    scores[`chamfer_${region}_cm`] = half(forward, reverse);
    scores[`chamfer_all_${region}_cm`] = half(forward, all);
    for (const threshold of fScoreThresholdsCm) {
      scores[`f_${String(threshold).replace(".", "p")}cm_${region}`] = met.some(({ length }) =>
          length === 0
        )
        ? null
        : fScore(shareWithin(met[0], threshold), shareWithin(met[1], threshold));
    }
    const one = normalConsistency(...normals.there, { rotation, counts: inP });
    const other = normalConsistency(...normals.back, { rotation, counts: inG });
    scores[`nc_${region}`] = finite((one.absolute + other.absolute) / 2);
    scores[`nc_signed_${region}`] = finite((one.signed + other.signed) / 2);
    scores[`share_${region}`] = outerCount === 0 ? null : met[1].length / outerCount;
  }
  return scores;
}

function summaryKeys(name: string, summary: DistanceSummary | null): Scores {
  return {
    [`${name}_cm`]: summary?.mean ?? null,
    [`${name}_median_cm`]: summary?.median ?? null,
    [`${name}_rms_cm`]: summary?.rms ?? null,
    [`${name}_p95_cm`]: summary?.p95 ?? null,
    [`${name}_max_cm`]: summary?.max ?? null,
  };
}

function half(a: DistanceSummary | null, b: DistanceSummary | null): number | null {
  return a === null || b === null ? null : (a.mean + b.mean) / 2;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
