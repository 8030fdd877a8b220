/** Files that a mesh file names: they decide what it looks like, so they are hashed with it. */
import { diskPlace } from "../core/files/disk.ts";
import { readMesh } from "../core/files/mesh_file.ts";
import { dirname, extname, join } from "../core/work/path.ts";

/**
 * Paths of the material libraries, pictures and buffers that a mesh file on disk names and that
 * exist. Files that cannot be read have none: reading them later says why.
 */
export async function companionsOf(scanFile: string): Promise<string[]> {
  // Binary formats of one piece, by far the most: no need to read them twice.
  if ([".glb", ".ply"].includes(extname(scanFile).toLowerCase())) return [];
  const { folder, name } = diskPlace(scanFile);
  try {
    const { files } = await readMesh(folder, name, { textures: "skip", faults: "note" });
    return files.slice(1).map((path) => join(dirname(scanFile), path));
  } catch {
    return [];
  }
}
