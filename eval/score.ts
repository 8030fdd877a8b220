/** Scoring one prediction against one scan: the entry to all protocols. */
import type { Camera } from "../core/geometry/camera.ts";
import type { Mesh } from "../core/geometry/mesh.ts";
import type { Backend } from "../render/backend.ts";
import { cpuBackend } from "../render/cpu/cpu_backend.ts";
import { scoreField } from "./metrics/field_scores.ts";
import type { PairScores } from "./metrics/pair_scores.ts";
import type { TruthBody } from "./metrics/regions.ts";
import { scoreSuite1 } from "./metrics/suite_1_scores.ts";
import { scoreSuiteRegions1 } from "./metrics/suite_regions_1_scores.ts";
import { scoreSuiteVolume1 } from "./metrics/suite_volume_1_scores.ts";
import { Surface } from "./metrics/surface.ts";
import { Truth } from "./metrics/truth.ts";
import { isFieldProtocol } from "./protocols/field_protocol.ts";
import type { Protocol } from "./protocols/protocol.ts";
import { type Suite1Constants, SUITE_1 } from "./protocols/suite_1.ts";
import { SUITE_REGIONS_1, type SuiteRegions1Constants } from "./protocols/suite_regions_1.ts";
import { SUITE_VOLUME_1, type SuiteVolume1Constants } from "./protocols/suite_volume_1.ts";

export type { PairScores } from "./metrics/pair_scores.ts";
export { Surface } from "./metrics/surface.ts";
export { Truth } from "./metrics/truth.ts";

/** Whose scan it is, and the seed of all its samples. */
export interface TruthOptions {
  /** The subject's id: part of the seed. */
  subject: string;
  /** The run's seed. Default: 0. */
  seed?: number;
  /** What draws the views that metrics compare. Default: the CPU. */
  backend?: Backend;
  /** Metres a unit of the scan's file, for protocols that count in those. Default: 1. */
  metresPerUnit?: number;
  /** The subject's body in the scan's frame: gives scores by body part. Default: none. */
  body?: TruthBody | undefined;
}

/**
 * Makes a scan ready: its samples, tree, outer points and views are computed when first needed and
 * shared by all predictions and protocols.
 *
 * @param mesh Metres, in the scan's frame; y up for the metrics that look at it.
 * @throws {InputError} If it has no triangle, no area, stray indices or coordinates not finite.
 */
export function prepareTruth(mesh: Mesh, options: TruthOptions): Truth {
  const { subject, seed = 0, backend = cpuBackend(), metresPerUnit = 1, body } = options;
  return new Truth(mesh, { subject, seed, backend, metresPerUnit, body });
}

/**
 * Makes a prediction ready, for those who score it under more than one protocol. Bind it with
 * `using`, or `release` it: that gives its tree's memory to the next prediction.
 *
 * @param mesh Metres, in the scan's frame.
 * @throws {InputError} As {@linkcode prepareTruth}.
 */
export function preparePrediction(
  mesh: Mesh,
  { subject, seed }: Pick<Truth, "subject" | "seed">,
): Surface {
  return new Surface(mesh, { subject, seed, role: "prediction" });
}

/** How {@linkcode scorePair} scores. */
export interface ScoreOptions {
  /** Default: `suite-1`. */
  protocol?: Protocol;
  /** Which of the protocol's alignments. Default: all. */
  alignments?: readonly string[];
  /** The camera of the input view, for the keys that look through it. Default: they are null. */
  camera?: Camera | undefined;
}

/**
 * Scores a prediction against a scan under one protocol.
 *
 * Everything is decided by the two surfaces, the seed and the subject: neither the order of
 * triangles nor the worker that computes it changes a score.
 *
 * @param prediction A mesh in metres in the scan's frame, or what {@linkcode preparePrediction}
 * made of it.
 * @throws {InputError} If the prediction cannot be scored; the message says why.
 */
export async function scorePair(
  truth: Truth,
  prediction: Mesh | Surface,
  options: ScoreOptions = {},
): Promise<PairScores> {
  const { protocol = SUITE_1, camera } = options;
  const alignments = options.alignments ?? protocol.alignments;
  if (!(prediction instanceof Surface)) {
    using surface = preparePrediction(prediction, truth);
    return await scorePair(truth, surface, options);
  }
  if (protocol.id === SUITE_1.id) {
    const suite1 = protocol as Protocol<Suite1Constants>;
    return await scoreSuite1(truth, prediction, suite1, { alignments, camera });
  }
  if (protocol.id === SUITE_REGIONS_1.id) {
    const regions1 = protocol as Protocol<SuiteRegions1Constants>;
    return scoreSuiteRegions1(truth, prediction, regions1, { alignments, camera });
  }
  if (protocol.id === SUITE_VOLUME_1.id) {
    const volume1 = protocol as Protocol<SuiteVolume1Constants>;
    return await scoreSuiteVolume1(truth, prediction, volume1, { alignments });
  }
  if (isFieldProtocol(protocol)) {
    return await scoreField(truth, prediction, protocol, { alignments, camera });
  }
  throw new RangeError(`Cannot score: "${protocol.id}" is no protocol of this suite`);
}
