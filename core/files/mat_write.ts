/**
 * Writes MATLAB's MAT-files, level 5 (MathWorks, "MAT-File Format"), little endian: arrays of numbers,
 * cells and structures, as `scipy.io.savemat` does for arrays, lists and dictionaries.
 */
import { deflateSync } from "node:zlib";
import { withDefaults } from "../work/options.ts";
import type { NpyArray, NpyDtype } from "./npy.ts";

/** A row of anything: a 1 × n cell array. */
export class MatCell {
  constructor(readonly items: readonly MatValue[]) {}
}

/** What a variable can be: an array of numbers, a cell array, or a 1 × 1 structure. */
export type MatValue = NpyArray | MatCell | { readonly [field: string]: MatValue };

/** How a file is written. */
export interface MatOptions {
  /** Compresses each variable, as `savemat(do_compression=True)`. Default: false. */
  compress?: boolean;
}

/** See {@linkcode MatOptions}. */
export const MAT_DEFAULTS: Readonly<Required<MatOptions>> = Object.freeze({ compress: false });

/** Data types of elements. */
const INT8 = 1, INT32 = 5, UINT32 = 6, MATRIX = 14, COMPRESSED = 15;

/** Array classes and element types of the numbers that MATLAB has. */
const NUMBERS: Partial<Record<NpyDtype, readonly [matClass: number, element: number]>> = {
  f8: [6, 9],
  f4: [7, 7],
  i1: [8, 1],
  u1: [9, 2],
  i2: [10, 3],
  u2: [11, 4],
  i4: [12, 5],
  u4: [13, 6],
  i8: [14, 12],
  u8: [15, 13],
  b1: [9, 2],
};
const CELL_CLASS = 1, STRUCT_CLASS = 2, LOGICAL = 0x02;

/**
 * Makes the bytes of a MAT-file. One-dimensional arrays become rows (1 × n), as `savemat` writes them.
 *
 * @throws {RangeError} If a name is no variable name of at most 63 letters, a variable takes 2 GiB, or
 *   an array is of a kind that MATLAB does not have.
 */
export function encodeMat(
  variables: Readonly<Record<string, MatValue>>,
  options: MatOptions = {},
): Uint8Array {
  const { compress } = withDefaults(MAT_DEFAULTS, options);
  const head = new Uint8Array(128).fill(0x20, 0, 116);
  head.set(new TextEncoder().encode("MATLAB 5.0 MAT-file, written by scan2score"));
  head.set([0x00, 0x01, 0x49, 0x4d], 124); // version 1.0, little endian
  const parts: Uint8Array[] = [head];
  for (const [name, value] of Object.entries(variables)) {
    checkName(name);
    const element = matrix(name, value);
    if (!compress) parts.push(element);
    else {
      const packed = deflateSync(element);
      parts.push(tag(COMPRESSED, packed.length), packed);
    }
  }
  return joined(parts);
}

function matrix(name: string, value: MatValue): Uint8Array {
  const body = joined(
    value instanceof MatCell
      ? cellParts(name, value)
      : isArray(value)
      ? numberParts(name, value)
      : structParts(name, value),
  );
  if (body.length >= 2 ** 31) {
    throw new RangeError(`Cannot write the MAT-file: "${name}" takes ${body.length} bytes`);
  }
  return joined([tag(MATRIX, body.length), body]);
}

function headParts(
  name: string,
  matClass: number,
  { flags = 0, shape }: { flags?: number; shape: readonly number[] },
): Uint8Array[] {
  return [
    element(UINT32, bytesOf(Uint32Array.of(flags << 8 | matClass, 0))),
    element(INT32, bytesOf(Int32Array.from(shape))),
    element(INT8, new TextEncoder().encode(name)),
  ];
}

function numberParts(name: string, { shape, dtype, data }: NpyArray): Uint8Array[] {
  const kind = NUMBERS[dtype];
  if (kind === undefined) {
    throw new RangeError(`Cannot write the MAT-file: "${name}" is of ${dtype}, which it has not`);
  }
  const sides = shape.length === 0 ? [1, 1] : shape.length === 1 ? [1, shape[0]] : shape;
  return [
    ...headParts(name, kind[0], { flags: dtype === "b1" ? LOGICAL : 0, shape: sides }),
    element(kind[1], bytesOf(inFortranOrder(data, sides))),
  ];
}

function cellParts(name: string, { items }: MatCell): Uint8Array[] {
  return [
    ...headParts(name, CELL_CLASS, { shape: [1, items.length] }),
    ...items.map((item) => matrix("", item)),
  ];
}

function structParts(
  name: string,
  fields: { readonly [field: string]: MatValue },
): Uint8Array[] {
  const names = Object.keys(fields), length = 32;
  const texts = new Uint8Array(length * names.length);
  names.forEach((field, i) => {
    checkName(field);
    if (field.length >= length) {
      throw new RangeError(`Cannot write the MAT-file: the field name "${field}" is too long`);
    }
    texts.set(new TextEncoder().encode(field), i * length);
  });
  return [
    ...headParts(name, STRUCT_CLASS, { shape: [1, 1] }),
    smallElement(INT32, bytesOf(Int32Array.of(length))),
    element(INT8, texts),
    ...names.map((field) => matrix("", fields[field])),
  ];
}

function element(type: number, data: Uint8Array): Uint8Array {
  const padding = (8 - data.length % 8) % 8;
  return joined([tag(type, data.length), data, new Uint8Array(padding)]);
}

/** Up to four bytes of data in the tag itself. */
function smallElement(type: number, data: Uint8Array): Uint8Array {
  const out = new Uint8Array(8);
  new DataView(out.buffer).setUint32(0, data.length << 16 | type, true);
  out.set(data, 4);
  return out;
}

function tag(type: number, length: number): Uint8Array {
  return bytesOf(Uint32Array.of(type, length));
}

/** C order to MATLAB's: first axis fastest. */
function inFortranOrder(data: NpyArray["data"], shape: readonly number[]): NpyArray["data"] {
  const out = data.slice() as NpyArray["data"];
  const stride = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const index = new Array<number>(shape.length).fill(0);
  let from = 0;
  for (let to = 0; to < data.length; to++) {
    out[to] = data[from];
    for (let axis = 0; axis < shape.length; axis++) {
      from += stride[axis];
      if (++index[axis] < shape[axis]) break;
      from -= stride[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return out;
}

function isArray(value: MatValue): value is NpyArray {
  const array = value as Partial<NpyArray>;
  return Array.isArray(array.shape) && ArrayBuffer.isView(array.data);
}

function checkName(name: string): void {
  if (!/^[A-Za-z]\w{0,62}$/.test(name)) {
    throw new RangeError(`Cannot write the MAT-file: "${name}" is no name of a variable`);
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
