/** How large a mesh will be once it is read, told from the beginning of its file. */
import { isGlb } from "./_gltf_load.ts";
import { readPlyHeader } from "./_ply_header.ts";
import { sniffMesh } from "./_sniff.ts";
import { parseForeignJson } from "../work/json.ts";
import { openPlace } from "./place.ts";
import type { ByteSource } from "./source.ts";

/** What a mesh file holds. */
export interface MeshCount {
  /** Triangles; of text files told from samples. */
  faces: number;
  /** Bytes of pictures in the file. */
  pictureBytes: number;
}

/** What a triangle and its share of the vertices take at least, where nothing better is known. */
const LEAST_BYTES = 32;

/** How much of an OBJ is looked at, evenly spread: a megabyte is all of most. */
const SAMPLES = 64, SAMPLE_BYTES = 1 << 14;

/** The longest JSON chunk that is looked into: a mesh's has some thousand characters. */
const MOST_JSON_BYTES = 1 << 26;

const GLB_JSON_START = 20;

/**
 * Counts the triangles of a mesh file from its header (PLY, GLB), from samples (OBJ) or from its length
 * (glTF), without reading the mesh. What is no sound mesh counts by its length: who reads it will say
 * what is wrong.
 *
 * @throws {InputError} If there is no such file, or it cannot be read.
 */
export async function countMesh(place: string): Promise<MeshCount> {
  const source = await openPlace(place);
  const head = await source.slice(0, Math.min(source.byteLength, 1 << 16));
  const byLength = { faces: Math.ceil(source.byteLength / LEAST_BYTES), pictureBytes: 0 };
  try {
    if (isGlb(head)) return await glbCount(source, head) ?? byLength;
    const format = sniffMesh(head);
    if (format === "ply") return await plyCount(source);
    if (format === "obj") return { faces: await objFaces(source), pictureBytes: 0 };
  } catch {
    return byLength;
  }
  return byLength;
}

async function plyCount(source: ByteSource): Promise<MeshCount> {
  const { elements } = await readPlyHeader(source);
  const rows = (name: string) => elements.find((one) => one.name === name)?.count ?? 0;
  // Points have no faces, and take what a mesh of so many vertices takes.
  return { faces: rows("face") || rows("vertex"), pictureBytes: 0 };
}

/** Lines of faces, each of its corners less two, in as much of the file as the samples are. */
async function objFaces(source: ByteSource): Promise<number> {
  const { byteLength } = source, decoder = new TextDecoder("latin1");
  const whole = byteLength <= SAMPLES * SAMPLE_BYTES, count = whole ? 1 : SAMPLES;
  let faces = 0, seen = 0;
  for (let i = 0; i < count; i++) {
    const start = Math.floor(byteLength / count * i);
    const bytes = await source.slice(start, whole ? byteLength : start + SAMPLE_BYTES);
    seen += bytes.length;
    for (const line of decoder.decode(bytes).split("\n")) {
      if (!/^f\s/.test(line)) continue; // a line that a sample cuts counts in one of its halves at most
      faces += Math.max(0, line.trim().split(/\s+/).length - 3);
    }
  }
  return Math.ceil(faces / seen * byteLength);
}

/** What counting needs of a glTF file; anything may be missing or wrong. */
interface LooseGltf {
  accessors?: { count?: number }[];
  bufferViews?: { byteLength?: number }[];
  images?: { bufferView?: number }[];
  meshes?: {
    primitives?: { indices?: number; attributes?: { POSITION?: number } }[];
  }[];
  nodes?: { mesh?: number }[];
}

async function glbCount(source: ByteSource, head: Uint8Array): Promise<MeshCount | undefined> {
  const length = new DataView(head.buffer, head.byteOffset).getUint32(12, true);
  if (length > MOST_JSON_BYTES || GLB_JSON_START + length > source.byteLength) return undefined;
  const text = new TextDecoder().decode(
    await source.slice(GLB_JSON_START, GLB_JSON_START + length),
  );
  const { accessors = [], bufferViews = [], images = [], meshes = [], nodes = [] } =
    parseForeignJson(text) as LooseGltf;
  const perMesh = meshes.map(({ primitives = [] }) =>
    primitives.reduce((sum, { indices, attributes }) => {
      const corners = accessors[indices ?? attributes?.POSITION ?? -1]?.count ?? 0;
      return sum + corners / 3;
    }, 0)
  );
  // A mesh that several nodes use is there as often.
  const used = nodes.filter(({ mesh }) => mesh !== undefined);
  const faces = used.reduce((sum, { mesh }) => sum + (perMesh[mesh!] ?? 0), 0);
  const pictureBytes = images.reduce(
    (sum, { bufferView }) => sum + (bufferViews[bufferView ?? -1]?.byteLength ?? 0),
    0,
  );
  return Number.isFinite(faces + pictureBytes) && faces > 0
    ? { faces: Math.ceil(faces), pictureBytes }
    : undefined;
}
