/** 4 × 4 matrices: row-major, length 16, column vectors (`p' = M p`), float64. */

/** A 4 × 4 matrix, row-major. Rigid, similarity and affine maps all fit. */
export type Matrix4 = Float64Array;

/** A point or direction. */
export type Vec3 = readonly [number, number, number];

/** The identity. */
export function identity(): Matrix4 {
  return Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1);
}

/** `a b`: first b, then a. */
export function multiply(a: Matrix4, b: Matrix4): Matrix4 {
  const out = new Float64Array(16);
  for (let r = 0; r < 4; r++) {
    for (let c = 0; c < 4; c++) {
      let sum = 0;
      for (let k = 0; k < 4; k++) sum += a[4 * r + k] * b[4 * k + c];
      out[4 * r + c] = sum;
    }
  }
  return out;
}

/** Moves by (x, y, z). */
export function translation(x: number, y: number, z: number): Matrix4 {
  const m = identity();
  m[3] = x, m[7] = y, m[11] = z;
  return m;
}

/** Scales all axes by one factor about the origin. */
export function scaling(factor: number): Matrix4 {
  const m = identity();
  m[0] = m[5] = m[10] = factor;
  return m;
}

/** Turns about +x: +y goes towards +z. */
export function rotationX(rad: number): Matrix4 {
  const m = identity(), c = Math.cos(rad), s = Math.sin(rad);
  m[5] = c, m[6] = -s, m[9] = s, m[10] = c;
  return m;
}

/** Turns about +y: +z goes towards +x (the suite's positive yaw). */
export function rotationY(rad: number): Matrix4 {
  const m = identity(), c = Math.cos(rad), s = Math.sin(rad);
  m[0] = c, m[2] = s, m[8] = -s, m[10] = c;
  return m;
}

/** Turns about +z: +x goes towards +y. */
export function rotationZ(rad: number): Matrix4 {
  const m = identity(), c = Math.cos(rad), s = Math.sin(rad);
  m[0] = c, m[1] = -s, m[4] = s, m[5] = c;
  return m;
}

/** Builds a matrix from a 3 × 3 block (row-major) and a translation. */
export function affine(linear: ArrayLike<number>, t: ArrayLike<number>): Matrix4 {
  // deno-fmt-ignore
  return Float64Array.of(
    linear[0], linear[1], linear[2], t[0],
    linear[3], linear[4], linear[5], t[1],
    linear[6], linear[7], linear[8], t[2],
    0, 0, 0, 1,
  );
}

/** Rotation matrix (3 × 3 row-major, length 9) of an axis-angle vector in radians (Rodrigues). */
export function rotationOfAxisAngle(x: number, y: number, z: number): Float64Array {
  const angle = Math.hypot(x, y, z);
  // Taylor terms near zero keep full precision (and the derivative continuous).
  const small = angle < 1e-8;
  const s = small ? 1 - angle * angle / 6 : Math.sin(angle) / angle;
  const c = small ? 0.5 - angle * angle / 24 : (1 - Math.cos(angle)) / (angle * angle);
  const cosA = small ? 1 - angle * angle / 2 : Math.cos(angle);
  // deno-fmt-ignore
  return Float64Array.of(
    cosA + c * x * x, c * x * y - s * z, c * x * z + s * y,
    c * x * y + s * z, cosA + c * y * y, c * y * z - s * x,
    c * x * z - s * y, c * y * z + s * x, cosA + c * z * z,
  );
}

/**
 * Axis-angle vector of a rotation matrix (3 × 3 row-major), radians, angle in [0, π]. Through the
 * unit quaternion of largest component, so it is exact near 0 and near π (Shepperd 1978).
 */
