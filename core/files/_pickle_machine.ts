/**
 * The stack machine that a pickle is a program for (CPython's `Lib/pickletools.py` describes every
 * opcode). It is run here opcode by opcode over plain data: the only things that are ever called
 * are the caller's handlers, for names on the caller's list.
 *
 * Each opcode takes at least one byte and does work in proportion to the bytes and items it takes,
 * so the time is linear in the file. Memory is counted: see `charge`.
 */
import { PickleInput } from "./_pickle_input.ts";
import { OP } from "./_pickle_opcodes.ts";
import {
  type PickleContext,
  type PickleGlobal,
  type PickleGlobals,
  PickleName,
} from "./pickle_globals.ts";

/** What the machine is given besides the bytes. */
export interface MachineOptions {
  globals: PickleGlobals;
  persistentLoad: ((id: unknown) => unknown) | undefined;
  maxBytes: number;
}

const HIGHEST_PROTOCOL = 5;
/** V8's limit on the entries of a Map or Set. */
const MAX_ENTRIES = 2 ** 24 - 1;
/** How far past the end the memo may be written, so that it stays a plain array. */
const MAX_MEMO_GAP = 1 << 16;

/** About what V8 takes, in bytes (measured on files of one opcode each, with room for growth). */
const COST = { list: 56, mark: 96, map: 220, entry: 40, slot: 12, text: 24, view: 180 } as const;

const MISSING = Symbol("nothing stored");

/** One run over one pickle. */
export class PickleMachine implements PickleContext {
  readonly file: string;
  readonly #input: PickleInput;
  readonly #globals: PickleGlobals;
  readonly #persistentLoad: ((id: unknown) => unknown) | undefined;
  #left: number;
  readonly #maxBytes: number;
  #stack: unknown[] = [];
  /** Stacks set aside by MARK. */
  readonly #marks: unknown[][] = [];
  readonly #memo: unknown[] = [];
  /** Names found so far, one object each. */
  readonly #names = new Map<string, PickleName>();
  /** Which name made an object: it takes the object's state. */
  readonly #madeBy = new WeakMap<object, PickleGlobal>();

  constructor(input: PickleInput, { globals, persistentLoad, maxBytes }: MachineOptions) {
    this.file = input.file;
    this.#input = input;
    this.#globals = globals;
    this.#persistentLoad = persistentLoad;
    this.#maxBytes = this.#left = maxBytes;
  }

