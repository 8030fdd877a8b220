/** What goes with the corners of triangles, by index, as OBJ and PLY files hold it. */

/** Takes a code and a text for a note about the file being read. */
export type TakeNote = (code: string, text: string) => void;

/**
 * Gathers texture coordinates a corner, v turned from up to down. Corners without any get (0, 1)
 * and are counted in a note.
 *
 * @param texcoords u v interleaved
 * @param indices one a corner, from 1; 0 is none
 */
export function cornerUvs(
  texcoords: Float32Array,
  indices: Uint32Array,
  note: TakeNote,
): Float32Array<ArrayBuffer> {
  const uvs = new Float32Array(2 * indices.length);
  let missing = 0;
  for (let i = 0; i < indices.length; i++) {
    const t = 2 * (indices[i] - 1);
    if (t < 0) {
      missing++;
      uvs[2 * i + 1] = 1;
    } else {
      uvs[2 * i] = texcoords[t];
      uvs[2 * i + 1] = 1 - texcoords[t + 1];
    }
  }
  if (missing > 0) note("uv-missing", `${missing} corners have no texture coordinates`);
  return uvs;
}

/**
 * Brings normals a corner to one a vertex: the file's own where all corners of a vertex agree,
 * else the unit mean over its corners, counted in a note. Vertices that no face uses get 0 0 0.
 * Undefined, with a note, where some corners have none.
 *
 * @param fileNormals xyz interleaved
 * @param normalIndices one a corner, from 1; 0 is none
 * @param indices vertex of each corner, from 0
 * @param length 3 × the number of vertices
 */
export function vertexNormals(
  fileNormals: Float32Array,
  normalIndices: Uint32Array,
  indices: Uint32Array,
  length: number,
  note: TakeNote,
): Float32Array<ArrayBuffer> | undefined {
  let without = 0;
  for (const index of normalIndices) if (index === 0) without++;
  if (without > 0) {
    note(
      "normals-incomplete",
      `${without} corners have no normal; the file's normals are not used`,
    );
    return undefined;
  }
  const normals = new Float32Array(length);
  const first = new Uint32Array(length / 3);
  const mixed = new Uint8Array(length / 3);
  let split = 0;
  for (let i = 0; i < indices.length; i++) {
    const v = indices[i], at = 3 * (normalIndices[i] - 1);
    const x = fileNormals[at], y = fileNormals[at + 1], z = fileNormals[at + 2];
    if (first[v] === 0) {
      first[v] = normalIndices[i];
      normals[3 * v] = x;
      normals[3 * v + 1] = y;
      normals[3 * v + 2] = z;
    } else if (
      mixed[v] === 0 && first[v] !== normalIndices[i] &&
      !(normals[3 * v] === x && normals[3 * v + 1] === y && normals[3 * v + 2] === z)
    ) {
      mixed[v] = 1;
      split++;
    }
  }
  if (split === 0) return normals;
  note("normals-split", `${split} vertices have several normals; their mean is used`);
  const sums = new Float64Array(length);
  for (let i = 0; i < indices.length; i++) {
    const to = 3 * indices[i], at = 3 * (normalIndices[i] - 1);
    for (let k = 0; k < 3; k++) sums[to + k] += fileNormals[at + k];
  }
  for (let v = 0; v < mixed.length; v++) {
    if (mixed[v] === 0) continue;
    const size = Math.hypot(sums[3 * v], sums[3 * v + 1], sums[3 * v + 2]);
    for (let k = 0; k < 3; k++) normals[3 * v + k] = size > 0 ? sums[3 * v + k] / size : 0;
  }
  return normals;
}
