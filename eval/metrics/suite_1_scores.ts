/** The scores of `suite-1` for one pair of prediction and scan. */
import type { Camera } from "../../core/geometry/camera.ts";
import {
  rotationMatrix,
  type Similarity,
  similarityMatrix,
} from "../../core/geometry/similarity.ts";
import { collectGarbage } from "../../core/work/collect.ts";
import { topologyOf } from "../../core/geometry/topology.ts";
import type { Protocol } from "../protocols/protocol.ts";
import type { Suite1Constants } from "../protocols/suite_1.ts";
import type { Scores } from "../results.ts";
import { DetailErrors } from "./detail.ts";
import { meanOf, pick, summarize } from "./distances.ts";
import { normalConsistency } from "./normal_consistency.ts";
import { type PairOptions, type PairScores, sizeWarnings } from "./pair_scores.ts";
import { counted, regionDistanceScores, regionsOf } from "./region_scores.ts";
import { placeUnder } from "./suite_alignment.ts";
import { type Nearest, suiteDistances } from "./suite_distances.ts";
import { finiteOrNull, fScoreKey, fScoreOrNull, summaryKeys } from "./suite_keys.ts";
import type { Surface } from "./surface.ts";
import type { Truth } from "./truth.ts";
import {
  cameraBefore,
  detailViews,
  drawScene,
  meanNormalAngleDeg,
  meanSilhouetteIou,
  sideCameras,
  sizedCamera,
} from "./views.ts";

/** Scores one pair. */
export async function scoreSuite1(
  truth: Truth,
  prediction: Surface,
  protocol: Protocol<Suite1Constants>,
  options: PairOptions,
): Promise<PairScores> {
  const { constants } = protocol;
  const result: PairScores = {
    scores: {},
    transforms: {},
    warnings: sizeWarnings(truth, prediction),
  };
  const flags = topologyScores(prediction);
  collectGarbage();
  const scene = await prediction.scene(truth.backend);
  const nearest: Nearest = {};
  for (const alignment of options.alignments) {
    collectGarbage();
    const similarity = placeUnder(alignment, result, { truth, prediction, protocol });
    const { scores, warnings } = surfaceScores(truth, prediction, {
      similarity,
      constants,
      nearest,
      camera: options.camera,
    });
    Object.assign(scores, flags);
    collectGarbage(); // before the large pictures
    const seen = { similarity, constants, camera: options.camera };
    Object.assign(scores, await viewScores(truth, scene, seen));
    collectGarbage(); // before the largest
    Object.assign(scores, await detailScores(truth, scene, seen));
    result.scores[alignment] = scores;
    result.warnings.push(...warnings.map((text) => `${alignment}: ${text}`));
  }
  return result;
}

