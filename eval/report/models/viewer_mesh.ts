/** Makes the mesh that the page's viewer shows from the mesh that was scored. */
import { MeshoptEncoder, MeshoptSimplifier } from "meshoptimizer";
import { buildTree } from "../../../core/geometry/bvh.ts";
import { farthestDistance } from "../../../core/geometry/closest.ts";
import { boundsOf, type Mesh } from "../../../core/geometry/mesh.ts";
import { angleWeightedNormals } from "../../../core/geometry/normals.ts";
import { weldByPosition } from "../../../core/geometry/weld.ts";
import { InputError } from "../../../core/work/errors.ts";
import { type CompactMesh, DISTANCE_STEP_M, encodeCompactGlb } from "./glb_compressed.ts";
import { simplifyUsed } from "./simplify_used.ts";

/** A mesh for the viewer. */
export interface ViewerMesh {
  /** Binary glTF, quantized and compressed. */
  glb: Uint8Array;
  vertices: number;
  triangles: number;
  /** Triangles of the mesh that was scored. */
  fullTriangles: number;
  /** Largest distance from a vertex of the full mesh to this one, millimetres. */
  deviationMm: number;
}

/** What vertices carry, and how large the file may be. */
export interface ViewerMeshOptions {
  maxBytes: number;
  /** Signed distances in metres of points (xyz interleaved): asked for vertices of the full mesh. */
  distances?: ((points: Float32Array) => Float64Array) | undefined;
  /** Body parts of points. */
  parts?: ((points: Float32Array) => Uint8Array) | undefined;
}

/** Positions get this many bits along the longest side: a fifth of a millimetre on a person. */
const POSITION_BITS = 13;

/** Bytes a triangle takes about; the first guess at how many there can be. */
const BYTES_PER_TRIANGLE = 5.2;

/** The normal of a vertex whose faces cancel out: glTF knows no zero normal. */
const UP = [0, 1, 0];

/**
 * Meshes with twice as many triangles are clustered to this first: quadrics on all of them would take
 * tens of seconds. Clustering costs precision (7 mm became 50 on one of 1.7 million), so not sooner.
 */
const DENSE_TRIANGLES = 2_000_000;

/**
 * Triangles that are thinned at a time, to at best an eighth, by no more than half a millimetre. All
 * at once takes a third longer and a few hundred megabytes: quadrics of a dense mesh fit no cache.
 * Borders between such pieces stay; where a file's order scatters them, so does the rest.
 */
const THIN_AT_A_TIME = 16_384, THIN_SHARE = 1 / 8, THIN_ERROR_M = 5e-4;

/** Meshes of fewer triangles are simplified at once. */
const THIN_FROM = 200_000;

/** Times the number of triangles is lowered until the file fits. */
const ATTEMPTS = 8;

/**
 * Simplifies (quadric error, meshoptimizer), quantizes and compresses a mesh into at most
 * `maxBytes`. The vertices left are vertices of the full mesh, so that distances and normals, taken
 * there, are those of the full mesh.
 *
 * @throws {InputError} If the mesh has no triangle, or cannot be made small enough.
 */
export async function viewerMesh(
  mesh: Pick<Mesh, "positions" | "indices">,
  options: ViewerMeshOptions,
): Promise<ViewerMesh> {
  await Promise.all([MeshoptSimplifier.ready, MeshoptEncoder.ready]);
  const full = welded(mesh);
  if (full.indices.length === 0) throw new InputError("Cannot show a mesh: it has no triangle");
  let target = Math.floor(options.maxBytes / BYTES_PER_TRIANGLE);
  let indices: Uint32Array = thinned(full.positions, full.indices);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    indices = simplified(full.positions, indices, target);
    const normals = normalsAt(indices, full);
    const compact = compactMesh({ ...full, indices, normals }, options);
    const glb = await encodeCompactGlb(compact);
    if (glb.length <= options.maxBytes) {
      return {
        glb,
        vertices: compact.positions.length / 3,
        triangles: compact.indices.length / 3,
        fullTriangles: mesh.indices.length / 3,
        deviationMm: deviationMm(full, compact),
      };
    }
    const fits = options.maxBytes / glb.length;
    target = Math.floor(0.97 * Math.min(1, fits) * indices.length / 3);
  }
  throw new InputError(
    `Cannot show a mesh: it does not fit into ${options.maxBytes} bytes after simplification`,
  );
}

/** Vertices at one place made one, triangles without extent left out. */
function welded({ positions, indices }: Pick<Mesh, "positions" | "indices">) {
  const { weldedOf, firstOf, count } = weldByPosition(positions);
  const unique = new Float32Array(3 * count);
  for (let i = 0; i < count; i++) {
    const from = 3 * firstOf[i];
    unique[3 * i] = positions[from];
    unique[3 * i + 1] = positions[from + 1];
    unique[3 * i + 2] = positions[from + 2];
  }
  const kept = new Uint32Array(indices.length);
  let length = 0;
  for (let i = 0; i < indices.length; i += 3) {
    const a = weldedOf[indices[i]], b = weldedOf[indices[i + 1]], c = weldedOf[indices[i + 2]];
    if (a === b || b === c || c === a) continue;
    kept[length++] = a, kept[length++] = b, kept[length++] = c;
  }
  return { positions: unique, indices: kept.subarray(0, length) };
}

