import assert from "node:assert/strict";
import { inflateSync } from "node:zlib";
import { encodeMat, MatCell, type MatValue } from "../../../core/files/mat_write.ts";
import type { NpyArray } from "../../../core/files/npy.ts";

const f8 = (shape: number[], values: number[]): NpyArray => ({
  shape,
  dtype: "f8",
  data: Float64Array.from(values),
});

/** What a file says, read by the letter of the format: name → dims, class, values in file order. */
interface Matrix {
  name: string;
  dims: number[];
  matClass: number;
  values?: number[];
  cells?: Matrix[];
  fields?: Record<string, Matrix>;
}

function read(bytes: Uint8Array): Matrix[] {
  assert.equal(new TextDecoder().decode(bytes.subarray(126, 128)), "IM", "little endian");
  return elements(bytes.subarray(128)).map(({ type, data }) => {
    if (type !== 15) return matrix(data);
    const [inner] = elements(new Uint8Array(inflateSync(data)));
    return matrix(inner.data);
  });
}

function elements(bytes: Uint8Array): { type: number; data: Uint8Array }[] {
  const found = [], view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at < bytes.length;) {
    const type = view.getUint32(at, true);
    if (type >>> 16 !== 0) {
      found.push({
        type: type & 0xffff,
        data: bytes.subarray(at + 4, at + 4 + (type >>> 16)),
      });
      at += 8;
      continue;
    }
    const length = view.getUint32(at + 4, true);
    assert.ok(at + 8 + length <= bytes.length, "an element ends inside the file");
    found.push({ type, data: bytes.subarray(at + 8, at + 8 + length) });
    at += 8 + (type === 15 ? length : Math.ceil(length / 8) * 8);
  }
  return found;
}

function matrix(bytes: Uint8Array): Matrix {
  const [flags, dims, name, ...rest] = elements(bytes);
  const ints = ({ data }: { data: Uint8Array }) => [...new Int32Array(data.slice().buffer)];
  const out: Matrix = {
    name: new TextDecoder().decode(name.data),
    dims: ints(dims),
    matClass: flags.data[0],
  };
  if (out.matClass === 1) out.cells = rest.map(({ data }) => matrix(data));
  else if (out.matClass === 2) {
    const [length, names, ...values] = rest, [size] = ints(length);
    out.fields = Object.fromEntries(values.map(({ data }, i) => {
      const field = names.data.subarray(i * size, (i + 1) * size);
      return [new TextDecoder().decode(field).replace(/\0+$/, ""), matrix(data)];
    }));
  } else {
    const [{ type, data }] = rest, buffer = data.slice().buffer;
    out.values = type === 9
      ? [...new Float64Array(buffer)]
      : type === 12
      ? Array.from(new BigInt64Array(buffer), Number)
      : [...new Uint8Array(buffer)];
  }
  return out;
}

const SAMPLE: Record<string, MatValue> = {
  cam: new MatCell([0, 1].map((i) => ({ center: f8([3], [i, 2, 3]), up: f8([3], [0, 1, 0]) }))),
  sh: f8([2, 3, 2], Array.from({ length: 12 }, (_, i) => i)),
  face: { shape: [1, 3], dtype: "i8", data: BigInt64Array.of(0n, 1n, 2n) },
  seen: { shape: [2], dtype: "b1", data: Uint8Array.of(1, 0) },
  sigma: f8([], [0.025]),
};

Deno.test("encodeMat() writes numbers in MATLAB's order, cells and structures", () => {
  for (const compress of [false, true]) {
    const [cam, sh, face, seen, sigma] = read(encodeMat(SAMPLE, { compress }));
    assert.deepEqual([cam.name, cam.dims, cam.matClass], ["cam", [1, 2], 1]);
    assert.deepEqual(cam.cells?.[1].fields?.center.values, [1, 2, 3]);
    assert.deepEqual(cam.cells?.[1].fields?.up.dims, [1, 3]);
    // sh[i][j][k] = 6 i + 2 j + k: first axis fastest.
    assert.deepEqual([sh.dims, sh.values], [[2, 3, 2], [0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11]]);
    assert.deepEqual([face.dims, face.matClass, face.values], [[1, 3], 14, [0, 1, 2]]);
    assert.deepEqual([seen.dims, seen.values], [[1, 2], [1, 0]]);
    assert.deepEqual([sigma.dims, sigma.values], [[1, 1], [0.025]]);
  }
  assert.deepEqual(encodeMat(SAMPLE), encodeMat(SAMPLE));
});

Deno.test("encodeMat() refuses names that are none and numbers that MATLAB has not", () => {
  assert.throws(() => encodeMat({ "1x": f8([], [1]) }), /no name of a variable/);
  assert.throws(() => encodeMat({ x: { "a b": f8([], [1]) } }), /no name of a variable/);
  const half: NpyArray = { shape: [1], dtype: "f2", data: Float16Array.of(1) };
  assert.throws(() => encodeMat({ x: half }), RangeError);
});
