/**
 * NumPy's `.npy` format, versions 1 to 3 (NEP 1, `numpy/lib/format.py`'s description): a magic, a
 * header that is a Python dictionary in text, then the values. Pickled (object) arrays are refused.
 */
import { InputError } from "../work/errors.ts";
import type { ByteSource } from "./source.ts";

/** The kinds of numbers, as NumPy writes them without byte order. `b1` is a boolean, 0 or 1. */
export type NpyDtype =
  | "f2"
  | "f4"
  | "f8"
  | "i1"
  | "i2"
  | "i4"
  | "i8"
  | "u1"
  | "u2"
  | "u4"
  | "u8"
  | "b1";

/** The typed arrays that hold them. */
export type NpyData =
  | Float16Array
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array;

/** An array of numbers in C order (last axis fastest) and this machine's byte order. */
export interface NpyArray {
  shape: number[];
  dtype: NpyDtype;
  data: NpyData;
}

/** What a header says. */
export interface NpyHeader {
  shape: number[];
  /** As in the file, without byte order: a number kind, or `U<n>`/`S<n>` for text. */
  dtype: string;
  bigEndian: boolean;
  fortranOrder: boolean;
  /** Where the values begin, bytes. */
  dataStart: number;
  /** Bytes a value. */
  itemBytes: number;
}

const KINDS: Record<NpyDtype, { make: (buffer: ArrayBuffer) => NpyData; bytes: number }> = {
  f2: { make: (b) => new Float16Array(b), bytes: 2 },
  f4: { make: (b) => new Float32Array(b), bytes: 4 },
  f8: { make: (b) => new Float64Array(b), bytes: 8 },
  i1: { make: (b) => new Int8Array(b), bytes: 1 },
  i2: { make: (b) => new Int16Array(b), bytes: 2 },
  i4: { make: (b) => new Int32Array(b), bytes: 4 },
  i8: { make: (b) => new BigInt64Array(b), bytes: 8 },
  u1: { make: (b) => new Uint8Array(b), bytes: 1 },
  u2: { make: (b) => new Uint16Array(b), bytes: 2 },
  u4: { make: (b) => new Uint32Array(b), bytes: 4 },
  u8: { make: (b) => new BigUint64Array(b), bytes: 8 },
  b1: { make: (b) => new Uint8Array(b), bytes: 1 },
};

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // \x93NUMPY
const MAX_HEADER_BYTES = 1 << 20;
const MAX_DIMENSIONS = 64; // NumPy 2's limit

/** Says whether bytes begin as a `.npy` file does. */
export function isNpy(head: Uint8Array): boolean {
  return MAGIC.every((byte, i) => head[i] === byte);
}

/**
 * Reads the header of a `.npy` file and checks it against the file's length.
 *
 * @throws {InputError} If the file is not `.npy`, is malformed or too short, or holds something
 *   other than numbers, booleans and text.
 */
export async function readNpyHeader(source: ByteSource): Promise<NpyHeader> {
  const head = await source.slice(0, Math.min(12, source.byteLength));
  if (!isNpy(head) || head.length < 10) {
    throw fault(source, "it does not begin with \\x93NUMPY, expected an array saved by NumPy");
  }
  const version = head[6];
  if (version < 1 || version > 3) {
    throw fault(source, `found version ${version}, expected 1, 2 or 3`);
  }
  const start = version === 1 ? 10 : 12;
  const length = version === 1
    ? head[8] | head[9] << 8
    : head.length < 12
    ? Infinity
    : new DataView(head.buffer, head.byteOffset).getUint32(8, true);
  if (length > MAX_HEADER_BYTES || start + length > source.byteLength) {
    throw fault(
      source,
      `its header should take ${length} bytes of a file of ${source.byteLength}, ` +
        `expected at most ${MAX_HEADER_BYTES} and to be whole`,
    );
  }
  const bytes = await source.slice(start, start + length);
  const text = new TextDecoder(version === 3 ? "utf-8" : "latin1").decode(bytes);
  return checkedLength(source, parseHeader(source, text, start + length));
}

/**
 * Reads an array of numbers.
 *
 * @throws {InputError} As `readNpyHeader`, and if the values are text.
 */
export async function readNpy(source: ByteSource): Promise<NpyArray> {
  const header = await readNpyHeader(source);
  const { dtype, dataStart } = header;
  if (!isNpyDtype(dtype)) {
    throw fault(source, `found text (dtype ${dtype}), expected numbers`);
  }
  return arrayOfBytes(await source.slice(dataStart, source.byteLength), { ...header, dtype });
}

