/** The alignment of `suite-1` and of the protocols that share it. */
import { type Alignment, alignSurfaces } from "../../core/geometry/icp.ts";
import { toRows } from "../../core/geometry/transform.ts";
import { NO_CHANGE, type Similarity } from "../../core/geometry/similarity.ts";
import type { Protocol } from "../protocols/protocol.ts";
import { ALIGNMENT_CONSTANTS, type Suite1Constants } from "../protocols/suite_1.ts";
import type { PairScores } from "./pair_scores.ts";
import type { TransformRecord } from "../results.ts";
import type { Surface } from "./surface.ts";
import type { Truth } from "./truth.ts";

/** The constants that decide an alignment. */
export type AlignmentConstants = Pick<Suite1Constants, (typeof ALIGNMENT_CONSTANTS)[number]>;

/**
 * Finds where the prediction is scored under one of the suite's alignments, `none` or `aligned`, and
 * notes it, with its warnings, in the result.
 *
 * @throws {RangeError} If the alignment is another.
 */
export function placeUnder(
  alignment: string,
  result: PairScores,
  { truth, prediction, protocol }: {
    truth: Truth;
    prediction: Surface;
    protocol: Protocol<AlignmentConstants>;
  },
): Similarity {
  if (alignment === "none") return NO_CHANGE;
  if (alignment !== "aligned") {
    throw new RangeError(
      `Cannot score: alignment is "${alignment}", ${protocol.id} has none and aligned`,
    );
  }
  const found = alignPrediction(truth, prediction, protocol.constants);
  result.transforms[alignment] = alignmentRecord(found);
  result.warnings.push(...alignmentWarnings(found, protocol.constants));
  return found.similarity;
}

const known = new WeakMap<Surface, WeakMap<Truth, Map<string, Alignment>>>();

/**
 * Finds the bounded similarity that takes the prediction to the scan; once, whichever protocols ask
 * for it.
 */
export function alignPrediction(
  truth: Truth,
  prediction: Surface,
  constants: AlignmentConstants,
): Alignment {
  let byTruth = known.get(prediction);
  if (byTruth === undefined) known.set(prediction, byTruth = new WeakMap());
  let byName = byTruth.get(truth);
  if (byName === undefined) byTruth.set(truth, byName = new Map());
  const name = ALIGNMENT_CONSTANTS.map((constant) => constants[constant]).join(" ");
  let found = byName.get(name);
  if (found === undefined) byName.set(name, found = findAlignment(truth, prediction, constants));
  return found;
}

function findAlignment(
  truth: Truth,
  prediction: Surface,
  constants: AlignmentConstants,
): Alignment {
  const side = (surface: Surface) => ({
    tree: surface.tree,
    points: surface.samples(constants.alignSamples, "align").points,
  });
  return alignSurfaces(side(prediction), side(truth), {
    kind: "similarity",
    keep: constants.alignKeep,
    maxIterations: constants.alignMaxIterations,
    stopM: constants.alignStopM,
    sparse: constants.alignSparse,
    minScale: constants.alignMinScale,
    maxScale: constants.alignMaxScale,
    maxRotationDeg: constants.alignMaxRotationDeg,
    maxTranslationM: constants.alignMaxTranslationM,
  });
}

/** The alignment as results hold it. */
export function alignmentRecord(found: Alignment): TransformRecord {
  const { matrix, similarity, rotationDeg, translationM, rmsM, iterations, converged, bounds } =
    found;
  return {
    matrix: toRows(matrix),
    scale: similarity.scale,
    rotationDeg,
    translationM,
    rmsM,
    iterations,
    converged,
    bounds,
  };
}

/** Says where the alignment ran into a bound or did not come to rest. */
export function alignmentWarnings(
  { bounds, converged }: Alignment,
  constants: AlignmentConstants,
): string[] {
  const limits = {
    scale: `${constants.alignMinScale} to ${constants.alignMaxScale}`,
    rotation: `${constants.alignMaxRotationDeg}°`,
    translation: `${constants.alignMaxTranslationM} m`,
  };
  const warnings = bounds.map((bound) =>
    `aligned: the ${bound} reached its bound (${limits[bound]})`
  );
  if (!converged) {
    warnings.push(
      `aligned: not yet at rest after ${constants.alignMaxIterations} iterations`,
    );
  }
  return warnings;
}
