/**
 * Writes pickles that Python reads: protocol 2 (Python 2 and 3) or 3 (Python 3), without memo, so
 * values are trees. Arrays are written as NumPy writes them, under `numpy.core`, which NumPy 1
 * and 2 both serve.
 */
import { Buffer } from "node:buffer";
import { withDefaults } from "../work/options.ts";
import { encodeNpy, isNpyDtype, type NpyArray } from "./npy.ts";
import { OP } from "./_pickle_opcodes.ts";

/** How a pickle is written. */
export interface PickleWriteOptions {
  /** The pickle protocol. Default: 3. */
  protocol?: 2 | 3;
}

/** A float64 also where it is whole: `3.0` where the plain number 3 is written as the int `3`. */
export class PickleFloat {
  constructor(readonly value: number) {}
}

/** A tuple where an array is written as a list. */
export class PickleTuple {
  constructor(readonly items: readonly unknown[]) {}
}

/** An object of a class: made without arguments, then given `state`. */
export class PickleInstance {
  constructor(readonly module: string, readonly name: string, readonly state: unknown) {}
}

/** A function or class of Python by its name. */
export class PickleGlobalName {
  constructor(readonly module: string, readonly name: string) {}
}

/** What a function of Python returns for arguments. */
export class PickleCall {
  constructor(readonly callee: PickleGlobalName, readonly args: readonly unknown[]) {}
}

/** Something outside the pickle, by its persistent id (PyTorch's storages). */
export class PicklePersistent {
  constructor(readonly id: unknown) {}
}

/** Python's recursion limit is 1000; nothing that is written here is nearly as deep. */
const MAX_DEPTH = 200;
const BATCH = 1000;

/**
 * Makes the bytes of a pickle. null, booleans, numbers (whole ones up to 2^53 as int), bigints, strings, bytes
 * (`Uint8Array`), lists (arrays), dictionaries (`Map` or plain objects), arrays of numbers
 * (`NpyArray`), {@linkcode PickleFloat}, {@linkcode PickleTuple}, {@linkcode PickleInstance},
 * {@linkcode PickleGlobalName}, {@linkcode PickleCall} and {@linkcode PicklePersistent}.
 *
 * @throws {TypeError} If a value is none of these.
 * @throws {RangeError} If values are nested more than 200 deep (or hold themselves).
 */
export function encodePickle(value: unknown, options: PickleWriteOptions = {}): Uint8Array {
  const { protocol } = withDefaults({ protocol: 3 as 2 | 3 }, options);
  const writer = new PickleWriter(protocol);
  writer.bytes(OP.PROTO, protocol);
  writer.write(value, 0);
  writer.bytes(OP.STOP);
  return writer.finish();
}

/**
 * Makes the bytes of a `.npy` file that holds one Python object, as `np.save(file, {...})` does:
 * a 0-dimensional object array, pickled. Read in Python with `np.load(file, allow_pickle=True).item()`.
 *
 * @throws As {@linkcode encodePickle}.
 */
export function encodeObjectNpy(value: unknown): Uint8Array {
  const body = encodePickle(new ObjectArray(value));
  // The header of an array of one byte, with the dtype exchanged: both take one line.
  const header = encodeNpy({ shape: [1], dtype: "u1", data: new Uint8Array(1) });
  const text = "{'descr': '|O', 'fortran_order': False, 'shape': (), }";
  const length = header.length - 1 - 10;
  const out = new Uint8Array(10 + length + body.length);
  out.set(header.subarray(0, 10));
  new TextEncoder().encodeInto(text.padEnd(length - 1) + "\n", out.subarray(10));
  out.set(body, 10 + length);
  return out;
}

/** A 0-dimensional array of one object. */
class ObjectArray {
  constructor(readonly item: unknown) {}
}

class PickleWriter {
  readonly #parts: Uint8Array[] = [];
  readonly #protocol: 2 | 3;

  constructor(protocol: 2 | 3) {
    this.#protocol = protocol;
  }

  bytes(...bytes: number[]): void {
    this.#parts.push(Uint8Array.from(bytes));
  }

  finish(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.#parts));
  }

  write(value: unknown, depth: number): void {
    if (depth > MAX_DEPTH) {
      throw new RangeError(`Cannot write a pickle: values are nested more than ${MAX_DEPTH} deep`);
    }
    const inner = (item: unknown) => this.write(item, depth + 1);
    if (value === null || value === undefined) return this.bytes(OP.NONE);
    if (typeof value === "boolean") return this.bytes(value ? OP.NEWTRUE : OP.NEWFALSE);
    if (typeof value === "number") return this.#number(value);
    if (typeof value === "bigint") return this.#long(value);
    if (typeof value === "string") return this.#text(value);
    if (value instanceof Uint8Array) return this.#byteString(value);
    if (value instanceof PickleFloat) return this.#float(value.value);
    if (value instanceof PickleTuple) {
      this.bytes(OP.MARK);
      value.items.forEach(inner);
      return this.bytes(OP.TUPLE);
    }
    if (value instanceof PickleInstance) {
      this.#global(value.module, value.name);
      this.bytes(OP.EMPTY_TUPLE, OP.NEWOBJ);
      inner(value.state);
      return this.bytes(OP.BUILD);
    }
    if (value instanceof PickleGlobalName) return this.#global(value.module, value.name);
    if (value instanceof PickleCall) {
      this.#global(value.callee.module, value.callee.name);
      inner(new PickleTuple(value.args));
      return this.bytes(OP.REDUCE);
    }
    if (value instanceof PicklePersistent) {
      inner(value.id);
      return this.bytes(OP.BINPERSID);
    }
    if (value instanceof ObjectArray) return this.#objectArray(value.item, depth);
    if (Array.isArray(value)) {
      this.bytes(OP.EMPTY_LIST);
      return this.#batches(value, OP.APPENDS, inner);
    }
    if (isArray(value)) return this.#array(value);
    if (value instanceof Map || Object.getPrototypeOf(value) === Object.prototype) {
      const entries = value instanceof Map ? [...value] : Object.entries(value as object);
      this.bytes(OP.EMPTY_DICT);
      return this.#batches(entries, OP.SETITEMS, ([key, item]) => (inner(key), inner(item)));
    }
    throw new TypeError(
      `Cannot write a pickle: found a ${(value as object).constructor?.name ?? typeof value}, ` +
        "expected plain data or an array of numbers",
    );
  }

