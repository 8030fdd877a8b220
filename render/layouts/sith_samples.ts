/** SiTH's points (`tools/dataset_utils.py`): all over, near twice, on the surface; with colour and side. */
import { buildTree } from "../../core/geometry/bvh.ts";
import { closestPoints } from "../../core/geometry/closest.ts";
import type { Mesh } from "../../core/geometry/mesh.ts";
import { faceNormals } from "../../core/geometry/normals.ts";
import { independentSamples } from "../../core/geometry/sampler.ts";
import { random } from "../../core/work/random.ts";
import { insideScan } from "./_inside.ts";
import { colorAt, pointWeights } from "./_surface_values.ts";

/** Points of each kind. */
export const SITH_SAMPLES = 1_000_000;

/** Spread of the points near the surface, metres. */
export const SITH_SPREAD = 0.01;

/** The points of a subject in one shuffled order, n rows. */
export interface SithSamples {
  /** Length 3n. */
  pts: Float32Array;
  /** sRGB of the nearest point of the surface, 0 to 1, length 3n. */
  rgb: Float32Array;
  /** Normal of the nearest triangle, length 3n. */
  nrm: Float32Array;
  /** Signed distance to the surface, below 0 inside, metres, length n. */
  d: Float32Array;
}

const PIECE = 1 << 15;

/** Draws the points of a mesh in SiTH's frame. `count` of each of the four kinds. */
export function sithSamples(
  mesh: Mesh,
  { count = SITH_SAMPLES, seed, id }: { count?: number; seed: number; id: string },
): SithSamples {
  const total = 4 * count, drawn = new Float64Array(3 * total);
  const all = random(seed, "sith-uniform", id);
  for (let i = 0; i < 3 * count; i++) drawn[i] = 2 * all.float() - 1;
  for (const kind of [1, 2, 3]) {
    const { points } = independentSamples(mesh, { count, seed, purpose: ["sith", id, kind] });
    if (kind < 3) {
      const near = random(seed, "sith-near", id, kind);
      for (let i = 0; i < points.length; i++) points[i] += SITH_SPREAD * near.normal();
    }
    drawn.set(points, 3 * count * kind);
  }
  const order = shuffled(total, random(seed, "sith-order", id).below);
  const out: SithSamples = {
    pts: new Float32Array(3 * total),
    rgb: new Float32Array(3 * total),
    nrm: new Float32Array(3 * total),
    d: new Float32Array(total),
  };
  using tree = buildTree(mesh);
  const normals = faceNormals(mesh.positions, mesh.indices), color = new Uint8Array(3);
  for (let start = 0; start < total; start += PIECE) {
    const n = Math.min(PIECE, total - start), points = new Float64Array(3 * n);
    for (let i = 0; i < n; i++) {
      const from = 3 * order[start + i];
      for (let k = 0; k < 3; k++) points[3 * i + k] = drawn[from + k];
    }
    const { distance, face, point } = closestPoints(tree, points, { withPoints: true });
    const inside = insideScan(tree, normals, points);
    for (let i = 0; i < n; i++) {
      const at = start + i;
      out.d[at] = inside[i] === 1 ? -distance[i] : distance[i];
      const [wb, wc] = pointWeights(mesh, face[i], point!.subarray(3 * i, 3 * i + 3));
      colorAt(mesh, { face: face[i], wb, wc }, color, 0);
      for (let k = 0; k < 3; k++) {
        out.pts[3 * at + k] = points[3 * i + k];
        out.rgb[3 * at + k] = color[k] / 255;
        out.nrm[3 * at + k] = normals[3 * face[i] + k];
      }
    }
  }
  return out;
}

/** A random order of 0 … n − 1 (Fisher and Yates). */
function shuffled(n: number, below: (n: number) => number): Uint32Array {
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = below(i + 1), kept = order[i];
    order[i] = order[j];
    order[j] = kept;
  }
  return order;
}
