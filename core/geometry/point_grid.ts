/** Points in cells of a grid, for finding those within a radius. */

/** A hash grid over points. */
export interface PointGrid {
  /** xyz interleaved, length 3n; as given. */
  readonly points: Float64Array;
  /** Side of a cell, in the points' unit. */
  readonly cell: number;
  /** Where each bucket's items start, one more than there are buckets. */
  readonly starts: Uint32Array;
  /** Points by bucket, ascending in each. */
  readonly items: Uint32Array;
}

/**
 * Builds a grid. Linear time and memory.
 *
 * @param points xyz interleaved, length 3n; finite.
 * @param cell Side of a cell: about the radius that will be asked for.
 * @throws {RangeError} If the cell is not positive and finite.
 */
export function buildPointGrid(points: Float64Array, cell: number): PointGrid {
  if (!(cell > 0 && cell < Infinity)) {
    throw new RangeError(`Cannot build a grid of points: cell is ${cell}, expected more than 0`);
  }
  const count = points.length / 3;
  const buckets = 1 << Math.max(4, Math.ceil(Math.log2(count + 1)));
  const starts = new Uint32Array(buckets + 1), bucketOf = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    const x = Math.floor(points[3 * i] / cell), y = Math.floor(points[3 * i + 1] / cell);
    bucketOf[i] = bucketAt(x, y, Math.floor(points[3 * i + 2] / cell), buckets);
    starts[bucketOf[i] + 1]++;
  }
  for (let b = 0; b < buckets; b++) starts[b + 1] += starts[b];
  const next = starts.slice(0, buckets), items = new Uint32Array(count);
  for (let i = 0; i < count; i++) items[next[bucketOf[i]]++] = i;
  return { points, cell, starts, items };
}

/**
 * Visits every point within `radius` (≤) of a place, cell by cell; some may lie in a cell that
 * shares a bucket with another, so each is checked.
 */
export function visitWithin(
  { points, cell, starts, items }: PointGrid,
  [x, y, z]: readonly [number, number, number],
  { radius, visit }: { radius: number; visit: (item: number, squared: number) => void },
): void {
  const buckets = starts.length - 1, limit = radius * radius;
  if ((2 * radius / cell + 1) ** 3 > points.length / 3) { // more cells than points: ask them all
    for (let p = 0; p < points.length; p += 3) {
      const squared = (points[p] - x) ** 2 + (points[p + 1] - y) ** 2 + (points[p + 2] - z) ** 2;
      if (squared <= limit) visit(p / 3, squared);
    }
    return;
  }
  const [x0, y0, z0] = [x, y, z].map((v) => Math.floor((v - radius) / cell));
  const [x1, y1, z1] = [x, y, z].map((v) => Math.floor((v + radius) / cell));
  for (let i = x0; i <= x1; i++) {
    for (let j = y0; j <= y1; j++) {
      for (let k = z0; k <= z1; k++) {
        const bucket = bucketAt(i, j, k, buckets);
        for (let at = starts[bucket]; at < starts[bucket + 1]; at++) {
          const item = items[at], p = 3 * item;
          // Another cell of the same bucket is visited on its own.
          if (
            Math.floor(points[p] / cell) !== i || Math.floor(points[p + 1] / cell) !== j ||
            Math.floor(points[p + 2] / cell) !== k
          ) continue;
          const dx = points[p] - x, dy = points[p + 1] - y, dz = points[p + 2] - z;
          const squared = dx * dx + dy * dy + dz * dz;
          if (squared <= limit) visit(item, squared);
        }
      }
    }
  }
}

/** Bucket of a cell: three multiplications by large odd numbers (Teschner et al. 2003). */
function bucketAt(x: number, y: number, z: number, buckets: number): number {
  const hash = Math.imul(x, 73856093) ^ Math.imul(y, 19349663) ^ Math.imul(z, 83492791);
  return (hash ^ (hash >>> 15)) & (buckets - 1);
}
