/**
 * NumPy's arrays, scalars and dtypes in pickles (`numpy/_core/src/multiarray/methods.c`:
 * `array_reduce`, `array_setstate`; protocol 5: `numpy._core.numeric._frombuffer`). Byte order and
 * Fortran order are resolved; text and object arrays are read; records, dates and complex numbers
 * are refused by name.
 */
import { latin1Bytes } from "./_pickle_input.ts";
import { arrayOfBytes, isNpyDtype, type NpyArray, type NpyData } from "./npy.ts";
import {
  attributesOf,
  dictionaryState,
  type PickleContext,
  type PickleGlobal,
  type PickleGlobals,
  PickleName,
} from "./pickle_globals.ts";

const MAX_DIMENSIONS = 64;
/** About what an array without values takes. */
const ARRAY_BYTES = 400;
const NO_VALUES = new Int8Array(0);

/** An array out of a pickle: in C order, in this machine's byte order. */
export class NumpyArray {
  shape: number[] = [0];
  /** One of `NpyDtype`; `U<n>` or `S<n>` for text; `O` for objects. */
  dtype = "i1";
  /** Numbers, text, or anything, one a value of the array. */
  data: NpyData | unknown[] = NO_VALUES;
}

/** Says whether a value is an array of numbers (or booleans). */
export function isNumberArray(value: unknown): value is NumpyArray & NpyArray {
  return value instanceof NumpyArray && isNpyDtype(value.dtype);
}

/** A dtype: what the values of an array are. */
class NumpyDtype {
  bigEndian = false;
  constructor(readonly letter: string, readonly size: number) {}

  /** As in {@linkcode NumpyArray}. */
  get name(): string {
    return this.letter === "O" ? "O" : `${this.letter}${this.size}`;
  }

  /** Bytes a value. */
  get itemBytes(): number {
    return this.letter === "U" ? 4 * this.size : this.size;
  }
}

const dtype: PickleGlobal = {
  call([spec], context) {
    const text = spec instanceof Uint8Array ? String.fromCharCode(...spec.subarray(0, 16)) : spec;
    const parts = typeof text === "string" ? /^([<>|=]?)([A-Za-z])(\d{0,9})$/.exec(text) : null;
    if (parts === null) throw context.fail(`found the dtype ${shown(text)}, expected numbers`);
    const [, order, letter, digits] = parts;
    const made = new NumpyDtype(letter, digits === "" ? 0 : Number(digits));
    made.bigEndian = order === ">";
    if (!isNpyDtype(made.name) && !"USO".includes(letter)) {
      throw context.fail(`found the dtype ${shown(text)}, expected numbers, text or objects`);
    }
    return made;
  },
  build(object, state, context) {
    // (version, byte order, subdtype, names, fields, size, alignment, flags[, metadata])
    if (!(object instanceof NumpyDtype) || !Array.isArray(state)) {
      throw context.fail("the state of a dtype is not what NumPy writes");
    }
    const [, order, sub, names, fields] = state;
    if (sub != null || names != null || fields != null) {
      throw context.fail("found records (a structured dtype), expected plain numbers");
    }
    object.bigEndian = order === ">" || order instanceof Uint8Array && order[0] === 0x3e;
  },
};

/** `_reconstruct(cls, shape, typecode)`: an empty array that is given its values as state. */
const reconstruct: PickleGlobal = {
  call([cls], context) {
    if (!(cls instanceof PickleName) || cls.handler !== ndarray) {
      throw context.fail("an array is made of something that is no array class");
    }
    context.charge(ARRAY_BYTES);
    return new NumpyArray();
  },
  build: setArrayState,
};

/** The class itself, and subclasses that add nothing to the values (trimesh's TrackedArray). */
export const ndarray: PickleGlobal = {
  call(_args, context) {
    context.charge(ARRAY_BYTES);
    return new NumpyArray();
  },
  build: setArrayState,
};

/** State of an array: ([version,] shape, dtype, Fortran order, values). */
function setArrayState(object: object, state: unknown, context: PickleContext): void {
  if (!(object instanceof NumpyArray) || !Array.isArray(state) || state.length < 4) {
    throw context.fail("the state of an array is not what NumPy writes");
  }
  const [shape, kind, fortran, values] = state.slice(state.length > 4 ? 1 : 0);
  fillArray(object, { shape, kind, fortran: fortran === true || fortran === 1, values }, context);
}

const fromBuffer: PickleGlobal = {
  call([values, kind, shape, order], context) {
    context.charge(ARRAY_BYTES);
    const array = new NumpyArray();
    fillArray(array, { shape, kind, fortran: order === "F", values }, context);
    return array;
  },
};

const scalar: PickleGlobal = {
  call([kind, values], context) {
    const array = new NumpyArray();
    fillArray(array, { shape: [], kind, fortran: false, values }, context);
    const [value] = array.data;
    if (array.dtype === "b1") return value === 1;
    const exact = typeof value === "bigint" && Number.isSafeInteger(Number(value));
    return exact ? Number(value) : value;
  },
};

interface RawArray {
  shape: unknown;
  kind: unknown;
  fortran: boolean;
  values: unknown;
}

