/** Turning a scan upright and to the front by its fit. */
import type { BodyFit } from "../body/fit.ts";
import {
  affine,
  identity,
  type Matrix4,
  rotationOfAxisAngle,
  rotationY,
} from "../core/geometry/transform.ts";

/**
 * The rotation that undoes a fit's root orientation: the body then stands upright (its own +y up)
 * and faces +z. Leaning and bowing are part of `body_pose`'s spine joints and stay.
 */
export function uprightFromFit(fit: BodyFit): Matrix4 {
  const [x, y, z] = fit.globalOrient;
  if (x === 0 && y === 0 && z === 0) return identity();
  return affine(rotationOfAxisAngle(-x, -y, -z), [0, 0, 0]);
}

/**
 * The turn about +y that brings a fit's front to +z, for scans that stand upright: their root may
 * lean, and that stays. A root whose front points straight up or down has no heading: the identity.
 */
export function headingFromFit(fit: BodyFit): Matrix4 {
  const [x, y, z] = fit.globalOrient;
  const r = rotationOfAxisAngle(x, y, z);
  if (Math.hypot(r[2], r[8]) < 1e-6) return identity();
  return rotationY(-Math.atan2(r[2], r[8]));
}