  #batches<T>(items: readonly T[], op: number, write: (item: T) => void): void {
    for (let at = 0; at < items.length; at += BATCH) {
      this.bytes(OP.MARK);
      items.slice(at, at + BATCH).forEach(write);
      this.bytes(op);
    }
  }

  #number(value: number): void {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) return this.#float(value);
    if (value >= 0 && value < 256) return this.bytes(OP.BININT1, value);
    if (value === (value | 0)) {
      const part = new Uint8Array(5);
      part[0] = OP.BININT;
      new DataView(part.buffer).setInt32(1, value, true);
      this.#parts.push(part);
      return;
    }
    this.#long(BigInt(value));
  }

  #long(value: bigint): void {
    const bytes: number[] = [];
    let rest = value;
    do {
      bytes.push(Number(rest & 255n));
      rest >>= 8n;
      // Stops when what is left is only the sign, and the top bit agrees with it.
    } while (!(rest === 0n && bytes.at(-1)! < 128 || rest === -1n && bytes.at(-1)! >= 128));
    if (bytes.length > 255) {
      throw new RangeError("Cannot write a pickle: an int has over 255 bytes");
    }
    this.bytes(OP.LONG1, bytes.length, ...bytes);
  }

  #float(value: number): void {
    const part = new Uint8Array(9);
    part[0] = OP.BINFLOAT;
    new DataView(part.buffer).setFloat64(1, value, false);
    this.#parts.push(part);
  }

  #text(text: string): void {
    const bytes = new TextEncoder().encode(text);
    this.#sized(OP.BINUNICODE, bytes);
  }

  #byteString(bytes: Uint8Array): void {
    if (this.#protocol === 3) {
      if (bytes.length < 256) {
        this.bytes(OP.SHORT_BINBYTES, bytes.length);
        this.#parts.push(bytes);
        return;
      }
      return this.#sized(OP.BINBYTES, bytes);
    }
    // Protocol 2 has no bytes: Python 3 writes them as latin-1 text that is encoded back.
    this.#global("_codecs", "encode");
    this.#text(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1"));
    this.#text("latin1");
    this.bytes(OP.TUPLE2, OP.REDUCE);
  }

  #sized(op: number, bytes: Uint8Array): void {
    if (bytes.length >= 2 ** 32) {
      throw new RangeError(`Cannot write a pickle: one value takes ${bytes.length} bytes`);
    }
    const head = new Uint8Array(5);
    head[0] = op;
    new DataView(head.buffer).setUint32(1, bytes.length, true);
    this.#parts.push(head, bytes);
  }

  #global(module: string, name: string): void {
    this.#parts.push(new TextEncoder().encode(`c${module}\n${name}\n`));
  }

  #array({ shape, dtype, data }: NpyArray): void {
    // `encodeNpy` checks that shape, dtype and values fit; its tail is the values.
    const npy = encodeNpy({ shape, dtype, data });
    this.#emptyArray();
    this.bytes(OP.MARK, OP.BININT1, 1);
    this.write(new PickleTuple(shape), 0);
    this.#dtype(dtype, dtype.endsWith("1") ? "|" : "<");
    this.bytes(OP.NEWFALSE);
    this.#byteString(npy.subarray(npy.length - data.byteLength));
    this.bytes(OP.TUPLE, OP.BUILD);
  }

  #objectArray(item: unknown, depth: number): void {
    this.#emptyArray();
    this.bytes(OP.MARK, OP.BININT1, 1, OP.EMPTY_TUPLE);
    this.#dtype("O8", "|");
    this.bytes(OP.NEWFALSE);
    this.write([item], depth + 1);
    this.bytes(OP.TUPLE, OP.BUILD);
  }

  #emptyArray(): void {
    this.#global("numpy.core.multiarray", "_reconstruct");
    this.#global("numpy", "ndarray");
    this.bytes(OP.BININT1, 0, OP.TUPLE1);
    this.#byteString(Uint8Array.of(0x62)); // b"b"
    this.bytes(OP.TUPLE3, OP.REDUCE);
  }

  #dtype(spec: string, order: "|" | "<"): void {
    this.#global("numpy", "dtype");
    this.write(new PickleTuple([spec, false, true]), 0);
    this.bytes(OP.REDUCE);
    const flags = spec === "O8" ? 63 : 0;
    const state = [3, order, null, null, null, -1, -1, flags];
    this.write(new PickleTuple(state), 0);
    this.bytes(OP.BUILD);
  }
}

function isArray(value: unknown): value is NpyArray {
  const array = value as Partial<NpyArray>;
  return Array.isArray(array.shape) && typeof array.dtype === "string" && isNpyDtype(array.dtype) &&
    ArrayBuffer.isView(array.data);
}
