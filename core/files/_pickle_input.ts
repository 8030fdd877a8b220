/** The bytes of a pickle, read front to back. Every length is checked against what is left. */
import { Buffer } from "node:buffer";
import { InputError } from "../work/errors.ts";

const NEWLINE = 10;
/** The longest whole number that is read, bytes or digits: more is no count and costs n² to parse. */
const MAX_INTEGER_LENGTH = 4096;

/** A place in a pickle. All `take…` methods move it and throw `InputError` where the bytes end. */
export class PickleInput {
  at: number;
  readonly #view: DataView;
  readonly #buffer: Buffer;

  constructor(readonly bytes: Uint8Array, start: number, readonly file: string) {
    this.at = start;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The error for anything wrong at the present place. */
  fail(what: string, hint?: string): InputError {
    return new InputError(`Cannot read the pickle: ${what} at byte ${this.at}`, {
      file: this.file,
      ...(hint === undefined ? {} : { hint }),
    });
  }

  /** Moves over `count` bytes and returns where they begin. */
  skip(count: number): number {
    const start = this.at;
    if (!(count >= 0 && count <= this.bytes.length - start)) {
      throw this.fail(
        `${count} bytes are announced and ${this.bytes.length - start} are left`,
        "the file is cut short or damaged: copy or download it again",
      );
    }
    this.at = start + count;
    return start;
  }

  /** A view of the next bytes; it must not be written to. */
  take(count: number): Uint8Array {
    const start = this.skip(count);
    return this.bytes.subarray(start, start + count);
  }

  u8(): number {
    return this.bytes[this.skip(1)];
  }

  u16(): number {
    return this.#view.getUint16(this.skip(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.skip(4), true);
  }

  i32(): number {
    return this.#view.getInt32(this.skip(4), true);
  }

  /** A 64-bit length; more than 2^53 is refused. */
  u64(): number {
    const start = this.skip(8);
    const value = this.#view.getUint32(start, true) +
      this.#view.getUint32(start + 4, true) * 2 ** 32;
    if (!Number.isSafeInteger(value)) throw this.fail(`${value} bytes are announced`);
    return value;
  }

  /** A big-endian float64, as BINFLOAT has it. */
  f64(): number {
    return this.#view.getFloat64(this.skip(8), false);
  }

  /** The text up to the next line end, without it, one character a byte. */
  line(): string {
    const end = this.bytes.indexOf(NEWLINE, this.at);
    if (end < 0) throw this.fail("a line has no end");
    const text = this.#buffer.toString("latin1", this.at, end);
    this.at = end + 1;
    return text;
  }

  /** Text of a Python 2 string: one character a byte (what Python calls latin-1). */
  latin1(count: number): string {
    const start = this.skip(count);
    return this.#buffer.toString("latin1", start, start + count);
  }

  /** UTF-8 text. */
  utf8(count: number): string {
    const bytes = this.take(count);
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      throw this.fail("text is not UTF-8");
    }
  }

  /** A whole number in `count` little-endian bytes, two's complement. */
  long(count: number): number | bigint {
    if (count > MAX_INTEGER_LENGTH) throw this.fail(`a whole number takes ${count} bytes`);
    const bytes = this.take(count);
    if (count === 0) return 0;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).reverse().join("");
    return plain(BigInt.asIntN(8 * count, BigInt(`0x${hex}`)));
  }

  /** A whole number in decimal text, as protocol 0 writes it (`12`, `-3`, `7L`). */
  decimal(text: string): number | bigint {
    if (!/^\s*[+-]?\d+L?\s*$/.test(text) || text.length > MAX_INTEGER_LENGTH) {
      throw this.fail(`"${text.slice(0, 40)}" is no whole number`);
    }
    return plain(BigInt(text.trim().replace(/^\+/, "").replace(/L$/, "")));
  }

  /** A number in text, as protocol 0 writes it. */
  float(text: string): number {
    const word = text.trim().toLowerCase();
    if (/^[+-]?inf(inity)?$/.test(word)) return word.startsWith("-") ? -Infinity : Infinity;
    if (/^[+-]?nan$/.test(word)) return NaN;
    if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/.test(word)) {
      throw this.fail(`"${text.slice(0, 40)}" is no number`);
    }
    return Number(word);
  }

  /** A quoted Python 2 string with its escapes, as protocol 0 writes it: `'a\x00b'`. */
  quoted(text: string): string {
    const quote = text[0];
    if (text.length < 2 || quote !== "'" && quote !== '"' || text.at(-1) !== quote) {
      throw this.fail("a string has no quotes");
    }
    return text.slice(1, -1).replace(
      /\\(?:x([0-9a-fA-F]{2})|([0-7]{1,3})|([\s\S]))/g,
      (all, hex: string | undefined, octal: string | undefined, letter: string | undefined) => {
        if (hex !== undefined) return String.fromCharCode(parseInt(hex, 16));
        if (octal !== undefined) return String.fromCharCode(parseInt(octal, 8) & 255);
        return ESCAPES.get(letter!) ?? all;
      },
    );
  }

  /** Text with `\uXXXX` escapes only, as protocol 0 writes it. */
  rawUnicode(text: string): string {
    return text.replace(/\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/g, (_, short, long) => {
      const code = parseInt(short ?? long, 16);
      if (code > 0x10ffff) throw this.fail("an escape is no Unicode character");
      return String.fromCodePoint(code);
    });
  }
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["a", "\x07"],
  ["b", "\b"],
  ["f", "\f"],
  ["v", "\v"],
  ["\\", "\\"],
  ["'", "'"],
  ['"', '"'],
  ["\n", ""],
]);

/** A number where it is exact, a bigint beyond 2^53. */
function plain(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** The bytes of a string that has one character a byte. @throws {RangeError} If one is above 255. */
export function latin1Bytes(text: string): Uint8Array {
  if (/[^\0-\xff]/.test(text)) {
    throw new RangeError("Cannot make bytes of a text: a character is above 255");
  }
  const bytes = Buffer.from(text, "latin1");
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}
