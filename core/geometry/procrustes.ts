/** The orthogonal map with scale between two lists of points that belong together. */
import { eigenSymmetric } from "./eigen.ts";
import { affine, type Matrix4 } from "./transform.ts";

/** What {@linkcode procrustes} found. */
export interface Procrustes {
  /** `p' = scale · q · p + shift`. */
  matrix: Matrix4;
  scale: number;
  /** Whether q mirrors (determinant −1). */
  mirrored: boolean;
  /** Mean squared distance once `from` is moved. */
  cost: number;
}

/**
 * Finds the map of one list of points onto another as trimesh's `registration.procrustes` does with
 * its defaults: both are centred and divided by their root mean square sizes, the orthogonal map is
 * the polar factor of their covariance (Schönemann 1966), **reflections allowed**, and the scale is
 * the ratio of the sizes (not the least-squares one of Umeyama).
 *
 * @param from xyz interleaved, length 3n; `to` likewise, point by point.
 * @throws {RangeError} If the lists are empty, differ in length, or `from` has no extent.
 */
export function procrustes(from: Float64Array, to: Float64Array): Procrustes {
  const count = from.length / 3;
  if (count < 1 || from.length !== to.length) {
    throw new RangeError(
      `Cannot map points: found ${from.length} and ${to.length} coordinates, expected as many`,
    );
  }
  const a = meanOf(from), b = meanOf(to);
  const covariance = new Float64Array(9); // Σ (q − b)(p − a)ᵀ
  let fromSize = 0, toSize = 0;
  for (let i = 0; i < from.length; i += 3) {
    for (let r = 0; r < 3; r++) {
      const q = to[i + r] - b[r], p = from[i + r] - a[r];
      toSize += q * q;
      fromSize += p * p;
      for (let c = 0; c < 3; c++) covariance[3 * r + c] += q * (from[i + c] - a[c]);
    }
  }
  if (!(fromSize > 0)) throw new RangeError("Cannot map points: all of them are at one place");
  const rotation = polarFactor(covariance);
  const scale = Math.sqrt(toSize / fromSize);
  const linear = rotation.map((value) => scale * value);
  const shift = [0, 1, 2].map((r) =>
    b[r] - linear[3 * r] * a[0] - linear[3 * r + 1] * a[1] - linear[3 * r + 2] * a[2]
  );
  let cost = 0;
  for (let i = 0; i < from.length; i += 3) {
    for (let r = 0; r < 3; r++) {
      const moved = linear[3 * r] * from[i] + linear[3 * r + 1] * from[i + 1] +
        linear[3 * r + 2] * from[i + 2] + shift[r];
      cost += (to[i + r] - moved) ** 2;
    }
  }
  return {
    matrix: affine(linear, shift),
    scale,
    mirrored: determinant3(rotation) < 0,
    cost: cost / count,
  };
}

/** The orthogonal matrix nearest to m (3 × 3, row-major): u vᵀ of its singular vectors. */
function polarFactor(m: Float64Array): Float64Array {
  const squared = new Float64Array(9); // mᵀ m
  for (let r = 0; r < 3; r++) {
    for (let c = 0; c < 3; c++) {
      squared[3 * r + c] = m[r] * m[c] + m[3 + r] * m[3 + c] + m[6 + r] * m[6 + c];
    }
  }
  const { vectors } = eigenSymmetric(squared, 3); // rows, largest value first
  const v = [0, 1, 2].map((i) => [...vectors.subarray(3 * i, 3 * i + 3)]);
  const u = v.map((axis) => [0, 1, 2].map((r) => dot(m.subarray(3 * r, 3 * r + 3), axis)));
  const largest = Math.hypot(...u[0]);
  u[0] = unit(u[0], [1, 0, 0]);
  u[1] = Math.hypot(...u[1]) > 1e-12 * largest
    ? unit(minus(u[1], u[0]), across(u[0]))
    : across(u[0]);
  const third = cross(u[0], u[1]);
  // Flat point sets leave its side open: then nothing is mirrored.
  const side = dot(u[2], third);
  const flat = !(Math.abs(side) > 1e-12 * largest);
  const handed = dot(cross(v[0], v[1]), v[2]) < 0 ? -1 : 1;
  const sign = flat ? handed : side < 0 ? -1 : 1;
  u[2] = third.map((value) => sign * value);
  const out = new Float64Array(9);
  for (let r = 0; r < 3; r++) {
    for (let c = 0; c < 3; c++) {
      out[3 * r + c] = u[0][r] * v[0][c] + u[1][r] * v[1][c] + u[2][r] * v[2][c];
    }
  }
  return out;
}

function minus(a: readonly number[], along: readonly number[]): number[] {
  const share = dot(a, along);
  return a.map((value, k) => value - share * along[k]);
}

function unit(a: readonly number[], otherwise: readonly number[]): number[] {
  const length = Math.hypot(...a);
  return length > 0 ? a.map((value) => value / length) : [...otherwise];
}

/** Some unit vector at right angles. */
function across(a: readonly number[]): number[] {
  const axis = Math.abs(a[0]) < 0.6 ? [1, 0, 0] : [0, 1, 0];
  return unit(minus(axis, a), axis);
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function cross(a: readonly number[], b: readonly number[]): number[] {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function determinant3([a, b, c, d, e, f, g, h, i]: Float64Array): number {
  return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
}

function meanOf(points: Float64Array): [number, number, number] {
  let x = 0, y = 0, z = 0;
  for (let i = 0; i < points.length; i += 3) x += points[i], y += points[i + 1], z += points[i + 2];
  const n = points.length / 3;
  return [x / n, y / n, z / n];
}
