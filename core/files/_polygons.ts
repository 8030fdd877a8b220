/** Polygons with more than three corners, cut into triangles. */
import type { Indices } from "./_grow.ts";

/** Concave polygons with more corners than this keep their fan: cutting ears takes n² to n³ steps. */
export const MAX_EAR_CORNERS = 256;

/** What `repairFans` did. */
export interface FanCounts {
  /** Polygons whose fan was replaced by ears. */
  concave: number;
  /** Concave polygons that kept their fan: too many corners, or not simple. */
  kept: number;
}

/**
 * Goes through polygons that were cut into fans from their first corner and cuts those anew whose
 * fan folds over (concave ones), by ear clipping in the plane of their Newell normal. A polygon's
 * triangles stay where they are; only their corners change.
 *
 * @param positions xyz interleaved
 * @param polygons pairs: the first triangle of a fan, and its number of corners
 * @param corners three values a triangle: vertex indices first, then what else goes with a corner
 */
export function repairFans(
  positions: Float32Array,
  polygons: Indices,
  corners: readonly Uint32Array[],
): FanCounts {
  const counts: FanCounts = { concave: 0, kept: 0 };
  const [vertices] = corners;
  for (let p = 0; p < polygons.length; p += 2) {
    const first = 3 * polygons.data[p], count = polygons.data[p + 1];
    const flat = flatten(positions, vertices, first, count);
    if (flat === undefined) continue;
    const order = count <= MAX_EAR_CORNERS ? clipEars(flat) : undefined;
    if (order === undefined) {
      counts.kept++;
      continue;
    }
    counts.concave++;
    for (const values of corners) {
      const old = Uint32Array.from({ length: count }, (_, k) => values[fanSlot(first, k)]);
      order.forEach((k, i) => values[first + i] = old[k]);
    }
  }
  return counts;
}

/** Where corner `k` of a polygon first stands in its fan. */
function fanSlot(first: number, k: number): number {
  return k < 2 ? first + k : first + 3 * (k - 2) + 2;
}

/** The polygon in its plane (xy interleaved, counter-clockwise); undefined if its fan is right. */
function flatten(
  positions: Float32Array,
  vertices: Uint32Array,
  first: number,
  count: number,
): Float64Array | undefined {
  const at = (k: number) => 3 * vertices[fanSlot(first, k)];
  // Newell's normal: twice the area in each coordinate plane.
  let nx = 0, ny = 0, nz = 0;
  for (let k = 0; k < count; k++) {
    const a = at(k), b = at(k + 1 === count ? 0 : k + 1);
    nx += (positions[a + 1] - positions[b + 1]) * (positions[a + 2] + positions[b + 2]);
    ny += (positions[a + 2] - positions[b + 2]) * (positions[a] + positions[b]);
    nz += (positions[a] - positions[b]) * (positions[a + 1] + positions[b + 1]);
  }
  const size = Math.max(Math.abs(nx), Math.abs(ny), Math.abs(nz));
  if (!(size > 0 && size < Infinity)) return undefined;
  // Drop the axis in which the normal is longest; swap the other two where it points back.
  const drop = size === Math.abs(nx) ? 0 : size === Math.abs(ny) ? 1 : 2;
  const forward = [nx, ny, nz][drop] > 0;
  const u = forward ? (drop + 1) % 3 : (drop + 2) % 3;
  const v = forward ? (drop + 2) % 3 : (drop + 1) % 3;
  const flat = new Float64Array(2 * count);
  for (let k = 0; k < count; k++) {
    flat[2 * k] = positions[at(k) + u];
    flat[2 * k + 1] = positions[at(k) + v];
  }
  for (let k = 1; k + 1 < count; k++) if (turn(flat, 0, k, k + 1) < 0) return flat;
  return undefined;
}

/** Three corner numbers a triangle; undefined if some corner is left that is no ear. */
function clipEars(flat: Float64Array): number[] | undefined {
  const left = Array.from({ length: flat.length / 2 }, (_, k) => k);
  const order: number[] = [];
  while (left.length > 3) {
    const n = left.length;
    const ear = left.findIndex((k, i) => {
      const a = left[(i + n - 1) % n], b = left[(i + 1) % n];
      return turn(flat, a, k, b) > 0 &&
        left.every((p) => p === a || p === k || p === b || !inside(flat, a, k, b, p));
    });
    if (ear < 0) return undefined;
    order.push(left[(ear + n - 1) % n], left[ear], left[(ear + 1) % n]);
    left.splice(ear, 1);
  }
  return turn(flat, left[0], left[1], left[2]) >= 0 ? [...order, ...left] : undefined;
}

/** Twice the signed area of three corners. */
function turn(flat: Float64Array, a: number, b: number, c: number): number {
  const ax = flat[2 * a], ay = flat[2 * a + 1];
  return (flat[2 * b] - ax) * (flat[2 * c + 1] - ay) - (flat[2 * b + 1] - ay) * (flat[2 * c] - ax);
}

function inside(flat: Float64Array, a: number, b: number, c: number, p: number): boolean {
  return turn(flat, a, b, p) >= 0 && turn(flat, b, c, p) >= 0 && turn(flat, c, a, p) >= 0;
}
