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
  const layout = layoutOf(mesh, options);
  const out = new Uint8Array(
    layout.head.length + layout.vertices * layout.vertexBytes + layout.faces * layout.faceBytes,
  );
  let at = 0;
  for (const part of parts(layout)) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/**
 * The same bytes in parts, so that large meshes are not twice in memory. A part is valid until the
 * next one is asked for.
 */
export function plyParts(mesh: Mesh, options: PlyWriteOptions = {}): Iterable<Uint8Array> {
  return parts(layoutOf(mesh, options));
}

interface Layout {
  head: Uint8Array;
  vertices: number;
  faces: number;
  vertexBytes: number;
  faceBytes: number;
  mesh: Pick<Mesh, "positions" | "indices" | "normals" | "colors" | "faceInferred">;
}

function layoutOf(mesh: Mesh, options: PlyWriteOptions): Layout {
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
  const written: Layout["mesh"] = { positions, indices };
  if (normals !== undefined) written.normals = normals;
  if (colors !== undefined) written.colors = colors;
  if (faceInferred !== undefined) written.faceInferred = faceInferred;
  return {
    head: new TextEncoder().encode(header.join("\n")),
    vertices,
    faces,
    vertexBytes: 12 + (normals === undefined ? 0 : 12) + (colors === undefined ? 0 : 4),
    faceBytes: 13 + (faceInferred === undefined ? 0 : 1),
    mesh: written,
  };
}

/** Vertices or faces a part. */
const PART = 1 << 16;

function* parts(layout: Layout): Generator<Uint8Array> {
  const { head, vertices, faces, vertexBytes, faceBytes } = layout;
  const { positions, indices, normals, colors, faceInferred } = layout.mesh;
  yield head;
  const room = PART * Math.max(vertexBytes, faceBytes);
  const out = new Uint8Array(Math.min(room, Math.max(vertices * vertexBytes, faces * faceBytes)));
  const view = new DataView(out.buffer);
  for (let first = 0; first < vertices; first += PART) {
    let at = 0;
    for (let v = first; v < Math.min(vertices, first + PART); v++) {
      for (let k = 0; k < 3; k++, at += 4) view.setFloat32(at, positions[3 * v + k], true);
      if (normals !== undefined) {
        for (let k = 0; k < 3; k++, at += 4) view.setFloat32(at, normals[3 * v + k], true);
      }
      if (colors !== undefined) {
        for (let k = 0; k < 4; k++) out[at++] = colors[4 * v + k];
      }
    }
    yield out.subarray(0, at);
  }
  for (let first = 0; first < faces; first += PART) {
    let at = 0;
    for (let f = first; f < Math.min(faces, first + PART); f++) {
      out[at++] = 3;
      for (let k = 0; k < 3; k++, at += 4) view.setUint32(at, indices[3 * f + k], true);
      if (faceInferred !== undefined) out[at++] = faceInferred[f];
    }
    yield out.subarray(0, at);
  }
}
