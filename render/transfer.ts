/**
 * Precomputed radiance transfer (Sloan, Kautz and Snyder 2002), diffuse, one bounce, order 2: what a
 * surface point makes of distant light, its own body's shadows included. PIFu and PaMIR light their
 * training pictures with it.
 */
import { buildTree } from "../core/geometry/bvh.ts";
import { boundsOf, type Mesh } from "../core/geometry/mesh.ts";
import { smoothNormals } from "../core/geometry/normals.ts";
import { anyHits } from "../core/geometry/ray.ts";
import { withDefaults } from "../core/work/options.ts";
import { COSINE_FACTORS, harmonicsInto, type SphericalLight } from "./light.ts";

/** Nine numbers a vertex of the mesh: their product with radiance coefficients is irradiance over π. */
export type Transfer = Float32Array;

/** How transfer is computed. */
export interface TransferOptions {
  /** Rays a vertex, a square number. Default: 64. */
  rays?: number;
  /**
   * Where rays begin: so far off the surface, metres. Default: a thousandth of the mesh's smallest
   * side, as PIFu's `computePRT` has it.
   */
  startM?: number | undefined;
}

/** The defaults of {@linkcode TransferOptions}. */
export const TRANSFER_DEFAULTS: Required<TransferOptions> = Object.freeze({
  rays: 64,
  startM: undefined,
});

const PIECE = 1 << 15;

/**
 * Computes the transfer of every vertex: the clamped cosine's exact one, less what the mesh hides of
 * it, summed over cosine-weighted directions. A point that sees the whole sky has no error.
 *
 * @throws {RangeError} If `rays` is no square number.
 */
export function transferOf(
  mesh: Pick<Mesh, "positions" | "indices">,
  options: TransferOptions = {},
): Transfer {
  const { rays, startM = smallestSide(mesh) / 1000 } = withDefaults(TRANSFER_DEFAULTS, options);
  const side = Math.sqrt(rays);
  if (!Number.isInteger(side)) {
    throw new RangeError(`Cannot compute transfer: found ${rays} rays, expected a square number`);
  }
  using tree = buildTree(mesh);
  const normals = smoothNormals(mesh), { positions } = mesh, count = positions.length / 3;
  const local = hemisphere(side), out = new Float32Array(9 * count);
  const basis = new Float64Array(9), step = Math.max(1, Math.floor(PIECE / rays));
  for (let start = 0; start < count; start += step) {
    const n = Math.min(step, count - start);
    const origins = new Float64Array(3 * n * rays), directions = new Float64Array(3 * n * rays);
    for (let i = 0; i < n; i++) {
      const v = 3 * (start + i);
      const [nx, ny, nz] = [normals[v], normals[v + 1], normals[v + 2]];
      const [tx, ty, tz] = tangent(nx, ny, nz);
      const bx = ny * tz - nz * ty, by = nz * tx - nx * tz, bz = nx * ty - ny * tx;
      for (let r = 0, at = 3 * i * rays; r < rays; r++, at += 3) {
        const x = local[3 * r], y = local[3 * r + 1], z = local[3 * r + 2];
        directions[at] = x * tx + y * bx + z * nx;
        directions[at + 1] = x * ty + y * by + z * ny;
        directions[at + 2] = x * tz + y * bz + z * nz;
        origins[at] = positions[v] + startM * nx;
        origins[at + 1] = positions[v + 1] + startM * ny;
        origins[at + 2] = positions[v + 2] + startM * nz;
      }
    }
    const hidden = anyHits(tree, { origins, directions });
    for (let i = 0; i < n; i++) {
      const v = 3 * (start + i), to = 9 * (start + i);
      harmonicsInto(basis, normals[v], normals[v + 1], normals[v + 2]);
      for (let k = 0; k < 9; k++) out[to + k] = basis[k] * COSINE_FACTORS[k];
      for (let r = 0, at = i * rays; r < rays; r++, at++) {
        if (hidden[at] === 0) continue;
        harmonicsInto(basis, directions[3 * at], directions[3 * at + 1], directions[3 * at + 2]);
        for (let k = 0; k < 9; k++) out[to + k] -= basis[k] / rays;
      }
    }
  }
  return out;
}

function smallestSide(mesh: Pick<Mesh, "positions">): number {
  const { min, max } = boundsOf(mesh);
  return Math.min(...[0, 1, 2].map((k) => max[k] - min[k]));
}

/** Directions about +z with density cosine / π: one in the middle of each of side² equal cells. */
function hemisphere(side: number): Float64Array {
  const out = new Float64Array(3 * side * side);
  for (let i = 0, at = 0; i < side; i++) {
    for (let j = 0; j < side; j++, at += 3) {
      const radius = Math.sqrt((i + 0.5) / side);
      // Rings are turned against each other, so that directions do not line up.
      const angle = 2 * Math.PI * (j + 0.5 + i * 0.618) / side;
      out[at] = radius * Math.cos(angle);
      out[at + 1] = radius * Math.sin(angle);
      out[at + 2] = Math.sqrt(1 - radius * radius);
    }
  }
  return out;
}

/** A unit vector perpendicular to a unit vector; any for the zero vector. */
function tangent(x: number, y: number, z: number): [number, number, number] {
  // The axis that the vector is least along, made perpendicular.
  const a = Math.abs(x), b = Math.abs(y), c = Math.abs(z);
  const [ex, ey, ez] = a <= b && a <= c ? [1, 0, 0] : b <= c ? [0, 1, 0] : [0, 0, 1];
  const dot = ex * x + ey * y + ez * z;
  const [tx, ty, tz] = [ex - dot * x, ey - dot * y, ez - dot * z];
  const length = Math.hypot(tx, ty, tz) || 1;
  return [tx / length, ty / length, tz / length];
}

/** Gauss and Legendre's three nodes and weights: exact to degree 5. */
const NODES = [[-Math.sqrt(3 / 5), 5 / 9], [0, 8 / 9], [Math.sqrt(3 / 5), 5 / 9]] as const;
const AROUND = 6;

/**
 * The same light (or radiance) in another frame: `to` = R `from`, where R (3 × 3, row-major) takes
 * directions of the new frame to those of the old one. Exact: harmonics of order 2 stay so.
 */
export function turnedLight(light: SphericalLight, r: ArrayLike<number>): SphericalLight {
  const out = new Float64Array(27), here = new Float64Array(9), there = new Float64Array(9);
  for (const [z, weight] of NODES) {
    const radius = Math.sqrt(1 - z * z);
    for (let j = 0; j < AROUND; j++) {
      const angle = 2 * Math.PI * j / AROUND, x = radius * Math.cos(angle);
      const y = radius * Math.sin(angle), area = weight * 2 * Math.PI / AROUND;
      harmonicsInto(here, x, y, z);
      harmonicsInto(
        there,
        r[0] * x + r[1] * y + r[2] * z,
        r[3] * x + r[4] * y + r[5] * z,
        r[6] * x + r[7] * y + r[8] * z,
      );
      for (let c = 0; c < 27; c += 9) {
        let value = 0;
        for (let k = 0; k < 9; k++) value += there[k] * light[c + k];
        for (let k = 0; k < 9; k++) out[c + k] += area * value * here[k];
      }
    }
  }
  return out;
}
