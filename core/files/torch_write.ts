/** Writes tensors as `torch.save` does: a zip archive of a pickle and the raw values (PyTorch ≥ 1.6). */
import type { NpyArray, NpyDtype } from "./npy.ts";
import {
  encodePickle,
  PickleCall,
  PickleGlobalName,
  PicklePersistent,
  PickleTuple,
} from "./pickle_write.ts";
import { encodeZip } from "./zip_write.ts";

/** The storage classes by kind of number. */
const STORAGES: Partial<Record<NpyDtype, string>> = {
  f2: "HalfStorage",
  f4: "FloatStorage",
  f8: "DoubleStorage",
  i1: "CharStorage",
  i2: "ShortStorage",
  i4: "IntStorage",
  i8: "LongStorage",
  u1: "ByteStorage",
  b1: "BoolStorage",
};

/**
 * Makes the bytes of a `.pt` file that holds one tensor on the CPU: `torch.load(file)`.
 *
 * @throws {RangeError} If the values do not fill the shape, or PyTorch has no such numbers.
 */
export function encodeTorch({ shape, dtype, data }: NpyArray): Uint8Array {
  const storage = STORAGES[dtype], count = shape.reduce((a, b) => a * b, 1);
  if (storage === undefined || data.length !== count) {
    throw new RangeError(
      `Cannot write a tensor: found ${data.length} values of ${dtype}, expected ${count} ` +
        `of one of ${Object.keys(STORAGES).join(", ")}`,
    );
  }
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const id = new PickleTuple([
    "storage",
    new PickleGlobalName("torch", storage),
    "0",
    "cpu",
    count,
  ]);
  const tensor = new PickleCall(new PickleGlobalName("torch._utils", "_rebuild_tensor_v2"), [
    new PicklePersistent(id),
    0,
    new PickleTuple(shape),
    new PickleTuple(strides),
    false,
    new PickleCall(new PickleGlobalName("collections", "OrderedDict"), []),
  ]);
  return encodeZip([
    ["archive/data.pkl", encodePickle(tensor, { protocol: 2 })],
    ["archive/byteorder", new TextEncoder().encode("little")],
    ["archive/data/0", new Uint8Array(data.buffer, data.byteOffset, data.byteLength)],
    ["archive/version", new TextEncoder().encode("3\n")],
  ]);
}