/** Checks shape, dtype and values against each other and fills the array. */
function fillArray(array: NumpyArray, raw: RawArray, context: PickleContext): void {
  const { kind, fortran } = raw;
  const shape = checkedShape(raw.shape, context);
  if (!(kind instanceof NumpyDtype)) throw context.fail("an array has no dtype");
  const count = shape.reduce((a, b) => a * b, 1);
  const values = kind.letter === "O" ? raw.values : bytesOf(raw.values, context);
  if (kind.letter === "O") {
    if (!Array.isArray(values) || values.length !== count || fortran && shape.length > 1) {
      throw context.fail(`an array of ${count} objects does not hold as many`);
    }
    Object.assign(array, { shape, dtype: "O", data: values });
    return;
  }
  const bytes = values as Uint8Array;
  if (bytes.length !== count * kind.itemBytes) {
    throw context.fail(
      `found ${bytes.length} bytes of values, expected ${count * kind.itemBytes} ` +
        `for shape (${shape.join(", ")}) of ${kind.name}`,
    );
  }
  const { name, bigEndian } = kind;
  if (isNpyDtype(name)) {
    context.charge(fortran ? 2 * bytes.length : bytes.length);
    const layout = { shape, dtype: name, bigEndian, fortranOrder: fortran };
    Object.assign(array, arrayOfBytes(bytes, layout));
    return;
  }
  if (kind.itemBytes === 0 && count > 0 || fortran && shape.length > 1) {
    throw context.fail(`found text of dtype ${name} in shape (${shape.join(", ")})`);
  }
  context.charge(bytes.length + 24 * count);
  Object.assign(array, { shape, dtype: name, data: textOf(bytes, kind, context) });
}

function checkedShape(shape: unknown, context: PickleContext): number[] {
  const sides = typeof shape === "number" ? [shape] : shape;
  const sound = Array.isArray(sides) && sides.length <= MAX_DIMENSIONS &&
    sides.every((side) => Number.isSafeInteger(side) && side >= 0);
  if (!sound) throw context.fail("the shape of an array is no list of whole numbers");
  return [...sides];
}

function bytesOf(values: unknown, context: PickleContext): Uint8Array {
  if (values instanceof Uint8Array) return values;
  if (typeof values === "string") { // Python 2's str, or its latin-1 decoding
    context.charge(values.length);
    try {
      return latin1Bytes(values);
    } catch {
      // falls through: not bytes
    }
  }
  throw context.fail("the values of an array are no bytes");
}

function textOf(bytes: Uint8Array, kind: NumpyDtype, context: PickleContext): string[] {
  const { letter, itemBytes, bigEndian } = kind;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const texts: string[] = [];
  for (let at = 0; at < bytes.length; at += itemBytes) {
    let text = "";
    for (let k = 0; k < itemBytes; k += letter === "U" ? 4 : 1) {
      const code = letter === "U" ? view.getUint32(at + k, !bigEndian) : bytes[at + k];
      if (code > 0x10ffff) throw context.fail("an array of text holds no Unicode");
      text += String.fromCodePoint(code);
    }
    texts.push(text.replace(/\0+$/, ""));
  }
  return texts;
}

/**
 * joblib's `NumpyArrayWrapper` (`joblib/numpy_pickle.py`): describes an array whose values follow
 * it between the opcodes, after an optional padding byte and padding.
 */
const joblibWrapper: PickleGlobal = {
  ...dictionaryState,
  build(_object, state, context) {
    const attributes = attributesOf(state);
    const kind = attributes?.get("dtype"), fortran = attributes?.get("order") === "F";
    if (!(kind instanceof NumpyDtype) || kind.letter === "O") {
      throw context.fail("a joblib array holds no numbers");
    }
    const shape = checkedShape(attributes!.get("shape"), context);
    if (typeof attributes!.get("numpy_array_alignment_bytes") === "number") {
      context.takeInline(context.takeInline(1)[0]);
    }
    const values = context.takeInline(shape.reduce((a, b) => a * b, 1) * kind.itemBytes);
    const array = new NumpyArray();
    context.charge(ARRAY_BYTES);
    fillArray(array, { shape, kind, fortran, values }, context);
    return array;
  },
};

function shown(value: unknown): string {
  return typeof value === "string" ? `"${value.slice(0, 40)}"` : typeof value;
}

/** NumPy 1 and 2 write the same things under `numpy.core` and `numpy._core`. */
function inBothHomes(names: Record<string, PickleGlobal>): Record<string, PickleGlobal> {
  return Object.fromEntries(
    Object.entries(names).flatMap(([name, handler]) =>
      ["numpy.core", "numpy._core"].map((home) => [`${home}.${name}`, handler])
    ),
  );
}

/** Names of NumPy: arrays, scalars, dtypes; and trimesh's array class, which is a plain array. */
export const NUMPY_GLOBALS: PickleGlobals = {
  ...inBothHomes({
    "multiarray _reconstruct": reconstruct,
    "multiarray scalar": scalar,
    "numeric _frombuffer": fromBuffer,
  }),
  "numpy ndarray": ndarray,
  "numpy dtype": dtype,
  "trimesh.caching TrackedArray": ndarray,
};

/** Names of joblib (`joblib.dump`), beside {@linkcode NUMPY_GLOBALS}. */
export const JOBLIB_GLOBALS: PickleGlobals = {
  "joblib.numpy_pickle NumpyArrayWrapper": joblibWrapper,
};
