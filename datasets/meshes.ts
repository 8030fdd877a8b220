/**
 * Folders of mesh files, one person each: `*.glb`, `*.gltf`, `*.ply`, `*.obj` in the folder or one level
 * below. glTF is in metres, +y up, facing +z by its specification; of others the unit is guessed.
 */
import { scanReader } from "./build.ts";
import type { DatasetReader } from "./reader.ts";

const GLTF = /^(?:[^/]+\/)?([^/]+)\.(?:glb|gltf)$/i;
const MESH = /^(?:[^/]+\/)?([^/]+)\.(?:ply|obj)$/i;

const find = (pattern: RegExp): Parameters<typeof scanReader>[0]["find"] => (files) =>
  files.match(pattern).map(({ 1: id, input }) => ({ id, scan: input }));

/** See {@linkcode DatasetReader}. */
export const GLTF_READER: DatasetReader = scanReader({
  format: "gltf",
  title: "a folder of glTF files",
  unit: "m",
  stands: "front",
  detect(files) {
    const count = files.match(GLTF).length;
    return count === 0 ? undefined : `${count} .glb or .gltf files`;
  },
  find: find(GLTF),
});

/** See {@linkcode DatasetReader}. */
export const MESHES_READER: DatasetReader = scanReader({
  format: "meshes",
  title: "a folder of OBJ or PLY files",
  unit: "guess",
  stands: "front",
  detect(files) {
    const count = files.match(MESH).length;
    return count === 0 ? undefined : `${count} .obj or .ply files, nothing else known about them`;
  },
  find: find(MESH),
});
