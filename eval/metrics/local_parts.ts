/** X-Avatar's hands and face: samples by the nearest vertex of the subject's body, and their scores. */
import { vertexGroups } from "../../body/vertex_groups.ts";
import { buildPointTree, nearestPoints } from "../../core/geometry/kdtree.ts";
import type { Bounds } from "../../core/geometry/mesh.ts";
import type { SurfaceSamples } from "../../core/geometry/sampler.ts";
import { type Matrix4, transformPoints } from "../../core/geometry/transform.ts";
import type { Scores } from "../results.ts";
import { boxIou } from "./box_iou.ts";
import { pick, summarize } from "./distances.ts";
import type { DirectedDistances, PairDistances } from "./pair_distances.ts";
import type { TruthBody } from "./regions.ts";

/** The groups of vertices that make each part. */
const PARTS = { xhands: ["l_hand", "r_hand"], xface: ["face"] } as const;

/** What {@linkcode localPartScores} needs. */
export interface LocalPartOptions {
  body: TruthBody;
  /** Where the prediction is scored. */
  matrix: Matrix4;
  /** Reported units in a metre, and what ends the keys. */
  factor: number;
  unit: string;
  /** Mean |cosine| of the normals of some of the pairs, half the sum of both directions. */
  agreement: (pair: PairDistances) => number;
}

/**
 * Chamfer, its maximum, normal consistency and box IoU over the samples of the hands, and over those
 * of the face: a sample belongs to the group of the nearest vertex of the body. Null where either
 * surface has no such sample. The IoU is that of the samples' boxes; of the hands the mean of both.
 */
export function localPartScores(pair: PairDistances, options: LocalPartOptions): Scores {
  const { body, matrix, factor, unit, agreement } = options;
  const groups = vertexGroups(body.model), tree = buildPointTree(body.posed.vertices);
  const ofP = transformPoints(matrix, pair.ofPrediction.points), ofG = pair.ofTruth.points;
  const flags = (points: Float64Array, name: keyof typeof groups) =>
    Uint8Array.from(nearestPoints(tree, points).index, (vertex) => groups[name][vertex]);
  const scores: Scores = {};
  for (const [part, names] of Object.entries(PARTS)) {
    const found = names.map((name) => ({ p: flags(ofP, name), g: flags(ofG, name) }));
    const p = united(found.map((one) => one.p)), g = united(found.map((one) => one.g));
    const there = summarize(pick(pair.p2s.distance, p));
    const back = summarize(pick(pair.s2p.distance, g));
    const none = there === null || back === null;
    scores[`chamfer_${part}_${unit}`] = none ? null : factor * (there.mean + back.mean) / 2;
    scores[`chamfer_max_${part}_${unit}`] = none ? null : factor * (there.max + back.max) / 2;
    scores[`nc_${part}`] = none ? null : agreement({
      ofPrediction: some(pair.ofPrediction, p),
      ofTruth: some(pair.ofTruth, g),
      p2s: someOf(pair.p2s, p),
      s2p: someOf(pair.s2p, g),
    });
    const boxes = found.map((one) => [boxOf(ofP, one.p), boxOf(ofG, one.g)] as const);
    scores[`box_iou_${part}`] = boxes.some(([a, b]) => a === null || b === null)
      ? null
      : boxes.reduce((sum, [a, b]) => sum + boxIou(a!, b!), 0) / boxes.length;
  }
  return scores;
}

function united(flags: readonly Uint8Array[]): Uint8Array {
  return flags[0].map((_, i) => flags.some((list) => list[i] === 1) ? 1 : 0);
}

function some(samples: SurfaceSamples, flags: Uint8Array): SurfaceSamples {
  return {
    ...samples,
    points: samples.points.filter((_, i) => flags[Math.floor(i / 3)] === 1),
    faces: samples.faces.filter((_, i) => flags[i] === 1),
  };
}

function someOf({ distance, face }: DirectedDistances, flags: Uint8Array): DirectedDistances {
  return { distance: pick(distance, flags), face: face.filter((_, i) => flags[i] === 1) };
}

/** The box round the flagged points; null for none. */
function boxOf(points: Float64Array, flags: Uint8Array): Bounds | null {
  const min: Bounds["min"] = [Infinity, Infinity, Infinity];
  const max: Bounds["max"] = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < flags.length; i++) {
    if (flags[i] === 0) continue;
    for (let k = 0; k < 3; k++) {
      min[k] = Math.min(min[k], points[3 * i + k]);
      max[k] = Math.max(max[k], points[3 * i + k]);
    }
  }
  return min[0] > max[0] ? null : { min, max };
}
