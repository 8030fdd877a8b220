/** A scan as the solver sees it: points of its outside with their normals, and the whole surface. */
import { buildTree, type SurfaceTree } from "../../core/geometry/bvh.ts";
import type { Mesh } from "../../core/geometry/mesh.ts";
import { faceNormals } from "../../core/geometry/normals.ts";
import { anyHits } from "../../core/geometry/ray.ts";
import { stratifiedSamples } from "../../core/geometry/sampler.ts";
import { withDefaults } from "../../core/work/options.ts";

/** A scan made ready for registration. */
export interface ScanTarget {
  /** The whole surface, hidden sheets too. */
  tree: SurfaceTree;
  /** Unit normals of its triangles by their winding, length 3 F; 0 without area. */
  faceNormals: Float32Array;
  /** Points that see the outside, spread evenly by area, xyz interleaved. */
  points: Float64Array;
  /** Unit normals there, turned to the outside. */
  normals: Float64Array;
  /** The triangle each point lies on. */
  faces: Uint32Array;
  /** How many of the body's vertices are paired with it at most. Default: 4000. */
  bodySamples?: number;
  /** Share of the points where the winding's normal is the outside's: 1 of a well-wound scan. */
  windingShare: number;
}

/** How a scan is made ready. */
export interface ScanTargetOptions {
  /** Points drawn before those inside are dropped. Default: 8000. */
  samples?: number;
  /** Rays by which a point looks for the outside. Default: 24. */
  rays?: number;
  /** Seed of the points. Default: 0. */
  seed?: number;
}

/** The defaults of {@linkcode ScanTargetOptions}. */
export const SCAN_TARGET_DEFAULTS: Required<ScanTargetOptions> = Object.freeze({
  samples: 8000,
  rays: 24,
  seed: 0,
});

/** How far from the surface a ray starts, as a share of the scan's size. */
const START = 1e-4;

/**
 * Makes a scan ready. A point counts as outside if one of `rays` rays from it, spread over the whole
 * sphere, leaves the scan without meeting it; its normal is turned to the side where more do.
 *
 * @param mesh In metres.
 * @throws {InputError} If the surface has no area.
 */
export function scanTarget(
  mesh: Pick<Mesh, "positions" | "indices">,
  options: ScanTargetOptions = {},
): ScanTarget {
  const { samples, rays, seed } = withDefaults(SCAN_TARGET_DEFAULTS, options);
  const tree = buildTree(mesh), normalOf = faceNormals(mesh.positions, mesh.indices);
  const drawn = stratifiedSamples(mesh, { count: samples, seed, purpose: ["scan target"] });
  const flat = new Float64Array(3 * samples);
  drawn.faces.forEach((face, i) => flat.set(normalOf.subarray(3 * face, 3 * face + 3), 3 * i));
  const sides = outsides(tree, { points: drawn.points, normals: flat }, { rays });
  const seen = Array.from(sides.keys()).filter((i) => sides[i] !== 0);
  const points = new Float64Array(3 * seen.length), normals = new Float64Array(points.length);
  seen.forEach((from, to) => {
    for (let k = 0; k < 3; k++) {
      points[3 * to + k] = drawn.points[3 * from + k];
      normals[3 * to + k] = sides[from] * flat[3 * from + k];
    }
  });
  return {
    tree,
    faceNormals: normalOf,
    points,
    normals,
    faces: Uint32Array.from(seen, (i) => drawn.faces[i]),
    windingShare: seen.filter((i) => sides[i] > 0).length / Math.max(1, seen.length),
  };
}

/** A target with so many of its points, and so many of the body's, for quick looks. */
export function thinned(
  target: ScanTarget,
  { points, body }: { points: number; body: number },
): ScanTarget {
  const count = target.points.length / 3, kept = Math.min(count, points);
  const picks = Uint32Array.from({ length: kept }, (_, i) => Math.floor((i + 0.5) * count / kept));
  const gather = (from: Float64Array) =>
    Float64Array.from({ length: 3 * kept }, (_, i) => from[3 * picks[Math.floor(i / 3)] + i % 3]);
  return {
    ...target,
    points: gather(target.points),
    normals: gather(target.normals),
    faces: picks.map((i) => target.faces[i]),
    bodySamples: body,
  };
}

