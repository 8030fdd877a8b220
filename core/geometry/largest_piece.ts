/** The connected piece of a mesh with most vertices. */
import type { Mesh } from "./mesh.ts";
import { makeSets } from "./_sets.ts";
import { weldByPosition } from "./weld.ts";

/** What {@linkcode mostVertices} found. */
export interface LargestPiece {
  /** The mesh's triangles that belong to it, ascending. */
  faces: Uint32Array;
  /** How many pieces there are. */
  pieces: number;
}

/**
 * Finds the piece with most vertices, as evaluators do that clean a prediction up first (the lowest
 * of equal ones). Triangles that share a vertex, after welding equal positions, are one piece.
 */
export function mostVertices(
  { positions, indices }: Pick<Mesh, "positions" | "indices">,
): LargestPiece {
  const { weldedOf, count } = weldByPosition(positions);
  const sets = makeSets(count);
  for (let i = 0; i < indices.length; i += 3) {
    sets.unite(weldedOf[indices[i]], weldedOf[indices[i + 1]]);
    sets.unite(weldedOf[indices[i]], weldedOf[indices[i + 2]]);
  }
  const used = new Uint8Array(count), sizes = new Uint32Array(count);
  for (let i = 0; i < indices.length; i++) used[weldedOf[indices[i]]] = 1;
  let best = 0, pieces = 0;
  for (let v = 0; v < count; v++) {
    if (used[v] === 0) continue;
    const root = sets.find(v);
    if (sizes[root]++ === 0) pieces++;
  }
  for (let v = 0; v < count; v++) if (sizes[v] > sizes[best]) best = v;
  const faces = new Uint32Array(indices.length / 3);
  let kept = 0;
  for (let f = 0; f < faces.length; f++) {
    if (sets.find(weldedOf[indices[3 * f]]) === best) faces[kept++] = f;
  }
  return { faces: faces.slice(0, kept), pieces };
}
