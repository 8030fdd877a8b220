/** The rows of a PLY file, in pieces: text or binary behind one way to ask for the next number. */
import { InputError } from "../work/errors.ts";
import { NumberCursor } from "./_numbers.ts";
import {
  leastRowBytes,
  PLY_BYTES,
  type PlyElement,
  type PlyHeader,
  type PlyType,
} from "./_ply_header.ts";
import type { ByteSource } from "./source.ts";

const PIECE_BYTES = 4 << 20;
const NEWLINE = 10;
/** The most values of one list: corners of one polygon. */
const MAX_LIST = 1 << 20;

/** Where the values of one fixed property go: `target[stride · row + offset]`, times `factor`. */
export interface PlyColumn {
  property: number;
  target: Float32Array | Uint8Array;
  stride: number;
  offset: number;
  factor: number;
}

/** One row of an element with lists. Arrays are reused from row to row. */
export interface PlyRow {
  /** The value of each property that is not a list. */
  scalars: Float64Array;
  /** Of each property that is a list its length (else 0) and, below, its values. */
  counts: Uint32Array;
  lists: Float64Array[];
}

/** Rows of a fixed length in one piece of the file: each has one list of three values. */
export interface PlyBatch {
  view: DataView;
  /** Where the first row begins in the view, and the length of a row. */
  start: number;
  rowBytes: number;
  /** Where a row's list begins: its length, one byte, then three values of `type`. */
  listAt: number;
  type: PlyType;
  little: boolean;
  /** Number of the first row in the file, and how many there are. */
  row: number;
  rows: number;
}

/** Reads the elements of a file one after the other. */
export class PlyBody {
  readonly #source: ByteSource;
  readonly #header: PlyHeader;
  readonly #ascii: boolean;
  readonly #little: boolean;
  /** The piece in hand: bytes from `#cursor.at` to `#end` are unread, `#fileAt` is next. */
  readonly #cursor = new NumberCursor();
  #view = new DataView(new ArrayBuffer(0));
  #end = 0;
  #fileAt: number;
  /** Set when a number was asked for that the piece does not hold. */
  #short = false;

  constructor(source: ByteSource, header: PlyHeader) {
    this.#source = source;
    this.#header = header;
    this.#ascii = header.format === "ascii";
    this.#little = header.format !== "binary_big_endian";
    this.#fileAt = header.bodyStart;
    this.#cursor.line = header.lines + 1;
  }

  /** How many bytes of the file are still unread. */
  get bytesLeft(): number {
    return this.#end - this.#cursor.at + this.#source.byteLength - this.#fileAt;
  }

