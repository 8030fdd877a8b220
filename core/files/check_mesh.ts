/** What is wrong with a mesh as data, before anyone looks at its shape. */
import type { Mesh } from "../geometry/mesh.ts";
import type { Note } from "./note.ts";

/** What `checkMesh` found. */
export interface MeshCheck {
  /** What makes the mesh unusable: `mesh-empty`, `mesh-nan`, `mesh-index`. */
  errors: Note[];
  /** What may matter: `faces-degenerate`, `uv-nan`, `normals-nan`. */
  notes: Note[];
}

/**
 * Checks a mesh: that it has vertices and faces (`mesh-empty`), finite positions (`mesh-nan`, with
 * the count and the first), indices that exist (`mesh-index`); counts faces without area and
 * texture coordinates or normals that are not finite.
 */
export function checkMesh(mesh: Mesh): MeshCheck {
  const { positions, indices, uvs, normals } = mesh;
  const errors: Note[] = [], notes: Note[] = [];
  const vertices = positions.length / 3, faces = indices.length / 3;
  if (vertices === 0 || faces === 0) {
    const text = `the mesh has ${vertices} vertices and ${faces} faces`;
    errors.push({ code: "mesh-empty", text });
  }
  const bad = notFinite(positions, 3);
  if (bad.count > 0) {
    const text = `${bad.count} of ${vertices} vertices are not finite, the first is ${bad.first}`;
    errors.push({ code: "mesh-nan", text });
  }
  let outside = 0, degenerate = 0, first = -1;
  for (let f = 0; f < faces; f++) {
    const a = indices[3 * f], b = indices[3 * f + 1], c = indices[3 * f + 2];
    if (a >= vertices || b >= vertices || c >= vertices) outside++;
    else if (a === b || b === c || c === a || hasNoArea(positions, a, b, c)) {
      if (degenerate++ === 0) first = f;
    }
  }
  if (outside > 0) {
    const text = `${outside} of ${faces} faces use vertices beyond the ${vertices} there are`;
    errors.push({ code: "mesh-index", text });
  }
  if (degenerate > 0) {
    const text = `${degenerate} of ${faces} faces have no area, the first is ${first}`;
    notes.push({ code: "faces-degenerate", text });
  }
  const badUvs = uvs === undefined ? 0 : notFinite(uvs, 2).count;
  if (badUvs > 0) {
    notes.push({ code: "uv-nan", text: `${badUvs} texture coordinates are not finite` });
  }
  const badNormals = normals === undefined ? 0 : notFinite(normals, 3).count;
  if (badNormals > 0) {
    notes.push({ code: "normals-nan", text: `${badNormals} normals are not finite` });
  }
  return { errors, notes };
}

/** How many items of `width` numbers hold NaN or infinity, and the first. */
function notFinite(values: Float32Array, width: number): { count: number; first: number } {
  let count = 0, first = -1, last = -1;
  for (let i = 0; i < values.length; i++) {
    if (values[i] - values[i] === 0) continue;
    const item = Math.floor(i / width);
    if (first < 0) first = item;
    if (item !== last) count++;
    last = item;
  }
  return { count, first };
}

function hasNoArea(p: Float32Array, a: number, b: number, c: number): boolean {
  const ux = p[3 * b] - p[3 * a],
    uy = p[3 * b + 1] - p[3 * a + 1],
    uz = p[3 * b + 2] - p[3 * a + 2];
  const vx = p[3 * c] - p[3 * a],
    vy = p[3 * c + 1] - p[3 * a + 1],
    vz = p[3 * c + 2] - p[3 * a + 2];
  return uy * vz - uz * vy === 0 && uz * vx - ux * vz === 0 && ux * vy - uy * vx === 0;
}