  charge(bytes: number): void {
    this.#left -= bytes;
    if (!(this.#left >= 0)) {
      throw this.fail(
        `it would take more than ${this.#maxBytes} bytes of memory`,
        "a sound file takes about its own size; this one is damaged or made to exhaust memory",
      );
    }
  }

  fail(what: string, hint?: string): Error {
    return this.#input.fail(what, hint);
  }

  takeInline(count: number): Uint8Array {
    return this.#input.take(count);
  }

  construct(name: PickleName, args: readonly unknown[]): unknown {
    const { handler } = name;
    if (handler.call === undefined) throw this.fail(`${name} is called, which is not allowed`);
    const made = handler.call(args, this);
    if (made !== null && typeof made === "object" && !this.#madeBy.has(made)) {
      this.#madeBy.set(made, handler);
    }
    return made;
  }

  /** Runs up to STOP and returns the value on top of the stack. */
  run(): unknown {
    const input = this.#input;
    for (;;) {
      const op = input.u8();
      if (op === OP.STOP) return this.#pop();
      this.#step(op);
    }
  }

  #step(op: number): void {
    const input = this.#input;
    switch (op) {
      case OP.PROTO: {
        const protocol = input.u8();
        if (protocol > HIGHEST_PROTOCOL) {
          throw this.fail(`found protocol ${protocol}, expected 0 to ${HIGHEST_PROTOCOL}`);
        }
        return;
      }
      case OP.FRAME: {
        const bytes = input.u64();
        input.skip(bytes);
        input.at -= bytes; // only looked at: a frame says how far to read ahead
        return;
      }

      case OP.NONE:
        return this.#push(null);
      case OP.NEWTRUE:
        return this.#push(true);
      case OP.NEWFALSE:
        return this.#push(false);
      case OP.BININT:
        return this.#push(input.i32());
      case OP.BININT1:
        return this.#push(input.u8());
      case OP.BININT2:
        return this.#push(input.u16());
      case OP.BINFLOAT:
        return this.#push(input.f64());
      case OP.LONG1:
        return this.#push(input.long(input.u8()));
      case OP.LONG4:
        return this.#push(input.long(this.#length(input.i32())));
      case OP.INT: {
        const text = input.line();
        return this.#push(text === "01" ? true : text === "00" ? false : input.decimal(text));
      }
      case OP.LONG:
        return this.#push(input.decimal(input.line()));
      case OP.FLOAT:
        return this.#push(input.float(input.line()));

      case OP.SHORT_BINSTRING:
        return this.#pushText(input.latin1(input.u8()));
      case OP.BINSTRING:
        return this.#pushText(input.latin1(this.#length(input.i32())));
      case OP.STRING:
        return this.#pushText(input.quoted(input.line()));
      case OP.SHORT_BINUNICODE:
        return this.#pushText(input.utf8(input.u8()));
      case OP.BINUNICODE:
        return this.#pushText(input.utf8(input.u32()));
      case OP.BINUNICODE8:
        return this.#pushText(input.utf8(input.u64()));
      case OP.UNICODE:
        return this.#pushText(input.rawUnicode(input.line()));

      case OP.SHORT_BINBYTES:
        return this.#pushBytes(input.u8());
      case OP.BINBYTES:
        return this.#pushBytes(input.u32());
      case OP.BINBYTES8:
      case OP.BYTEARRAY8:
        return this.#pushBytes(input.u64());
      case OP.READONLY_BUFFER:
        return;
      case OP.NEXT_BUFFER:
        throw this.fail("it keeps data in another file (out-of-band buffers)");

      case OP.EMPTY_LIST:
      case OP.EMPTY_TUPLE:
        return this.#pushList([]);
      case OP.EMPTY_DICT:
        this.charge(COST.map);
        return this.#push(new Map());
      case OP.EMPTY_SET:
        this.charge(COST.map);
        return this.#push(new Set());
      case OP.LIST:
      case OP.TUPLE:
        return this.#pushList(this.#popMark());
      case OP.TUPLE1:
        return this.#pushList(this.#popMany(1));
      case OP.TUPLE2:
        return this.#pushList(this.#popMany(2));
      case OP.TUPLE3:
        return this.#pushList(this.#popMany(3));
      case OP.DICT: {
        const items = this.#popMark();
        this.charge(COST.map);
        const map = new Map();
        this.#setItems(map, items);
        return this.#push(map);
      }
      case OP.FROZENSET: {
        const items = this.#popMark();
        this.charge(COST.map);
        const set = new Set();
        this.#addItems(set, items);
        return this.#push(set);
      }
      case OP.APPEND: {
        const items = this.#popMany(1);
        return this.#append(this.#top(), items);
      }
      case OP.APPENDS: {
        const items = this.#popMark();
        return this.#append(this.#top(), items);
      }
      case OP.SETITEM: {
        const items = this.#popMany(2);
        return this.#setItems(this.#top(), items);
      }
      case OP.SETITEMS: {
        const items = this.#popMark();
        return this.#setItems(this.#top(), items);
      }
      case OP.ADDITEMS: {
        const items = this.#popMark();
        return this.#addItems(this.#top(), items);
      }

      case OP.MARK:
        this.charge(COST.mark);
        this.#marks.push(this.#stack);
        this.#stack = [];
        return;
      case OP.POP:
        if (this.#stack.length === 0) this.#popMark();
        else this.#pop();
        return;
      case OP.POP_MARK:
        this.#popMark();
        return;
      case OP.DUP:
        return this.#push(this.#top());

      case OP.PUT:
        return this.#remember(this.#index(input.decimal(input.line())));
      case OP.BINPUT:
        return this.#remember(input.u8());
      case OP.LONG_BINPUT:
        return this.#remember(input.u32());
      case OP.MEMOIZE:
        return this.#remember(this.#memo.length);
      case OP.GET:
        return this.#recall(this.#index(input.decimal(input.line())));
      case OP.BINGET:
        return this.#recall(input.u8());
      case OP.LONG_BINGET:
        return this.#recall(input.u32());

      case OP.GLOBAL: {
        const module = input.line();
        return this.#push(this.#find(module, input.line()));
      }
      case OP.STACK_GLOBAL: {
        const [module, name] = this.#popMany(2);
        return this.#push(this.#find(module, name));
      }
      case OP.REDUCE:
      case OP.NEWOBJ: {
        const [callee, args] = this.#popMany(2);
        return this.#push(this.#call(callee, args));
      }
      case OP.NEWOBJ_EX: {
        const [callee, args, named] = this.#popMany(3);
        if (!(named instanceof Map) || named.size > 0) {
          throw this.fail("an object is made with named arguments");
        }
        return this.#push(this.#call(callee, args));
      }
      case OP.INST: {
        const module = input.line(), name = input.line();
        return this.#push(this.#call(this.#find(module, name), this.#popMark()));
      }
      case OP.OBJ: {
        const [callee, ...args] = this.#popMark();
        return this.#push(this.#call(callee, args));
      }
      case OP.BUILD: {
        const [state] = this.#popMany(1);
        return this.#build(this.#top(), state);
      }
      case OP.PERSID:
        return this.#push(this.#persistent(input.line()));
      case OP.BINPERSID:
        return this.#push(this.#persistent(this.#pop()));

      case OP.EXT1:
      case OP.EXT2:
      case OP.EXT4:
        throw this.fail("it uses Python's extension registry");
      default:
        input.at--;
        throw this.fail(
          `found the byte 0x${op.toString(16).padStart(2, "0")}, expected an opcode`,
          "the file is no pickle, or is damaged",
        );
    }
  }

  #push(value: unknown): void {
    this.charge(COST.slot);
    this.#stack.push(value);
  }

