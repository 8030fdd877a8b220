/** glTF files by hand for tests. */
import { bytesOf } from "./_help.ts";

/** Packs typed arrays into one buffer, four-byte aligned, with their places. */
export function packed(arrays: readonly ArrayBufferView[]) {
  const starts: number[] = [];
  let length = 0;
  for (const array of arrays) {
    starts.push(length);
    length += Math.ceil(array.byteLength / 4) * 4;
  }
  const buffer = new Uint8Array(length);
  arrays.forEach((array, i) =>
    buffer.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), starts[i])
  );
  const bufferViews = arrays.map(({ byteLength }, i) => ({
    buffer: 0,
    byteOffset: starts[i],
    byteLength,
  }));
  return { buffer, bufferViews };
}

/** The container. */
export function glb(json: unknown, buffer?: Uint8Array): Uint8Array {
  const text = bytesOf(JSON.stringify(json));
  const jsonBytes = Math.ceil(text.length / 4) * 4;
  const length = 12 + 8 + jsonBytes + (buffer === undefined ? 0 : 8 + buffer.length);
  const out = new Uint8Array(length).fill(32);
  const view = new DataView(out.buffer);
  [0x46546c67, 2, length, jsonBytes, 0x4e4f534a].forEach((v, i) => view.setUint32(4 * i, v, true));
  out.set(text, 20);
  if (buffer === undefined) return out;
  view.setUint32(20 + jsonBytes, buffer.length, true);
  view.setUint32(24 + jsonBytes, 0x004e4942, true);
  out.set(buffer, 28 + jsonBytes);
  return out;
}

/** A triangle at (0 0 0), (1 0 0), (0 1 0) as JSON and buffer, to be changed by tests. */
// deno-lint-ignore no-explicit-any
export function triangle(): { json: any; buffer: Uint8Array } {
  const { buffer, bufferViews } = packed([
    Float32Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0),
    Uint16Array.of(0, 1, 2),
  ]);
  return {
    buffer,
    json: {
      asset: { version: "2.0" },
      scene: 0,
      scenes: [{ nodes: [0] }],
      nodes: [{ mesh: 0 }],
      meshes: [{ primitives: [{ attributes: { POSITION: 0 }, indices: 1 }] }],
      accessors: [
        {
          bufferView: 0,
          componentType: 5126,
          count: 3,
          type: "VEC3",
          min: [0, 0, 0],
          max: [1, 1, 0],
        },
        { bufferView: 1, componentType: 5123, count: 3, type: "SCALAR" },
      ],
      bufferViews,
      buffers: [{ byteLength: buffer.length }],
    },
  };
}
