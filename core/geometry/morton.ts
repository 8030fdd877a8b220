/**
 * Orders points along a Morton (Z-order) curve: neighbours in the order are mostly neighbours in
 * space, so that work done in this order finds its data in the cache.
 */
import { radixOrder } from "./radix_sort.ts";

/** Bits an axis in one 30-bit key. */
const BITS = 10;

/** A box to lay the curve in: a cube from `min` with sides `size`. */
export interface CurveCube {
  min: readonly [number, number, number];
  size: number;
}

/** The smallest cube from the lowest corner of the points' box that holds them all. */
export function cubeOf(points: Float32Array | Float64Array): CurveCube {
  let x0 = Infinity, y0 = Infinity, z0 = Infinity;
  let x1 = -Infinity, y1 = -Infinity, z1 = -Infinity;
  for (let i = 0; i < points.length; i += 3) {
    const x = points[i], y = points[i + 1], z = points[i + 2];
    if (x < x0) x0 = x;
    if (x > x1) x1 = x;
    if (y < y0) y0 = y;
    if (y > y1) y1 = y;
    if (z < z0) z0 = z;
    if (z > z1) z1 = z;
  }
  return { min: [x0, y0, z0], size: Math.max(x1 - x0, y1 - y0, z1 - z0) };
}

/**
 * Orders points along the curve with 1024 cells an axis, enough for coherent work. Points in one
 * cell keep their order.
 *
 * @param points xyz interleaved, length 3n.
 */
export function coarseMortonOrder(points: Float32Array | Float64Array): Uint32Array {
  return radixOrder(mortonKeys(points, cubeOf(points), 1), { bits: 3 * BITS });
}

/**
 * Orders points along the curve with 2²⁰ cells an axis (2 µm on a person).
 *
 * @returns The order, and which places hold the same cell as the place before.
 */
export function fineMortonOrder(
  points: Float32Array | Float64Array,
): { order: Uint32Array; same: (place: number) => boolean } {
  const cube = cubeOf(points);
  const minor = mortonKeys(points, cube, 0), major = mortonKeys(points, cube, 1);
  const order = radixOrder(major, {
    bits: 3 * BITS,
    previous: radixOrder(minor, { bits: 3 * BITS }),
  });
  const same = (place: number) => {
    const a = order[place], b = order[place - 1];
    return place > 0 && major[a] === major[b] && minor[a] === minor[b];
  };
  return { order, same };
}

/** Interleaved bits of the cells: the high ten an axis (`level` 1) or the ten below (0). */
function mortonKeys(
  points: Float32Array | Float64Array,
  { min: [x0, y0, z0], size }: CurveCube,
  level: 0 | 1,
): Uint32Array {
  const cells = 1 << (2 * BITS), last = cells - 1;
  const scale = size > 0 ? cells / size : 0;
  const shift = BITS * level, mask = (1 << BITS) - 1;
  const keys = new Uint32Array(points.length / 3);
  for (let i = 0, at = 0; i < keys.length; i++, at += 3) {
    const x = Math.min(last, (points[at] - x0) * scale) >>> shift & mask;
    const y = Math.min(last, (points[at + 1] - y0) * scale) >>> shift & mask;
    const z = Math.min(last, (points[at + 2] - z0) * scale) >>> shift & mask;
    keys[i] = spread(x) << 2 | spread(y) << 1 | spread(z);
  }
  return keys;
}

/** Puts two zero bits between the ten low bits. */
function spread(bits: number): number {
  bits = (bits | (bits << 16)) & 0x030000ff;
  bits = (bits | (bits << 8)) & 0x0300f00f;
  bits = (bits | (bits << 4)) & 0x030c30c3;
  return (bits | (bits << 2)) & 0x09249249;
}