/** Distances, F-scores and normals of the prediction moved by a similarity. */
function surfaceScores(
  truth: Truth,
  prediction: Surface,
  { similarity, constants, nearest, camera }: {
    similarity: Similarity;
    constants: Suite1Constants;
    nearest: Nearest;
    camera: Camera | undefined;
  },
): { scores: Scores; warnings: string[] } {
  const { samples, outerDirections, outerStartM, fScoreThresholdsCm } = constants;
  const ofTruth = truth.samples(samples), ofPrediction = prediction.samples(samples);
  const outer = truth.outer(samples, { directions: outerDirections, startM: outerStartM });
  const { p2s, s2p, p2sCm, s2pCm: allCm } = suiteDistances(truth, prediction, {
    samples,
    similarity,
    nearest,
  });
  const outerCm = pick(allCm, outer);
  const seen = prediction.inferred === undefined
    ? null
    : summarize(p2sCm.filter((_, i) => prediction.inferred![ofPrediction.faces[i]] === 0));

  const forward = summarize(p2sCm)!, back = summarize(outerCm), backAll = summarize(allCm)!;
  const scores: Scores = {
    ...summaryKeys("p2s", forward),
    ...summaryKeys("s2p", back),
    ...summaryKeys("s2p_all", backAll),
    p2s_seen_cm: seen === null ? null : seen.mean,
    chamfer_cm: back === null ? null : (forward.mean + back.mean) / 2,
    chamfer_all_cm: (forward.mean + backAll.mean) / 2,
    outer_share: outerCm.length / allCm.length,
  };
  for (const threshold of fScoreThresholdsCm) {
    scores[fScoreKey(threshold)] = fScoreOrNull(p2sCm, outerCm, threshold);
  }

  const rotation = rotationMatrix(similarity.rotation);
  const forwardNormals = [
    prediction.normalsOf(ofPrediction.faces),
    truth.normalsOf(p2s.face),
  ] as const;
  const backNormals = [prediction.normalsOf(s2p.face), truth.normalsOf(ofTruth.faces)] as const;
  const there = normalConsistency(...forwardNormals, { rotation });
  const returned = normalConsistency(...backNormals, { rotation, counts: outer });
  scores.nc = finiteOrNull((there.absolute + returned.absolute) / 2);
  scores.nc_signed = finiteOrNull((there.signed + returned.signed) / 2);

  const regions = regionsOf(truth, prediction, {
    name: `stratified ${samples}`,
    ofPrediction,
    ofTruth,
    matrix: similarityMatrix(similarity),
    camera,
    startM: outerStartM,
  });
  Object.assign(
    scores,
    regionDistanceScores(regions, {
      unit: "cm",
      p2s: p2sCm,
      s2p: allCm,
      counts: outer,
      reduce: meanOf,
      weight: 0.5,
      chamfer: "chamfer",
    }),
  );
  for (const [region, flags] of regions.prediction) {
    const back = counted(regions.truth.get(region)!, outer);
    const met = [pick(p2sCm, flags), pick(allCm, back)];
    scores[`f_1cm_${region}`] = fScoreOrNull(met[0], met[1], 1);
    const one = normalConsistency(...forwardNormals, { rotation, counts: flags });
    const other = normalConsistency(...backNormals, { rotation, counts: back });
    scores[`nc_${region}`] = finiteOrNull((one.absolute + other.absolute) / 2);
  }
  const warnings: string[] = [];
  if (outerCm.length === 0) {
    warnings.push("no sample of the scan sees the outside, so there are no scores from scan to it");
  }
  const without = there.undefinedPairs + returned.undefinedPairs;
  if (without > 0) {
    warnings.push(`nc leaves out ${without} samples whose nearest triangle has no area`);
  }
  return { scores, warnings };
}

function topologyScores(prediction: Surface): Scores {
  const { watertight, components, genus } = topologyOf(prediction.mesh);
  return { watertight: watertight ? 1 : 0, components: components.length, genus };
}

async function viewScores(
  truth: Truth,
  scene: unknown,
  { similarity, constants, camera }: {
    similarity: Similarity;
    constants: Suite1Constants;
    camera: Camera | undefined;
  },
): Promise<Scores> {
  const { viewYawsDeg: yawsDeg, viewSizePx: sizePx, viewWindow: window } = constants;
  const sides = sideCameras(truth.bounds, { yawsDeg, sizePx, window });
  const input = camera === undefined ? [] : [sizedCamera(camera, sizePx)];
  const cameras = [...sides, ...input].map((one) => cameraBefore(one, similarity));
  const drawn = await drawScene(scene, cameras, truth.backend);
  const sideViews = await truth.views(sides), drawnSides = drawn.slice(0, sides.length);
  return {
    normal_deg_visible: meanNormalAngleDeg(sideViews, drawnSides),
    iou: meanSilhouetteIou(sideViews, drawnSides),
    normal_deg_input: input.length === 0
      ? null
      : meanNormalAngleDeg(await truth.views(input), drawn.slice(sides.length)),
  };
}

async function detailScores(
  truth: Truth,
  scene: unknown,
  { similarity, constants }: { similarity: Similarity; constants: Suite1Constants },
): Promise<Scores> {
  const { detailYawsDeg: yawsDeg, detailSizePx: sizePx, viewWindow: window } = constants;
  const cameras = sideCameras(truth.bounds, { yawsDeg, sizePx, window });
  const options = {
    sizePx,
    pixelM: 2 * cameras[0].halfWidthM / sizePx,
    sigmasM: constants.detailSigmasM,
  };
  const moved = cameras.map((camera) => cameraBefore(camera, similarity));
  const ofTruth = await truth.detail(cameras, options), errors = new DetailErrors();
  let next = 0;
  for await (const view of detailViews(scene, moved, { backend: truth.backend, detail: options })) {
    errors.add(view, ofTruth[next++]);
    collectGarbage(); // what drawing it took
  }
  const [fine, coarse, detail] = errors.meansDeg();
  return { detail_fine_deg: fine, detail_coarse_deg: coarse, detail_deg: detail };
}