/** Says whether a kind of values is one of the kinds of numbers. */
export function isNpyDtype(dtype: string): dtype is NpyDtype {
  return Object.hasOwn(KINDS, dtype);
}

/** How many bytes one value takes. */
export function itemBytesOf(dtype: NpyDtype): number {
  return KINDS[dtype].bytes;
}

/**
 * Makes an array from the bytes of its values, which are copied.
 *
 * @throws {RangeError} If there are not as many bytes as the shape needs.
 */
export function arrayOfBytes(
  bytes: Uint8Array,
  layout: Pick<NpyHeader, "shape" | "bigEndian" | "fortranOrder"> & { dtype: NpyDtype },
): NpyArray {
  const { shape, dtype, bigEndian, fortranOrder } = layout;
  const { make, bytes: itemBytes } = KINDS[dtype];
  const wanted = shape.reduce((a, b) => a * b, 1) * itemBytes;
  if (bytes.length !== wanted) {
    throw new RangeError(
      `Cannot make an array of shape (${shape.join(", ")}) of ${dtype}: ` +
        `found ${bytes.length} bytes, expected ${wanted}`,
    );
  }
  const native = new Uint8Array(bytes.length);
  native.set(bytes);
  if (bigEndian) reverseItems(native, itemBytes);
  const data = make(native.buffer);
  return { shape, dtype, data: fortranOrder ? inCOrder(data, shape) : data };
}

/**
 * Reads an array of text (dtype `U` or `S`; bytes are taken as Latin-1), in C order.
 *
 * @throws {InputError} As `readNpyHeader`, and if the values are numbers.
 */
export async function readNpyText(
  source: ByteSource,
): Promise<{ shape: number[]; data: string[] }> {
  const { shape, dtype, bigEndian, fortranOrder, dataStart, itemBytes } = await readNpyHeader(
    source,
  );
  if (dtype in KINDS) throw fault(source, `found numbers (dtype ${dtype}), expected text`);
  const bytes = await source.slice(dataStart, source.byteLength);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = shape.reduce((a, b) => a * b, 1);
  const wide = dtype[0] === "U";
  const data: string[] = [];
  for (let i = 0; i < count; i++) {
    let text = "";
    for (let k = 0; k < itemBytes; k += wide ? 4 : 1) {
      const at = i * itemBytes + k;
      const code = wide ? view.getUint32(at, !bigEndian) : bytes[at];
      if (code > 0x10ffff) throw fault(source, `found the character ${code}, expected Unicode`);
      text += String.fromCodePoint(code);
    }
    data.push(text.replace(/\0+$/, ""));
  }
  return { shape, data: fortranOrder ? inCOrder(data, shape) : data };
}

/**
 * Makes the bytes of a `.npy` file (version 1.0, little endian, C order, as `np.save` does).
 *
 * @throws {RangeError} If shape, dtype and data do not fit together.
 */
export function encodeNpy(array: NpyArray): Uint8Array {
  const [header, body] = npyParts(array);
  const out = new Uint8Array(header.length + body.length);
  out.set(header);
  out.set(body, header.length);
  return out;
}

/**
 * The two parts of a `.npy` file: its header, and the data's own bytes, not copied.
 *
 * @throws {RangeError} If shape, dtype and data do not fit together.
 */
export function npyParts(array: NpyArray): [header: Uint8Array, body: Uint8Array] {
  const { shape, dtype, data } = array;
  const count = shape.reduce((a, b) => a * b, 1);
  const kind = KINDS[dtype];
  const wanted = kind.make(new ArrayBuffer(0)).constructor;
  if (data.length !== count || data.constructor !== wanted) {
    throw new RangeError(
      `Cannot write an array: found ${data.length} values in a ${data.constructor.name}, ` +
        `expected ${count} in a ${wanted.name} for shape (${shape.join(", ")}) of ${dtype}`,
    );
  }
  const order = kind.bytes === 1 ? "|" : "<";
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  let header = `{'descr': '${order}${dtype}', 'fortran_order': False, 'shape': ${tuple}, }`;
  header += " ".repeat(63 - (10 + header.length) % 64) + "\n";
  const out = new Uint8Array(10 + header.length);
  out.set(MAGIC);
  out[6] = 1;
  new DataView(out.buffer).setUint16(8, header.length, true);
  new TextEncoder().encodeInto(header, out.subarray(10));
  return [out, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)];
}

