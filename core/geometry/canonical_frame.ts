/**
 * A frame that belongs to a surface rather than to the file it is in: it moves, turns and scales
 * with the surface, and does not depend on the order of the triangles.
 */
import { InputError } from "../work/errors.ts";
import { eigenSymmetric } from "./eigen.ts";
import type { Mesh } from "./mesh.ts";

/** See {@linkcode canonicalFrame}. */
export interface CanonicalFrame {
  /** Area-weighted centroid. */
  centre: readonly [number, number, number];
  /** Three unit axes as rows, right-handed, length 9. */
  axes: Float64Array;
  /** Whether the axes are the surface's own; else they are those of the file. */
  own: boolean;
  /** Root mean square distance of the surface from the centre, ≥ 0. */
  radius: number;
  /** Area of the surface. */
  area: number;
}

/**
 * Below this relative difference of two principal moments, or this skewness along an axis, the
 * surface counts as symmetric: which axis is which, or which way it points, would be decided by
 * the rounding of float32 coordinates (1e-7).
 */
const SYMMETRIC = 1e-5;

/**
 * Finds the principal axes of the surface (every point weighted by its area, exactly integrated
 * over the triangles). The two most skewed axes point where the third moment is positive, the third
 * completes a right-handed frame. A surface too symmetric for that keeps the axes of its file.
 *
 * @param areas Of its triangles, where they are known already.
 * @throws {InputError} If the surface has no area, or not a finite one.
 */
export function canonicalFrame(
  mesh: Pick<Mesh, "positions" | "indices">,
  areas: Float64Array = triangleAreas(mesh),
): CanonicalFrame {
  const { area, centre } = centroid(mesh, areas);
  checkArea(area);
  // Per unit area, and for a surface of radius about 1, so that thresholds mean the same for all.
  const second = secondMoments(mesh, centre, areas).map((value) => value / area);
  const variance = second[0] + second[4] + second[8], radius = Math.sqrt(variance);
  const { values, vectors } = eigenSymmetric(second, 3);
  const distinct = values[0] - values[1] > SYMMETRIC * variance &&
    values[1] - values[2] > SYMMETRIC * variance;
  const skews = thirdMoments(mesh, { centre, axes: vectors, areas }).map((m) =>
    m / (area * radius ** 3)
  );
  const order = [0, 1, 2].sort((i, j) => Math.abs(skews[j]) - Math.abs(skews[i]) || i - j);
  const own = distinct && Math.abs(skews[order[1]]) > SYMMETRIC;
  const axes = own ? pointed(vectors, skews, order) : Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
  return { centre, axes, own, radius, area };
}

/**
 * The frame of the file itself, for a surface of this area.
 *
 * @throws {InputError} If the area is not a positive number.
 */
export function fileFrame(area: number): CanonicalFrame {
  checkArea(area);
  const axes = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
  return { centre: [0, 0, 0], axes, own: false, radius: 1, area };
}

function checkArea(area: number): void {
  if (area > 0 && area < Infinity) return;
  throw new InputError(
    `Cannot sample a surface: its area is ${area}, expected a positive number`,
    { hint: area === 0 ? "all triangles are degenerate" : "coordinates are too large" },
  );
}

/** Turns the two most skewed axes, then makes the frame right-handed with the third. */
function pointed(vectors: Float64Array, skews: Float64Array, order: number[]): Float64Array {
  const axes = vectors.slice();
  const turn = (i: number) => {
    for (let k = 0; k < 3; k++) axes[3 * i + k] = -axes[3 * i + k];
  };
  for (const i of order.slice(0, 2)) if (skews[i] < 0) turn(i);
  const [a, b, c, d, e, f, g, h, i] = axes;
  if (a * (e * i - f * h) + b * (f * g - d * i) + c * (d * h - e * g) < 0) turn(order[2]);
  return axes;
}

/** Coordinates of a point in the frame. */
export function toCanonical(
  { centre, axes }: CanonicalFrame,
  x: number,
  y: number,
  z: number,
): [number, number, number] {
  const dx = x - centre[0], dy = y - centre[1], dz = z - centre[2];
  return [
    axes[0] * dx + axes[1] * dy + axes[2] * dz,
    axes[3] * dx + axes[4] * dy + axes[5] * dz,
    axes[6] * dx + axes[7] * dy + axes[8] * dz,
  ];
}

