/** Slow, plain references that search all triangles. */
import type { Triangles } from "./_shapes.ts";

type Vec = readonly [number, number, number];
const minus = (a: Vec, b: Vec): Vec => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const dot = (a: Vec, b: Vec) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const cross = (a: Vec, b: Vec): Vec => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];

/** The corners of a triangle. */
export function cornersOf(mesh: Triangles, face: number): [Vec, Vec, Vec] {
  const corner = (k: number) => {
    const at = 3 * mesh.indices[3 * face + k];
    return [mesh.positions[at], mesh.positions[at + 1], mesh.positions[at + 2]] as const;
  };
  return [corner(0), corner(1), corner(2)];
}

function toSegment(q: Vec, a: Vec, b: Vec): number {
  const ab = minus(b, a), aq = minus(q, a), length2 = dot(ab, ab);
  const t = length2 > 0 ? Math.min(1, Math.max(0, dot(aq, ab) / length2)) : 0;
  return Math.hypot(...minus(aq, [t * ab[0], t * ab[1], t * ab[2]]));
}

/** Distance from a point to one triangle, by the prism over it and its three sides. */
export function distanceToTriangle(q: Vec, [a, b, c]: [Vec, Vec, Vec]): number {
  const n = cross(minus(b, a), minus(c, a)), area2 = Math.hypot(...n);
  const sides = [[a, b], [b, c], [c, a]] as const;
  if (area2 > 0 && sides.every(([p, r]) => dot(cross(minus(r, p), minus(q, p)), n) >= 0)) {
    return Math.abs(dot(n, minus(q, a))) / area2;
  }
  return Math.min(...sides.map(([p, r]) => toSegment(q, p, r)));
}

/** Distance from a point to the nearest triangle, looking at all of them. */
export function distanceToMesh(q: Vec, mesh: Triangles): number {
  let least = Infinity;
  for (let face = 0; face < mesh.indices.length / 3; face++) {
    least = Math.min(least, distanceToTriangle(q, cornersOf(mesh, face)));
  }
  return least;
}

/** Where a ray hits first, looking at all triangles (Möller and Trumbore 1997); ∞ for nowhere. */
export function firstHitOnMesh(o: Vec, d: Vec, mesh: Triangles): number {
  let first = Infinity;
  for (let face = 0; face < mesh.indices.length / 3; face++) {
    const [a, b, c] = cornersOf(mesh, face), ab = minus(b, a), ac = minus(c, a);
    const p = cross(d, ac), determinant = dot(ab, p), s = minus(o, a), r = cross(s, ab);
    const u = dot(s, p) / determinant, v = dot(d, r) / determinant, t = dot(ac, r) / determinant;
    if (u >= 0 && v >= 0 && u + v <= 1 && t > 0 && t < first) first = t;
  }
  return first;
}
