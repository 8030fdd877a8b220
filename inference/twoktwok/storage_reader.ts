/** Reads tensors out of the raw storages of a PyTorch checkpoint. */
import type { ByteSource } from "../../core/files/source.ts";
import type { ZipFolder } from "../../core/files/zip.ts";
import { InputError } from "../../core/work/errors.ts";

/** A tensor in a checkpoint: a view of a storage. */
export interface TensorRef {
  storage: StorageRef;
  /** First value, in values. */
  offset: number;
  shape: number[];
  /** Steps between neighbours of each axis, in values. */
  strides: number[];
}

/** A storage in a checkpoint. */
export interface StorageRef {
  key: string;
  dtype: StorageDtype;
  /** Values it holds. */
  count: number;
}

/** Element types by the name of their storage class. */
export const STORAGES = {
  FloatStorage: { dtype: "float32", bytes: 4 },
  DoubleStorage: { dtype: "float64", bytes: 8 },
  HalfStorage: { dtype: "float16", bytes: 2 },
  BFloat16Storage: { dtype: "bfloat16", bytes: 2 },
  LongStorage: { dtype: "int64", bytes: 8 },
  IntStorage: { dtype: "int32", bytes: 4 },
  ShortStorage: { dtype: "int16", bytes: 2 },
  CharStorage: { dtype: "int8", bytes: 1 },
  ByteStorage: { dtype: "uint8", bytes: 1 },
  BoolStorage: { dtype: "bool", bytes: 1 },
} as const;

/** Element types that a storage may have. */
export type StorageDtype = (typeof STORAGES)[keyof typeof STORAGES]["dtype"];

/** The most values of one tensor. */
const MAX_TENSOR_VALUES = 2 ** 25;

/** A view with gaps may reach over this many values, or over this many times its own. */
const MAX_SPAN_VALUES = 2 ** 23;
const MAX_SPAN_FACTOR = 4;

/** Reads tensors out of storages. */
export class StorageReader {
  readonly #source: ByteSource;
  readonly #zip: ZipFolder;
  readonly #root: string;

  constructor(source: ByteSource, [zip, root]: readonly [ZipFolder, string]) {
    this.#source = source;
    this.#zip = zip;
    this.#root = root;
  }

  async floats(key: string, tensor: TensorRef): Promise<Float32Array> {
    if (tensor.storage.dtype !== "float32") throw this.#type(key, tensor, "float32");
    const bytes = await this.#bytes(key, tensor);
    return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  }

  async scalar(key: string, tensor: TensorRef): Promise<number> {
    if (tensor.storage.dtype !== "int64") throw this.#type(key, tensor, "int64");
    const bytes = await this.#bytes(key, tensor);
    return Number(new BigInt64Array(bytes.buffer, bytes.byteOffset, 1)[0]);
  }

  /** The values in C order, in an array of their own. */
  async #bytes(key: string, tensor: TensorRef): Promise<Uint8Array> {
    const { storage, offset, shape, strides } = tensor;
    const size = Object.values(STORAGES).find(({ dtype }) => dtype === storage.dtype)!.bytes;
    const count = product(shape);
    if (count > MAX_TENSOR_VALUES) {
      throw this.#fault(key, `it has ${count} values, expected at most ${MAX_TENSOR_VALUES}`);
    }
    const member = await this.#zip.open(`${this.#root}data/${storage.key}`);
    if (member.byteLength < storage.count * size) {
      throw this.#fault(
        key,
        `its storage has ${member.byteLength} bytes, expected ${storage.count * size}`,
      );
    }
    if (count > storage.count) {
      throw this.#fault(key, `it has ${count} values, its storage ${storage.count}`);
    }
    if (count === 0) return new Uint8Array(0);
    const last = offset + shape.reduce((sum, n, axis) => sum + (n - 1) * strides[axis], 0);
    if (!(last < storage.count)) {
      throw this.#fault(key, `it ends at value ${last} of a storage of ${storage.count}`);
    }
    const span = 1 + last - offset;
    if (span > Math.max(MAX_SPAN_VALUES, MAX_SPAN_FACTOR * count)) {
      throw this.#fault(key, `its ${count} values are scattered over ${span}`);
    }
    const out = new Uint8Array(count * size);
    gather(await member.slice(offset * size, (offset + span) * size), out, [shape, strides, size]);
    return out;
  }

  #type(key: string, { storage }: TensorRef, wanted: string): InputError {
    return this.#fault(key, `its values are ${storage.dtype}, expected ${wanted}`);
  }

  #fault(key: string, what: string): InputError {
    return new InputError(`Cannot read the tensor "${key}": ${what}`, { file: this.#source.name });
  }
}

/** Copies a strided block of values of `size` bytes into C order. */
function gather(
  from: Uint8Array,
  to: Uint8Array,
  [shape, strides, size]: readonly [readonly number[], readonly number[], number],
): void {
  let expected = 1, contiguous = true;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    contiguous &&= shape[axis] === 1 || strides[axis] === expected;
    expected *= shape[axis];
  }
  if (contiguous) {
    to.set(from.subarray(0, to.length));
    return;
  }
  const index = new Array<number>(shape.length).fill(0);
  let at = 0;
  for (let done = 0; done < to.length; done += size) {
    for (let k = 0; k < size; k++) to[done + k] = from[at * size + k];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += strides[axis];
      if (++index[axis] < shape[axis]) break;
      at -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
}

function product(list: readonly number[]): number {
  return list.reduce((all, n) => all * n, 1);
}
