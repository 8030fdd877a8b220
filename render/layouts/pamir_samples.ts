/**
 * PaMIR's occupancy samples (`data/main_sample_occ.py`), points near the surface and all over, and the
 * body's vertices next to them (`data/main_associate_points_with_smpl_vertices.py`).
 */
import { buildTree } from "../../core/geometry/bvh.ts";
import { buildPointTree } from "../../core/geometry/kdtree.ts";
import { boundsOf, type Mesh } from "../../core/geometry/mesh.ts";
import { nearestSeveral } from "../../core/geometry/nearest_several.ts";
import { faceNormals } from "../../core/geometry/normals.ts";
import { independentSamples } from "../../core/geometry/sampler.ts";
import { weldByPosition } from "../../core/geometry/weld.ts";
import { random } from "../../core/work/random.ts";
import type { NpyArray } from "../../core/files/npy.ts";
import { insideScan } from "./_inside.ts";

/** Points near the surface; those all over are a sixteenth of them. */
export const PAMIR_SAMPLES = 400_000;
const UNIFORM_SHARE = 1 / 16;

/** Spread about the surface: where it is smooth, where it is bent, and what counts as bent. */
export const PAMIR_SIGMA = 0.025, PAMIR_SIGMA_SMALL = 0.01, PAMIR_CURVATURE = 0.004;

/** Half of the box round the origin that outside points come from. */
const HALF_BOX = 0.5;

/**
 * Draws the samples of a normalised mesh.
 *
 * @returns Arrays (n, 3) by PaMIR's names.
 */
export function pamirSamples(
  mesh: Pick<Mesh, "positions" | "indices">,
  { count = PAMIR_SAMPLES, seed, id }: { count?: number; seed: number; id: string },
): Record<string, NpyArray> {
  using tree = buildTree(mesh);
  const normals = faceNormals(mesh.positions, mesh.indices);
  const { points, faces } = independentSamples(mesh, { count, seed, purpose: ["pamir", id] });
  const bent = bentFaces(mesh);
  const draw = random(seed, "pamir-near", id);
  for (let i = 0; i < count; i++) {
    const sigma = bent[faces[i]] === 1 ? PAMIR_SIGMA_SMALL : PAMIR_SIGMA;
    for (let k = 0; k < 3; k++) points[3 * i + k] += sigma * draw.normal();
  }
  const near = divided(points, insideScan(tree, normals, points));

  const wanted = Math.max(1, Math.round(count * UNIFORM_SHARE));
  const { min, max } = boundsOf(mesh), all = random(seed, "pamir-uniform", id);
  const uniform = new Float64Array(3 * wanted), box = new Float64Array(3 * wanted);
  for (let i = 0; i < uniform.length; i++) {
    const k = i % 3;
    uniform[i] = min[k] + (max[k] - min[k]) * all.float();
    box[i] = HALF_BOX * (2 * all.float() - 1);
  }
  return {
    surface_points_inside: near.inside,
    surface_points_outside: near.outside,
    uniform_points_inside: divided(uniform, insideScan(tree, normals, uniform)).inside,
    uniform_points_outside: divided(box, insideScan(tree, normals, box)).outside,
  };
}

/** So many vertices of the body go with a sample. */
const NEIGHBOURS = 4;

/**
 * The body's four nearest vertices to each sample and how far they are, the nearest first: for each
 * array of samples `idx_…` (n, 4) int64 and `dist_…` (n, 4), in the samples' unit.
 *
 * @param vertices xyz interleaved, in the samples' frame.
 */
export function sampleVertices(
  samples: Readonly<Record<string, NpyArray>>,
  vertices: Float32Array,
): Record<string, NpyArray> {
  const tree = buildPointTree(vertices), out: Record<string, NpyArray> = {};
  for (const [name, { shape: [rows], data }] of Object.entries(samples)) {
    const { distance, index } = nearestSeveral(tree, data as Float64Array, NEIGHBOURS);
    const shape = [rows, NEIGHBOURS];
    out[`dist_${name}`] = { shape, dtype: "f8", data: distance };
    out[`idx_${name}`] = {
      shape,
      dtype: "i8",
      data: BigInt64Array.from(index, (v) => BigInt(v)),
    };
  }
  return out;
}

function divided(points: Float64Array, inside: Uint8Array) {
  const rows = (wanted: 0 | 1): NpyArray => {
    const data: number[] = [];
    for (let i = 0; i < inside.length; i++) {
      if (inside[i] === wanted) data.push(points[3 * i], points[3 * i + 1], points[3 * i + 2]);
    }
    return { shape: [data.length / 3, 3], dtype: "f8", data: Float64Array.from(data) };
  };
  return { inside: rows(1), outside: rows(0) };
}

/** Triangles with a corner whose Gaussian curvature (angle defect over area) is above the threshold. */
function bentFaces({ positions: p, indices }: Pick<Mesh, "positions" | "indices">): Uint8Array {
  const { weldedOf, count } = weldByPosition(p);
  const defect = new Float64Array(count).fill(2 * Math.PI), area = new Float64Array(count);
  for (let i = 0; i < indices.length; i += 3) {
    const v = [0, 1, 2].map((c) => 3 * indices[i + c]);
    const side = (a: number, b: number) =>
      [0, 1, 2].map((k) => p[v[b] + k] - p[v[a] + k]) as [number, number, number];
    const ab = side(0, 1), ac = side(0, 2);
    const twice = Math.hypot(
      ab[1] * ac[2] - ab[2] * ac[1],
      ab[2] * ac[0] - ab[0] * ac[2],
      ab[0] * ac[1] - ab[1] * ac[0],
    );
    for (let c = 0; c < 3; c++) {
      const u = side(c, (c + 1) % 3), w = side(c, (c + 2) % 3);
      const welded = weldedOf[indices[i + c]];
      defect[welded] -= Math.atan2(twice, u[0] * w[0] + u[1] * w[1] + u[2] * w[2]);
      area[welded] += twice / 6;
    }
  }
  const curvature = defect.map((d, i) => area[i] > 0 ? Math.abs(d) / area[i] : 0);
  const most = curvature.reduce((a, b) => Math.max(a, b), 0);
  const bent = new Uint8Array(indices.length / 3);
  for (let i = 0; i < indices.length; i++) {
    if (curvature[weldedOf[indices[i]]] > PAMIR_CURVATURE * most) bent[(i / 3) | 0] = 1;
  }
  return bent;
}
