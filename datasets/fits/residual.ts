/** Residuals of fit candidates from distances between posed bodies and a scan. */
import { poseBody } from "../../body/forward.ts";
import type { BodyGender, BodyModel } from "../../body/model.ts";
import { misfit } from "../../body/pose.ts";
import type { ResidualOf } from "./choose.ts";
import type { FitCandidate } from "./types.ts";

/** Bodies nearer than this in every vertex count as the same, metres. */
const SAME_M = 1e-4;
/** Vertices farther apart than this are where two bodies differ, metres. */
const DIFFER_M = 2e-3;

/** What residuals are made from. */
export interface ResidualSource {
  /** The body models at hand by gender; `unknown` stands for any that is missing. */
  models: Partial<Record<BodyGender, BodyModel>>;
  /** Distances of points (xyz interleaved, in the fit's units) to the scan's surface. */
  distancesTo(points: Float64Array): Float64Array;
  /** Metres per unit of the fit and the scan. Default: 1. */
  metresPerUnit?: number;
}

/** Candidates that can be tried with the models at hand, and how far each lies from the scan. */
export interface BodyResiduals {
  /** The candidates that go with one of the models. */
  usable: FitCandidate[];
  /** The others, each with the reason. */
  unusable: { candidate: FitCandidate; reason: string }[];
  residualOf: ResidualOf;
}

/**
 * Poses every candidate and measures its vertices against the scan. The residual of a pair is the
 * median distance over the vertices where the two bodies are more than 2 mm apart (over all where
 * fewer than 30 are); pairs that are nowhere more than 0.1 mm apart are the same body.
 */
export function bodyResiduals(
  candidates: readonly FitCandidate[],
  { models, distancesTo, metresPerUnit = 1 }: ResidualSource,
): BodyResiduals {
  const usable: FitCandidate[] = [], unusable: BodyResiduals["unusable"] = [];
  const bodies = new Map<FitCandidate, { vertices: Float64Array; distancesM: Float64Array }>();
  for (const candidate of candidates) {
    const model = models[candidate.convention.gender] ?? models.unknown;
    const reason = model === undefined
      ? `no ${candidate.convention.gender} model is at hand`
      : misfit(model, candidate.fit);
    if (model === undefined || reason !== undefined) {
      unusable.push({ candidate, reason: reason! });
      continue;
    }
    const { vertices } = poseBody(model, candidate.fit);
    const distancesM = distancesTo(vertices).map((d) => d * metresPerUnit);
    bodies.set(candidate, { vertices, distancesM });
    usable.push(candidate);
  }
  return {
    usable,
    unusable,
    residualOf(candidate, rival) {
      const a = bodies.get(candidate), b = bodies.get(rival);
      if (a === undefined || b === undefined) {
        throw new RangeError("Cannot compare fit candidates: one of them was not posed");
      }
      const differing: number[] = [];
      let most = 0;
      if (a.vertices.length === b.vertices.length) {
        for (let v = 0; 3 * v < a.vertices.length; v++) {
          const apart = metresPerUnit * Math.hypot(
            a.vertices[3 * v] - b.vertices[3 * v],
            a.vertices[3 * v + 1] - b.vertices[3 * v + 1],
            a.vertices[3 * v + 2] - b.vertices[3 * v + 2],
          );
          most = Math.max(most, apart);
          if (apart > DIFFER_M) differing.push(a.distancesM[v]);
        }
        if (most <= SAME_M) return undefined;
      }
      return median(differing.length >= 30 ? Float64Array.from(differing) : a.distancesM);
    },
  };
}

function median(values: Float64Array): number {
  const sorted = values.slice().sort();
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}
