/** The parameters that put a body model where a scan's person is. */
import type { BodyGender, BodyKind } from "./model.ts";

/** The pose of one hand: coefficients of the model's learnt poses, or the 15 joints' rotations. */
export type HandPose = { pca: Float64Array } | { axisAngle: Float64Array };

/**
 * One fit of any kind: `scan = scale · (body(…) − origin) + transl`, where `body` is the model's
 * forward pass without translation. Rotations are axis-angle in radians. Other conventions (scale
 * after the translation, rotation matrices, centimetres) are brought to this one where a file is read.
 */
export interface BodyFit {
  kind: BodyKind;
  /** The gender of the model that the fit was made with, where that is known. */
  gender?: BodyGender;
  /** Shape, any length up to the model's. */
  betas: Float64Array;
  /** Facial expression, any length up to the model's. Default: none. */
  expression?: Float64Array;
  /** Root orientation, length 3. */
  globalOrient: Float64Array;
  /**
   * The other joints' rotations. Length 3 (J − 1): all of them, as they are, and no field below may
   * be set. SMPL-H and SMPL-X also take length 63: the 21 body joints, with hands and face below.
   */
  bodyPose: Float64Array;
  /** Hands, where `bodyPose` has length 63. Default: no rotation beside the mean's. */
  leftHand?: HandPose;
  rightHand?: HandPose;
  /**
   * Whether hand poses count from the flat hand. If false they count from the model's mean hand, as
   * in `smplx` by default. Default: false.
   */
  flatHandMean?: boolean;
  /** Jaw and eyes of SMPL-X, length 3 each, where `bodyPose` has length 63. Default: none. */
  jawPose?: Float64Array;
  leftEyePose?: Float64Array;
  rightEyePose?: Float64Array;
  /** Translation in the units that the fit was made in, length 3. */
  transl: Float64Array;
  /** Units of the scan per metre of the body (1 where both are metres). */
  scale: number;
  /**
   * What the translation moves: `model`, the model's own origin; `pelvis`, the root joint of the
   * shaped body (CustomHumans: the pelvis is at the scan's origin). Default: `model`.
   */
  origin?: "model" | "pelvis";
  /**
   * The person's own rest surface in metres, length 3 V, instead of template and betas (CAPE's
   * `<subject>_minimal.npy`).
   */
  restShape?: Float64Array;
}

/** The same fit for a scan whose coordinates were multiplied by `factor`. */
export function scaleFit(fit: BodyFit, factor: number): BodyFit {
  return { ...fit, scale: fit.scale * factor, transl: fit.transl.map((t) => t * factor) };
}