  /** Skips an element. */
  async skip(element: PlyElement): Promise<void> {
    if (this.#ascii || element.properties.some(({ countType }) => countType !== undefined)) {
      await this.rows(element);
      return;
    }
    const bytes = element.count * leastRowBytes(element, this.#header.format);
    const inHand = Math.min(bytes, this.#end - this.#cursor.at);
    this.#cursor.at += inHand;
    if (bytes - inHand > this.#source.byteLength - this.#fileAt) throw this.#truncated(element, 0);
    this.#fileAt += bytes - inHand;
  }

  /** Reads an element without lists into columns. */
  async columns(element: PlyElement, columns: readonly PlyColumn[]): Promise<void> {
    if (this.#ascii) {
      await this.rows(element, (row, { scalars }) => {
        for (const { property, target, stride, offset, factor } of columns) {
          target[row * stride + offset] = scalars[property] * factor;
        }
      });
      return;
    }
    const rowBytes = leastRowBytes(element, this.#header.format);
    for (let row = 0; row < element.count;) {
      const rows = Math.min(
        element.count - row,
        Math.floor((this.#end - this.#cursor.at) / rowBytes),
      );
      if (rows === 0) {
        if (!await this.#more()) throw this.#truncated(element, row);
        continue;
      }
      for (const column of columns) {
        const start = this.#cursor.at + fixedOffset(element, column.property);
        const { type } = element.properties[column.property];
        fillColumn(this.#view, { type, start, rowBytes, little: this.#little }, column, row, rows);
      }
      this.#cursor.at += rows * rowBytes;
      row += rows;
    }
  }

  /**
   * Reads an element of triangles: batches of rows whose only list has three values go to `batch`
   * at once, all other rows one by one to `take`.
   */
  async triangles(
    element: PlyElement,
    batch: (batch: PlyBatch) => void,
    take: (row: number, values: PlyRow) => void,
  ): Promise<void> {
    const { properties, count } = element;
    const lists = properties.filter(({ countType }) => countType !== undefined);
    const [list] = lists;
    if (this.#ascii || lists.length !== 1 || list.countType !== "uchar") {
      await this.rows(element, take);
      return;
    }
    const before = properties.slice(0, properties.indexOf(list));
    const listAt = before.reduce((sum, { type }) => sum + PLY_BYTES[type], 0);
    const rowBytes = leastRowBytes(element, this.#header.format) + 3 * PLY_BYTES[list.type];
    for (let row = 0; row < count;) {
      const { bytes, at } = this.#cursor;
      const most = Math.min(count - row, Math.floor((this.#end - at) / rowBytes));
      let rows = 0;
      while (rows < most && bytes[at + rows * rowBytes + listAt] === 3) rows++;
      if (rows > 0) {
        const little = this.#little;
        batch({
          view: this.#view,
          start: at,
          listAt,
          rowBytes,
          row,
          rows,
          type: list.type,
          little,
        });
        this.#cursor.at += rows * rowBytes;
        row += rows;
      } else {
        await this.rows(element, take, row, row + 1);
        row++;
      }
    }
  }

  /** Reads an element row by row; without `take` it only moves past it. */
  async rows(
    element: PlyElement,
    take?: (row: number, values: PlyRow) => void,
    first = 0,
    last = element.count,
  ): Promise<void> {
    const { properties } = element;
    const values: PlyRow = {
      scalars: new Float64Array(properties.length),
      counts: new Uint32Array(properties.length),
      lists: properties.map(() => new Float64Array(8)),
    };
    for (let row = first; row < last; row++) {
      const { at, line } = this.#cursor;
      this.#row(element, row, values, take !== undefined);
      if (this.#short) {
        this.#short = false;
        this.#cursor.at = at;
        this.#cursor.line = line;
        if (!await this.#more()) throw this.#truncated(element, row);
        row--;
        continue;
      }
      take?.(row, values);
    }
  }

  #row({ name, properties }: PlyElement, row: number, values: PlyRow, keep: boolean): void {
    for (let p = 0; p < properties.length; p++) {
      const { type, countType } = properties[p];
      if (countType === undefined) {
        values.scalars[p] = this.#next(type);
        continue;
      }
      const count = this.#next(countType);
      if (this.#short) return;
      const least = count * (this.#ascii ? 2 : PLY_BYTES[type]);
      if (!Number.isInteger(count) || count < 0 || least > this.bytesLeft + 1) {
        throw this.#fault(
          `row ${row} of "${name}" has a list of ${count} values: ` +
            `found ${this.bytesLeft} bytes, expected at least ${least}`,
        );
      }
      values.counts[p] = count;
      if (!keep) {
        this.#skipValues(type, count);
        continue;
      }
      if (count > MAX_LIST) {
        throw this.#fault(
          `row ${row} of "${name}" has a list of ${count}, the limit is ${MAX_LIST}`,
        );
      }
      if (values.lists[p].length < count) values.lists[p] = new Float64Array(2 * count);
      const list = values.lists[p];
      for (let i = 0; i < count && !this.#short; i++) list[i] = this.#next(type);
    }
  }

  #skipValues(type: PlyType, count: number): void {
    if (this.#ascii) {
      for (let i = 0; i < count && !this.#short; i++) this.#next(type);
      return;
    }
    this.#cursor.at += count * PLY_BYTES[type];
    if (this.#cursor.at > this.#end) this.#short = true;
  }

  #next(type: PlyType): number {
    const cursor = this.#cursor;
    if (this.#ascii) {
      if (this.#short || !cursor.blanksAndLines(this.#end)) {
        this.#short = true;
        return 0;
      }
      const value = cursor.float();
      if (cursor.bad || !fits(type, value)) {
        throw this.#fault(`line ${cursor.line} holds something else, expected a number (${type})`);
      }
      return value;
    }
    const { at } = cursor;
    if (at + PLY_BYTES[type] > this.#end) {
      this.#short = true;
      return 0;
    }
    cursor.at = at + PLY_BYTES[type];
    return scalar(this.#view, at, type, this.#little);
  }

  /** Gets the next piece behind what is unread; false at the end of the file. */
  async #more(): Promise<boolean> {
    const cursor = this.#cursor;
    const { byteLength } = this.#source;
    if (this.#fileAt === byteLength) return false;
    const rest = cursor.bytes.subarray(cursor.at, this.#end);
    // A row longer than a piece: take as much again as there is.
    const wanted = Math.max(PIECE_BYTES, rest.length);
    const to = Math.min(byteLength, this.#fileAt + wanted);
    const piece = await this.#source.slice(this.#fileAt, to);
    const bytes = new Uint8Array(rest.length + piece.length + 1);
    bytes.set(rest);
    bytes.set(piece, rest.length);
    bytes[bytes.length - 1] = NEWLINE;
    cursor.bytes = bytes;
    cursor.at = 0;
    this.#view = new DataView(bytes.buffer);
    this.#fileAt = to;
    this.#end = bytes.length - 1;
    if (!this.#ascii) return true;
    if (to === byteLength) {
      this.#end = bytes.length;
      return true;
    }
    // Text is used up to its last blank, so that no number is cut in two.
    let whole = this.#end;
    while (whole > rest.length && bytes[whole - 1] > 32) whole--;
    if (whole === rest.length) {
      throw this.#fault(`line ${cursor.line} has a word of ${piece.length} bytes`);
    }
    this.#fileAt -= this.#end - whole;
    this.#end = whole;
    return true;
  }

  #truncated(element: PlyElement, row: number): InputError {
    const found = this.#source.byteLength - this.#header.bodyStart;
    let least = found - this.bytesLeft;
    const from = this.#header.elements.indexOf(element);
    this.#header.elements.slice(from).forEach((later, i) => {
      const rows = i === 0 ? later.count - row : later.count;
      least += rows * leastRowBytes(later, this.#header.format);
    });
    return new InputError(
      `Cannot read a PLY file: it ends in row ${row} of ${element.count} of "${element.name}", ` +
        `found ${found} bytes after its header, expected at least ${Math.max(least, found + 1)}`,
      { file: this.#source.name, hint: "the file is cut short: copy or make it again" },
    );
  }

  #fault(what: string): InputError {
    return new InputError(`Cannot read a PLY file: ${what}`, { file: this.#source.name });
  }
}

function fixedOffset(element: PlyElement, property: number): number {
  return element.properties.slice(0, property).reduce((sum, { type }) => sum + PLY_BYTES[type], 0);
}

/** Reads one number of a binary file. */
export function scalar(view: DataView, at: number, type: PlyType, little: boolean): number {
  switch (type) {
    case "uchar":
      return view.getUint8(at);
    case "int":
      return view.getInt32(at, little);
    case "float":
      return view.getFloat32(at, little);
    case "uint":
      return view.getUint32(at, little);
    case "double":
      return view.getFloat64(at, little);
    case "ushort":
      return view.getUint16(at, little);
    case "short":
      return view.getInt16(at, little);
    case "char":
      return view.getInt8(at);
  }
}

/** Copies one property of many rows; the common types get loops of their own. */
function fillColumn(
  view: DataView,
  from: { type: PlyType; start: number; rowBytes: number; little: boolean },
  { target, stride, offset, factor }: PlyColumn,
  row: number,
  rows: number,
): void {
  const { type, start, rowBytes, little } = from;
  let to = row * stride + offset;
  let at = start;
  if (type === "float" && factor === 1) {
    for (let i = 0; i < rows; i++, at += rowBytes, to += stride) {
      target[to] = view.getFloat32(at, little);
    }
  } else if (type === "uchar" && factor === 1) {
    for (let i = 0; i < rows; i++, at += rowBytes, to += stride) target[to] = view.getUint8(at);
  } else {
    for (let i = 0; i < rows; i++, at += rowBytes, to += stride) {
      target[to] = scalar(view, at, type, little) * factor;
    }
  }
}

const RANGES: Readonly<Partial<Record<PlyType, readonly [number, number]>>> = {
  char: [-128, 127],
  uchar: [0, 255],
  short: [-32768, 32767],
  ushort: [0, 65535],
  int: [-2147483648, 2147483647],
  uint: [0, 4294967295],
};

function fits(type: PlyType, value: number): boolean {
  const range = RANGES[type];
  return range === undefined ||
    (value >= range[0] && value <= range[1] && Number.isInteger(value));
}
