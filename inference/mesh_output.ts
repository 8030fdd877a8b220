/** How a predicted mesh is written: its format and its path. */
import { extname } from "../core/work/path.ts";
import { writeMesh } from "../core/files/mesh_file.ts";
import { plyParts } from "../core/files/ply_write.ts";
import type { Mesh } from "../core/geometry/mesh.ts";
import { UsageError } from "../core/work/errors.ts";
import type { Json } from "../core/work/json.ts";
import { writeWhole } from "../core/work/scratch.ts";
import type { OutputFormat } from "./output_formats.ts";

export { MESH_FORMATS, type OutputFormat } from "./output_formats.ts";

/** Path of a prediction's mesh below the predictions' folder. */
export function meshPath(id: string, format: OutputFormat): string {
  return `${id}.${format}`;
}

/**
 * Refuses what no file could hold.
 *
 * @throws {UsageError} If a texture is asked for and the format has none.
 */
export function checkFormat(format: OutputFormat, options: { [key: string]: Json }): void {
  if (format !== "ply" || options.color !== "texture") return;
  throw new UsageError("Cannot write a texture: PLY files hold none", {
    hint: "choose the format glb or obj",
  });
}

/**
 * Writes a mesh in the format that the path's suffix says; an OBJ with its materials and pictures
 * beside it. Returns what the format cannot hold.
 */
export async function writePrediction(path: string, mesh: Mesh): Promise<string[]> {
  if (extname(path) === ".ply") {
    await writeWhole(path, plyParts(mesh));
    return [];
  }
  return (await writeMesh(path, mesh)).map(({ text }) => text);
}
