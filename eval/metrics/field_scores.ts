/** The scores of a protocol of the field for one pair of prediction and scan. */
import type { Camera } from "../../core/geometry/camera.ts";
import { mostVertices } from "../../core/geometry/largest_piece.ts";
import type { Bounds } from "../../core/geometry/mesh.ts";
import {
  affine,
  identity,
  type Matrix4,
  multiply,
  toRows,
  transformPoints,
  translation,
} from "../../core/geometry/transform.ts";
import { alignVertices } from "../../core/geometry/vertex_icp.ts";
import type { FieldConstants, FieldProtocol } from "../protocols/field_protocol.ts";
import type { Scores, TransformRecord } from "../results.ts";
import { boxIou } from "./box_iou.ts";
import { type DistanceSummary, fScore, pick, shareWithin, summarize } from "./distances.ts";
import { faceToPointMean } from "./face_to_point.ts";
import { localPartScores } from "./local_parts.ts";
import { normalConsistency } from "./normal_consistency.ts";
import { normalError, normalErrorCameras, shareOutside } from "./normal_error.ts";
import { outerSamples } from "./outer.ts";
import { type PairDistances, pairDistances, type Placement, scaled } from "./pair_distances.ts";
import { type PairOptions, type PairScores, sizeWarnings } from "./pair_scores.ts";
import { regionDistanceScores, regionsOf } from "./region_scores.ts";
import type { Surface } from "./surface.ts";
import type { Truth } from "./truth.ts";
import { drawScene } from "./views.ts";

/** How far off what hides a sample from the input view stands, where a protocol does not say. */
const REGION_START_M = 0.0002;

/** Scores one pair. */
export async function scoreField(
  truth: Truth,
  prediction: Surface,
  protocol: FieldProtocol,
  { alignments, camera }: PairOptions,
): Promise<PairScores> {
  const { constants } = protocol;
  const result: PairScores = {
    scores: {},
    transforms: {},
    warnings: sizeWarnings(truth, prediction),
  };
  const scored = scopeOf(prediction, constants, result.warnings);
  for (const alignment of alignments) {
    if (!protocol.alignments.includes(alignment)) {
      throw new RangeError(
        `Cannot score: alignment is "${alignment}", ${protocol.id} has ` +
          protocol.alignments.join(" and "),
      );
    }
    const { placement, record, warnings } = place(truth, scored, { alignment, constants });
    if (record !== undefined) result.transforms[alignment] = record;
    const found = distanceScores(truth, scored, { placement, constants, camera });
    const scores = found.scores;
    warnings.push(...found.warnings);
    if (constants.normalError !== null) {
      Object.assign(scores, await normalScores(truth, scored, { placement, constants, warnings }));
    }
    result.scores[alignment] = scores;
    const prefix = protocol.alignments.length > 1 ? `${alignment}: ` : "";
    result.warnings.push(...warnings.map((text) => prefix + text));
  }
  return result;
}

/** The prediction as the protocol looks at it. */
function scopeOf(
  prediction: Surface,
  { predictionScope }: FieldConstants,
  warnings: string[],
): Surface {
  if (predictionScope === "whole") return prediction;
  const { faces, pieces } = prediction.keep("most vertices", () => mostVertices(prediction.mesh));
  if (pieces <= 1) return prediction;
  const share = faces.length / (prediction.mesh.indices.length / 3);
  warnings.push(
    `only the largest of ${pieces} pieces was scored: ${
      (100 * share).toFixed(1)
    } % of the triangles`,
  );
  return prediction.part("largest piece", faces);
}