/** Points of a surface, or near it, and unit normals there; both xyz interleaved. */
export interface OrientedPoints {
  points: Float64Array;
  normals: ArrayLike<number>;
}

/**
 * Tells on which side of a surface each of its points sees the outside: 1 along its normal, −1
 * against it (the side where more rays leave), 0 where none does or the normal is 0.
 */
export function outsides(
  tree: SurfaceTree,
  oriented: OrientedPoints,
  { rays }: { rays: number },
): Int8Array {
  const { above, below } = freeRays(tree, oriented, rays);
  return Int8Array.from(above, (a, i) => a + below[i] === 0 ? 0 : a >= below[i] ? 1 : -1);
}

/** The share of rays into the half-space that a normal points to that leave without a hit. */
export function freeShares(
  tree: SurfaceTree,
  oriented: OrientedPoints,
  { rays }: { rays: number },
): Float64Array {
  const { above, cast } = freeRays(tree, oriented, rays);
  return Float64Array.from(above, (a, i) => cast[i] > 0 ? a / cast[i] : 0);
}

/** How many of `rays` rays over the whole sphere leave above and below, and were cast above. */
function freeRays(
  tree: SurfaceTree,
  { points, normals }: OrientedPoints,
  rays: number,
): { above: Uint16Array; below: Uint16Array; cast: Uint16Array } {
  const directions = sphere(rays), count = points.length / 3, startM = START * sizeOf(points);
  const origins = new Float64Array(3 * count * rays), along = new Float64Array(origins.length);
  for (let i = 0, at = 0; i < count; i++) {
    const nx = normals[3 * i], ny = normals[3 * i + 1], nz = normals[3 * i + 2];
    for (const [x, y, z] of directions) {
      const off = x * nx + y * ny + z * nz < 0 ? -startM : startM;
      along[at] = x, along[at + 1] = y, along[at + 2] = z;
      origins[at] = points[3 * i] + off * nx;
      origins[at + 1] = points[3 * i + 1] + off * ny;
      origins[at + 2] = points[3 * i + 2] + off * nz;
      at += 3;
    }
  }
  const blocked = anyHits(tree, { origins, directions: along });
  const above = new Uint16Array(count), below = new Uint16Array(count);
  const cast = new Uint16Array(count);
  for (let i = 0; i < count; i++) {
    const nx = normals[3 * i], ny = normals[3 * i + 1], nz = normals[3 * i + 2];
    if (nx === 0 && ny === 0 && nz === 0) continue;
    directions.forEach(([x, y, z], d) => {
      const up = x * nx + y * ny + z * nz > 0, free = blocked[rays * i + d] === 0;
      if (up) cast[i]++;
      if (free) (up ? above : below)[i]++;
    });
  }
  return { above, below, cast };
}

/** Directions spread over the sphere: a spiral with the golden angle between its points. */
function sphere(count: number): [number, number, number][] {
  const golden = Math.PI * (3 - Math.sqrt(5));
  return Array.from({ length: count }, (_, i) => {
    const z = 1 - (2 * i + 1) / count, radius = Math.sqrt(1 - z * z);
    return [radius * Math.cos(golden * i), radius * Math.sin(golden * i), z];
  });
}

/** The diagonal of the box round the points. */
function sizeOf(points: Float64Array): number {
  const low = [Infinity, Infinity, Infinity], high = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < points.length; i++) {
    low[i % 3] = Math.min(low[i % 3], points[i]);
    high[i % 3] = Math.max(high[i % 3], points[i]);
  }
  return Math.hypot(high[0] - low[0], high[1] - low[1], high[2] - low[2]);
}
