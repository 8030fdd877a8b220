/** Mean over triangles of the squared distance to the nearest of some points. */
import { triangleArea } from "../../core/geometry/canonical_frame.ts";
import { buildPointTree, nearestPoints } from "../../core/geometry/kdtree.ts";
import type { Mesh } from "../../core/geometry/mesh.ts";
import { buildPointGrid, type PointGrid, visitWithin } from "../../core/geometry/point_grid.ts";

/**
 * Averages, over the triangles of a mesh, the squared distance to the nearest point, as PyTorch3D's
 * `face_point_distance` does: triangles below `minTriangleArea` count by their edges alone. Every
 * triangle counts the same, however large.
 *
 * The point nearest to a triangle is searched among those within reach: no farther from its centre
 * than the best distance known plus its own radius.
 *
 * @param points xyz interleaved, length 3n.
 */
export function faceToPointMean(
  { positions: p, indices }: Pick<Mesh, "positions" | "indices">,
  points: Float64Array,
  { minTriangleArea }: { minTriangleArea: number },
): number {
  const count = indices.length / 3, centres = new Float64Array(indices.length);
  for (let f = 0; f < count; f++) {
    for (let k = 0; k < 3; k++) {
      const [a, b, c] = [0, 1, 2].map((corner) => p[3 * indices[3 * f + corner] + k]);
      centres[3 * f + k] = (a + b + c) / 3;
    }
  }
  const { index, distance } = nearestPoints(buildPointTree(points), centres);
  const grid = buildPointGrid(points, spacingOf(points));
  let sum = 0;
  for (let f = 0; f < count; f++) {
    const [a, b, c] = [0, 1, 2].map((corner) => 3 * indices[3 * f + corner]);
    const triangle: Triangle = { p, a, b, c, whole: triangleArea(p, a, b, c) >= minTriangleArea };
    const centre = [centres[3 * f], centres[3 * f + 1], centres[3 * f + 2]] as const;
    sum += nearestTo(triangle, {
      grid,
      centre,
      best: squaredDistance(triangle, points, index[f]),
      nearest: distance[f],
    });
  }
  return sum / count;
}

/** A triangle by the offsets of its corners. */
interface Triangle {
  p: Float32Array;
  a: number;
  b: number;
  c: number;
  /** Whether its inside counts. */
  whole: boolean;
}

function nearestTo(
  triangle: Triangle,
  { grid, centre, best, nearest }: {
    grid: PointGrid;
    centre: readonly [number, number, number];
    best: number;
    nearest: number;
  },
): number {
  const { p, a, b, c } = triangle;
  const radius = Math.max(
    ...[a, b, c].map((v) =>
      Math.hypot(p[v] - centre[0], p[v + 1] - centre[1], p[v + 2] - centre[2])
    ),
  );
  const reach = Math.sqrt(best) + radius;
  if (reach > nearest) {
    visitWithin(grid, centre, {
      radius: reach,
      visit: (item) => {
        best = Math.min(best, squaredDistance(triangle, grid.points, item));
      },
    });
  }
  return best;
}

/** About how far points stand from each other: the side of a cube's share of their box's surface. */
function spacingOf(points: Float64Array): number {
  const low = [Infinity, Infinity, Infinity], high = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < points.length; i++) {
    low[i % 3] = Math.min(low[i % 3], points[i]);
    high[i % 3] = Math.max(high[i % 3], points[i]);
  }
  const [x, y, z] = high.map((value, k) => value - low[k]);
  return Math.max(1e-9, 2 * Math.sqrt(2 * (x * y + y * z + z * x) / (points.length / 3)));
}

function squaredDistance(
  { p, a, b, c, whole }: Triangle,
  points: Float64Array,
  item: number,
): number {
  const q = [points[3 * item], points[3 * item + 1], points[3 * item + 2]];
  const corner = (v: number) => [p[v], p[v + 1], p[v + 2]];
  const [u, v, w] = [corner(a), corner(b), corner(c)];
  const least = Math.min(segment(q, u, v), segment(q, v, w), segment(q, w, u));
  if (!whole) return least;
  const e = minus(v, u), f = minus(w, u), g = minus(q, u);
  const n = [e[1] * f[2] - e[2] * f[1], e[2] * f[0] - e[0] * f[2], e[0] * f[1] - e[1] * f[0]];
  const nn = dot(n, n), height = dot(n, g);
  const foot = g.map((value, k) => value - height * n[k] / nn);
  const [ee, ef, ff] = [dot(e, e), dot(e, f), dot(f, f)], [eg, fg] = [dot(e, foot), dot(f, foot)];
  const s = (ff * eg - ef * fg) / nn, t = (ee * fg - ef * eg) / nn;
  return s >= 0 && t >= 0 && s + t <= 1 ? Math.min(least, height * height / nn) : least;
}

function segment(q: number[], u: number[], v: number[]): number {
  const e = minus(v, u), g = minus(q, u), ee = dot(e, e);
  const t = ee > 0 ? Math.min(1, Math.max(0, dot(e, g) / ee)) : 0;
  return g.reduce((sum, value, k) => sum + (value - t * e[k]) ** 2, 0);
}

function minus(a: number[], b: number[]): number[] {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

function dot(a: number[], b: number[]): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