export function axisAngleOfRotation(r: ArrayLike<number>): [number, number, number] {
  const trace = r[0] + r[4] + r[8];
  let w: number, x: number, y: number, z: number;
  if (trace >= r[0] && trace >= r[4] && trace >= r[8]) {
    w = 1 + trace, x = r[7] - r[5], y = r[2] - r[6], z = r[3] - r[1];
  } else if (r[0] >= r[4] && r[0] >= r[8]) {
    w = r[7] - r[5], x = 1 + r[0] - r[4] - r[8], y = r[1] + r[3], z = r[2] + r[6];
  } else if (r[4] >= r[8]) {
    w = r[2] - r[6], x = r[1] + r[3], y = 1 + r[4] - r[0] - r[8], z = r[5] + r[7];
  } else {
    w = r[3] - r[1], x = r[2] + r[6], y = r[5] + r[7], z = 1 + r[8] - r[0] - r[4];
  }
  const sine = Math.hypot(x, y, z);
  if (sine === 0) return [0, 0, 0];
  const angle = 2 * Math.atan2(w < 0 ? -sine : sine, Math.abs(w)), factor = angle / sine;
  return [x * factor, y * factor, z * factor];
}

/**
 * The inverse of an affine map.
 *
 * @throws {RangeError} If the map is singular.
 */
export function invert(m: Matrix4): Matrix4 {
  const [a, b, c, , d, e, f, , g, h, i] = m;
  const A = e * i - f * h, B = f * g - d * i, C = d * h - e * g;
  const det = a * A + b * B + c * C;
  if (!(Math.abs(det) > 1e-300)) {
    throw new RangeError(`Cannot invert a transform: its determinant is ${det}, expected non-zero`);
  }
  // deno-fmt-ignore
  const l = [
    A / det, (c * h - b * i) / det, (b * f - c * e) / det,
    B / det, (a * i - c * g) / det, (c * d - a * f) / det,
    C / det, (b * g - a * h) / det, (a * e - b * d) / det,
  ];
  const [x, y, z] = [m[3], m[7], m[11]];
  return affine(l, [
    -(l[0] * x + l[1] * y + l[2] * z),
    -(l[3] * x + l[4] * y + l[5] * z),
    -(l[6] * x + l[7] * y + l[8] * z),
  ]);
}

/** Determinant of the upper-left 3 × 3 block: s³ of a similarity, negative where it mirrors. */
export function determinant(m: Matrix4): number {
  const [a, b, c, , d, e, f, , g, h, i] = m;
  return a * (e * i - f * h) + b * (f * g - d * i) + c * (d * h - e * g);
}

/** `m p` for one point. */
export function transformPoint(m: Matrix4, [x, y, z]: Vec3): [number, number, number] {
  return [
    m[0] * x + m[1] * y + m[2] * z + m[3],
    m[4] * x + m[5] * y + m[6] * z + m[7],
    m[8] * x + m[9] * y + m[10] * z + m[11],
  ];
}

/** `m p` for many points, xyz interleaved; returns a new array of the input's kind. */
export function transformPoints<A extends Float32Array | Float64Array>(m: Matrix4, points: A): A {
  const out = points.slice() as A;
  for (let i = 0; i < out.length; i += 3) {
    const x = points[i], y = points[i + 1], z = points[i + 2];
    out[i] = m[0] * x + m[1] * y + m[2] * z + m[3];
    out[i + 1] = m[4] * x + m[5] * y + m[6] * z + m[7];
    out[i + 2] = m[8] * x + m[9] * y + m[10] * z + m[11];
  }
  return out;
}

/** The linear part of a similarity without its scale: how directions turn (3 × 3, length 9). */
export function rotationPart(m: Matrix4): Float64Array {
  const s = Math.cbrt(Math.abs(determinant(m))) || 1;
  return Float64Array.of(m[0], m[1], m[2], m[4], m[5], m[6], m[8], m[9], m[10]).map((v) => v / s);
}

/** As artifacts hold a matrix: four rows of four numbers. */
export function toRows(m: Matrix4): number[][] {
  return [0, 4, 8, 12].map((i) => Array.from(m.subarray(i, i + 4), (v) => v === 0 ? 0 : v));
}

/** Reads a matrix from four rows of four, or from a flat list of 16. */
export function fromRows(rows: readonly (number | readonly number[])[]): Matrix4 {
  const flat = rows.flat();
  if (flat.length !== 16) {
    throw new TypeError(`Cannot read a matrix: found ${flat.length} numbers, expected 16`);
  }
  return Float64Array.from(flat);
}
