/**
 * Reads Python's pickles, protocols 0 to 5, as data. A pickle is a program that may name any
 * function of Python; here nothing is executed: only names on the caller's list are served, by
 * handlers that build arrays and containers, and any other name is refused by name.
 *
 * Python → here: None → null; bool, float → boolean, number; int → number, or bigint beyond 2^53;
 * str (and Python 2's str, as latin-1) → string; bytes → Uint8Array; list, tuple → array;
 * dict → Map; set → Set. The same object mentioned twice is one object here too, so a value can
 * hold itself: walk only as deep as the file's kind allows.
 */
import { withDefaults } from "../work/options.ts";
import { PickleInput } from "./_pickle_input.ts";
import { PickleMachine } from "./_pickle_machine.ts";
import { OP } from "./_pickle_opcodes.ts";
import { type PickleGlobals, PYTHON_GLOBALS } from "./pickle_globals.ts";

/** How a pickle is read. */
export interface PickleOptions {
  /** The file as messages name it. Default: `pickle`. */
  file?: string;
  /**
   * Names that the pickle may ask for, with their handlers: spread the presets you need, as in
   * `{ ...PYTHON_GLOBALS, ...NUMPY_GLOBALS }`. Default: `PYTHON_GLOBALS`.
   */
  globals?: PickleGlobals;
  /** Looks up data outside the pickle by its persistent id (PyTorch). Default: refused. */
  persistentLoad?: (id: unknown) => unknown;
  /** Where the pickle begins in the bytes. Default: 0. */
  start?: number;
  /** The most memory that the values may take, estimated. Default: 4 × the bytes + 64 MiB. */
  maxBytes?: number;
}

/**
 * Reads a pickle that fills the bytes to their end. Byte strings in the result are views of `bytes`.
 *
 * ```ts
 * import { readPickle } from "./pickle.ts";
 * // A list of 1 and 2, protocol 2.
 * readPickle(Uint8Array.of(0x80, 2, 0x5d, 0x28, 0x4b, 1, 0x4b, 2, 0x65, 0x2e)); // [1, 2]
 * ```
 *
 * @throws {InputError} If the bytes are no whole pickle, it asks for a name that is not allowed, or
 *   it would take more memory than allowed.
 */
export function readPickle(bytes: Uint8Array, options: PickleOptions = {}): unknown {
  const { value, end } = readPicklePart(bytes, options);
  if (end !== bytes.length) {
    throw new PickleInput(bytes, end, options.file ?? "pickle").fail(
      `${bytes.length - end} bytes follow its end`,
    );
  }
  return value;
}

/**
 * Reads one pickle and says where it ends: for files that hold several in a row.
 *
 * @throws {InputError} As {@linkcode readPickle}, but for bytes after the end.
 */
export function readPicklePart(
  bytes: Uint8Array,
  options: PickleOptions = {},
): { value: unknown; end: number } {
  const { persistentLoad, ...rest } = options;
  const { file, globals, start, maxBytes } = withDefaults({
    file: "pickle",
    globals: PYTHON_GLOBALS,
    start: 0,
    maxBytes: 4 * bytes.length + 64 * 2 ** 20,
  }, rest);
  const input = new PickleInput(bytes, start, file);
  const value = new PickleMachine(input, { globals, persistentLoad, maxBytes }).run();
  return { value, end: input.at };
}

/**
 * Says whether bytes look like a pickle: by the header of protocols 2 to 5, or by an opening opcode
 * and the final STOP of protocols 0 and 1.
 */
export function isPickle(bytes: Uint8Array): boolean {
  if (bytes.length >= 2 && bytes[0] === OP.PROTO) return bytes[1] >= 2 && bytes[1] <= 5;
  const opens = [OP.MARK, OP.GLOBAL, OP.EMPTY_DICT, OP.EMPTY_LIST] as readonly number[];
  return bytes.length >= 2 && opens.includes(bytes[0]) && bytes[bytes.length - 1] === OP.STOP;
}

export {
  attributesOf,
  dictionaryState,
  type PickleContext,
  type PickleGlobal,
  type PickleGlobals,
  PickleName,
  PYTHON_GLOBALS,
} from "./pickle_globals.ts";