/** Where the prediction is put, how it got there, and what is odd about it. */
function place(
  truth: Truth,
  prediction: Surface,
  { alignment, constants }: { alignment: string; constants: FieldConstants },
): { placement: Placement; record?: TransformRecord; warnings: string[] } {
  if (alignment === "none") {
    return { placement: { name: "none", matrix: identity(), scale: 1 }, warnings: [] };
  }
  if (alignment === "normalized") {
    const { matrix, scale } = boxMap(prediction.bounds, truth.bounds);
    const record = { matrix: toRows(matrix), scale };
    return { placement: { name: alignment, matrix, scale }, record, warnings: [] };
  }
  const from = Float64Array.from(usedVertices(prediction));
  const to = Float64Array.from(usedVertices(truth));
  const { maxIterations, threshold } = constants.icp!;
  const { matrix, scale, mirrored, iterations, cost } = alignVertices(from, to, {
    maxIterations,
    threshold,
  });
  const warnings: string[] = [];
  if (mirrored) warnings.push("the alignment mirrored the prediction");
  if (scale < 0.9 || scale > 1.1) {
    warnings.push(`the alignment scaled it: scale ${scale.toFixed(2)}`);
  }
  if (iterations === maxIterations) {
    warnings.push(`the alignment ended after ${maxIterations} iterations`);
  }
  const record = { matrix: toRows(matrix), scale, mirrored, iterations, cost };
  return { placement: { name: alignment, matrix, scale }, record, warnings };
}

/** Centre onto centre, longest side onto longest side. */
function boxMap(from: Bounds, to: Bounds): { matrix: Matrix4; scale: number } {
  const centre = ({ min, max }: Bounds) => min.map((low, k) => (low + max[k]) / 2);
  const longest = ({ min, max }: Bounds) => Math.max(...max.map((high, k) => high - min[k]));
  const scale = longest(to) / longest(from), [a, b] = [centre(from), centre(to)];
  const linear = [scale, 0, 0, 0, scale, 0, 0, 0, scale];
  return { matrix: multiply(affine(linear, b), translation(-a[0], -a[1], -a[2])), scale };
}

/** The vertices that triangles use, each once, in the order of the file. */
function usedVertices(surface: Surface): Float32Array {
  const { positions, indices } = surface.mesh;
  const used = new Uint8Array(positions.length / 3);
  let count = 0;
  for (let i = 0; i < indices.length; i++) {
    count += 1 - used[indices[i]];
    used[indices[i]] = 1;
  }
  const out = new Float32Array(3 * count);
  for (let v = 0, at = 0; v < used.length; v++) {
    if (used[v] === 0) continue;
    for (let k = 0; k < 3; k++) out[at++] = positions[3 * v + k];
  }
  return out;
}

/** Reported units in a metre. */
function factorOf(truth: Truth, { space, unitFactor }: FieldConstants): number {
  const { min, max } = truth.bounds;
  const sides = max.map((high, k) => high - min[k]);
  const perMetre = {
    metres: 1,
    "height-180": 180 / (102.4 * sides[1]),
    "longest-axis": 1 / Math.max(...sides),
    "file-units": 1 / truth.metresPerUnit,
  }[space];
  return perMetre * unitFactor;
}

