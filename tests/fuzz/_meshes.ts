/** Readers of meshes, pictures and archives. */
import { gzipSync } from "node:zlib";
import { encodeExr, readExr } from "../../core/files/exr.ts";
import { encodeGlb } from "../../core/files/glb_write.ts";
import { encodeLossy, encodePng, readImage, readImageInfo } from "../../core/files/image.ts";
import { readMesh } from "../../core/files/mesh_file.ts";
import { encodeObj } from "../../core/files/obj_write.ts";
import { encodePly } from "../../core/files/ply_write.ts";
import { bytesSource, type Folder, MemoryFolder, readAll } from "../../core/files/source.ts";
import { openTar } from "../../core/files/tar.ts";
import { encodeTar } from "../../core/files/tar_write.ts";
import { openZip } from "../../core/files/zip.ts";
import { encodeZip } from "../../core/files/zip_write.ts";
import type { Mesh } from "../../core/geometry/mesh.ts";
import {
  glbChunks,
  insideGzip,
  insideZip,
  learnZips,
  oneOf,
  pngChunks,
  tarHeads,
} from "./_containers.ts";
import { mutateBytes, mutateJson } from "./_mutate.ts";
import type { Target } from "./targets.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** Two triangles with everything that a mesh can have. */
const MESH: Mesh = {
  positions: Float32Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 1, 0.5),
  indices: Uint32Array.of(0, 1, 2, 2, 1, 3),
  normals: Float32Array.of(0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1),
  colors: Uint8Array.from({ length: 16 }, (_, i) => 16 * i),
  uvs: Float32Array.from({ length: 12 }, (_, i) => i / 16),
  materials: [{
    name: "skin",
    baseColor: [1, 0.5, 0.25, 1],
    texture: { name: "t", width: 2, height: 2, data: new Uint8Array(16).fill(90) },
  }],
  faceMaterials: Uint16Array.of(0, 0),
};

const PLAIN: Mesh = { positions: MESH.positions, indices: MESH.indices };

/** Reads a mesh that stands beside the library and the picture which it may name. */
function readAs(name: string, beside: Record<string, Uint8Array> = {}) {
  return async (bytes: Uint8Array) => {
    const folder = new MemoryFolder({ ...beside, [name]: bytes });
    return await readMesh(folder, name, { faults: "note" });
  };
}

async function openEach(folder: Folder): Promise<void> {
  for (const path of await folder.list()) await readAll(await folder.open(path));
}

const PICTURE = {
  width: 5,
  height: 3,
  channels: 4 as const,
  data: Uint8Array.from({ length: 60 }, (_, i) => 4 * i),
};
const OPAQUE = { width: 8, height: 8, channels: 3 as const, data: new Uint8Array(192).fill(99) };
const DEPTH = Float32Array.from({ length: 20 * 24 }, (_, i) => i % 7 === 0 ? 0 : i / 100);

/** A glTF text whose buffer is inside it. */
async function gltfText(mesh: Mesh): Promise<Uint8Array> {
  const glb = await encodeGlb(mesh), view = new DataView(glb.buffer, glb.byteOffset);
  const jsonBytes = view.getUint32(12, true);
  const json = JSON.parse(new TextDecoder().decode(glb.subarray(20, 20 + jsonBytes)));
  json.buffers[0].uri = "data:application/octet-stream;base64," +
    glb.slice(28 + jsonBytes).toBase64();
  return bytesOf(JSON.stringify(json));
}

const FILES: [string, Uint8Array][] = [
  ["a/b.txt", bytesOf("text ".repeat(40))],
  ["a/c.bin", Uint8Array.from({ length: 700 }, (_, i) => i)],
  [`long/${"n".repeat(120)}.txt`, bytesOf("x")],
];

async function readZip(bytes: Uint8Array): Promise<void> {
  const zip = await openZip(bytesSource("fuzzed.zip", bytes));
  await openEach(zip);
  for (const path of zip.entries.keys()) await zip.verify(path);
}

const readTar = async (bytes: Uint8Array) =>
  await openEach(await openTar(bytesSource("fuzzed.tar", bytes)));

