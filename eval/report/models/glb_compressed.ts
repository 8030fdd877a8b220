/**
 * A small binary glTF: one mesh, quantized (KHR_mesh_quantization) and compressed by meshopt
 * (EXT_meshopt_compression). What a browser is sent instead of the full mesh.
 */
import { MeshoptEncoder } from "meshoptimizer";

/** What is written. All arrays have one entry a vertex, but `indices`. */
export interface CompactMesh {
  /** Quantized positions, xyz interleaved, 0 … 65535, length 3n. */
  positions: Uint16Array;
  /** Metres = `scale` × quantized + `offset`. */
  scale: number;
  offset: readonly [number, number, number];
  /** Unit normals, xyz interleaved, length 3n. */
  normals: Float32Array;
  /** Signed distances in steps of {@linkcode DISTANCE_STEP_M}, length n. */
  distances?: Int16Array | undefined;
  /** Labels of body parts, length n. */
  parts?: Uint8Array | undefined;
  /** Three a triangle, in an order that compresses. */
  indices: Uint32Array;
}

/** One step of the attribute `_DISTANCE`: a tenth of a millimetre. */
export const DISTANCE_STEP_M = 1e-4;

const UNSIGNED_BYTE = 5121, SHORT = 5122, UNSIGNED_SHORT = 5123, UNSIGNED_INT = 5125, BYTE = 5120;
const GLB_MAGIC = 0x46546c67, JSON_CHUNK = 0x4e4f534a, BIN_CHUNK = 0x004e4942;
const ARRAY_BUFFER = 34962, ELEMENT_ARRAY_BUFFER = 34963;

/** One buffer view before it is written. */
interface View {
  data: Uint8Array;
  count: number;
  stride: number;
  mode: "ATTRIBUTES" | "TRIANGLES";
  filter?: "OCTAHEDRAL";
}

/**
 * Makes the bytes. Distances are the attribute `_DISTANCE` in steps of {@linkcode DISTANCE_STEP_M},
 * parts the attribute `_PART`.
 */
export async function encodeCompactGlb(mesh: CompactMesh): Promise<Uint8Array> {
  await MeshoptEncoder.ready;
  const count = mesh.positions.length / 3;
  const views: View[] = [
    { data: indexBytes(mesh.indices), count: mesh.indices.length, stride: 4, mode: "TRIANGLES" },
    { data: padded(mesh.positions), count, stride: 8, mode: "ATTRIBUTES" },
    {
      data: MeshoptEncoder.encodeFilterOct(withFourth(mesh.normals), count, 4, 8),
      count,
      stride: 4,
      mode: "ATTRIBUTES",
      filter: "OCTAHEDRAL",
    },
  ];
  for (const { data } of labelsOf(mesh)) views.push({ data, count, stride: 4, mode: "ATTRIBUTES" });

  const packed = views.map(({ data, count, stride, mode }) =>
    MeshoptEncoder.encodeGltfBuffer(data, count, stride, mode, 0)
  );
  const offsets: number[] = [];
  let bytes = 0, fallback = 0;
  for (const part of packed) {
    offsets.push(bytes);
    bytes += aligned(part.length);
  }
  const bufferViews = views.map(({ count, stride, mode, filter }, i) => {
    const view = {
      buffer: 1,
      byteOffset: fallback,
      byteLength: count * stride,
      target: mode === "TRIANGLES" ? ELEMENT_ARRAY_BUFFER : ARRAY_BUFFER,
      ...(mode === "TRIANGLES" ? {} : { byteStride: stride }),
      extensions: {
        EXT_meshopt_compression: {
          buffer: 0,
          byteOffset: offsets[i],
          byteLength: packed[i].length,
          byteStride: stride,
          count,
          mode,
          ...(filter === undefined ? {} : { filter }),
        },
      },
    };
    fallback += aligned(count * stride);
    return view;
  });
  const json = {
    asset: { version: "2.0", generator: "scan2score" },
    extensionsUsed: ["EXT_meshopt_compression", "KHR_mesh_quantization"],
    extensionsRequired: ["EXT_meshopt_compression", "KHR_mesh_quantization"],
    buffers: [
      { byteLength: bytes },
      { byteLength: fallback, extensions: { EXT_meshopt_compression: { fallback: true } } },
    ],
    bufferViews,
    ...accessorsOf(mesh),
    nodes: [{ mesh: 0, scale: Array(3).fill(mesh.scale), translation: [...mesh.offset] }],
    scenes: [{ nodes: [0] }],
    scene: 0,
  };
  return container(JSON.stringify(json), { packed, offsets, bytes });
}