function distanceScores(
  truth: Truth,
  prediction: Surface,
  { placement, constants, camera }: {
    placement: Placement;
    constants: FieldConstants;
    camera: Camera | undefined;
  },
): { scores: Scores; warnings: string[] } {
  const { samples, sampler, exponent, unit, target, minTriangleArea } = constants;
  const factor = factorOf(truth, constants), warnings: string[] = [];
  const areaM2 = minTriangleArea === null
    ? {}
    : { minTriangleAreaM2: minTriangleArea / (factor / constants.unitFactor) ** 2 };
  const settings = { samples, sampler, target, ...(target === "edges" ? areaM2 : {}) };
  const pair = pairDistances(truth, prediction, { placement, settings });
  for (
    const [count, whose] of [[pair.ofPrediction, "prediction"], [pair.ofTruth, "scan"]] as const
  ) {
    const returned = count.faces.length;
    if (returned === samples) continue;
    const [got, asked] = [returned, samples].map(thousands);
    warnings.push(`the ${whose}'s sampler returned ${got} of ${asked} points`);
  }
  const forward = scaled(pair.p2s.distance, factor), back = scaled(pair.s2p.distance, factor);
  const p2s = summarize(forward)!, s2p = summarize(back)!;
  const base = exponent === 2 ? unit.replace(/2$/, "") : unit;
  const scores: Scores = { ...reductions("p2s", base, p2s), ...reductions("s2p", base, s2p) };
  const meanOf = (summary: DistanceSummary) => exponent === 2 ? summary.rms ** 2 : summary.mean;
  scores[`p2s_${unit}`] = meanOf(p2s);
  scores[`s2p_${unit}`] = meanOf(s2p);
  const chamfer = constants.chamfer === "sum" ? "chamfer_sum" : "chamfer";
  const weight = constants.chamfer === "sum" ? 1 : 0.5;
  scores[`${chamfer}_${unit}`] = weight * (meanOf(p2s) + meanOf(s2p));

  const { outerDirections: directions, outerStartM: startM } = constants;
  if (directions !== null && startM !== null) {
    const outer = truth.keep(
      `outer ${sampler} ${samples} ${directions} ${startM}`,
      () => outerSamples(truth, pair.ofTruth, { directions, startM }),
    );
    const some = summarize(pick(back, outer));
    scores.outer_share = outer.reduce((sum, flag) => sum + flag, 0) / outer.length;
    scores[`s2p_outer_${unit}`] = some === null ? null : meanOf(some);
    scores[`${chamfer}_outer_${unit}`] = some === null
      ? null
      : weight * (meanOf(p2s) + meanOf(some));
  }
  if (truth.body !== undefined || camera !== undefined) {
    const regions = regionsOf(truth, prediction, {
      name: `${sampler} ${samples}`,
      ofPrediction: pair.ofPrediction,
      ofTruth: pair.ofTruth,
      matrix: placement.matrix,
      camera,
      startM: startM ?? REGION_START_M,
    });
    const reduce = (distances: Float64Array) => {
      const summary = summarize(distances);
      return summary === null ? null : meanOf(summary);
    };
    const distances = { unit, p2s: forward, s2p: back, reduce, weight, chamfer };
    Object.assign(scores, regionDistanceScores(regions, distances));
  }
  if (target === "edges") {
    const clean = pairDistances(truth, prediction, {
      placement,
      settings: { samples, sampler, target: "surface" },
    });
    scores[`p2s_surface_${base}`] = factor * summarize(clean.p2s.distance)!.mean;
    scores[`s2p_surface_${base}`] = factor * summarize(clean.s2p.distance)!.mean;
  }
  if (constants.fScoreThresholdM !== null) {
    Object.assign(scores, fScores(pair, constants.fScoreThresholdM, constants.fScoreStrict));
  }
  if (constants.maximum === "hausdorff") scores[`hausdorff_${base}`] = Math.max(p2s.max, s2p.max);
  if (constants.maximum === "prediction-twice") scores[`chamfer_max_${base}`] = p2s.max;
  if (constants.boxIou !== "none") {
    scores.box_iou = boxIou(movedBounds(prediction, placement.matrix), truth.bounds);
  }
  if (constants.normalConsistency !== "none") {
    scores.nc = agreement(truth, prediction, { placement, pair: ncPair(constants, pair) });
  }
  if (constants.localParts !== undefined && truth.body !== undefined) {
    const { body } = truth, { matrix } = placement;
    const agree = (some: PairDistances) => agreement(truth, prediction, { placement, pair: some });
    const options = { body, matrix, factor, unit, agreement: agree };
    Object.assign(scores, localPartScores(pair, options));
  }
  if (constants.faceToPoint === "mean") {
    Object.assign(scores, meshLosses(truth, prediction, { placement, pair, constants, areaM2 }));
  }
  return { scores, warnings };

  /** Nearest samples or nearest triangles, whichever normals are compared with. */
  function ncPair({ normalConsistency: kind }: FieldConstants, own: PairDistances): PairDistances {
    const wanted = kind === "nearest-sample" ? "points" : "surface";
    return wanted === target ? own : pairDistances(truth, prediction, {
      placement,
      settings: { samples, sampler, target: wanted },
    });
  }
}

function reductions(name: string, unit: string, summary: DistanceSummary): Scores {
  return {
    [`${name}_${unit}`]: summary.mean,
    [`${name}_median_${unit}`]: summary.median,
    [`${name}_rms_${unit}`]: summary.rms,
    [`${name}_p95_${unit}`]: summary.p95,
    [`${name}_max_${unit}`]: summary.max,
  };
}

