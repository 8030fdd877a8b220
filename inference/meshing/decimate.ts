/** Fewer faces, by meshoptimizer, with the error that it costs. */
import { MeshoptSimplifier } from "meshoptimizer";
import { buildTree } from "../../core/geometry/bvh.ts";
import { closestPoints } from "../../core/geometry/closest.ts";
import type { Mesh } from "../../core/geometry/mesh.ts";
import { topologyOf } from "../../core/geometry/topology.ts";

/** What a decimation did. */
export interface Decimation {
  /** Faces asked for, before and after. */
  asked: number;
  before: number;
  after: number;
  /** Distance from the vertices of the whole mesh to the result, millimetres. */
  meanMm: number;
  maxMm: number;
  /** Whether the result is closed and manifold as before; else it was not used. */
  kept: boolean;
}

/** Vertices whose distance to the result is measured. */
const MEASURED = 100_000;

/**
 * Merges edges until the mesh has no more than `faces` faces. Vertices
 * stay where they are or vanish; colours stay with them. The labels of faces go: see `relabel.ts`.
 *
 * @returns The mesh itself where it has few enough faces, or where the result would not be closed.
 */
export async function decimate(
  mesh: Mesh,
  faces: number,
): Promise<{ mesh: Mesh; decimation: Decimation }> {
  const before = mesh.indices.length / 3;
  const none = { asked: faces, before, after: before, meanMm: 0, maxMm: 0 };
  if (before <= faces) return { mesh, decimation: { ...none, kept: true } };
  await MeshoptSimplifier.ready;
  const result = closedResult(mesh, faces);
  if (result === undefined) return { mesh, decimation: { ...none, kept: false } };
  const vertices = mesh.positions.length / 3, step = Math.max(1, Math.floor(vertices / MEASURED));
  const points = new Float32Array(3 * Math.ceil(vertices / step));
  for (let v = 0, n = 0; v < vertices; v += step) {
    for (let k = 0; k < 3; k++) points[n++] = mesh.positions[3 * v + k];
  }
  const tree = buildTree(result);
  const { distance } = closestPoints(tree, points);
  tree.release();
  let sum = 0, max = 0;
  for (const d of distance) sum += d, max = Math.max(max, d);
  return {
    mesh: result,
    decimation: {
      asked: faces,
      before,
      after: result.indices.length / 3,
      meanMm: 1000 * sum / distance.length,
      maxMm: 1000 * max,
      kept: true,
    },
  };
}

/**
 * The simplifier sometimes folds two faces onto one edge. What lies within the reach of
 * the faces at such edges is then held and all is tried again, at most so often.
 */
const TRIES = 8;

/** The first result that is closed and manifold. */
function closedResult(mesh: Mesh, faces: number): Mesh | undefined {
  const held = new Uint8Array(mesh.positions.length / 3);
  const nothing = new Float32Array(held.length);
  for (let n = 0; n < TRIES; n++) {
    const [indices] = MeshoptSimplifier.simplifyWithAttributes(
      mesh.indices,
      mesh.positions,
      3,
      nothing,
      1,
      [0],
      held,
      3 * Math.floor(faces),
      1,
      [],
    );
    const folded = endsOfFoldedEdges(indices);
    if (folded.size > 0) {
      holdNear(mesh, indices, folded, held);
      continue;
    }
    const result = compacted(mesh, indices), topology = topologyOf(result);
    if (topology.watertight && topology.inconsistentEdges === 0) return result;
  }
  return undefined;
}

/** Holds the vertices as near to an end of a folded edge as that end's faces in the result reach. */
function holdNear(
  { positions }: Mesh,
  indices: Uint32Array,
  ends: ReadonlySet<number>,
  held: Uint8Array,
): void {
  const squared = (a: number, b: number) => {
    const x = positions[3 * a] - positions[3 * b], y = positions[3 * a + 1] - positions[3 * b + 1];
    const z = positions[3 * a + 2] - positions[3 * b + 2];
    return x * x + y * y + z * z;
  };
  const reach = new Map<number, number>();
  for (let i = 0; i < indices.length; i++) {
    const v = indices[i], first = i - i % 3;
    if (!ends.has(v)) continue;
    for (let k = first; k < first + 3; k++) {
      reach.set(v, Math.max(reach.get(v) ?? 0, squared(v, indices[k])));
    }
  }
  for (const [end, limit] of reach) {
    for (let v = 0; v < held.length; v++) if (squared(v, end) <= limit) held[v] = 1;
  }
}

/** Vertices at edges that have other than two faces. */
function endsOfFoldedEdges(indices: Uint32Array): Set<number> {
  const uses = new Map<number, number>(), limit = 2 ** 26;
  for (let i = 0; i < indices.length; i++) {
    const a = indices[i], b = indices[i % 3 === 2 ? i - 2 : i + 1];
    const edge = a < b ? a * limit + b : b * limit + a;
    uses.set(edge, (uses.get(edge) ?? 0) + 1);
  }
  const ends = new Set<number>();
  for (const [edge, count] of uses) {
    if (count !== 2) ends.add(Math.floor(edge / limit)).add(edge % limit);
  }
  return ends;
}

/** The vertices that are still used, in their order. */
function compacted({ positions, colors }: Mesh, indices: Uint32Array): Mesh {
  const to = new Int32Array(positions.length / 3).fill(-1);
  for (const v of indices) to[v] = 0;
  let count = 0;
  for (let v = 0; v < to.length; v++) if (to[v] === 0) to[v] = count++;
  const mesh: Mesh = {
    positions: new Float32Array(3 * count),
    indices: indices.map((v) => to[v]),
    ...(colors && { colors: new Uint8Array(4 * count) }),
  };
  for (let v = 0; v < to.length; v++) {
    if (to[v] < 0) continue;
    for (let k = 0; k < 3; k++) mesh.positions[3 * to[v] + k] = positions[3 * v + k];
    if (colors) { for (let k = 0; k < 4; k++) mesh.colors![4 * to[v] + k] = colors[4 * v + k]; }
  }
  return mesh;
}
