/**
 * Reads PyTorch's zip checkpoints without PyTorch: a pickle that names tensors, and raw storages
 * beside it. Nothing of the pickle is run, and no storage is read before it is asked for.
 */
import { type ByteSource, readAll } from "../../core/files/source.ts";
import { isZip, openZip, type ZipFolder } from "../../core/files/zip.ts";
import {
  type PickleContext,
  type PickleGlobals,
  PickleName,
  PYTHON_GLOBALS,
  readPickle,
} from "../../core/files/pickle.ts";
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
const STORAGES = {
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

/** The largest pickle that is read: names of tensors, not their values. */
const MAX_PICKLE_BYTES = 32 * 2 ** 20;

/** The most values of one tensor. */
const MAX_TENSOR_VALUES = 2 ** 25;

/** A view with gaps may reach over this many values, or over this many times its own. */
const MAX_SPAN_VALUES = 2 ** 23;
const MAX_SPAN_FACTOR = 4;

/** An open checkpoint. */
export interface Checkpoint {
  /** The tensors of the model by key, `module.` removed from the keys. */
  tensors: Map<string, TensorRef>;
  /** The number of the last training epoch, if there is one. */
  epoch: number | null;
  /** Reads a float32 tensor in C order. @throws {InputError} If it does not lie in its storage. */
  read(key: string): Promise<Float32Array>;
  /** Reads an integer tensor of one value. */
  readScalar(key: string): Promise<number>;
}

/**
 * Opens a checkpoint and lists its tensors.
 *
 * @throws {InputError} If the file is no such checkpoint, is damaged, or its pickle asks for
 * anything but tensors and plain containers.
 */
export async function openCheckpoint(source: ByteSource): Promise<Checkpoint> {
  const zip = await openArchive(source);
  const root = rootOf(source, zip);
  const pickle = zip.entries.get(`${root}data.pkl`)!;
  if (pickle.size > MAX_PICKLE_BYTES) {
    throw fault(
      source,
      `its pickle has ${pickle.size} bytes, expected at most ${MAX_PICKLE_BYTES}`,
    );
  }
  await checkByteOrder(source, [zip, root]);
  const value = readPickle(await readAll(await zip.open(pickle.path)), {
    file: `${source.name}/${pickle.path}`,
    globals: GLOBALS,
    persistentLoad: (id) => storageOf(source, id),
  });
  const tensors = stateOf(source, value);
  const reader = new StorageReader(source, [zip, root]);
  const find = (key: string): TensorRef => {
    const tensor = tensors.get(key);
    if (tensor === undefined) throw fault(source, `it has no tensor "${key}"`);
    return tensor;
  };
  const epoch = value instanceof Map ? value.get("epoch") : undefined;
  return {
    tensors,
    epoch: typeof epoch === "number" ? epoch : null,
    read: async (key) => await reader.floats(key, find(key)),
    readScalar: async (key) => await reader.scalar(key, find(key)),
  };
}

async function openArchive(source: ByteSource): Promise<ZipFolder> {
  const head = await source.slice(0, Math.min(16, source.byteLength));
  if (!isZip(head)) {
    const legacy = head[0] === 0x80 && head[1] === 2 && head[2] === 0x8a;
    throw new InputError(
      `Cannot read the checkpoint: it is ${
        legacy ? "PyTorch's old format" : "no zip archive"
      }, expected what torch.save has written since PyTorch 1.6`,
      {
        file: source.name,
        hint: legacy
          ? "load it in PyTorch and save it again"
          : "give the *.pth.tar file as it was downloaded",
      },
    );
  }
  return await openZip(source);
}

/** The one folder of the archive, with a slash. */
function rootOf(source: ByteSource, zip: ZipFolder): string {
  const roots = [...zip.entries.keys()].filter((path) => /^[^/]+\/data\.pkl$/.test(path));
  if (roots.length !== 1) {
    throw fault(source, `it holds ${roots.length} files data.pkl, expected one in one folder`);
  }
  return roots[0].slice(0, -"data.pkl".length);
}

async function checkByteOrder(
  source: ByteSource,
  [zip, root]: readonly [ZipFolder, string],
): Promise<void> {
  const entry = zip.entries.get(`${root}byteorder`);
  if (entry === undefined || entry.size > 64) return;
  const order = new TextDecoder().decode(await readAll(await zip.open(entry.path)));
  if (order.trim() !== "little") {
    throw fault(source, `its byte order is "${order}", expected little`);
  }
}

/** The names that a checkpoint's pickle may use. */
const GLOBALS: PickleGlobals = {
  ...PYTHON_GLOBALS,
  ...Object.fromEntries(Object.keys(STORAGES).map((name) => [`torch ${name}`, {}])),
  "torch._utils _rebuild_tensor_v2": { call: rebuildTensor },
  // Parameters are pickled as (tensor, requires_grad, hooks).
  "torch._utils _rebuild_parameter": { call: ([tensor]) => tensor },
  "torch Size": { call: ([sizes]) => sizes },
};

/** `("storage", FloatStorage, key, device, count)`; the device is not looked at. */
function storageOf(source: ByteSource, id: unknown): StorageRef {
  const [tag, type, key, , count] = Array.isArray(id) ? id : [];
  const known = type instanceof PickleName && type.module === "torch"
    ? STORAGES[type.name as keyof typeof STORAGES]
    : undefined;
  if (tag !== "storage" || known === undefined || !isCount(count) || !/^\d{1,9}$/.test(`${key}`)) {
    throw fault(source, "its pickle names a storage in a way that PyTorch does not");
  }
  return { key: `${key}`, dtype: known.dtype, count };
}

/** Distinguishes tensors from what else a pickle may hold. */
class Tensor implements TensorRef {
  constructor(
    readonly storage: StorageRef,
    readonly offset: number,
    readonly shape: number[],
    readonly strides: number[],
  ) {}
}

function rebuildTensor(args: readonly unknown[], context: PickleContext): Tensor {
  const [storage, offset, shape, strides] = args;
  const counts = (list: unknown): list is number[] =>
    Array.isArray(list) && list.length <= 16 && list.every(isCount);
  if (
    typeof storage !== "object" || storage === null || !("dtype" in storage) ||
    !isCount(offset) || !counts(shape) || !counts(strides) || shape.length !== strides.length
  ) {
    throw context.fail("a tensor is not made of a storage, an offset, sizes and strides");
  }
  context.charge(200);
  return new Tensor(storage as StorageRef, offset, shape, strides);
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

/** The model's tensors: under `model_state_dict` or `state_dict`, or the dictionary itself. */
function stateOf(source: ByteSource, value: unknown): Map<string, TensorRef> {
  const outer = value instanceof Map ? value : new Map();
  const state = outer.get("model_state_dict") ?? outer.get("state_dict") ?? outer;
  const tensors = new Map<string, TensorRef>();
  if (!(state instanceof Map)) throw fault(source, "its model_state_dict is no dictionary");
  for (const [name, tensor] of state) {
    if (typeof name !== "string" || !(tensor instanceof Tensor)) {
      throw new InputError(
        `Cannot read the checkpoint: "${String(name).slice(0, 100)}" is no tensor, expected ` +
          "a dictionary of tensors under model_state_dict",
        { file: source.name },
      );
    }
    const key = name.replaceAll("module.", "");
    if (tensors.has(key)) throw fault(source, `two of its tensors are "${key}"`);
    tensors.set(key, tensor);
  }
  if (tensors.size === 0) throw fault(source, "it holds no tensors");
  return tensors;
}

/** Reads tensors out of storages. */
class StorageReader {
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
    const out = new Uint8Array(count * size);
    if (count === 0) return out;
    const last = offset + shape.reduce((sum, n, axis) => sum + (n - 1) * strides[axis], 0);
    if (!(last < storage.count)) {
      throw this.#fault(key, `it ends at value ${last} of a storage of ${storage.count}`);
    }
    const span = 1 + last - offset;
    if (span > Math.max(MAX_SPAN_VALUES, MAX_SPAN_FACTOR * count)) {
      throw this.#fault(key, `its ${count} values are scattered over ${span}`);
    }
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

function fault(source: ByteSource, what: string): InputError {
  return new InputError(`Cannot read the checkpoint: ${what}`, { file: source.name });
}