function accessorsOf(mesh: CompactMesh) {
  const count = mesh.positions.length / 3;
  const min = [Infinity, Infinity, Infinity], max = [0, 0, 0];
  for (const [i, value] of mesh.positions.entries()) {
    min[i % 3] = Math.min(min[i % 3], value), max[i % 3] = Math.max(max[i % 3], value);
  }
  const accessors: Record<string, unknown>[] = [
    {
      bufferView: 0,
      componentType: UNSIGNED_INT,
      count: mesh.indices.length,
      type: "SCALAR",
    },
    { bufferView: 1, componentType: UNSIGNED_SHORT, count, type: "VEC3", min, max },
    { bufferView: 2, componentType: BYTE, normalized: true, count, type: "VEC3" },
  ];
  const attributes: Record<string, number> = { POSITION: 1, NORMAL: 2 };
  for (const [i, { name, componentType }] of labelsOf(mesh).entries()) {
    attributes[name] = accessors.length;
    accessors.push({ bufferView: 3 + i, componentType, count, type: "SCALAR" });
  }
  return { accessors, meshes: [{ primitives: [{ attributes, indices: 0, mode: 4 }] }] };
}

function container(
  json: string,
  { packed, offsets, bytes }: { packed: Uint8Array[]; offsets: number[]; bytes: number },
): Uint8Array {
  const text = new TextEncoder().encode(json);
  const textLength = aligned(text.length);
  const glb = new Uint8Array(12 + 8 + textLength + 8 + bytes);
  const header = new DataView(glb.buffer);
  header.setUint32(0, GLB_MAGIC, true);
  header.setUint32(4, 2, true);
  header.setUint32(8, glb.length, true);
  header.setUint32(12, textLength, true);
  header.setUint32(16, JSON_CHUNK, true);
  glb.fill(0x20, 20, 20 + textLength);
  glb.set(text, 20);
  const start = 20 + textLength;
  header.setUint32(start, bytes, true);
  header.setUint32(start + 4, BIN_CHUNK, true);
  for (const [i, part] of packed.entries()) glb.set(part, start + 8 + offsets[i]);
  return glb;
}

/** To a multiple of four: glTF's alignment. */
function aligned(length: number): number {
  return (length + 3) & ~3;
}

function indexBytes(indices: Uint32Array): Uint8Array {
  return new Uint8Array(indices.buffer, indices.byteOffset, indices.byteLength);
}

/** Three 16-bit numbers a vertex in eight bytes. */
function padded(positions: Uint16Array): Uint8Array {
  const count = positions.length / 3, out = new Uint16Array(4 * count);
  for (let i = 0; i < count; i++) out.set(positions.subarray(3 * i, 3 * i + 3), 4 * i);
  return new Uint8Array(out.buffer);
}

/** xyz → xyzw, as the octahedral filter reads them. */
function withFourth(normals: Float32Array): Float32Array {
  const count = normals.length / 3, out = new Float32Array(4 * count);
  for (let i = 0; i < count; i++) out.set(normals.subarray(3 * i, 3 * i + 3), 4 * i);
  return out;
}

/** Numbers of vertices, each in four bytes of its own: glTF aligns every attribute. */
function labelsOf({ positions, distances, parts }: CompactMesh) {
  const count = positions.length / 3;
  const labels: { name: string; componentType: number; data: Uint8Array }[] = [];
  const spread = (put: (out: DataView, at: number, i: number) => void): Uint8Array => {
    const out = new DataView(new ArrayBuffer(4 * count));
    for (let i = 0; i < count; i++) put(out, 4 * i, i);
    return new Uint8Array(out.buffer);
  };
  if (distances !== undefined) {
    const data = spread((out, at, i) => out.setInt16(at, distances[i], true));
    labels.push({ name: "_DISTANCE", componentType: SHORT, data });
  }
  if (parts !== undefined) {
    const data = spread((out, at, i) => out.setUint8(at, parts[i]));
    labels.push({ name: "_PART", componentType: UNSIGNED_BYTE, data });
  }
  return labels;
}