/** Reads the dictionary. NumPy writes exactly three keys; anything else is not its output. */
function parseHeader(source: ByteSource, text: string, dataStart: number): NpyHeader {
  const quoted = /'descr'\s*:\s*(?:'([^']*)'|"([^"]*)")/.exec(text);
  const order = /'fortran_order'\s*:\s*(True|False)\b/.exec(text);
  const tuple = /'shape'\s*:\s*\(([\d\sL,]*)\)/.exec(text);
  if (quoted === null && /'descr'\s*:\s*\[/.test(text)) {
    throw fault(source, "found records (a structured dtype), expected plain numbers");
  }
  if (quoted === null || order === null || tuple === null) {
    throw fault(
      source,
      `its header is "${text.trim().slice(0, 120)}", expected descr, order, shape`,
    );
  }
  const shape = tuple[1].split(",").map((part) => part.trim()).filter((part) => part !== "")
    .map((part) => /^\d{1,16}L?$/.test(part) ? parseInt(part, 10) : NaN);
  if (shape.length > MAX_DIMENSIONS || shape.some((side) => !Number.isSafeInteger(side))) {
    throw fault(source, `found the shape (${tuple[1].slice(0, 120)}), expected whole numbers`);
  }
  const descr = quoted[1] ?? quoted[2];
  const [, endian, dtype] = /^([<>|=]?)(\w+)$/.exec(descr) ?? [];
  if (dtype !== undefined && /^O\d*$/.test(dtype)) {
    throw new InputError(
      "Cannot read a NumPy array: it holds Python objects (pickled), expected numbers",
      { file: source.name, hint: "save it again as numbers; pickled code is never run" },
    );
  }
  const letters = /^([US])(\d{1,9})$/.exec(dtype ?? "");
  const itemBytes = letters !== null
    ? Number(letters[2]) * (letters[1] === "U" ? 4 : 1)
    : KINDS[dtype as NpyDtype]?.bytes;
  if (itemBytes === undefined) {
    throw fault(source, `found dtype "${descr}", expected one of ${Object.keys(KINDS).join(" ")}`);
  }
  const fortranOrder = order[1] === "True";
  return { shape, dtype, bigEndian: endian === ">", fortranOrder, dataStart, itemBytes };
}

/** Checks that the values fill the rest of the file exactly. */
function checkedLength(source: ByteSource, header: NpyHeader): NpyHeader {
  const wanted = header.shape.reduce((a, b) => a * b, 1) * header.itemBytes;
  const found = source.byteLength - header.dataStart;
  const countless = header.itemBytes === 0 && header.shape.some((side) => side > found);
  if (wanted !== found || countless) {
    throw fault(
      source,
      `found ${found} bytes of values, expected ${wanted} ` +
        `for shape (${header.shape.join(", ")}) of ${header.dtype}`,
    );
  }
  return header;
}

function reverseItems(bytes: Uint8Array, size: number): void {
  if (size === 1) return;
  for (let i = 0; i < bytes.length; i += size) {
    for (let a = i, b = i + size - 1; a < b; a++, b--) {
      const swap = bytes[a];
      bytes[a] = bytes[b];
      bytes[b] = swap;
    }
  }
}

/** Copies from Fortran order (first axis fastest) to C order. */
function inCOrder<A extends NpyData | string[]>(data: A, shape: readonly number[]): A {
  const out = data.slice() as A;
  const index = new Array<number>(shape.length).fill(0);
  const stride = shape.map((_, axis) => shape.slice(0, axis).reduce((a, b) => a * b, 1));
  let from = 0;
  for (let to = 0; to < data.length; to++) {
    out[to] = data[from];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += stride[axis];
      if (++index[axis] < shape[axis]) break;
      from -= stride[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return out;
}

function fault(source: ByteSource, what: string): InputError {
  return new InputError(`Cannot read a NumPy array: ${what}`, { file: source.name });
}

/** Copies the values into float64; 64-bit integers beyond 2^53 are rounded. */
export function toFloat64(array: NpyArray): Float64Array {
  return array.data instanceof BigInt64Array || array.data instanceof BigUint64Array
    ? Float64Array.from(array.data as Iterable<bigint>, Number)
    : Float64Array.from(array.data as Iterable<number>);
}