/** Smooth normals of the full mesh at the vertices that a mesh of fewer triangles keeps. */
function normalsAt(
  kept: Uint32Array,
  { positions, indices }: { positions: Float32Array; indices: Uint32Array },
): Float32Array {
  const wanted = new Uint8Array(positions.length / 3);
  for (let i = 0; i < kept.length; i++) wanted[kept[i]] = 1;
  const round = new Uint32Array(indices.length);
  let length = 0;
  for (let i = 0; i < indices.length; i += 3) {
    const a = indices[i], b = indices[i + 1], c = indices[i + 2];
    if (wanted[a] === 0 && wanted[b] === 0 && wanted[c] === 0) continue;
    round[length++] = a, round[length++] = b, round[length++] = c;
  }
  return angleWeightedNormals(positions, round.subarray(0, length));
}

/** Fewer triangles of the same shape, where there are many: piece by piece, see above. */
function thinned(positions: Float32Array, given: Uint32Array): Uint32Array {
  if (given.length < 3 * THIN_FROM) return given;
  const out = new Uint32Array(given.length), localOf = new Int32Array(positions.length / 3);
  const local = new Uint32Array(3 * THIN_AT_A_TIME), globalOf = new Uint32Array(local.length);
  let length = 0;
  for (let first = 0; first < given.length; first += local.length) {
    const piece = given.subarray(first, first + local.length);
    let count = 0;
    for (let i = 0; i < piece.length; i++) {
      const v = piece[i];
      if (localOf[v] === 0) {
        globalOf[count] = v;
        localOf[v] = ++count;
      }
      local[i] = localOf[v] - 1;
    }
    const points = new Float32Array(3 * count);
    for (let v = 0; v < count; v++) {
      localOf[globalOf[v]] = 0;
      for (let k = 0; k < 3; k++) points[3 * v + k] = positions[3 * globalOf[v] + k];
    }
    const target = 3 * Math.ceil(THIN_SHARE * piece.length / 3);
    const [kept] = MeshoptSimplifier.simplify(
      local.subarray(0, piece.length),
      points,
      3,
      target,
      THIN_ERROR_M,
      ["LockBorder", "ErrorAbsolute"],
    );
    for (let i = 0; i < kept.length; i++) out[length++] = globalOf[kept[i]];
  }
  return out.slice(0, length);
}

/** At most about `target` triangles; what quadrics cannot reach is clustered. */
function simplified(positions: Float32Array, given: Uint32Array, target: number): Uint32Array {
  if (given.length <= 3 * target) return given;
  const [thinned] = given.length <= 6 * DENSE_TRIANGLES
    ? [given]
    : MeshoptSimplifier.simplifySloppy(given, positions, 3, null, 3 * DENSE_TRIANGLES, 1);
  const indices = thinned.length > 0 ? thinned : given;
  const fine = simplifyUsed(positions, indices, target);
  if (fine.length > 0 && fine.length <= 3.6 * target) return fine;
  const [coarse] = MeshoptSimplifier.simplifySloppy(indices, positions, 3, null, 3 * target, 1);
  return coarse.length > 0 ? coarse : fine;
}

/** Keeps the vertices in use, in the order that compresses best, and quantizes. */
function compactMesh(
  mesh: { positions: Float32Array; indices: Uint32Array; normals: Float32Array },
  { distances, parts }: ViewerMeshOptions,
): CompactMesh {
  const indices = mesh.indices.slice();
  const [remap, count] = MeshoptEncoder.reorderMesh(indices, true, true);
  const points = new Float32Array(3 * count), normals = new Float32Array(3 * count);
  for (let from = 0; from < remap.length; from++) {
    const to = remap[from];
    if (to >= count) continue; // no triangle left uses it
    points.set(mesh.positions.subarray(3 * from, 3 * from + 3), 3 * to);
    const normal = mesh.normals.subarray(3 * from, 3 * from + 3);
    normals.set(normal.some((n) => n !== 0) ? normal : UP, 3 * to);
  }
  const { min, max } = boundsOf({ positions: points });
  const extent = Math.max(max[0] - min[0], max[1] - min[1], max[2] - min[2]);
  const scale = (extent || 1) / (2 ** POSITION_BITS - 1);
  const positions = Uint16Array.from(
    points,
    (value, i) => Math.round((value - min[i % 3]) / scale),
  );
  const steps = distances && Int16Array.from(
    distances(points),
    (d) => Math.max(-32767, Math.min(32767, Math.round(d / DISTANCE_STEP_M))),
  );
  return {
    positions,
    scale,
    offset: min,
    normals,
    distances: steps,
    parts: parts?.(points),
    indices,
  };
}

/** How far the full mesh's vertices lie from the small mesh, as a browser will place it. */
function deviationMm(full: Pick<Mesh, "positions" | "indices">, compact: CompactMesh): number {
  const { offset, scale, indices } = compact;
  const positions = Float32Array.from(compact.positions, (q, i) => scale * q + offset[i % 3]);
  const used = new Uint8Array(full.positions.length / 3);
  for (let i = 0; i < full.indices.length; i++) used[full.indices[i]] = 1;
  const points = new Float32Array(full.positions.length);
  let length = 0;
  for (let v = 0; v < used.length; v++) {
    if (used[v] === 0) continue;
    for (let k = 3 * v; k < 3 * v + 3; k++) points[length++] = full.positions[k];
  }
  using tree = buildTree({ positions, indices });
  return 1000 * farthestDistance(tree, points.subarray(0, length));
}
