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
import { StorageReader, type StorageRef, STORAGES, type TensorRef } from "./storage_reader.ts";

/** The largest pickle that is read: names of tensors, not their values. */
const MAX_PICKLE_BYTES = 32 * 2 ** 20;

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

function fault(source: ByteSource, what: string): InputError {
  return new InputError(`Cannot read the checkpoint: ${what}`, { file: source.name });
}
