/** One rotation a joint from the several fields of a fit. */
import { HAND_JOINT_COUNT, HAND_START, SHARED_JOINTS } from "./joints.ts";
import type { BodyFit, HandPose } from "./fit.ts";
import { type BodyModel, type HandSpace, jointCount } from "./model.ts";

const HAND_VALUES = 3 * HAND_JOINT_COUNT;
const BODY_VALUES = 3 * (SHARED_JOINTS - 1);

/**
 * Says why a fit cannot be used with a model, or undefined where it can: kinds, numbers of joints,
 * betas, expressions and hand components must go together.
 */
export function misfit(model: BodyModel, fit: BodyFit): string | undefined {
  const joints = jointCount(model), { bodyPose, betas, expression, restShape } = fit;
  if (fit.kind !== model.kind) return `the fit is of kind ${fit.kind}, expected ${model.kind}`;
  const split = model.kind !== "smpl" && bodyPose.length === BODY_VALUES;
  if (bodyPose.length !== 3 * (joints - 1) && !split) {
    return `the fit rotates ${bodyPose.length / 3} joints besides the root, expected ${
      joints - 1
    }` +
      (model.kind === "smpl" ? "" : ` or ${SHARED_JOINTS - 1}`);
  }
  if (fit.globalOrient.length !== 3 || fit.transl.length !== 3) {
    return "the fit's root orientation and translation are not of length 3";
  }
  if (betas.length > model.betaCount) {
    return `the fit has ${betas.length} betas, expected at most ${model.betaCount}`;
  }
  const expressions = model.expressionCount ?? 0;
  if (expression !== undefined && expression.length > expressions) {
    return `the fit has ${expression.length} expressions, expected at most ${expressions}`;
  }
  if (restShape !== undefined && restShape.length !== model.template.length) {
    return `the fit's rest shape has ${restShape.length / 3} vertices, ` +
      `expected ${model.template.length / 3}`;
  }
  const face = [fit.jawPose, fit.leftEyePose, fit.rightEyePose];
  const hands = [fit.leftHand, fit.rightHand];
  if (!split && [...face, ...hands].some((field) => field !== undefined)) {
    return "the fit has hands or a face beside the rotations of all joints, expected one of them";
  }
  if (face.some((field) => field !== undefined && (field.length !== 3 || model.kind !== "smplx"))) {
    return "the fit has a jaw or eyes that are not SMPL-X's";
  }
  for (const hand of hands) {
    const fault = handMisfit(hand, model);
    if (fault !== undefined) return fault;
  }
  if (split && fit.flatHandMean !== true && model.hands === undefined) {
    return "the fit's hands count from the mean hand and the model has none, " +
      "expected hands_meanl and hands_meanr in its file";
  }
  return undefined;
}

function handMisfit(hand: HandPose | undefined, model: BodyModel): string | undefined {
  if (hand === undefined) return undefined;
  if ("pca" in hand) {
    if (model.hands === undefined) {
      return "the fit's hands are PCA coefficients and the model has no components";
    }
    return hand.pca.length <= HAND_VALUES
      ? undefined
      : `the fit has ${hand.pca.length} hand coefficients, expected at most ${HAND_VALUES}`;
  }
  return hand.axisAngle.length === HAND_VALUES
    ? undefined
    : `a hand's rotations have length ${hand.axisAngle.length}, expected ${HAND_VALUES}`;
}

/**
 * The axis-angle rotations of all joints of a fit, root first, length 3 J: hands unfolded from
 * their components, with the mean hand added where the fit's convention says so.
 *
 * @throws {RangeError} If the fit does not go with the model.
 */
export function fullPose(model: BodyModel, fit: BodyFit): Float64Array {
  const fault = misfit(model, fit);
  if (fault !== undefined) throw new RangeError(`Cannot pose "${model.name}": ${fault}`);
  const pose = new Float64Array(3 * jointCount(model));
  pose.set(fit.globalOrient);
  pose.set(fit.bodyPose, 3);
  const start = HAND_START[model.kind];
  if (start === undefined || fit.bodyPose.length !== BODY_VALUES) return pose;
  if (model.kind === "smplx") {
    const face = [fit.jawPose, fit.leftEyePose, fit.rightEyePose];
    face.forEach((rotation, k) => rotation && pose.set(rotation, 3 * (SHARED_JOINTS + k)));
  }
  const flat = fit.flatHandMean === true;
  pose.set(handRotations(fit.leftHand, model.hands?.left, flat), 3 * start.left);
  pose.set(handRotations(fit.rightHand, model.hands?.right, flat), 3 * start.right);
  return pose;
}

/** A hand's 15 rotations: (mean +) coefficients · components, or (mean +) rotations. */
function handRotations(
  hand: HandPose | undefined,
  space: HandSpace | undefined,
  flat: boolean,
): Float64Array {
  const out = flat ? new Float64Array(HAND_VALUES) : space!.mean.slice();
  if (hand === undefined) return out;
  if ("axisAngle" in hand) {
    for (let i = 0; i < HAND_VALUES; i++) out[i] += hand.axisAngle[i];
    return out;
  }
  hand.pca.forEach((coefficient, k) => {
    const row = HAND_VALUES * k;
    for (let i = 0; i < HAND_VALUES; i++) out[i] += coefficient * space!.components[row + i];
  });
  return out;
}
