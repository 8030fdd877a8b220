/** Pickles of numbers as research code leaves them: NumPy, SciPy, chumpy, trimesh, joblib. */
import { inflateSync } from "node:zlib";
import { InputError } from "../work/errors.ts";
import { isPickle, type PickleGlobals, PYTHON_GLOBALS, readPickle } from "./pickle.ts";
import { CHUMPY_GLOBALS } from "./pickle_chumpy.ts";
import { JOBLIB_GLOBALS, NUMPY_GLOBALS } from "./pickle_numpy.ts";
import { SCIPY_GLOBALS } from "./pickle_scipy.ts";

/** Every preset for data: arrays, sparse matrices, plain containers. */
export const DATA_GLOBALS: PickleGlobals = {
  ...PYTHON_GLOBALS,
  ...NUMPY_GLOBALS,
  ...SCIPY_GLOBALS,
  ...CHUMPY_GLOBALS,
  ...JOBLIB_GLOBALS,
};

/** Says whether bytes begin as a zlib stream does (`joblib.dump(…, compress=…)`). */
export function isZlib(bytes: Uint8Array): boolean {
  return bytes.length > 2 && bytes[0] === 0x78 && (bytes[0] << 8 | bytes[1]) % 31 === 0;
}

/** Says whether bytes look like what {@linkcode readDataPickle} reads. */
export function isDataPickle(bytes: Uint8Array): boolean {
  return isPickle(bytes) || isZlib(bytes);
}

/**
 * Reads a pickle of data with {@linkcode DATA_GLOBALS}, unpacking it first where joblib compressed
 * it with zlib.
 *
 * @throws {InputError} As `readPickle`; and if the stream is damaged or unpacks to more than
 *   4 × its bytes + 64 MiB.
 */
export function readDataPickle(bytes: Uint8Array, file: string): unknown {
  const plain = isZlib(bytes) ? inflated(bytes, file) : bytes;
  return readPickle(plain, { file, globals: DATA_GLOBALS });
}

function inflated(bytes: Uint8Array, file: string): Uint8Array {
  const limit = 4 * bytes.length + 64 * 2 ** 20;
  try {
    return inflateSync(bytes, { maxOutputLength: limit });
  } catch (cause) {
    throw new InputError(
      `Cannot unpack the pickle: it is damaged or unpacks to more than ${limit} bytes`,
      { file, cause, hint: "save it again without compression" },
    );
  }
}
