/** One piece out of many: the largest by area, with a word on what was left out. */
import type { Mesh } from "../../core/geometry/mesh.ts";

/** A piece that is not the largest one. */
export interface Floater {
  faces: number;
  /** Square metres. */
  areaM2: number;
  /** Middle of its box, metres. */
  center: [number, number, number];
}

/** What {@linkcode largestPiece} found. */
export interface Pieces {
  /** How many pieces there were. */
  count: number;
  /** The largest of the others, by area, at most {@linkcode LISTED_FLOATERS}. */
  floaters: Floater[];
  /** Area of all others as a share of the whole. */
  floatingShare: number;
}

/** How many floaters are listed one by one. */
export const LISTED_FLOATERS = 8;

/**
 * Keeps the piece of the largest area (the first of equal ones) and its vertices; triangles that
 * share a vertex are one piece. Faces and vertices keep their order.
 *
 * @returns The mesh itself where it is one piece.
 */
export function largestPiece(mesh: Mesh): { mesh: Mesh; pieces: Pieces } {
  const { positions, indices } = mesh;
  const root = pieceRoots(indices, positions.length / 3);
  const found = new Map<number, { faces: number; area: number; first: number }>();
  let whole = 0;
  for (let f = 0; f < indices.length; f += 3) {
    const piece = root[indices[f]], area = triangleArea(positions, indices, f);
    whole += area;
    const entry = found.get(piece);
    if (entry === undefined) found.set(piece, { faces: 1, area, first: f });
    else entry.faces++, entry.area += area;
  }
  if (found.size <= 1) {
    return { mesh, pieces: { count: found.size, floaters: [], floatingShare: 0 } };
  }
  const order = [...found].sort(([, a], [, b]) => b.area - a.area || a.first - b.first);
  const kept = order[0][0];
  const floaters = order.slice(1, 1 + LISTED_FLOATERS).map(([piece, { faces, area }]) => ({
    faces,
    areaM2: area,
    center: centerOf(positions, root, piece),
  }));
  return {
    mesh: keepVertices(mesh, (v) => root[v] === kept),
    pieces: { count: found.size, floaters, floatingShare: 1 - order[0][1].area / whole },
  };
}

/** The lowest vertex of the piece of each vertex. */
function pieceRoots(indices: Uint32Array, vertices: number): Uint32Array {
  const parent = new Uint32Array(vertices);
  for (let v = 0; v < vertices; v++) parent[v] = v;
  const find = (v: number) => {
    while (parent[v] !== v) v = parent[v] = parent[parent[v]];
    return v;
  };
  for (let f = 0; f < indices.length; f += 3) {
    for (let k = 1; k < 3; k++) {
      const a = find(indices[f]), b = find(indices[f + k]);
      if (a < b) parent[b] = a;
      else if (b < a) parent[a] = b;
    }
  }
  for (let v = 0; v < vertices; v++) parent[v] = find(v);
  return parent;
}

function triangleArea(p: Float32Array, indices: Uint32Array, f: number): number {
  const a = 3 * indices[f], b = 3 * indices[f + 1], c = 3 * indices[f + 2];
  const ux = p[b] - p[a], uy = p[b + 1] - p[a + 1], uz = p[b + 2] - p[a + 2];
  const vx = p[c] - p[a], vy = p[c + 1] - p[a + 1], vz = p[c + 2] - p[a + 2];
  const x = uy * vz - uz * vy, y = uz * vx - ux * vz, z = ux * vy - uy * vx;
  return Math.sqrt(x * x + y * y + z * z) / 2;
}

function centerOf(
  positions: Float32Array,
  root: Uint32Array,
  piece: number,
): [number, number, number] {
  const low = [Infinity, Infinity, Infinity], high = [-Infinity, -Infinity, -Infinity];
  for (let v = 0; v < root.length; v++) {
    if (root[v] !== piece) continue;
    for (let k = 0; k < 3; k++) {
      low[k] = Math.min(low[k], positions[3 * v + k]);
      high[k] = Math.max(high[k], positions[3 * v + k]);
    }
  }
  return [0, 1, 2].map((k) => (low[k] + high[k]) / 2) as [number, number, number];
}

/**
 * Keeps the vertices that `keep` says, and the faces whose first corner is kept; the other corners
 * must be kept with it. All that the mesh says of vertices, corners and faces follows.
 */
export function keepVertices(mesh: Mesh, keep: (vertex: number) => boolean): Mesh {
  const vertices = mesh.positions.length / 3, faces = mesh.indices.length / 3;
  const to = new Int32Array(vertices).fill(-1);
  let count = 0;
  for (let v = 0; v < vertices; v++) if (keep(v)) to[v] = count++;
  const rows = <A extends Float32Array | Uint8Array>(from: A, width: number): A => {
    const out = new (from.constructor as new (length: number) => A)(width * count);
    for (let v = 0; v < vertices; v++) {
      if (to[v] < 0) continue;
      for (let k = 0; k < width; k++) out[width * to[v] + k] = from[width * v + k];
    }
    return out;
  };
  const kept = new Uint32Array(faces);
  let keptFaces = 0;
  for (let f = 0; f < faces; f++) if (to[mesh.indices[3 * f]] >= 0) kept[keptFaces++] = f;
  const perFace = <A extends Float32Array | Uint8Array | Uint16Array | Uint32Array>(
    from: A,
    width: number,
  ): A => {
    const out = new (from.constructor as new (length: number) => A)(width * keptFaces);
    for (let i = 0; i < keptFaces; i++) {
      for (let k = 0; k < width; k++) out[width * i + k] = from[width * kept[i] + k];
    }
    return out;
  };
  const indices = perFace(mesh.indices, 3);
  for (let i = 0; i < indices.length; i++) indices[i] = to[indices[i]];
  return {
    positions: rows(mesh.positions, 3),
    indices,
    ...(mesh.normals && { normals: rows(mesh.normals, 3) }),
    ...(mesh.colors && { colors: rows(mesh.colors, 4) }),
    ...(mesh.uvs && { uvs: perFace(mesh.uvs, 6) }),
    ...(mesh.materials && { materials: mesh.materials }),
    ...(mesh.faceMaterials && { faceMaterials: perFace(mesh.faceMaterials, 1) }),
    ...(mesh.faceInferred && { faceInferred: perFace(mesh.faceInferred, 1) }),
  };
}
