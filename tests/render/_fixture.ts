/** The bundled people as meshes. */
import { DiskFolder } from "../../core/files/disk.ts";
import { readGltf } from "../../core/files/glb.ts";
import type { Mesh } from "../../core/geometry/mesh.ts";
import { FIXTURES } from "../../core/work/paths.ts";

/** Reads `subjects/<id>.glb`, or `dense/<id>.glb` for an id that ends in `_dense`. */
export async function readFixture(id: string): Promise<Mesh> {
  const folder = id.endsWith("_dense") ? "dense" : "subjects";
  const { mesh } = await readGltf(new DiskFolder(`${FIXTURES}/humans/${folder}`), `${id}.glb`);
  return mesh;
}