/** See `targets.ts`. */
export const MESH_TARGETS: readonly Target[] = [
  {
    name: "obj",
    seeds: () => [
      encodeObj(MESH, "mesh").get("mesh.obj")!,
      bytesOf("v 0 0 0 1 0 0\nv 1 0 0\nv 0 1 0\nv 1 1 0\nvt 0 0\nvn 0 0 1\nf 1/1/1 2//1 3/1 -1\n"),
      bytesOf(
        "# empty\no a\ng b\ns off\nv 1e-3 .5 -2.\nv 1 2 3\nv 4 5 7\nf 1 \\\n 2 3\np 1\nl 1 2\n",
      ),
    ],
    read: (bytes) =>
      readAs("mesh.obj", {
        "mesh.mtl": encodeObj(MESH, "mesh").get("mesh.mtl")!,
        "mesh_0.png": encodePng(PICTURE),
      })(bytes),
    mutate: mutateBytes,
  },
  {
    name: "mtl",
    seeds: () => [
      encodeObj(MESH, "mesh").get("mesh.mtl")!,
      bytesOf("newmtl a b\nKd 1 2 3\nTr 0.5\nmap_Kd -s 1 1 1 -mm 0 1 mesh_0.png\nillum 2\n"),
    ],
    read: (bytes) =>
      readAs("mesh.obj", { "mesh.mtl": bytes, "mesh_0.png": encodePng(PICTURE) })(
        encodeObj(MESH, "mesh").get("mesh.obj")!,
      ),
    mutate: mutateBytes,
  },
  {
    name: "ply",
    seeds: () => [
      encodePly(MESH),
      encodePly(PLAIN),
      bytesOf(
        "ply\nformat ascii 1.0\ncomment x\nelement vertex 4\nproperty float x\nproperty double y\n" +
          "property short z\nproperty uchar red\nproperty uchar green\nproperty uchar blue\n" +
          "element face 2\nproperty list uchar int vertex_indices\n" +
          "property list uchar float texcoord\nelement odd 1\nproperty list int int things\n" +
          "end_header\n0 0 0 1 2 3\n1 0 0 1 2 3\n0 1 0 9 9 9\n1 1 0 0 0 0\n" +
          "3 0 1 2 6 0 0 1 0 0 1\n4 0 1 3 2 0\n2 7 8\n",
      ),
    ],
    read: readAs("mesh.ply"),
    mutate: mutateBytes,
  },
  {
    name: "glb",
    seeds: async () => [await encodeGlb(MESH), await encodeGlb(PLAIN)],
    read: readAs("mesh.glb"),
    mutate: oneOf(glbChunks, mutateBytes),
  },
  {
    name: "gltf",
    seeds: async () => [await gltfText(MESH), await gltfText(PLAIN)],
    read: readAs("mesh.gltf"),
    mutate: mutateJson,
  },
  {
    name: "exr",
    seeds: () =>
      (["none", "zip", "zips"] as const).map((compression) =>
        encodeExr({ width: 20, height: 24, channels: { Y: DEPTH, Z: DEPTH } }, { compression })
      ),
    read: (bytes) => readExr(bytesSource("fuzzed.exr", bytes)),
    mutate: mutateBytes,
  },
  {
    name: "png",
    seeds: () => [encodePng(PICTURE), encodePng({ ...OPAQUE, data: new Uint16Array(192) })],
    read: readPicture,
    mutate: oneOf(pngChunks, mutateBytes),
  },
  {
    name: "picture",
    seeds: async () => [
      await encodeLossy(OPAQUE),
      await encodeLossy(PICTURE, { format: "webp" }),
      encodePng(OPAQUE),
    ],
    read: readPicture,
    mutate: mutateBytes,
  },
  {
    name: "zip",
    seeds: async () => {
      const seeds = [encodeZip(FILES), encodeZip(FILES, { level: 6 })];
      await learnZips(seeds);
      return seeds;
    },
    read: readZip,
    mutate: oneOf(mutateBytes, insideZip()),
  },
  { name: "tar", seeds: () => [encodeTar(FILES)], read: readTar, mutate: tarHeads },
  {
    name: "tar-gz",
    seeds: () => [new Uint8Array(gzipSync(encodeTar(FILES)))],
    read: readTar,
    mutate: oneOf(insideGzip(tarHeads), mutateBytes),
  },
];

async function readPicture(bytes: Uint8Array): Promise<void> {
  await readImageInfo(bytesSource("fuzzed.png", bytes));
  await readImage(bytesSource("fuzzed.png", bytes), { maxPixels: 1 << 22 });
}