  #pushText(text: string): void {
    this.charge(COST.text + text.length);
    this.#push(text);
  }

  #pushBytes(count: number): void {
    const bytes = this.#input.take(count);
    this.charge(COST.view); // a view: the bytes stay where they are
    this.#push(bytes);
  }

  #pushList(items: unknown[]): void {
    this.charge(COST.list + COST.slot * items.length);
    this.#push(items);
  }

  #top(): unknown {
    if (this.#stack.length === 0) throw this.fail("the stack is empty");
    return this.#stack[this.#stack.length - 1];
  }

  #pop(): unknown {
    if (this.#stack.length === 0) throw this.fail("the stack is empty");
    this.#left += COST.slot;
    return this.#stack.pop();
  }

  #popMany(count: number): unknown[] {
    if (this.#stack.length < count) {
      throw this.fail(`the stack holds ${this.#stack.length} values, expected ${count}`);
    }
    this.#left += COST.slot * count;
    return this.#stack.splice(this.#stack.length - count, count);
  }

  /** Everything since the last MARK. */
  #popMark(): unknown[] {
    const below = this.#marks.pop();
    if (below === undefined) throw this.fail("a mark is missing");
    const items = this.#stack;
    this.#stack = below;
    this.#left += COST.mark + COST.slot * items.length;
    return items;
  }

  #length(value: number): number {
    if (value < 0) throw this.fail(`a length is ${value}`);
    return value;
  }

  #index(value: number | bigint): number {
    if (typeof value !== "number" || value < 0) throw this.fail(`a memo index is ${value}`);
    return value;
  }

  #remember(index: number): void {
    const value = this.#top();
    const gap = index - this.#memo.length;
    if (gap > MAX_MEMO_GAP) {
      throw this.fail(`memo entry ${index} is written after ${this.#memo.length}`);
    }
    if (gap >= 0) this.charge(2 * COST.slot * (gap + 1));
    for (let i = 0; i < gap; i++) this.#memo.push(MISSING);
    this.#memo[index] = value;
  }

  #recall(index: number): void {
    const value = index < this.#memo.length ? this.#memo[index] : MISSING;
    if (value === MISSING) throw this.fail(`memo entry ${index} is read before it is written`);
    this.#push(value);
  }

  #append(list: unknown, items: unknown[]): void {
    if (!Array.isArray(list)) throw this.fail("items are appended to something that is no list");
    this.charge(2 * COST.slot * items.length);
    for (const item of items) list.push(item);
  }

  #setItems(map: unknown, items: unknown[]): void {
    if (!(map instanceof Map)) throw this.fail("items are set in something that is no dictionary");
    if (items.length % 2 !== 0) throw this.fail("a dictionary has a key without a value");
    this.charge(COST.entry * items.length / 2);
    this.#checkRoom(map.size + items.length / 2);
    for (let i = 0; i < items.length; i += 2) map.set(items[i], items[i + 1]);
  }

  #addItems(set: unknown, items: unknown[]): void {
    if (!(set instanceof Set)) throw this.fail("items are added to something that is no set");
    this.charge(COST.entry * items.length);
    this.#checkRoom(set.size + items.length);
    for (const item of items) set.add(item);
  }

  #checkRoom(entries: number): void {
    if (entries > MAX_ENTRIES) throw this.fail(`one container holds ${entries} entries`);
  }

  #find(module: unknown, name: unknown): PickleName {
    if (typeof module !== "string" || typeof name !== "string") {
      throw this.fail("a name is not text");
    }
    const key = `${module} ${name}`;
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    if (!Object.hasOwn(this.#globals, key)) {
      const asked = `${module}.${name}`.replace(/[^\x21-\x7e]/g, "?").slice(0, 120);
      throw this.fail(
        `it asks for ${asked}, which is not allowed`,
        "only numbers, text, arrays and plain containers are read; nothing in a pickle is ever run",
      );
    }
    const found = new PickleName(module, name, this.#globals[key]);
    this.#names.set(key, found);
    return found;
  }

  #call(callee: unknown, args: unknown): unknown {
    if (!(callee instanceof PickleName)) throw this.fail("something that is no name is called");
    if (!Array.isArray(args)) throw this.fail(`the arguments of ${callee} are no tuple`);
    return this.construct(callee, args);
  }

  #build(object: unknown, state: unknown): void {
    const handler = object !== null && typeof object === "object"
      ? this.#madeBy.get(object)
      : undefined;
    if (handler?.build === undefined) throw this.fail("an object takes no state and is given one");
    const replaced = handler.build(object as object, state, this);
    if (replaced !== undefined) this.#stack[this.#stack.length - 1] = replaced;
  }

  #persistent(id: unknown): unknown {
    if (this.#persistentLoad === undefined) {
      throw this.fail("it refers to data outside the pickle (a persistent id)");
    }
    return this.#persistentLoad(id);
  }
}
