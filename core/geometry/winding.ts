/**
 * Generalized winding numbers: how often a surface, closed or not, goes round a point (Jacobson,
 * Kavan and Sorkine-Hornung 2013). 1 inside a closed surface, 0 outside; in between where it has
 * holes. Far parts of the surface are summed up as in Barill, Dickson, Schmidt, Levin and Jacobson,
 * "Fast Winding Numbers for Soups and Clouds" (2018): by the first two terms of a Taylor series
 * about their centre.
 */
import { InputError } from "../work/errors.ts";
import { type BoxTree, buildBoxTree, firstPlace } from "./_box_tree.ts";
import type { Mesh } from "./mesh.ts";
import { coarseMortonOrder } from "./morton.ts";

/** A surface made ready for winding numbers. It holds a copy of the triangles. */
export interface WindingTree {
  /** Its nodes; triangles without area are left out. */
  readonly tree: BoxTree;
  /** The corners of the triangles in leaf order, length 9 · triangles. */
  readonly corners: Float32Array;
  /**
   * A node's centre (3), radius (1), Σ n (3) and the symmetric part of Σ (x − centre) nᵀ (xx, yy,
   * zz, xy, yz, zx), with x and n the centroids and area vectors of its triangles.
   */
  readonly moments: Float64Array;
}

/** How {@linkcode windingNumbers} sums. */
export interface WindingOptions {
  /**
   * A part of the surface is summed up where the point is this many times its radius from its
   * centre; Infinity adds every triangle's solid angle. Default: 2, which errs by less than 0.05,
   * mostly by less than 0.002.
   */
  reach?: number;
}

const LEAF_SIZE = 3;

/** Numbers a node in `moments`. */
const STRIDE = 13;

/**
 * Makes a surface ready; about 2.5 µs a triangle.
 *
 * @throws {InputError} If no triangle has area, or one uses a vertex that is not there or not finite.
 */
export function buildWindingTree(mesh: Pick<Mesh, "positions" | "indices">): WindingTree {
  const { positions: p, indices } = mesh, chosen: number[] = [], n = new Float64Array(3);
  for (let face = 0; 3 * face < indices.length; face++) {
    areaVector(p, 3 * indices[3 * face], 3 * indices[3 * face + 1], 3 * indices[3 * face + 2], n);
    const size = Math.abs(n[0]) + Math.abs(n[1]) + Math.abs(n[2]);
    if (!Number.isFinite(size)) {
      throw new InputError(
        `Cannot tell inside from outside: triangle ${face} has a corner that is not there or not ` +
          "finite, expected three finite ones",
      );
    }
    if (size > 0) chosen.push(face);
  }
  if (chosen.length === 0) {
    throw new InputError("Cannot tell inside from outside: found no triangle with area");
  }
  const tree = buildBoxTree(mesh, { faces: Uint32Array.from(chosen), leafSize: LEAF_SIZE });
  const { faces, leaves } = tree, corners = new Float32Array(9 * faces.length);
  for (let i = 0; i < faces.length; i++) {
    for (let k = 0; k < 3; k++) {
      const from = 3 * indices[3 * faces[i] + k];
      corners.set(p.subarray(from, from + 3), 9 * i + 3 * k);
    }
  }
  const moments = new Float64Array(STRIDE * (2 * leaves - 1));
  for (let first = 0, width = leaves; width >= 1; first = 2 * first + 1, width /= 2) {
    for (let node = first; node <= 2 * first; node++) {
      const leaf = (node - first) * width;
      const range = { from: firstPlace(tree, leaf), to: firstPlace(tree, leaf + width) };
      sumUp(corners, moments.subarray(STRIDE * node, STRIDE * (node + 1)), range);
    }
  }
  return { tree, corners, moments };
}

/**
 * Winding numbers of points, length n; about 8 µs a point round a person of 500,000 triangles.
 * A surface whose triangles run counter-clockwise seen from outside has positive ones.
 *
 * @param points xyz interleaved, length 3n, finite.
 * @throws {RangeError} If `reach` is less than 1.
 */
