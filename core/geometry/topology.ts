/** How a mesh hangs together: pieces, holes, handles, orientation, volume. */
import { InputError } from "../work/errors.ts";
import { type MeshEdges, meshEdges } from "./_edges.ts";
import type { Mesh } from "./mesh.ts";
import { makeSets } from "./_sets.ts";
import { weldByPosition } from "./weld.ts";

/** One piece: triangles connected across edges. */
export interface Component {
  /** Triangles in it, those without three different corners left out. */
  faces: number;
  /** Corners after welding, edges. A corner where the piece touches itself counts once a fan. */
  vertices: number;
  edges: number;
  /** Every edge on exactly two triangles. */
  watertight: boolean;
  /** Vertices − edges + faces. */
  euler: number;
  /** Handles, 0 for a sphere; null where the piece is not watertight or is one-sided. */
  genus: number | null;
}

/** What {@linkcode topologyOf} finds. */
export interface Topology {
  /** Pieces in the order of their first triangle. */
  components: Component[];
  /** Every edge of the mesh on exactly two triangles. */
  watertight: boolean;
  /** Sum over the pieces; null where one has none. */
  genus: number | null;
  /** Edges on one triangle. */
  boundaryEdges: number;
  /** Edges on more than two triangles. */
  nonManifoldEdges: number;
  /** Edges that two triangles run through in the same direction: their sides do not agree. */
  inconsistentEdges: number;
  /** Triangles of which two corners coincide; they take no part in the rest. */
  collapsedFaces: number;
  /** Signed volume (divergence theorem), in the cube of the mesh's unit; inside out is negative. */
  volume: number;
}

/**
 * Examines the connectivity of a mesh after welding vertices at exactly the same position. The
 * genus of a piece follows from its Euler characteristic, 2 − 2 genus (an odd one is one-sided).
 *
 * @throws {InputError} If a triangle uses a vertex that is not there.
 */
export function topologyOf(mesh: Pick<Mesh, "positions" | "indices">): Topology {
  const { positions, indices } = mesh;
  let stray = 0;
  while (stray < indices.length && 3 * indices[stray] < positions.length) stray++;
  if (stray < indices.length) {
    throw new InputError(
      `Cannot examine a mesh: triangle ${Math.floor(stray / 3)} uses vertex ${indices[stray]}, ` +
        `expected one below ${positions.length / 3}`,
    );
  }
  const { weldedOf } = weldByPosition(positions);
  const corners = new Uint32Array(indices.length);
  for (let i = 0; i < indices.length; i++) corners[i] = weldedOf[indices[i]];
  const edges = meshEdges(corners);
  const { list, pieceOf } = countPieces(corners, edges);
  let collapsedFaces = 0;
  for (let face = 0; face < pieceOf.length; face++) if (pieceOf[face] < 0) collapsedFaces++;
  const genera = list.map((piece) => piece.genus);
  return {
    components: list,
    watertight: list.length > 0 && list.every((piece) => piece.watertight),
    genus: list.length === 0 || genera.includes(null)
      ? null
      : genera.reduce<number>((sum, genus) => sum + genus!, 0),
    boundaryEdges: edges.boundary,
    nonManifoldEdges: edges.nonManifold,
    inconsistentEdges: edges.inconsistent,
    collapsedFaces,
    volume: signedVolume(mesh),
  };
}

/**
 * The signed volume that a closed mesh encloses, outward triangles positive. Of an open mesh it is
 * that of the cone from the mesh's first vertex.
 */
export function signedVolume(
  { positions: p, indices }: Pick<Mesh, "positions" | "indices">,
): number {
  let volume = 0;
  const ox = p[0], oy = p[1], oz = p[2]; // near the mesh, so that little cancels
  for (let i = 0; i < indices.length; i += 3) {
    const a = 3 * indices[i], b = 3 * indices[i + 1], c = 3 * indices[i + 2];
    const ax = p[a] - ox, ay = p[a + 1] - oy, az = p[a + 2] - oz;
    const bx = p[b] - ox, by = p[b + 1] - oy, bz = p[b + 2] - oz;
    const cx = p[c] - ox, cy = p[c + 1] - oy, cz = p[c + 2] - oz;
    volume += ax * (by * cz - bz * cy) + ay * (bz * cx - bx * cz) + az * (bx * cy - by * cx);
  }
  return volume / 6;
}

/**
 * Counts what the pieces consist of. Triangles that share an edge are one piece, and their corners
 * at its ends are one vertex: so a vertex where two fans only touch counts once for each.
 */
function countPieces(
  corners: Uint32Array,
  edges: MeshEdges,
): { list: Component[]; pieceOf: Int32Array } {
  const faces = corners.length / 3;
  const facePieces = makeSets(faces), fans = makeSets(corners.length);
  const { uses, starts } = edges;
  for (let e = 0; e + 1 < starts.length; e++) {
    const first = uses[starts[e]], to = endOf(first);
    for (let i = starts[e] + 1; i < starts[e + 1]; i++) {
      const other = uses[i], otherTo = endOf(other);
      facePieces.unite(faceOf(first), faceOf(other));
      const sameWay = corners[first] === corners[other];
      fans.unite(first, sameWay ? other : otherTo);
      fans.unite(to, sameWay ? otherTo : other);
    }
  }
  const list: Component[] = [], pieceOf = new Int32Array(faces).fill(-1);
  for (let face = 0; face < faces; face++) {
    if (isCollapsed(corners, face)) continue;
    const root = facePieces.find(face); // the lowest of its piece, so known before the others
    let piece = pieceOf[root];
    if (root === face) {
      piece = list.push({
        faces: 0,
        vertices: 0,
        edges: 0,
        watertight: true,
        euler: 0,
        genus: null,
      }) - 1;
    }
    pieceOf[face] = piece;
    let vertices = 0;
    for (let k = 3 * face; k < 3 * face + 3; k++) if (fans.isLowest(k)) vertices++;
    list[piece].faces++;
    list[piece].vertices += vertices;
  }
  for (let e = 0; e + 1 < starts.length; e++) {
    const piece = list[pieceOf[faceOf(uses[starts[e]])]];
    piece.edges++;
    if (starts[e + 1] - starts[e] !== 2) piece.watertight = false;
  }
  for (const piece of list) {
    piece.euler = piece.vertices - piece.edges + piece.faces;
    if (piece.watertight && piece.euler % 2 === 0) piece.genus = 1 - piece.euler / 2;
  }
  return { list, pieceOf };
}

/** The triangle of a side. */
function faceOf(side: number): number {
  return (side / 3) >>> 0;
}

/** The corner that a side runs to; it runs from the corner of its own number. */
function endOf(side: number): number {
  return side % 3 === 2 ? side - 2 : side + 1;
}

function isCollapsed(corners: Uint32Array, face: number): boolean {
  const a = corners[3 * face], b = corners[3 * face + 1], c = corners[3 * face + 2];
  return a === b || b === c || c === a;
}
