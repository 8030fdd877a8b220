/**
 * The suite's side of the file cross-checks: carries out a list of jobs, so that Python can compare.
 *
 *   deno run --allow-read --allow-write --allow-env --allow-ffi tests/crosscheck/files_convert.ts JOBS.json
 *
 * A job is {do, from, to, …}; arrays and meshes are exchanged as .npz.
 */
import { encodeExr, readExr } from "../../core/files/exr.ts";
import { fileSource } from "../../core/files/disk.ts";
import { encodePng, type Image, readImage } from "../../core/files/image.ts";
import { readMeshFile, writeMesh } from "../../core/files/mesh_file.ts";
import type { NpyArray, NpyDtype } from "../../core/files/npy.ts";
import { encodeNpz, openNpz } from "../../core/files/npz.ts";
import type { Mesh } from "../../core/geometry/mesh.ts";

interface Job {
  do: "exr-read" | "exr-write" | "png-read" | "png-write" | "npz-copy" | "mesh-read" | "mesh-copy";
  from: string;
  to: string;
  compression?: "none" | "zips" | "zip";
}

const jobs: Job[] = JSON.parse(await Deno.readTextFile(Deno.args[0]));
for (const job of jobs) await run(job);

async function run({ do: what, from, to, compression = "zip" }: Job): Promise<void> {
  if (what === "mesh-copy") {
    await writeMesh(to, (await readMeshFile(from)).mesh);
    return;
  }
  await Deno.writeFile(to, await converted(what, from, compression));
}

async function converted(
  what: Job["do"],
  from: string,
  compression: "none" | "zips" | "zip",
): Promise<Uint8Array> {
  if (what === "mesh-read") return meshNpz((await readMeshFile(from)).mesh);
  const source = await fileSource(from);
  if (what === "exr-read") {
    const { width, height, channels } = await readExr(source);
    const planes = Object.entries(channels).map((
      [name, data],
    ) => [name, plane(data, height, width)]);
    return encodeNpz(Object.fromEntries(planes));
  }
  if (what === "png-read") {
    const { width, height, channels, data } = await readImage(source);
    const dtype = data instanceof Uint16Array ? "u2" : "u1";
    return encodeNpz({ image: { shape: [height, width, channels], dtype, data } });
  }
  const npz = await openNpz(source, { maxMemberBytes: 2 ** 30 });
  const arrays: Record<string, NpyArray> = {};
  for (const name of npz.names) arrays[name] = await npz.read(name);
  if (what === "npz-copy") return encodeNpz(arrays, { level: 6 });
  if (what === "png-write") {
    const { shape: [height, width, channels], data } = arrays["image"];
    return encodePng({ width, height, channels, data } as Image);
  }
  const [{ shape: [height, width] }] = Object.values(arrays);
  const channels = Object.fromEntries(
    Object.entries(arrays).map(([name, { data }]) => [name, data as Float32Array]),
  );
  return encodeExr({ width, height, channels }, { compression });
}

function plane(data: Float32Array, height: number, width: number): NpyArray {
  return { shape: [height, width], dtype: "f4", data };
}

/** Every typed array of a mesh by its name, and the pixels of each material's picture. */
function meshNpz(mesh: Mesh): Uint8Array {
  const kinds: [keyof Mesh, NpyDtype, number][] = [
    ["positions", "f4", 3],
    ["indices", "u4", 3],
    ["normals", "f4", 3],
    ["colors", "u1", 4],
    ["uvs", "f4", 2],
    ["faceMaterials", "u2", 1],
    ["faceInferred", "u1", 1],
  ];
  const arrays: Record<string, NpyArray> = {};
  for (const [name, dtype, width] of kinds) {
    const data = mesh[name] as NpyArray["data"] | undefined;
    if (data !== undefined) arrays[name] = { shape: [data.length / width, width], dtype, data };
  }
  for (const [m, { texture }] of (mesh.materials ?? []).entries()) {
    if (texture === undefined) continue;
    const shape = [texture.height, texture.width, 4];
    arrays[`texture${m}`] = { shape, dtype: "u1", data: texture.data };
  }
  return encodeNpz(arrays);
}
