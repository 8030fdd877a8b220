/** Colours of sampled surface points under a light. */
import { HARMONIC_SCALES, type SphericalLight } from "../light.ts";

/**
 * Multiplies albedo by irradiance: `irradiance()` of light.ts, written out for many normals.
 *
 * @param albedo Linear RGB, length 3n.
 * @param normals Unit, in the camera's frame, length 3n.
 * @returns Linear RGB, length 3n; may exceed 1 where the light does.
 */
export function shadedSamples(
  albedo: Float32Array,
  normals: Float32Array,
  light: SphericalLight,
): Float32Array {
  const shaded = new Float32Array(albedo.length);
  const c = light.map((value, k) => value * HARMONIC_SCALES[k % 9]);
  for (let i = 0; i < albedo.length; i += 3) {
    const x = normals[i], y = normals[i + 1], z = normals[i + 2];
    const xy = x * y, yz = y * z, zz = 3 * z * z - 1, xz = x * z, xx = x * x - y * y;
    for (let k = 0, at = 0; k < 3; k++, at += 9) {
      const sum = c[at] + c[at + 1] * y + c[at + 2] * z + c[at + 3] * x + c[at + 4] * xy +
        c[at + 5] * yz + c[at + 6] * zz + c[at + 7] * xz + c[at + 8] * xx;
      shaded[i + k] = sum > 0 ? albedo[i + k] * sum : 0;
    }
  }
  return shaded;
}
