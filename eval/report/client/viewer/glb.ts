/// <reference lib="dom" />
/** Reads the compact glTF files that the report embeds: one mesh, quantized, packed by meshopt. */

/** A mesh ready to be drawn. */
export interface ViewerGeometry {
  /** Metres in the scan's frame, xyz interleaved, length 3n. */
  positions: Float32Array;
  /** Unit normals, length 3n. */
  normals: Float32Array;
  /** Signed distances to the scan, millimetres, length n; absent on the scan itself. */
  distancesMm?: Float32Array;
  /** Body parts, length n. */
  parts?: Uint8Array;
  indices: Uint32Array;
}

/** The decoder of meshoptimizer, as its package has it. */
export interface MeshoptDecoder {
  decodeGltfBuffer(
    target: Uint8Array,
    count: number,
    size: number,
    source: Uint8Array,
    mode: string,
    filter?: string,
  ): void;
}

interface Packed {
  byteOffset: number;
  byteLength: number;
  byteStride: number;
  count: number;
  mode: string;
  filter?: string;
}

interface Gltf {
  bufferViews: { extensions: { EXT_meshopt_compression: Packed } }[];
  accessors: { bufferView: number; byteOffset?: number; count: number }[];
  meshes: { primitives: { attributes: Record<string, number>; indices: number }[] }[];
  nodes: { scale: number[]; translation: number[] }[];
}

/** Millimetres in one step of `_DISTANCE`. */
const STEP_MM = 0.1;

/** Decodes the bytes of a file that the report wrote. */
export function readCompactGlb(bytes: Uint8Array, decoder: MeshoptDecoder): ViewerGeometry {
  const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const textLength = header.getUint32(12, true);
  const json: Gltf = JSON.parse(new TextDecoder().decode(bytes.subarray(20, 20 + textLength)));
  const bin = bytes.subarray(28 + textLength);
  const views = json.bufferViews.map(({ extensions }) => {
    const packed = extensions.EXT_meshopt_compression;
    const { byteOffset, byteLength, byteStride, count, mode, filter } = packed;
    const out = new Uint8Array(count * byteStride);
    const source = bin.subarray(byteOffset, byteOffset + byteLength);
    decoder.decodeGltfBuffer(out, count, byteStride, source, mode, filter);
    return { data: new DataView(out.buffer), stride: byteStride };
  });
  const { attributes, indices } = json.meshes[0].primitives[0];
  /** Every component of an attribute, in the order of vertices. */
  const values = <A extends Float32Array | Uint8Array | Uint32Array>(
    accessor: number,
    out: (length: number) => A,
    read: (data: DataView, at: number, component: number) => number,
    width: number,
  ): A => {
    const { bufferView, byteOffset = 0, count } = json.accessors[accessor];
    const { data, stride } = views[bufferView], array = out(width * count);
    for (let i = 0; i < count; i++) {
      for (let k = 0; k < width; k++) {
        array[width * i + k] = read(data, stride * i + byteOffset, k);
      }
    }
    return array;
  };
  const floats = (length: number) => new Float32Array(length);
  const { scale, translation } = json.nodes[0];
  const geometry: ViewerGeometry = {
    positions: values(
      attributes.POSITION,
      floats,
      (data, at, k) => scale[k] * data.getUint16(at + 2 * k, true) + translation[k],
      3,
    ),
    normals: values(attributes.NORMAL, floats, (data, at, k) => data.getInt8(at + k) / 127, 3),
    indices: values(
      indices,
      (length) => new Uint32Array(length),
      (data, at) => data.getUint32(at, true),
      1,
    ),
  };
  if (attributes._DISTANCE !== undefined) {
    geometry.distancesMm = values(
      attributes._DISTANCE,
      floats,
      (data, at) => STEP_MM * data.getInt16(at, true),
      1,
    );
  }
  if (attributes._PART !== undefined) {
    geometry.parts = values(
      attributes._PART,
      (length) => new Uint8Array(length),
      (data, at) => data.getUint8(at),
      1,
    );
  }
  return geometry;
}
