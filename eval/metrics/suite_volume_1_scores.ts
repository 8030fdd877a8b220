/** The scores of `suite-volume-1` for one pair of prediction and scan. */
import type { Bounds } from "../../core/geometry/mesh.ts";
import { selfIntersections } from "../../core/geometry/self_intersections.ts";
import {
  invertSimilarity,
  NO_CHANGE,
  type Similarity,
  similarityMatrix,
} from "../../core/geometry/similarity.ts";
import { solidOverlap } from "../../core/geometry/solid_overlap.ts";
import { topologyOf } from "../../core/geometry/topology.ts";
import { transformPoints } from "../../core/geometry/transform.ts";
import { buildWindingTree } from "../../core/geometry/winding.ts";
import { InputError, messageOf } from "../../core/work/errors.ts";
import { random } from "../../core/work/random.ts";
import type { Protocol } from "../protocols/protocol.ts";
import type { SuiteVolume1Constants } from "../protocols/suite_volume_1.ts";
import type { Scores } from "../results.ts";
import { type PairOptions, type PairScores, sizeWarnings } from "./pair_scores.ts";
import { placeUnder } from "./suite_alignment.ts";
import type { Surface } from "./surface.ts";
import type { Truth } from "./truth.ts";
import { boxPoints, volumeOverlap } from "./volume.ts";

/** Share of unclear points from which on a row says so. */
const MUCH_UNCLEAR = 0.05;

/** Scores one pair. */
export async function scoreSuiteVolume1(
  truth: Truth,
  prediction: Surface,
  protocol: Protocol<SuiteVolume1Constants>,
  { alignments }: PairOptions,
): Promise<PairScores> {
  const { constants } = protocol;
  const result: PairScores = {
    scores: {},
    transforms: {},
    warnings: sizeWarnings(truth, prediction),
  };
  const soundness = soundnessScores(prediction, result.warnings);
  for (const alignment of alignments) {
    const similarity = placeUnder(alignment, result, { truth, prediction, protocol });
    const warnings: string[] = [];
    result.scores[alignment] = {
      ...volumeScores(truth, prediction, { similarity, constants, warnings }),
      ...await solidScores(truth, prediction, { similarity, warnings }),
      ...soundness,
    };
    result.warnings.push(...warnings.map((text) => `${alignment}: ${text}`));
  }
  return result;
}

function soundnessScores(prediction: Surface, warnings: string[]): Scores {
  const { mesh } = prediction;
  const topology = topologyOf(mesh), { pairs, faces, complete } = selfIntersections(mesh);
  if (!complete) {
    warnings.push("too many triangles in one place: self_intersections is a lower bound");
  }
  return {
    self_intersections: pairs,
    self_intersecting_percent: 100 * faces / (mesh.indices.length / 3),
    boundary_edges: topology.boundaryEdges,
    non_manifold_edges: topology.nonManifoldEdges,
    watertight: topology.watertight ? 1 : 0,
    components: topology.components.length,
    genus: topology.genus,
  };
}

function volumeScores(
  truth: Truth,
  prediction: Surface,
  { similarity, constants, warnings }: {
    similarity: Similarity;
    constants: SuiteVolume1Constants;
    warnings: string[];
  },
): Scores {
  const { samples, windingReach: reach } = constants;
  const winding = (surface: Surface) =>
    surface.keep("winding", () => buildWindingTree(surface.mesh));
  const moved = boundsOfBox(prediction.bounds, similarity);
  const points = boxPoints({
    min: truth.bounds.min.map((low, k) => Math.min(low, moved.min[k])) as Bounds["min"],
    max: truth.bounds.max.map((high, k) => Math.max(high, moved.max[k])) as Bounds["max"],
  }, { count: samples, draw: random(truth.seed, truth.subject, "volume") });
  const { a, b, both, either, unclear, insideOut } = volumeOverlap(
    { winding: winding(prediction), toTree: similarityMatrix(invertSimilarity(similarity)) },
    { winding: winding(truth) },
    { points, reach },
  );
  for (const [name, side] of [["prediction", "a"], ["scan", "b"]] as const) {
    if (insideOut[side]) {
      warnings.push(`the ${name} is inside out: it was taken the other way round`);
    }
    if (unclear[side] > MUCH_UNCLEAR) {
      const percent = (100 * unclear[side]).toFixed(0);
      warnings.push(`the ${name} is open: ${percent} % of its points are neither in nor out`);
    }
  }
  if (either === 0) warnings.push("neither encloses a point");
  return {
    volume_iou: either === 0 ? null : both / either,
    volume_precision: a === 0 ? null : both / a,
    volume_recall: b === 0 ? null : both / b,
    volume_ratio: b === 0 ? null : a / b,
    winding_unclear_percent: 100 * unclear.a,
  };
}

/** The box round a box that was moved. */
function boundsOfBox({ min, max }: Bounds, similarity: Similarity): Bounds {
  const corners = Float64Array.from({ length: 24 }, (_, i) => {
    const corner = Math.floor(i / 3), k = i % 3;
    return (corner >> k & 1) === 0 ? min[k] : max[k];
  });
  const moved = transformPoints(similarityMatrix(similarity), corners);
  const all = (k: number) => [0, 1, 2, 3, 4, 5, 6, 7].map((corner) => moved[3 * corner + k]);
  return {
    min: [0, 1, 2].map((k) => Math.min(...all(k))) as Bounds["min"],
    max: [0, 1, 2].map((k) => Math.max(...all(k))) as Bounds["max"],
  };
}

async function solidScores(
  truth: Truth,
  prediction: Surface,
  { similarity, warnings }: { similarity: Similarity; warnings: string[] },
): Promise<Scores> {
  const positions = similarity === NO_CHANGE
    ? prediction.mesh.positions
    : transformPoints(similarityMatrix(similarity), prediction.mesh.positions);
  try {
    const { both, either } = await solidOverlap(
      { positions, indices: prediction.mesh.indices },
      truth.mesh,
    );
    return { volume_iou_solids: both / either };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const why = messageOf(error).replace("the first mesh", "the prediction")
      .replace("the second mesh", "the scan").replace("Cannot intersect solids: ", "");
    warnings.push(`no volume_iou_solids: ${why}`);
    return { volume_iou_solids: null };
  }
}
