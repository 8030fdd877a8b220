/** Vertices that carry their texture coordinates, for formats that have no corners. */

/** Vertices split where their corners' texture coordinates differ. */
export interface CornerVertices {
  /** The old vertex of each new one. */
  source: Uint32Array;
  /** u v a new vertex. */
  uvs: Float32Array;
  /** The new vertex of each corner. */
  indices: Uint32Array;
}

/**
 * Splits vertices along the seams of a texture: one new vertex for each vertex and pair of texture
 * coordinates, in the order in which corners first use them; unused vertices are left out.
 */
export function splitCorners(
  indices: Uint32Array,
  uvs: Float32Array,
  vertices: number,
): CornerVertices {
  // Chains of new vertices by old one: most have one, seams two.
  const head = new Int32Array(vertices).fill(-1);
  const next = new Int32Array(indices.length);
  const source = new Uint32Array(indices.length);
  const newUvs = new Float32Array(2 * indices.length);
  const newIndices = new Uint32Array(indices.length);
  let count = 0;
  for (let corner = 0; corner < indices.length; corner++) {
    const old = indices[corner], u = uvs[2 * corner], v = uvs[2 * corner + 1];
    let vertex = head[old];
    while (vertex >= 0 && !(newUvs[2 * vertex] === u && newUvs[2 * vertex + 1] === v)) {
      vertex = next[vertex];
    }
    if (vertex < 0) {
      vertex = count++;
      source[vertex] = old;
      newUvs[2 * vertex] = u;
      newUvs[2 * vertex + 1] = v;
      next[vertex] = head[old];
      head[old] = vertex;
    }
    newIndices[corner] = vertex;
  }
  return { source: source.slice(0, count), uvs: newUvs.slice(0, 2 * count), indices: newIndices };
}
