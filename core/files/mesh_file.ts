/** Any mesh file: read by its content, checked, and written. */
import { basename, dirname, extname, join, posix } from "node:path";
import type { Mesh } from "../geometry/mesh.ts";
import { InputError } from "../work/errors.ts";
import { withDefaults } from "../work/options.ts";
import { writeWhole } from "../work/scratch.ts";
import { describeContent, SNIFF_BYTES, sniffMesh } from "./_sniff.ts";
import { checkMesh } from "./check_mesh.ts";
import { readGltf } from "./glb.ts";
import { encodeGlb } from "./glb_write.ts";
import {
  MESH_READ_DEFAULTS,
  type MeshFile,
  type MeshFormat,
  type MeshReadOptions,
} from "./mesh_format.ts";
import type { Note } from "./note.ts";
import { readObj } from "./obj.ts";
import { encodeObj } from "./obj_write.ts";
import { placeOf } from "./place.ts";
import { readPly } from "./ply.ts";
import { encodePly } from "./ply_write.ts";
import type { Folder } from "./source.ts";

export type { MeshFile, MeshFormat, MeshReadOptions } from "./mesh_format.ts";
export type { Note } from "./note.ts";

/** How any mesh is read. */
export interface ReadMeshOptions extends MeshReadOptions {
  /**
   * What to do with a mesh that no one can use (`mesh-empty`, `mesh-nan`): `throw`, or `note` it for
   * those who collect faults. Default: `throw`.
   */
  faults?: "throw" | "note";
  /** `points` takes a file without faces as a cloud of points. Default: `surface`. */
  kind?: "surface" | "points";
}

/** See `ReadMeshOptions`. */
export const READ_MESH_DEFAULTS: Readonly<Required<ReadMeshOptions>> = Object.freeze({
  ...MESH_READ_DEFAULTS,
  faults: "throw",
  kind: "surface",
});

const READERS: Readonly<Record<MeshFormat, typeof readObj>> = {
  obj: readObj,
  ply: readPly,
  glb: readGltf,
  gltf: readGltf,
};

/**
 * Reads a mesh: OBJ, PLY, GLB or glTF, told by its content. A name that says otherwise is a note
 * (`misnamed`). Then checks it (`checkMesh`).
 *
 * @throws {InputError} If the content is no mesh, is malformed, or the mesh cannot be used.
 */
export async function readMesh(
  folder: Folder,
  path: string,
  options: ReadMeshOptions = {},
): Promise<MeshFile> {
  const settings = withDefaults(READ_MESH_DEFAULTS as Required<ReadMeshOptions>, options);
  const source = await folder.open(path);
  const head = await source.slice(0, Math.min(source.byteLength, SNIFF_BYTES));
  const format = sniffMesh(head);
  if (format === undefined) {
    throw new InputError(`Cannot read a mesh: ${describeContent(head)}, expected OBJ, PLY or GLB`, {
      file: source.name,
    });
  }
  const file = await READERS[format](folder, path, settings);
  const suffix = posix.extname(path).slice(1).toLowerCase();
  if (suffix !== file.format && Object.hasOwn(READERS, suffix)) {
    const text = `it is named .${suffix} and its content is ${file.format.toUpperCase()}`;
    file.notes.push({ code: "misnamed", text, file: path });
  }
  const { errors, notes } = checkMesh(file.mesh);
  const cloud = settings.kind === "points" && file.mesh.positions.length > 0;
  const faults = errors.filter(({ code }) => !(cloud && code === "mesh-empty"));
  if (faults.length > 0 && settings.faults === "throw") {
    const text = faults.map((fault) => fault.text).join("; ");
    throw new InputError(`Cannot use the mesh: ${text}, expected a surface`, { file: source.name });
  }
  for (const note of [...faults, ...notes]) file.notes.push({ ...note, file: path });
  return file;
}

/**
 * Reads a mesh from a path on a disk, or in an archive (`scans.zip!/0001/0001.obj`); its materials and
 * pictures must lie in the same folder or below.
 *
 * @throws {InputError} As `readMesh`.
 */
export async function readMeshFile(path: string, options: ReadMeshOptions = {}): Promise<MeshFile> {
  const { folder, name } = await placeOf(path);
  return await readMesh(folder, name, options);
}

/** How a mesh is written. */
export interface WriteMeshOptions {
  /** Default: what the path's suffix says. */
  format?: "obj" | "ply" | "glb";
}

/**
 * Writes a mesh, each file whole or not at all. An OBJ comes with `<name>.mtl` and
 * `<name>_<i>.png` beside it, written first. Returns notes on what the format cannot hold.
 *
 * @throws {RangeError} If the suffix is none of the formats, or the mesh cannot be a GLB.
 * @throws {InputError} If the file system refuses.
 */
export async function writeMesh(
  path: string,
  mesh: Mesh,
  options: WriteMeshOptions = {},
): Promise<Note[]> {
  const suffix = extname(path);
  const format = options.format ?? suffix.slice(1).toLowerCase();
  const notes: Note[] = [];
  const lost = (what: string, present: boolean) => {
    if (!present) return;
    notes.push({ code: "not-written", text: `${format.toUpperCase()} files hold no ${what}` });
  };
  if (format === "ply") {
    await writeWhole(path, encodePly(mesh));
    lost("texture coordinates and materials here", mesh.uvs !== undefined);
  } else if (format === "glb") {
    await writeWhole(path, await encodeGlb(mesh));
    lost("labels of faces", mesh.faceInferred !== undefined);
  } else if (format === "obj") {
    const files = encodeObj(mesh, basename(path, suffix));
    const [own] = files.keys();
    for (const [name, bytes] of files) {
      if (name !== own) await writeWhole(join(dirname(path), name), bytes);
    }
    await writeWhole(path, files.get(own)!);
    lost("labels of faces", mesh.faceInferred !== undefined);
  } else {
    throw new RangeError(`Cannot write a mesh as "${format}", expected obj, ply or glb`);
  }
  return notes;
}
