/** The named arrays of a body-model or fit file, whether it is an `.npz` or a pickle. */
import { InputError } from "../core/work/errors.ts";
import { basename } from "../core/work/path.ts";
import { isNpyDtype, type NpyArray, toFloat64 } from "../core/files/npy.ts";
import { type Npz, openNpz } from "../core/files/npz.ts";
import { isDataPickle, readDataPickle } from "../core/files/pickle_data.ts";
import { isNumberArray, NumpyArray } from "../core/files/pickle_numpy.ts";
import { SparseMatrix } from "../core/files/pickle_scipy.ts";
import { type ByteSource, readAll } from "../core/files/source.ts";
import { isZip } from "../core/files/zip.ts";

/** Most that one array may unpack to; SMPL-X's largest has 122 MB. */
const MAX_MEMBER_BYTES = 1 << 30;
/** Most that a pickle may hold; SMPL-X's official one has 544 MB. */
const MAX_PICKLE_BYTES = 2 ** 31;

/** What a file holds under one name. */
export interface KeySummary {
  name: string;
  /** Lengths of the axes; empty for a single value. */
  shape: number[];
  /** `f8`, `U4`, … as NumPy names it; `sparse`, `object`, `text`, `number`, `list`, … otherwise. */
  dtype: string;
}

/** A file of named arrays. */
export interface NamedArrays {
  /** The file as messages name it. */
  readonly file: string;
  readonly format: "npz" | "pickle";
  /** The names in the file's order (pickles) or sorted (npz). */
  readonly names: readonly string[];
  has(name: string): boolean;
  /** What each name holds, without reading the values where that can be avoided. */
  summary(): Promise<KeySummary[]>;
  /** An array of numbers; a single number or a list of numbers is one too. */
  numbers(name: string): Promise<NpyArray | undefined>;
  /** A sparse matrix, where the file has one under that name. */
  sparse(name: string): SparseMatrix | undefined;
  /** A text: a string, or an array of one. */
  text(name: string): Promise<string | undefined>;
}

/**
 * Opens a file of named arrays, telling `.npz` and pickle apart by content.
 *
 * @param what What the caller is reading, for messages: `the body model`.
 * @throws {InputError} If it is neither, or is damaged, or a pickle asks for what is not allowed.
 */
export async function openArrays(source: ByteSource, what: string): Promise<NamedArrays> {
  const head = await source.slice(0, Math.min(16, source.byteLength));
  if (isZip(head)) {
    return new NpzArrays(await openNpz(source, { maxMemberBytes: MAX_MEMBER_BYTES }), source.name);
  }
  if (source.byteLength > MAX_PICKLE_BYTES) {
    throw new InputError(
      `Cannot read ${what}: it has ${source.byteLength} bytes, expected at most ${MAX_PICKLE_BYTES}`,
      { file: source.name },
    );
  }
  const bytes = await readAll(source);
  if (!isDataPickle(bytes)) {
    throw new InputError(
      `Cannot read ${what}: "${basename(source.name)}" is neither an .npz nor a pickle`,
      { file: source.name },
    );
  }
  const value = readDataPickle(bytes, source.name);
  if (!(value instanceof Map)) {
    throw new InputError(
      `Cannot read ${what}: the pickle holds ${kindOf(value)}, expected a dictionary`,
      { file: source.name },
    );
  }
  return new MapArrays(value, source.name);
}

class NpzArrays implements NamedArrays {
  readonly format = "npz";
  constructor(readonly npz: Npz, readonly file: string) {}

  get names(): readonly string[] {
    return this.npz.names;
  }

  has(name: string): boolean {
    return this.npz.has(name);
  }

  async summary(): Promise<KeySummary[]> {
    const keys: KeySummary[] = [];
    for (const name of this.names) {
      try {
        const { shape, dtype } = await this.npz.header(name);
        keys.push({ name, shape, dtype });
      } catch (error) {
        if (!(error instanceof InputError) || !error.message.includes("Python objects")) {
          throw error;
        }
        keys.push({ name, shape: [], dtype: "object" });
      }
    }
    return keys;
  }

  async numbers(name: string): Promise<NpyArray | undefined> {
    if (!this.has(name)) return undefined;
    const { dtype } = await this.npz.header(name);
    return isNpyDtype(dtype) ? await this.npz.read(name) : undefined;
  }

