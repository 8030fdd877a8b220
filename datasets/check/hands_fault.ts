/** Hands that count from the flat hand where they count from the mean hand, or the other way round. */
import type { BodyFit } from "../../body/fit.ts";
import { poseBody } from "../../body/forward.ts";
import { HAND_JOINT_COUNT, HAND_START } from "../../body/joints.ts";
import type { BodyModel } from "../../body/model.ts";
import { fullPose } from "../../body/pose.ts";
import { type BodyState, copyState, fitOfState } from "../../body/solve/state.ts";
import { closestPoints } from "../../core/geometry/closest.ts";
import type { Fault } from "./fault.ts";
import type { CheckScene } from "./similarity.ts";

/** Vertices farther apart than this are where two bodies differ, metres. */
const DIFFER_M = 2e-3;

/** With fewer of those the hands say nothing. */
const MIN_VERTICES = 30;

/** How much farther the hands must be as they were read, in ratio and metres. */
const RATIO = 1.3, MARGIN_M = 1e-3;

/**
 * Compares the hands as the fit has them with those by the other convention, where the bodies
 * differ; undefined where the model has no mean hand or the fit keeps all rotations in one list.
 *
 * @param best The state the body lies best in.
 */
export function handsFault(
  { model, target }: CheckScene,
  fit: BodyFit,
  best: BodyState,
): Fault | undefined {
  const start = HAND_START[model.kind];
  if (model.hands === undefined || start === undefined) return undefined;
  if (fit.bodyPose.length === 3 * (model.parents.length - 1)) return undefined;
  const flat = fit.flatHandMean === true;
  const other = fullPose(model, { ...fit, flatHandMean: !flat });
  const turned = copyState(best);
  for (const first of [start.left, start.right]) {
    for (let i = 3 * first; i < 3 * (first + HAND_JOINT_COUNT); i++) turned.pose[i] = other[i];
  }
  const medians = apart(model, best, turned).map((points) =>
    points.length < 3 * MIN_VERTICES
      ? undefined
      : median(closestPoints(target.tree, points).distance)
  );
  const [here, there] = medians;
  if (here === undefined || there === undefined) return undefined;
  if (here < RATIO * there || here - there < MARGIN_M) return undefined;
  const mm = (metres: number) => `${(1000 * metres).toFixed(1)} mm`;
  return {
    code: "hands-convention",
    severity: "bad",
    ratio: here / there,
    text: `hands: flat_hand_mean is ${flat ? "False" : "True"} in this fit, it was read as ` +
      `${flat ? "True" : "False"} (fingers ${mm(here)} off, otherwise ${mm(there)})`,
    hint: `say flat_hand_mean is ${flat ? "False" : "True"} where the fit is read`,
  };
}

/** The vertices of two states where their bodies differ. */
function apart(model: BodyModel, a: BodyState, b: BodyState): [Float64Array, Float64Array] {
  const p = poseBody(model, fitOfState(model, a)).vertices;
  const q = poseBody(model, fitOfState(model, b)).vertices;
  const differing: number[] = [];
  for (let i = 0; i < p.length; i += 3) {
    const off = Math.hypot(p[i] - q[i], p[i + 1] - q[i + 1], p[i + 2] - q[i + 2]);
    if (off > DIFFER_M) differing.push(i);
  }
  const pick = (points: Float64Array) =>
    Float64Array.from(differing.flatMap((i) => [points[i], points[i + 1], points[i + 2]]));
  return [pick(p), pick(q)];
}

function median(values: Float64Array): number {
  return values.slice().sort()[values.length >> 1];
}
