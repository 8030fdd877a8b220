/** A glTF file's JSON and buffers out of `.glb` and `.gltf`, and the scene that they make. */
import { type Document, Logger, WebIO } from "@gltf-transform/core";
import {
  EXTMeshoptCompression,
  EXTTextureWebP,
  KHRMaterialsPBRSpecularGlossiness,
  KHRMeshQuantization,
  KHRTextureTransform,
} from "@gltf-transform/extensions";
import { MeshoptDecoder } from "meshoptimizer";
import { InputError, messageOf } from "../work/errors.ts";
import { parseForeignJson } from "../work/json.ts";
import { checkRanges, type Gltf, parseGltf } from "./_gltf_check.ts";
import { findBeside } from "./_textures.ts";
import { type ByteSource, bytesSource, type Folder, readAll } from "./source.ts";

const GLB_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
const JSON_CHUNK = 0x4e4f534a, BINARY_CHUNK = 0x004e4942;

/** What was loaded. Pictures are left where they are: `document` holds none. */
export interface LoadedGltf {
  gltf: Gltf;
  document: Document;
  /** The bytes of each buffer; undefined for the stand-ins that meshopt files have. */
  buffers: (Uint8Array | undefined)[];
  /** Paths of external buffers. */
  files: string[];
  binary: boolean;
}

/** Says whether bytes begin as a binary glTF file does. */
export function isGlb(head: Uint8Array): boolean {
  return head[0] === 0x67 && head[1] === 0x6c && head[2] === 0x54 && head[3] === 0x46;
}

/**
 * Loads the geometry of a glTF file.
 *
 * @throws {InputError} If it is malformed, cut short, out of proportion, or needs what is not read.
 */
export async function loadGltf(folder: Folder, path: string): Promise<LoadedGltf> {
  const source = await folder.open(path);
  const bytes = await readAll(source);
  const binary = isGlb(bytes);
  const { text, chunk } = binary ? openContainer(source, bytes) : { text: bytes, chunk: undefined };
  let json: unknown;
  try {
    json = parseForeignJson(new TextDecoder("utf-8").decode(text));
  } catch (cause) {
    throw fault(source.name, `its JSON is malformed: ${messageOf(cause)}`, cause);
  }
  const gltf = parseGltf(json, source.name);
  const files: string[] = [];
  const buffers: (Uint8Array | undefined)[] = [];
  for (const [b, { uri, byteLength }] of gltf.buffers.entries()) {
    const buffer = uri === undefined
      ? b === 0 ? chunk : undefined
      : await readAll(await bufferSource(folder, path, uri, files));
    if (buffer !== undefined && buffer.length < byteLength) {
      throw fault(source.name, `buffer ${b} has ${buffer.length} bytes, expected ${byteLength}`);
    }
    buffers.push(buffer);
  }
  checkRanges(gltf, buffers.map((buffer) => buffer?.length), source.name);
  return { gltf, document: await decode(gltf, buffers, source.name), buffers, files, binary };
}

/** Hands the JSON to gltf-transform with buffers in place and pictures taken out. */
async function decode(
  gltf: Gltf,
  buffers: readonly (Uint8Array | undefined)[],
  file: string,
): Promise<Document> {
  await MeshoptDecoder.ready;
  const io = new WebIO().setLogger(new Logger(Logger.Verbosity.SILENT)).registerExtensions([
    EXTMeshoptCompression,
    EXTTextureWebP,
    KHRMaterialsPBRSpecularGlossiness,
    KHRMeshQuantization,
    KHRTextureTransform,
  ]).registerDependencies({ "meshopt.decoder": MeshoptDecoder });
  const resources: Record<string, Uint8Array<ArrayBuffer>> = { picture: new Uint8Array(1) };
  const inPlace = gltf.buffers.map(({ uri: _, ...buffer }, b) => {
    const bytes = buffers[b];
    if (bytes === undefined) return buffer;
    resources[`buffer${b}`] = bytes as Uint8Array<ArrayBuffer>;
    return { ...buffer, uri: `buffer${b}` };
  });
  const json = {
    ...gltf,
    extensionsRequired: [],
    buffers: inPlace,
    images: gltf.images.map(() => ({ uri: "picture", mimeType: "image/png" })),
    animations: [],
    cameras: [],
    skins: [],
    nodes: gltf.nodes.map(({ camera: _camera, skin: _skin, ...node }) => node),
    meshes: gltf.meshes.map(({ primitives, weights: _weights, ...mesh }) => ({
      ...mesh,
      primitives: primitives.map(({ targets: _targets, ...primitive }) => primitive),
    })),
  };
  try {
    // The shape was checked above; gltf-transform's own type spells out all of glTF.
    const document = { json, resources } as unknown as Parameters<typeof io.readJSON>[0];
    return await io.readJSON(document);
  } catch (cause) {
    throw fault(file, `its content could not be decoded: ${messageOf(cause)}`, cause);
  }
}

/** The JSON and binary chunks of a `.glb`. */
function openContainer(source: ByteSource, bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < GLB_HEADER_BYTES + CHUNK_HEADER_BYTES) {
    throw fault(source.name, `it has ${bytes.length} bytes, expected at least a header`);
  }
  const version = view.getUint32(4, true), length = view.getUint32(8, true);
  if (version !== 2) throw fault(source.name, `it has version ${version}, expected 2`);
  if (length > bytes.length) {
    throw new InputError(
      `Cannot read a glTF file: found ${bytes.length} bytes, expected ${length}`,
      { file: source.name, hint: "the file is cut short: copy or make it again" },
    );
  }
  let text: Uint8Array | undefined, chunk: Uint8Array | undefined;
  for (let at = GLB_HEADER_BYTES; at + CHUNK_HEADER_BYTES <= length;) {
    const size = view.getUint32(at, true), type = view.getUint32(at + 4, true);
    const start = at + CHUNK_HEADER_BYTES;
    if (start + size > length) {
      throw fault(source.name, `a chunk of ${size} bytes goes beyond the file's end`);
    }
    if (type === JSON_CHUNK) text ??= bytes.subarray(start, start + size);
    if (type === BINARY_CHUNK) chunk ??= bytes.subarray(start, start + size);
    at = start + size;
  }
  if (text === undefined) throw fault(source.name, "it has no JSON chunk");
  return { text, chunk };
}

async function bufferSource(
  folder: Folder,
  path: string,
  uri: string,
  files: string[],
): Promise<ByteSource> {
  const embedded = dataUri(uri);
  if (embedded !== undefined) return bytesSource(`${path} (embedded)`, embedded);
  const found = await findBeside(folder, decodeUri(uri), path);
  if (found === undefined) throw fault(`${folder.name}/${path}`, `its buffer "${uri}" is missing`);
  files.push(found);
  return await folder.open(found);
}

/** The bytes of a base64 `data:` URI; undefined for any other URI. */
export function dataUri(uri: string): Uint8Array | undefined {
  const comma = uri.indexOf(",");
  if (!uri.startsWith("data:") || !uri.slice(0, comma).endsWith(";base64")) return undefined;
  try {
    return Uint8Array.fromBase64(uri.slice(comma + 1));
  } catch {
    return undefined;
  }
}

/** Undoes percent-encoding; a stray percent sign stays. */
export function decodeUri(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    return uri;
  }
}

function fault(file: string, what: string, cause?: unknown): InputError {
  return new InputError(`Cannot read a glTF file: ${what}`, { file, cause });
}
