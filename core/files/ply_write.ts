/** Writes PLY: binary little endian, one layout for all of the suite. */
import type { Mesh } from "../geometry/mesh.ts";
import { withDefaults } from "../work/options.ts";

/** What goes into the file beside positions and faces, where the mesh has it. */
export interface PlyWriteOptions {
  colors?: boolean;
  normals?: boolean;
}

/** See `PlyWriteOptions`. */
export const PLY_WRITE_DEFAULTS: Readonly<Required<PlyWriteOptions>> = Object.freeze({
  colors: true,
  normals: true,
});

/**
 * Makes the bytes of a binary PLY: `x y z`, then `nx ny nz` and `red green blue alpha` (uchar, sRGB)
 * where the mesh has them, triangles as `vertex_indices`, and `inferred` (uchar) a face where the
 * mesh is labelled. Texture coordinates and materials are not written: use OBJ or GLB for those.
 */
export function encodePly(mesh: Mesh, options: PlyWriteOptions = {}): Uint8Array {
  const use = withDefaults(PLY_WRITE_DEFAULTS, options);
  const { positions, indices, faceInferred } = mesh;
  const normals = use.normals ? mesh.normals : undefined;
  const colors = use.colors ? mesh.colors : undefined;
  const vertices = positions.length / 3, faces = indices.length / 3;
  const floats = (names: string) => names.split(" ").map((name) => `property float ${name}`);
  const header = [
    "ply",
    "format binary_little_endian 1.0",
    `element vertex ${vertices}`,
    ...floats("x y z"),
    ...(normals === undefined ? [] : floats("nx ny nz")),
    ...(colors === undefined
      ? []
      : "red green blue alpha".split(" ").map((name) => `property uchar ${name}`)),
    `element face ${faces}`,
    "property list uchar int vertex_indices",
    ...(faceInferred === undefined ? [] : ["property uchar inferred"]),
    "end_header\n",
  ];
  const head = new TextEncoder().encode(header.join("\n"));
  const vertexBytes = 12 + (normals === undefined ? 0 : 12) + (colors === undefined ? 0 : 4);
  const faceBytes = 13 + (faceInferred === undefined ? 0 : 1);
  const out = new Uint8Array(head.length + vertices * vertexBytes + faces * faceBytes);
  out.set(head);
  const view = new DataView(out.buffer);
  let at = head.length;
  for (let v = 0; v < vertices; v++) {
    for (let k = 0; k < 3; k++, at += 4) view.setFloat32(at, positions[3 * v + k], true);
    if (normals !== undefined) {
      for (let k = 0; k < 3; k++, at += 4) view.setFloat32(at, normals[3 * v + k], true);
    }
    if (colors !== undefined) {
      for (let k = 0; k < 4; k++) out[at++] = colors[4 * v + k];
    }
  }
  for (let f = 0; f < faces; f++) {
    out[at++] = 3;
    for (let k = 0; k < 3; k++, at += 4) view.setUint32(at, indices[3 * f + k], true);
    if (faceInferred !== undefined) out[at++] = faceInferred[f];
  }
  return out;
}