  sparse(): undefined {
    return undefined;
  }

  async text(name: string): Promise<string | undefined> {
    if (!this.has(name)) return undefined;
    const { dtype } = await this.npz.header(name);
    if (isNpyDtype(dtype)) return undefined;
    const { data } = await this.npz.readText(name);
    return data.length === 1 ? data[0] : undefined;
  }
}

/** Named arrays out of a dictionary: of a pickle, or of JSON. */
export class MapArrays implements NamedArrays {
  readonly format = "pickle";
  readonly #map: ReadonlyMap<unknown, unknown>;

  constructor(map: ReadonlyMap<unknown, unknown>, readonly file: string) {
    this.#map = map;
  }

  get names(): readonly string[] {
    return [...this.#map.keys()].filter((key) => typeof key === "string");
  }

  has(name: string): boolean {
    return this.#map.has(name);
  }

  /** The value itself. */
  raw(name: string): unknown {
    return this.#map.get(name);
  }

  summary(): Promise<KeySummary[]> {
    return Promise.resolve(this.names.map((name) => {
      const value = this.#map.get(name);
      if (value instanceof NumpyArray) return { name, shape: value.shape, dtype: value.dtype };
      if (value instanceof SparseMatrix) {
        return { name, shape: [value.rows, value.columns], dtype: "sparse" };
      }
      const list = numbersOfList(value);
      if (list !== undefined) return { name, shape: list.shape, dtype: "f8" };
      return { name, shape: [], dtype: kindOf(value) };
    }));
  }

  numbers(name: string): Promise<NpyArray | undefined> {
    const value = this.#map.get(name);
    return Promise.resolve(isNumberArray(value) ? value : numbersOfList(value));
  }

  sparse(name: string): SparseMatrix | undefined {
    const value = this.#map.get(name);
    return value instanceof SparseMatrix ? value : undefined;
  }

  text(name: string): Promise<string | undefined> {
    let value = this.#map.get(name);
    if (value instanceof NumpyArray && value.data.length === 1) value = value.data[0];
    if (value instanceof Uint8Array) value = new TextDecoder().decode(value);
    return Promise.resolve(typeof value === "string" ? value : undefined);
  }
}

/** Most axes, and most numbers, that nested lists are read to: lists that share parts can be huge. */
const MAX_AXES = 4, MAX_LISTED = 1 << 22;

/**
 * Numbers, and lists of numbers (or of equally shaped arrays) nested as a rectangle, as an array;
 * undefined for anything else.
 */
export function numbersOfList(value: unknown): NpyArray | undefined {
  const shape: number[] = [];
  let first = value;
  for (; Array.isArray(first); first = first[0]) {
    shape.push(first.length);
    if (shape.length > MAX_AXES) return undefined;
  }
  if (isNumberArray(first)) shape.push(...first.shape);
  const count = shape.reduce((a, b) => a * b, 1);
  if (shape.length > MAX_AXES || count > MAX_LISTED) return undefined;
  const flat = new Float64Array(count);
  let at = 0;
  const fill = (item: unknown, axis: number): boolean => {
    if (Array.isArray(item)) {
      return item.length === shape[axis] && item.every((inner) => fill(inner, axis + 1));
    }
    if (isNumberArray(item)) {
      const inner = shape.slice(axis);
      if (item.shape.length !== inner.length || item.shape.some((n, k) => n !== inner[k])) {
        return false;
      }
      flat.set(toFloat64(item), at);
      at += item.data.length;
      return true;
    }
    if (axis !== shape.length || typeof item !== "number" && typeof item !== "bigint") return false;
    flat[at++] = Number(item);
    return true;
  };
  return fill(value, 0) ? { shape, dtype: "f8", data: flat } : undefined;
}

/** What a value is, in words. */
function kindOf(value: unknown): string {
  if (value === null) return "none";
  if (Array.isArray(value)) return "list";
  if (value instanceof Map) return "dictionary";
  if (value instanceof Set) return "set";
  if (value instanceof NumpyArray) return "array";
  if (value instanceof Uint8Array) return "bytes";
  return typeof value === "string" ? "text" : typeof value;
}