function centroid(
  { positions: p, indices }: Pick<Mesh, "positions" | "indices">,
  areas: Float64Array,
) {
  let area = 0, x = 0, y = 0, z = 0;
  for (let i = 0; i < indices.length; i += 3) {
    const a = 3 * indices[i], b = 3 * indices[i + 1], c = 3 * indices[i + 2];
    const w = areas[i / 3];
    area += w;
    x += w * (p[a] + p[b] + p[c]);
    y += w * (p[a + 1] + p[b + 1] + p[c + 1]);
    z += w * (p[a + 2] + p[b + 2] + p[c + 2]);
  }
  const centre = [x / (3 * area), y / (3 * area), z / (3 * area)] as const;
  return { area, centre };
}

/** Areas of all triangles. */
export function triangleAreas(
  { positions, indices }: Pick<Mesh, "positions" | "indices">,
): Float64Array {
  const areas = new Float64Array(indices.length / 3);
  for (let i = 0, f = 0; f < areas.length; i += 3, f++) {
    areas[f] = triangleArea(positions, 3 * indices[i], 3 * indices[i + 1], 3 * indices[i + 2]);
  }
  return areas;
}

/** Area of the triangle with corners at offsets a, b, c. */
export function triangleArea(p: Float32Array, a: number, b: number, c: number): number {
  const ux = p[b] - p[a], uy = p[b + 1] - p[a + 1], uz = p[b + 2] - p[a + 2];
  const vx = p[c] - p[a], vy = p[c + 1] - p[a + 1], vz = p[c + 2] - p[a + 2];
  const nx = uy * vz - uz * vy, ny = uz * vx - ux * vz, nz = ux * vy - uy * vx;
  return Math.sqrt(nx * nx + ny * ny + nz * nz) / 2;
}

/**
 * ∫ (x − c)(x − c)ᵀ dA, row-major. Over a triangle with corners v and their sum s it is
 * A / 12 (Σ v vᵀ + s sᵀ).
 */
function secondMoments(
  { positions: p, indices }: Pick<Mesh, "positions" | "indices">,
  centre: readonly number[],
  areas: Float64Array,
): Float64Array {
  const [cx, cy, cz] = centre;
  let xx = 0, xy = 0, xz = 0, yy = 0, yz = 0, zz = 0;
  for (let i = 0; i < indices.length; i += 3) {
    const a = 3 * indices[i], b = 3 * indices[i + 1], c = 3 * indices[i + 2];
    const w = areas[i / 3] / 12;
    const ax = p[a] - cx, ay = p[a + 1] - cy, az = p[a + 2] - cz;
    const bx = p[b] - cx, by = p[b + 1] - cy, bz = p[b + 2] - cz;
    const dx = p[c] - cx, dy = p[c + 1] - cy, dz = p[c + 2] - cz;
    const sx = ax + bx + dx, sy = ay + by + dy, sz = az + bz + dz;
    xx = xx + w * ax * ax + w * bx * bx + w * dx * dx + w * sx * sx;
    xy = xy + w * ax * ay + w * bx * by + w * dx * dy + w * sx * sy;
    xz = xz + w * ax * az + w * bx * bz + w * dx * dz + w * sx * sz;
    yy = yy + w * ay * ay + w * by * by + w * dy * dy + w * sy * sy;
    yz = yz + w * ay * az + w * by * bz + w * dy * dz + w * sy * sz;
    zz = zz + w * az * az + w * bz * bz + w * dz * dz + w * sz * sz;
  }
  return Float64Array.of(xx, xy, xz, xy, yy, yz, xz, yz, zz);
}

/**
 * ∫ t³ dA of the coordinate t along each axis. Over a triangle with values a, b, c at its corners
 * it is A / 10 times the sum of all products of three of them.
 */
function thirdMoments(
  { positions: p, indices }: Pick<Mesh, "positions" | "indices">,
  { centre, axes, areas }: { centre: readonly number[]; axes: Float64Array; areas: Float64Array },
): Float64Array {
  const moments = new Float64Array(3);
  for (let i = 0; i < indices.length; i += 3) {
    const a = 3 * indices[i], b = 3 * indices[i + 1], c = 3 * indices[i + 2];
    const w = areas[i / 3] / 10;
    for (let k = 0; k < 3; k++) {
      const x = axes[3 * k], y = axes[3 * k + 1], z = axes[3 * k + 2];
      const at = x * centre[0] + y * centre[1] + z * centre[2];
      const ta = x * p[a] + y * p[a + 1] + z * p[a + 2] - at;
      const tb = x * p[b] + y * p[b + 1] + z * p[b + 2] - at;
      const tc = x * p[c] + y * p[c + 1] + z * p[c + 2] - at;
      const pairs = ta * ta + ta * tb + tb * tb;
      moments[k] += w * (ta * ta * ta + tb * pairs + tc * (pairs + tc * (ta + tb + tc)));
    }
  }
  return moments;
}
