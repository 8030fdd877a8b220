/** Turning a scan upright and to the front by its fit. */
import type { BodyFit } from "../body/fit.ts";
import { affine, identity, type Matrix4, rotationOfAxisAngle } from "../core/geometry/transform.ts";

/**
 * The rotation that undoes a fit's root orientation: the body then stands upright (its own +y up)
 * and faces +z. Leaning and bowing are part of `body_pose`'s spine joints and stay.
 */
export function uprightFromFit(fit: BodyFit): Matrix4 {
  const [x, y, z] = fit.globalOrient;
  if (x === 0 && y === 0 && z === 0) return identity();
  return affine(rotationOfAxisAngle(-x, -y, -z), [0, 0, 0]);
}
