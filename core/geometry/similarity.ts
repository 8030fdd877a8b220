/** The similarity between two lists of points that belong together. */
import { eigenSymmetric } from "./eigen.ts";
import { affine, type Matrix4 } from "./transform.ts";

/** A similarity taken apart: `p' = scale · rotation · p + shift`. Never mirrors. */
export interface Similarity {
  /** > 0. */
  scale: number;
  /** Unit quaternion w, x, y, z with w ≥ 0. */
  rotation: readonly [number, number, number, number];
  shift: readonly [number, number, number];
}

/** The similarity that changes nothing. */
export const NO_CHANGE: Similarity = Object.freeze({
  scale: 1,
  rotation: [1, 0, 0, 0] as const,
  shift: [0, 0, 0] as const,
});

/** What {@linkcode fitSimilarity} may use. */
export interface SimilarityOptions {
  /** `similarity` finds a scale, `rigid` keeps 1. Default: `similarity`. */
  kind?: "similarity" | "rigid";
}

/**
 * Finds the similarity that takes the points `from` nearest to `to` in the least-squares sense:
 * Umeyama (1991) with the determinant kept positive. The rotation is the leading eigenvector of
 * Horn's (1987) quaternion matrix, which is that rotation without the detour over reflections.
 *
 * @param from xyz interleaved, length 3n; `to` likewise, point by point.
 * @throws {RangeError} If the lists are empty or differ in length.
 */
export function fitSimilarity(
  from: Float64Array,
  to: Float64Array,
  options: SimilarityOptions = {},
): Similarity {
  const { kind = "similarity" } = options, count = from.length / 3;
  if (count < 1 || from.length !== to.length || !Number.isInteger(count)) {
    throw new RangeError(
      `Cannot fit a similarity: found ${from.length} and ${to.length} coordinates, ` +
        `expected the same number, three a point`,
    );
  }
  const a = meanOf(from), b = meanOf(to);
  // Σ (p − a)(q − b)ᵀ and Σ |p − a|².
  let xx = 0, xy = 0, xz = 0, yx = 0, yy = 0, yz = 0, zx = 0, zy = 0, zz = 0, spread = 0;
  for (let i = 0; i < from.length; i += 3) {
    const px = from[i] - a[0], py = from[i + 1] - a[1], pz = from[i + 2] - a[2];
    const qx = to[i] - b[0], qy = to[i + 1] - b[1], qz = to[i + 2] - b[2];
    xx += px * qx, xy += px * qy, xz += px * qz;
    yx += py * qx, yy += py * qy, yz += py * qz;
    zx += pz * qx, zy += pz * qy, zz += pz * qz;
    spread += px * px + py * py + pz * pz;
  }
  // deno-fmt-ignore
  const { values, vectors } = eigenSymmetric([
    xx + yy + zz, yz - zy,      zx - xz,       xy - yx,
    yz - zy,      xx - yy - zz, xy + yx,       zx + xz,
    zx - xz,      xy + yx,      -xx + yy - zz, yz + zy,
    xy - yx,      zx + xz,      yz + zy,       -xx - yy + zz,
  ], 4);
  const sign = vectors[0] < 0 ? -1 : 1;
  const rotation = [0, 1, 2, 3].map((k) => sign * vectors[k]) as unknown as Similarity["rotation"];
  // The leading eigenvalue is Σ (q − b)ᵀ R (p − a).
  const scale = kind === "rigid" || !(spread > 0) ? 1 : values[0] / spread;
  const turned = applySimilarity({ scale, rotation, shift: [0, 0, 0] }, a);
  return { scale, rotation, shift: [b[0] - turned[0], b[1] - turned[1], b[2] - turned[2]] };
}

/** The angle that a rotation turns by, radians, 0 … π. */
export function rotationAngle([w, x, y, z]: Similarity["rotation"]): number {
  return 2 * Math.atan2(Math.hypot(x, y, z), Math.abs(w));
}

/** The rotation about the same axis, by `maxRad` where it is more. */
export function limitRotation(
  rotation: Similarity["rotation"],
  maxRad: number,
): Similarity["rotation"] {
  const [w, x, y, z] = rotation, angle = rotationAngle(rotation);
  if (angle <= maxRad) return rotation;
  const sine = Math.sin(maxRad / 2) / Math.hypot(x, y, z) * (w < 0 ? -1 : 1);
  return [Math.cos(maxRad / 2), sine * x, sine * y, sine * z];
}

/** The rotation by a vector: its direction is the axis, its length the angle in radians. */
export function rotationOfVector(x: number, y: number, z: number): Similarity["rotation"] {
  const angle = Math.hypot(x, y, z), factor = angle > 0 ? Math.sin(angle / 2) / angle : 0.5;
  return [Math.cos(angle / 2), factor * x, factor * y, factor * z];
}

/** `a b`: first b, then a; a unit quaternion again. */
export function multiplyRotations(
  [aw, ax, ay, az]: Similarity["rotation"],
  [bw, bx, by, bz]: Similarity["rotation"],
): Similarity["rotation"] {
  const w = aw * bw - ax * bx - ay * by - az * bz, x = aw * bx + ax * bw + ay * bz - az * by;
  const y = aw * by - ax * bz + ay * bw + az * bx, z = aw * bz + ax * by - ay * bx + az * bw;
  const length = Math.hypot(w, x, y, z);
  return [w / length, x / length, y / length, z / length];
}

/** Rotation matrix of a unit quaternion, 3 × 3 row-major, length 9. */
export function rotationMatrix([w, x, y, z]: Similarity["rotation"]): Float64Array {
  // deno-fmt-ignore
  return Float64Array.of(
    1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y),
    2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x),
    2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y),
  );
}

/** The similarity as a 4 × 4 matrix. */
export function similarityMatrix({ scale, rotation, shift }: Similarity): Matrix4 {
  return affine(rotationMatrix(rotation).map((value) => scale * value), shift);
}

/** The similarity that undoes another. */
export function invertSimilarity({ scale, rotation, shift }: Similarity): Similarity {
  const [w, x, y, z] = rotation;
  const back = { scale: 1 / scale, rotation: [w, -x, -y, -z] as const, shift: [0, 0, 0] as const };
  const moved = applySimilarity(back, shift);
  return { ...back, shift: [-moved[0], -moved[1], -moved[2]] };
}

/** Moves one point. */
export function applySimilarity(
  similarity: Similarity,
  p: ArrayLike<number>,
): [number, number, number] {
  const { scale: s, shift: t } = similarity;
  const [a, b, c, d, e, f, g, h, i] = rotationMatrix(similarity.rotation);
  return [
    s * (a * p[0] + b * p[1] + c * p[2]) + t[0],
    s * (d * p[0] + e * p[1] + f * p[2]) + t[1],
    s * (g * p[0] + h * p[1] + i * p[2]) + t[2],
  ];
}

function meanOf(points: Float64Array): [number, number, number] {
  let x = 0, y = 0, z = 0;
  for (let i = 0; i < points.length; i += 3) x += points[i], y += points[i + 1], z += points[i + 2];
  const n = points.length / 3;
  return [x / n, y / n, z / n];
}
