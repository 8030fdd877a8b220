/** The parameters that put a body model where a scan's person is. */
import type { BodyKind } from "./model.ts";

/**
 * One fit: `scan = scale · body(betas, pose) + transl`, where `body` is the model's forward pass
 * without translation. Rotations are axis-angle in radians.
 */
export interface BodyFit {
  kind: BodyKind;
  gender?: "female" | "male" | "neutral";
  /** Shape, any length up to the model's. */
  betas: Float64Array;
  /** Root orientation, length 3. */
  globalOrient: Float64Array;
  /** The other joints' rotations, length 3 (J − 1). */
  bodyPose: Float64Array;
  /** Translation in the units that the fit was made in, length 3. */
  transl: Float64Array;
  /** Units of the scan per metre of the body (1 where both are metres). */
  scale: number;
}

/** The same fit for a scan whose coordinates were multiplied by `factor`. */
export function scaleFit(fit: BodyFit, factor: number): BodyFit {
  return { ...fit, scale: fit.scale * factor, transl: fit.transl.map((t) => t * factor) };
}
