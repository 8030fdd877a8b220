/**
 * On which side a point lies, without rounding: float64 with an error bound (Shewchuk 1997), and
 * whole numbers of any length where the bound does not decide. For float32 coordinates, which are
 * whole multiples of 2⁻¹⁴⁹.
 */

/** Half a unit in the last place of 1 in float64. */
const EPSILON = 2 ** -53;
/** Bounds of Shewchuk's first filters, as shares of the sums of absolute products. */
const BOUND_2D = (3 + 16 * EPSILON) * EPSILON;
const BOUND_3D = (7 + 56 * EPSILON) * EPSILON;

/** Makes every float32 a whole number. */
const WHOLE = 2 ** 149;

/**
 * Tells on which side of the plane through a, b and c the point d lies: −1 on that from which they
 * run counter-clockwise, 1 on the other, 0 in the plane.
 *
 * @param p xyz interleaved; the other arguments are offsets of x in it.
 */
export function orient3d(p: Float32Array, a: number, b: number, c: number, d: number): number {
  const x = p[d], y = p[d + 1], z = p[d + 2];
  const ax = p[a] - x, ay = p[a + 1] - y, az = p[a + 2] - z;
  const bx = p[b] - x, by = p[b + 1] - y, bz = p[b + 2] - z;
  const cx = p[c] - x, cy = p[c + 1] - y, cz = p[c + 2] - z;
  const bxcy = bx * cy, cxby = cx * by, cxay = cx * ay;
  const axcy = ax * cy, axby = ax * by, bxay = bx * ay;
  const determinant = az * (bxcy - cxby) + bz * (cxay - axcy) + cz * (axby - bxay);
  const sum = (Math.abs(bxcy) + Math.abs(cxby)) * Math.abs(az) +
    (Math.abs(cxay) + Math.abs(axcy)) * Math.abs(bz) +
    (Math.abs(axby) + Math.abs(bxay)) * Math.abs(cz);
  if (sum === 0) return 0; // products of differences of float32 do not underflow
  const bound = BOUND_3D * sum;
  if (determinant > bound) return 1;
  if (determinant < -bound) return -1;
  return exact3d(p, a, b, c, d);
}

/**
 * Tells on which side of the line from a to b the point c lies, seen in two of the three axes: 1 to
 * its left, −1 to its right, 0 on it.
 *
 * @param p xyz interleaved; a, b and c are offsets of x in it.
 * @param axes The two axes, 0 … 2.
 */
export function orient2d(
  p: Float32Array,
  [a, b, c]: readonly [number, number, number],
  [u, v]: readonly [number, number],
): number {
  const left = (p[a + u] - p[c + u]) * (p[b + v] - p[c + v]);
  const right = (p[a + v] - p[c + v]) * (p[b + u] - p[c + u]);
  const determinant = left - right, bound = BOUND_2D * (Math.abs(left) + Math.abs(right));
  if (bound === 0) return 0;
  if (determinant > bound) return 1;
  if (determinant < -bound) return -1;
  const [ca, cv] = [whole(p[c + u]), whole(p[c + v])];
  return signOf(
    (whole(p[a + u]) - ca) * (whole(p[b + v]) - cv) -
      (whole(p[a + v]) - cv) * (whole(p[b + u]) - ca),
  );
}

function exact3d(p: Float32Array, a: number, b: number, c: number, d: number): number {
  const x = whole(p[d]), y = whole(p[d + 1]), z = whole(p[d + 2]);
  const ax = whole(p[a]) - x, ay = whole(p[a + 1]) - y, az = whole(p[a + 2]) - z;
  const bx = whole(p[b]) - x, by = whole(p[b + 1]) - y, bz = whole(p[b + 2]) - z;
  const cx = whole(p[c]) - x, cy = whole(p[c + 1]) - y, cz = whole(p[c + 2]) - z;
  return signOf(az * (bx * cy - cx * by) + bz * (cx * ay - ax * cy) + cz * (ax * by - bx * ay));
}

function whole(value: number): bigint {
  return BigInt(value * WHOLE);
}

function signOf(value: bigint): number {
  return value > 0n ? 1 : value < 0n ? -1 : 0;
}
