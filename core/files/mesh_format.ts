/** What all mesh readers take and give. */
import type { Mesh } from "../geometry/mesh.ts";
import type { Note } from "./note.ts";

/** The mesh formats that are read. */
export type MeshFormat = "obj" | "ply" | "glb" | "gltf";

/** A mesh from a file. Positions are in the file's own unit and frame. */
export interface MeshFile {
  mesh: Mesh;
  format: MeshFormat;
  /** What was missing, skipped or decided on the way. */
  notes: Note[];
  /** The files it consists of, as far as they exist: first itself, then materials and pictures. */
  files: string[];
}

/** How a mesh is read. */
export interface MeshReadOptions {
  /**
   * `decode` fills `Material.texture`; `skip` only looks whether the pictures exist, for those who
   * need the geometry alone. Default: `decode`.
   */
  textures?: "decode" | "skip";
  /** The most pixels of one picture. Default: 16384². */
  maxPixels?: number;
}

/** See `MeshReadOptions`. */
export const MESH_READ_DEFAULTS: Readonly<Required<MeshReadOptions>> = Object.freeze({
  textures: "decode",
  maxPixels: 16384 * 16384,
});
