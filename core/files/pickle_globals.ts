/**
 * What a pickle may ask for. A pickle names functions and classes of Python ("globals") and says
 * what to call them with; here each name that is allowed has a handler that builds plain data, and
 * every other name ends the reading. Nothing is looked up, imported or run.
 */
import { latin1Bytes } from "./_pickle_input.ts";

/** What handlers can ask of the reader. */
export interface PickleContext {
  /** The file as messages name it. */
  readonly file: string;
  /**
   * Counts memory that a handler is about to take, in bytes.
   *
   * @throws {InputError} If the file would take more than its share: see `PickleOptions.maxBytes`.
   */
  charge(bytes: number): void;
  /** The error for a value that is not what the handler needs, with the place in the file. */
  fail(what: string, hint?: string): Error;
  /** Calls another name: what it makes is given its state by that name's `build`. */
  construct(name: PickleName, args: readonly unknown[]): unknown;
  /** Takes bytes that lie between the opcodes (joblib); a view that must not be written to. */
  takeInline(count: number): Uint8Array;
}

/** One name that a pickle may ask for. */
export interface PickleGlobal {
  /**
   * Makes the value of `name(*args)`. Absent: the name may be mentioned as an argument (it arrives
   * as a {@linkcode PickleName}) and cannot be called.
   */
  call?(args: readonly unknown[], context: PickleContext): unknown;
  /**
   * Takes the state of an object that `call` made (Python's `__setstate__`). What it returns, if
   * anything, replaces the object from there on; earlier references keep the old one.
   */
  build?(object: object, state: unknown, context: PickleContext): object | void;
}

/** Allowed names, each as `module name`: `"numpy.core.multiarray _reconstruct"`. */
export type PickleGlobals = Readonly<Record<string, PickleGlobal>>;

/** A name that the pickle mentions and does not call: a class as an argument. */
export class PickleName {
  constructor(readonly module: string, readonly name: string, readonly handler: PickleGlobal) {}

  /** As Python writes it: `module.name`. */
  toString(): string {
    return `${this.module}.${this.name}`;
  }
}

/** Bytes an empty Map takes in V8, about. */
const MAP_BYTES = 200;

/** An object of a class that keeps its attributes in a dictionary: becomes that dictionary. */
export const dictionaryState: PickleGlobal = {
  call(_args, context) {
    context.charge(MAP_BYTES);
    return new Map();
  },
  build(object, state, context) {
    const attributes = attributesOf(state);
    if (!(object instanceof Map) || attributes === undefined) {
      throw context.fail("an object's state is not a dictionary");
    }
    context.charge(40 * attributes.size);
    for (const [key, value] of attributes) object.set(key, value);
  },
};

/** The attributes in a state: a dictionary, or the pair (dictionary, slots) of newer protocols. */
export function attributesOf(state: unknown): Map<unknown, unknown> | undefined {
  if (Array.isArray(state) && state.length === 2) return attributesOf(state[0] ?? state[1]);
  return state instanceof Map ? state : undefined;
}

const orderedDict: PickleGlobal = {
  call(args, context) {
    context.charge(MAP_BYTES);
    const map = new Map<unknown, unknown>();
    const pairs = args[0] ?? [];
    if (!Array.isArray(pairs)) throw context.fail("an OrderedDict is not made of pairs");
    context.charge(40 * pairs.length);
    for (const pair of pairs) {
      if (!Array.isArray(pair) || pair.length !== 2) {
        throw context.fail("an OrderedDict is not made of pairs");
      }
      map.set(pair[0], pair[1]);
    }
    return map;
  },
  // Attributes beside the entries (PyTorch sets `_metadata`) are not part of a dictionary's content.
  build() {},
};

const set: PickleGlobal = {
  call(args, context) {
    const items = args[0] ?? [];
    if (!Array.isArray(items)) throw context.fail("a set is not made of a list");
    context.charge(MAP_BYTES + 32 * items.length);
    return new Set(items);
  },
};

const encode: PickleGlobal = {
  call([text, encoding], context) {
    const known = encoding === "latin1" || encoding === "latin-1" || encoding === "iso-8859-1";
    if (typeof text !== "string" || !known) {
      throw context.fail("_codecs.encode is used for something other than latin-1 text");
    }
    context.charge(text.length);
    try {
      return latin1Bytes(text);
    } catch {
      throw context.fail("text that stands for bytes has a character above 255");
    }
  },
};

const byteString: PickleGlobal = {
  call([value, encoding], context) {
    if (value === undefined) return new Uint8Array(0);
    if (value instanceof Uint8Array) return value;
    if (encoding !== undefined) return encode.call!([value, encoding], context);
    throw context.fail("a byte string is not made of bytes");
  },
};

/** `copyreg._reconstructor(cls, object, None)`: how protocols 0 and 1 make an object. */
const reconstructor: PickleGlobal = {
  call([cls], context) {
    if (!(cls instanceof PickleName)) {
      throw context.fail("an object is made of something that is no class");
    }
    return context.construct(cls, []);
  },
};

const mentioned: PickleGlobal = {};

/** Names of Python itself that hold plain data: sets, ordered dictionaries, bytes written as text. */
export const PYTHON_GLOBALS: PickleGlobals = {
  "collections OrderedDict": orderedDict,
  "__builtin__ set": set,
  "builtins set": set,
  "__builtin__ frozenset": set,
  "builtins frozenset": set,
  "__builtin__ bytes": byteString,
  "builtins bytes": byteString,
  "__builtin__ bytearray": byteString,
  "builtins bytearray": byteString,
  "__builtin__ object": mentioned,
  "builtins object": mentioned,
  "_codecs encode": encode,
  "copy_reg _reconstructor": reconstructor,
  "copyreg _reconstructor": reconstructor,
};
