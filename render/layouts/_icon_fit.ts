/**
 * The fit's own file as ICON's programs read it: THuman2.0's `smplx_param.pkl` for SMPL-X
 * (V = verts · scale + translation, hands in 12 components from the mean hand), gDNA's pickle with
 * rotation matrices for SMPL. Both in the layout's frame, for scans in metres.
 */
import { encodePickle } from "../../core/files/pickle_write.ts";
import type { NpyArray } from "../../core/files/npy.ts";
import { type Matrix4, rotationOfAxisAngle } from "../../core/geometry/transform.ts";
import type { BodyFit, HandPose } from "../../body/fit.ts";
import type { BodyModel } from "../../body/model.ts";
import { transformFit } from "../../body/place.ts";

/** Components of a hand in THuman2.0's files. */
const HAND_COMPONENTS = 12;

/** Where a fit's file goes and what is in it, or why there is none. */
export type IconFitFile = { path: string; bytes: Uint8Array } | { missing: string };

/** Writes a fit for scans turned by `upright`. */
export function iconFitFile(
  { model, fit }: { model: BodyModel; fit: BodyFit },
  { set, id, upright }: { set: string; id: string; upright: Matrix4 },
): IconFitFile {
  const path = fit.kind === "smplx" ? `${set}/fits/${id}/smplx_param.pkl` : `${set}/smpl/${id}.pkl`;
  const turned = transformFit(model, fit, upright);
  const values = fit.kind === "smplx"
    ? smplxValues(turned)
    : fit.kind === "smpl"
    ? smplValues(turned)
    : "it is a fit of SMPL-H";
  return typeof values === "string"
    ? { missing: `no ${path}: ${values}` }
    : { path, bytes: encodePickle(values) };
}

const f4 = (shape: number[], values: ArrayLike<number>): NpyArray => ({
  shape,
  dtype: "f4",
  data: Float32Array.from(values),
});
const f8 = (shape: number[], values: ArrayLike<number>): NpyArray => ({
  shape,
  dtype: "f8",
  data: Float64Array.from(values),
});

function ten(values: ArrayLike<number> | undefined): NpyArray | undefined {
  const out = new Float64Array(10);
  for (let i = 0; i < (values?.length ?? 0); i++) {
    if (i < 10) out[i] = values![i];
    else if (values![i] !== 0) return undefined;
  }
  return f4([1, 10], out);
}

/** What neither file can say of a body: a text, or nothing. */
function unsaid({ restShape, origin }: BodyFit): string | undefined {
  if (restShape !== undefined) return "the person's shape is a surface of its own, not betas";
  return origin === "pelvis" ? "its translation moves the pelvis" : undefined;
}

function smplxValues(fit: BodyFit): { [key: string]: NpyArray } | string {
  const problem = unsaid(fit), betas = ten(fit.betas), expression = ten(fit.expression);
  if (problem !== undefined) return problem;
  if (betas === undefined || expression === undefined) return "it has more than 10 coefficients";
  if (fit.bodyPose.length !== 63) return "its hands and face are rotations of joints";
  const left = handValues(fit.leftHand), right = handValues(fit.rightHand);
  if (left === undefined || right === undefined || fit.flatHandMean === true) {
    return `its hands are not ${HAND_COMPONENTS} components from the mean hand`;
  }
  const three = (values: Float64Array | undefined) => f4([1, 3], values ?? [0, 0, 0]);
  return {
    betas,
    global_orient: three(fit.globalOrient),
    body_pose: f4([1, 63], fit.bodyPose),
    left_hand_pose: left,
    right_hand_pose: right,
    jaw_pose: three(fit.jawPose),
    leye_pose: three(fit.leftEyePose),
    reye_pose: three(fit.rightEyePose),
    expression,
    scale: f8([], [fit.scale]),
    translation: f8([3], fit.transl),
  };
}

function handValues(hand: HandPose | undefined): NpyArray | undefined {
  if (hand === undefined) return f4([1, HAND_COMPONENTS], new Float64Array(HAND_COMPONENTS));
  if (!("pca" in hand) || hand.pca.length > HAND_COMPONENTS) return undefined;
  const out = new Float64Array(HAND_COMPONENTS);
  out.set(hand.pca);
  return f4([1, HAND_COMPONENTS], out);
}

function smplValues(fit: BodyFit): { [key: string]: NpyArray } | string {
  const problem = unsaid(fit), betas = ten(fit.betas);
  if (problem !== undefined) return problem;
  if (betas === undefined) return "it has more than 10 coefficients";
  const pose = [...fit.globalOrient, ...fit.bodyPose], rotations: number[] = [];
  for (let j = 0; j < pose.length; j += 3) {
    rotations.push(...rotationOfAxisAngle(pose[j], pose[j + 1], pose[j + 2]));
  }
  return {
    betas,
    full_pose: f4([24, 3, 3], rotations),
    transl: f8([3], fit.transl),
    scale: f8([1], [fit.scale]),
  };
}
