/** Reads a JSON file whose one long list does not fit into a text: item by item. */
import { InputError } from "./errors.ts";
import { reason } from "./hash.ts";
import { parseForeignJson } from "./json.ts";

/** The longest item, or rest of the file, that is taken: as much as a text holds. */
const MOST_BYTES = 1 << 28;

/** Bytes read at once. */
const BLOCK_BYTES = 1 << 20;

const QUOTE = 0x22, BACKSLASH = 0x5c, COMMA = 0x2c;
const OPEN_LIST = 0x5b, CLOSE_LIST = 0x5d, OPEN_OBJECT = 0x7b, CLOSE_OBJECT = 0x7d;

/** How the file is read. */
export interface JsonListOptions {
  /** What the file is, for errors: as in `Cannot read <what>`. */
  what: string;
  /** Gets every object of the list in its order. */
  take: (item: unknown, index: number) => void;
}

/**
 * Reads a file that is one object, without the objects of the list under `key`: those go to `take`, one
 * at a time. Returns the object with an empty list there.
 *
 * @throws {InputError} If the file cannot be read, is no JSON, or the list holds what is no object.
 */
export async function readJsonList(
  file: string,
  key: string,
  { what, take }: JsonListOptions,
): Promise<unknown> {
  const fail = (text: string, cause?: unknown) =>
    new InputError(`Cannot read ${what}: ${text}, expected JSON`, { file, cause });
  const scanner = new ListScanner(key, {
    item: (bytes, index) => take(parsed(bytes, `${key}[${index}]: `), index),
    fail,
  });
  const parsed = (bytes: Uint8Array, where: string) => {
    try {
      return parseForeignJson(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    } catch (cause) {
      throw fail(where + (cause instanceof Error ? cause.message : String(cause)), cause);
    }
  };
  try {
    using opened = await Deno.open(file);
    const block = new Uint8Array(BLOCK_BYTES);
    for (;;) {
      const read = await opened.read(block);
      if (read === null) break;
      scanner.push(block.subarray(0, read));
    }
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    throw new InputError(`Cannot read ${what}: ${reason(cause)}`, { file, cause });
  }
  return parsed(scanner.rest(), "");
}

/** Tells the items of the list from the rest, byte by byte; whoever parses them says what is malformed. */
class ListScanner {
  private readonly head = new Bytes();
  private readonly current = new Bytes();
  private level = 0;
  private inText = false;
  private escaped = false;
  private inList = false;
  private listDone = false;
  private expectsComma = false;
  private items = 0;
  /** The text that was read last on level 1, and whether a colon followed it. */
  private lastText: number[] = [];

  constructor(
    private readonly key: string,
    private readonly report: {
      item: (bytes: Uint8Array, index: number) => void;
      fail: (text: string) => InputError;
    },
  ) {}

  push(block: Uint8Array): void {
    // Where the run of bytes that go to one place began.
    let from = 0;
    for (let at = 0; at < block.length; at++) {
      const c = block[at];
      if (this.inText) {
        if (this.escaped) this.escaped = false;
        else if (c === BACKSLASH) this.escaped = true;
        else if (c === QUOTE) this.inText = false;
        if (this.inText && this.level === 1 && this.lastText.length < 256) this.lastText.push(c);
        continue;
      }
      if (this.inList && this.level === 2 && c !== CLOSE_LIST && c !== OPEN_OBJECT) {
        // Between the items: what stands there besides a comma and blanks is no item.
        if (c === COMMA && this.expectsComma) this.expectsComma = false;
        else if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) this.stray();
        continue;
      }
      if (c === QUOTE) {
        this.inText = true;
        if (this.level === 1) this.lastText = [];
      } else if (c === OPEN_OBJECT || c === OPEN_LIST) {
        if (this.inList && this.level === 2) {
          if (this.expectsComma) this.stray();
          from = at;
        }
        this.level++;
        if (c === OPEN_LIST && this.level === 2 && !this.listDone && this.isKey()) {
          this.inList = true;
          this.head.add(block.subarray(from, at + 1));
          from = at + 1;
        }
      } else if (c === CLOSE_OBJECT || c === CLOSE_LIST) {
        this.level--;
        if (this.inList && this.level === 2) {
          this.current.add(block.subarray(from, at + 1));
          this.report.item(this.current.taken(), this.items++);
          this.expectsComma = true;
        } else if (this.inList && this.level === 1) {
          if (this.items > 0 && !this.expectsComma) this.stray();
          this.inList = false;
          this.listDone = true;
          from = at;
        }
      }
    }
    if (!this.inList) this.head.add(block.subarray(from));
    else if (this.level > 2) this.current.add(block.subarray(from));
    if (this.head.length + this.current.length > MOST_BYTES) {
      throw this.report.fail(`its parts besides "${this.key}" are too long`);
    }
  }

  /** Everything but the items. */
  rest(): Uint8Array {
    if (this.inList) throw this.report.fail("it ends early");
    return this.head.taken();
  }

  private isKey(): boolean {
    return new TextDecoder().decode(Uint8Array.from(this.lastText)) === this.key;
  }

  private stray(): never {
    throw this.report.fail(`${this.key}[${this.items}] is no object`);
  }
}

/** Bytes that are put one after the other. */
class Bytes {
  private data = new Uint8Array(1 << 12);
  length = 0;

  add(more: Uint8Array): void {
    if (this.length + more.length > this.data.length) {
      const grown = new Uint8Array(Math.max(2 * this.data.length, this.length + more.length));
      grown.set(this.data.subarray(0, this.length));
      this.data = grown;
    }
    this.data.set(more, this.length);
    this.length += more.length;
  }

  /** The bytes so far, valid until the next are added; then there are none. */
  taken(): Uint8Array {
    const found = this.data.subarray(0, this.length);
    this.length = 0;
    return found;
  }
}
