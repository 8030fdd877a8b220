/** Fits in JSON: every field of every kind, as the suite writes and reads them. */
import { z } from "zod";
import type { Json } from "../core/work/json.ts";
import { open, parseWith } from "../core/work/schema.ts";
import type { BodyFit, HandPose } from "./fit.ts";

const numbers = (length?: number) =>
  length === undefined ? z.array(z.number()) : z.array(z.number()).length(length);

const hand = z.union([open({ pca: numbers() }), open({ axis_angle: numbers(45) })]);

/**
 * A fit in JSON. Names are smplx's where it has one; lengths are free where the kind decides.
 * `scan = scale · (body − origin) + transl`, radians, units of the scan.
 */
export const fitJson = open({
  kind: z.enum(["smpl", "smplh", "smplx"]),
  gender: z.enum(["female", "male", "neutral", "unknown"]).optional(),
  betas: numbers(),
  expression: numbers().optional(),
  global_orient: numbers(3),
  body_pose: numbers(),
  left_hand_pose: hand.optional(),
  right_hand_pose: hand.optional(),
  flat_hand_mean: z.boolean().optional(),
  jaw_pose: numbers(3).optional(),
  leye_pose: numbers(3).optional(),
  reye_pose: numbers(3).optional(),
  transl: numbers(3),
  scale: z.number().positive(),
  origin: z.enum(["model", "pelvis"]).optional(),
  rest_shape: numbers().optional(),
});

/** A fit as parsed JSON. */
export type FitJson = z.infer<typeof fitJson>;

/** Makes the JSON of a fit; fields that a fit does not have are left out. */
export function jsonOfFit(fit: BodyFit): FitJson & { readonly [key: string]: Json } {
  const list = (values: Float64Array | undefined) => values && Array.from(values);
  const handOf = (pose: HandPose | undefined) =>
    pose && ("pca" in pose ? { pca: list(pose.pca)! } : { axis_angle: list(pose.axisAngle)! });
  const all = {
    kind: fit.kind,
    gender: fit.gender,
    betas: list(fit.betas),
    expression: list(fit.expression),
    global_orient: list(fit.globalOrient),
    body_pose: list(fit.bodyPose),
    left_hand_pose: handOf(fit.leftHand),
    right_hand_pose: handOf(fit.rightHand),
    flat_hand_mean: fit.flatHandMean,
    jaw_pose: list(fit.jawPose),
    leye_pose: list(fit.leftEyePose),
    reye_pose: list(fit.rightEyePose),
    transl: list(fit.transl),
    scale: fit.scale,
    origin: fit.origin,
    rest_shape: list(fit.restShape),
  };
  const there = Object.entries(all).filter(([, value]) => value !== undefined);
  return Object.fromEntries(there) as FitJson & { readonly [key: string]: Json };
}

/**
 * Makes a fit of its JSON.
 *
 * @throws {InputError} If a field is missing or not what it must be; names it.
 */
export function fitOfJson(value: unknown, file?: string): BodyFit {
  const json = parseWith(fitJson, value, { what: "the fit", file });
  const list = (values: number[]) => Float64Array.from(values);
  const handOf = (pose: NonNullable<FitJson["left_hand_pose"]>): HandPose =>
    "pca" in pose ? { pca: list(pose.pca) } : { axisAngle: list(pose.axis_angle) };
  return {
    kind: json.kind,
    ...(json.gender && { gender: json.gender }),
    betas: list(json.betas),
    ...(json.expression && { expression: list(json.expression) }),
    globalOrient: list(json.global_orient),
    bodyPose: list(json.body_pose),
    ...(json.left_hand_pose && { leftHand: handOf(json.left_hand_pose) }),
    ...(json.right_hand_pose && { rightHand: handOf(json.right_hand_pose) }),
    ...(json.flat_hand_mean !== undefined && { flatHandMean: json.flat_hand_mean }),
    ...(json.jaw_pose && { jawPose: list(json.jaw_pose) }),
    ...(json.leye_pose && { leftEyePose: list(json.leye_pose) }),
    ...(json.reye_pose && { rightEyePose: list(json.reye_pose) }),
    transl: list(json.transl),
    scale: json.scale,
    ...(json.origin && { origin: json.origin }),
    ...(json.rest_shape && { restShape: list(json.rest_shape) }),
  };
}
