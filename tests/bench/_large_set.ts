/** A data set of one scan with very many triangles: a bundled person, each triangle cut into four again and again. */
import { encodeGlb } from "../../core/files/glb_write.ts";
import { encodeObj } from "../../core/files/obj_write.ts";
import { encodePly } from "../../core/files/ply_write.ts";
import type { Mesh } from "../../core/geometry/mesh.ts";
import { join } from "../../core/work/path.ts";
import { FIXTURES } from "../../core/work/paths.ts";
import { readFixture } from "../render/_fixture.ts";

/** How the scan is written. */
export type LargeFormat = "glb" | "obj" | "ply";

/** What was written. */
export interface LargeSet {
  id: string;
  faces: number;
  /** Of the scan's file. */
  bytes: number;
}

/** Writes a data set of the suite's own layout with one person of at least so many triangles. */
export async function writeLargeSet(
  folder: string,
  { faces, person = "h11", format = "glb" }: {
    faces: number;
    person?: string;
    format?: LargeFormat;
  },
): Promise<LargeSet> {
  let mesh = await readFixture(person);
  while (mesh.indices.length / 3 < faces) mesh = subdivided(mesh);
  const subjects = join(folder, "subjects"), from = join(FIXTURES, "humans");
  await Deno.mkdir(subjects, { recursive: true });
  await Deno.copyFile(join(from, "open_body.npz"), join(folder, "open_body.npz"));
  const { glb: _glb, ...described } = JSON.parse(
    await Deno.readTextFile(join(from, "subjects", `${person}.json`)),
  );
  const id = "large", scan = `${id}.${format}`;
  await Deno.writeTextFile(
    join(subjects, `${id}.json`),
    JSON.stringify({ ...described, id, scan }),
  );
  const files = format === "glb"
    ? new Map([[scan, await encodeGlb(mesh)]])
    : format === "ply"
    ? new Map([[scan, encodePly(mesh)]])
    : encodeObj(mesh, id);
  for (const [name, bytes] of files) await Deno.writeFile(join(subjects, name), bytes);
  const { size } = await Deno.stat(join(subjects, scan));
  return { id, faces: mesh.indices.length / 3, bytes: size };
}

/** Cuts every triangle into four at the middles of its sides: the same surface. */
export function subdivided(mesh: Mesh): Mesh {
  const { positions, indices, uvs } = mesh, faces = indices.length / 3;
  const vertices = positions.length / 3;
  const slots = 2 ** Math.ceil(Math.log2(4 * faces)), middles = new Uint32Array(slots);
  const keys = new Float64Array(slots).fill(-1);
  const grown = new Float32Array(positions.length + 3 * 3 * faces);
  grown.set(positions);
  let count = vertices;
  const middle = (a: number, b: number) => {
    const low = Math.min(a, b), high = Math.max(a, b), key = low * vertices + high;
    let slot = (Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b)) >>> 0 & slots - 1;
    while (keys[slot] !== -1 && keys[slot] !== key) slot = slot + 1 & slots - 1;
    if (keys[slot] === -1) {
      for (let k = 0; k < 3; k++) {
        grown[3 * count + k] = (positions[3 * a + k] + positions[3 * b + k]) / 2;
      }
      keys[slot] = key, middles[slot] = count++;
    }
    return middles[slot];
  };
  const cut = new Uint32Array(12 * faces);
  const cutUvs = uvs === undefined ? undefined : new Float32Array(24 * faces);
  for (let face = 0; face < faces; face++) {
    const [a, b, c] = indices.subarray(3 * face, 3 * face + 3);
    const ab = middle(a, b), bc = middle(b, c), ca = middle(c, a);
    cut.set([a, ab, ca, ab, b, bc, ca, bc, c, ab, bc, ca], 12 * face);
    if (uvs === undefined || cutUvs === undefined) continue;
    const [au, av, bu, bv, cu, cv] = uvs.subarray(6 * face, 6 * face + 6);
    const p = [(au + bu) / 2, (av + bv) / 2], q = [(bu + cu) / 2, (bv + cv) / 2];
    const r = [(cu + au) / 2, (cv + av) / 2];
    cutUvs.set(
      [[au, av], p, r, p, [bu, bv], q, r, q, [cu, cv], p, q, r].flat(),
      24 * face,
    );
  }
  const { materials, faceMaterials } = mesh;
  return {
    positions: grown.slice(0, 3 * count),
    indices: cut,
    ...(cutUvs === undefined ? {} : { uvs: cutUvs }),
    ...(materials === undefined ? {} : { materials }),
    ...(faceMaterials === undefined ? {} : {
      faceMaterials: Uint16Array.from({ length: 4 * faces }, (_, i) => faceMaterials[i >> 2]),
    }),
  };
}