/** Digits in groups of three: 1,000. */
function thousands(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}

function fScores(pair: PairDistances, thresholdM: number, strict: "<" | "<="): Scores {
  const share = (distance: Float64Array) =>
    strict === "<"
      ? distance.filter((value) => value < thresholdM).length / distance.length
      : shareWithin(distance, thresholdM);
  const precision = share(pair.p2s.distance), recall = share(pair.s2p.distance);
  const at = `${String(100 * thresholdM).replace(".", "p")}cm`;
  return {
    [`precision_${at}`]: 100 * precision,
    [`recall_${at}`]: 100 * recall,
    [`f_${at}`]: fScore(precision, recall),
  };
}

function movedBounds(surface: Surface, matrix: Matrix4): Bounds {
  const moved = transformPoints(matrix, usedVertices(surface));
  const min: Bounds["min"] = [Infinity, Infinity, Infinity];
  const max: Bounds["max"] = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < moved.length; i++) {
    min[i % 3] = Math.min(min[i % 3], moved[i]);
    max[i % 3] = Math.max(max[i % 3], moved[i]);
  }
  return { min, max };
}

/** Half the sum of both directions' mean |cosine|; a triangle without normal agrees fully. */
function agreement(
  truth: Truth,
  prediction: Surface,
  { placement, pair }: { placement: Placement; pair: PairDistances },
): number {
  const { there, back } = cosines(truth, prediction, { placement, pair });
  return (there + back) / 2;
}

function cosines(
  truth: Truth,
  prediction: Surface,
  { placement, pair }: { placement: Placement; pair: PairDistances },
): { there: number; back: number } {
  const { matrix: m, scale: s } = placement;
  const rotation = [m[0], m[1], m[2], m[4], m[5], m[6], m[8], m[9], m[10]].map((v) => v / s);
  const one = (mine: Uint32Array, theirs: Uint32Array) => {
    const found = normalConsistency(
      prediction.normalsOf(mine),
      truth.normalsOf(theirs),
      { rotation },
    );
    const pairs = mine.length - found.undefinedPairs;
    return ((pairs > 0 ? found.absolute * pairs : 0) + found.undefinedPairs) / mine.length;
  };
  return {
    there: one(pair.ofPrediction.faces, pair.p2s.face),
    back: one(pair.s2p.face, pair.ofTruth.faces),
  };
}

/** PyTorch3D's losses that need the mesh or normals, in metres². */
function meshLosses(
  truth: Truth,
  prediction: Surface,
  { placement, pair, areaM2 }: {
    placement: Placement;
    pair: PairDistances;
    constants: FieldConstants;
    areaM2: { minTriangleAreaM2?: number };
  },
): Scores {
  const { there, back } = cosines(truth, prediction, { placement, pair });
  const settings = {
    samples: pair.ofTruth.faces.length,
    sampler: "area",
    target: "edges",
  } as const;
  const edges = pairDistances(truth, prediction, {
    placement,
    settings: { ...settings, ...areaM2 },
  });
  const pointFace = summarize(edges.s2p.distance)!.rms ** 2;
  const facePoint = faceToPointMean(prediction.mesh, pair.ofTruth.points, {
    minTriangleArea: areaM2.minTriangleAreaM2 ?? 0,
  });
  return {
    normal_loss: 2 - there - back,
    point_face_m2: pointFace,
    face_point_m2: facePoint,
    point_mesh_m2: pointFace + facePoint,
  };
}

async function normalScores(
  truth: Truth,
  prediction: Surface,
  { constants, warnings }: {
    placement: Placement;
    constants: FieldConstants;
    warnings: string[];
  },
): Promise<Scores> {
  const settings = constants.normalError!;
  const cameras = normalErrorCameras(truth.bounds, settings);
  const drawn = await drawScene(await prediction.scene(truth.backend), cameras, truth.backend);
  const outside = shareOutside(truth.bounds, settings);
  if (outside > 0.001) {
    warnings.push(
      `the window of the normal views leaves out ${
        (100 * outside).toFixed(0)
      } % of the scan's height`,
    );
  }
  return { normal_error: normalError(drawn, await truth.views(cameras), settings) };
}