export function windingNumbers(
  { tree, corners, moments: m }: WindingTree,
  points: Float32Array | Float64Array,
  { reach = 2 }: WindingOptions = {},
): Float64Array {
  if (!(reach >= 1)) {
    throw new RangeError(`Cannot sum solid angles: reach is ${reach}, expected at least 1`);
  }
  const firstLeaf = tree.leaves - 1, out = new Float64Array(points.length / 3);
  const stack = new Int32Array(64);
  for (const i of coarseMortonOrder(points)) {
    const x = points[3 * i], y = points[3 * i + 1], z = points[3 * i + 2];
    let sum = 0, top = 1;
    stack[0] = 0;
    while (top > 0) {
      const node = stack[--top], at = STRIDE * node, far = reach * m[at + 3];
      const dx = m[at] - x, dy = m[at + 1] - y, dz = m[at + 2] - z;
      const squared = dx * dx + dy * dy + dz * dz;
      if (squared > far * far) {
        // Σ n·(d + x − centre) / |d + x − centre|³ ≈ n·d / r³ + tr C / r³ − 3 dᵀ C d / r⁵
        const cubed = squared * Math.sqrt(squared);
        const dCd = m[at + 7] * dx * dx + m[at + 8] * dy * dy + m[at + 9] * dz * dz +
          2 * (m[at + 10] * dx * dy + m[at + 11] * dy * dz + m[at + 12] * dz * dx);
        sum += (m[at + 4] * dx + m[at + 5] * dy + m[at + 6] * dz +
          m[at + 7] + m[at + 8] + m[at + 9] - 3 * dCd / squared) / cubed;
      } else if (node < firstLeaf) {
        stack[top++] = 2 * node + 2;
        stack[top++] = 2 * node + 1;
      } else {
        const end = firstPlace(tree, node - firstLeaf + 1);
        for (let t = firstPlace(tree, node - firstLeaf); t < end; t++) {
          sum += solidAngle(corners, 9 * t, x, y, z);
        }
      }
    }
    out[i] = sum / (4 * Math.PI);
  }
  return out;
}

/** Writes a node's numbers from its triangles: places `from` up to `to`. */
function sumUp(
  corners: Float32Array,
  out: Float64Array,
  { from, to }: { from: number; to: number },
): void {
  const n = new Float64Array(3);
  let weight = 0;
  for (let t = 9 * from; t < 9 * to; t += 9) {
    areaVector(corners, t, t + 3, t + 6, n);
    const area = Math.sqrt(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]);
    weight += area;
    for (let k = 0; k < 3; k++) {
      out[k] += area * (corners[t + k] + corners[t + 3 + k] + corners[t + 6 + k]) / 3;
      out[4 + k] += n[k];
    }
  }
  const x = out[0] /= weight, y = out[1] /= weight, z = out[2] /= weight;
  let squared = 0;
  for (let t = 9 * from; t < 9 * to; t += 9) {
    areaVector(corners, t, t + 3, t + 6, n);
    const u = (corners[t] + corners[t + 3] + corners[t + 6]) / 3 - x;
    const v = (corners[t + 1] + corners[t + 4] + corners[t + 7]) / 3 - y;
    const w = (corners[t + 2] + corners[t + 5] + corners[t + 8]) / 3 - z;
    out[7] += u * n[0], out[8] += v * n[1], out[9] += w * n[2];
    out[10] += (u * n[1] + v * n[0]) / 2, out[11] += (v * n[2] + w * n[1]) / 2;
    out[12] += (w * n[0] + u * n[2]) / 2;
    for (let k = t; k < t + 9; k += 3) {
      const dx = corners[k] - x, dy = corners[k + 1] - y, dz = corners[k + 2] - z;
      squared = Math.max(squared, dx * dx + dy * dy + dz * dz);
    }
  }
  out[3] = Math.sqrt(squared);
}

/** Half the cross product of two sides, to `out`. Offsets of x in `p`. */
function areaVector(p: Float32Array, a: number, b: number, c: number, out: Float64Array): void {
  const ux = p[b] - p[a], uy = p[b + 1] - p[a + 1], uz = p[b + 2] - p[a + 2];
  const vx = p[c] - p[a], vy = p[c + 1] - p[a + 1], vz = p[c + 2] - p[a + 2];
  out[0] = (uy * vz - uz * vy) / 2;
  out[1] = (uz * vx - ux * vz) / 2;
  out[2] = (ux * vy - uy * vx) / 2;
}

/** Signed solid angle of a triangle (van Oosterom and Strackee 1983), −2π … 2π; 0 in its plane. */
function solidAngle(p: Float32Array, at: number, x: number, y: number, z: number): number {
  const ax = p[at] - x, ay = p[at + 1] - y, az = p[at + 2] - z;
  const bx = p[at + 3] - x, by = p[at + 4] - y, bz = p[at + 5] - z;
  const cx = p[at + 6] - x, cy = p[at + 7] - y, cz = p[at + 8] - z;
  const a = Math.sqrt(ax * ax + ay * ay + az * az);
  const b = Math.sqrt(bx * bx + by * by + bz * bz);
  const c = Math.sqrt(cx * cx + cy * cy + cz * cz);
  const volume = ax * (by * cz - bz * cy) + ay * (bz * cx - bx * cz) + az * (bx * cy - by * cx);
  if (volume === 0) return 0;
  return 2 * Math.atan2(
    volume,
    a * b * c + (ax * bx + ay * by + az * bz) * c + (bx * cx + by * cy + bz * cz) * a +
      (cx * ax + cy * ay + cz * az) * b,
  );
}
