/** The header of a PLY file (Turk 1994): what its elements are and how many. */
import { InputError } from "../work/errors.ts";
import type { ByteSource } from "./source.ts";

/** The number types, by their older names. */
export type PlyType = "char" | "uchar" | "short" | "ushort" | "int" | "uint" | "float" | "double";

/** Bytes of each type in a binary file. */
export const PLY_BYTES: Readonly<Record<PlyType, number>> = Object.freeze({
  char: 1,
  uchar: 1,
  short: 2,
  ushort: 2,
  int: 4,
  uint: 4,
  float: 4,
  double: 8,
});

const ALIASES: Readonly<Record<string, PlyType>> = {
  int8: "char",
  uint8: "uchar",
  int16: "short",
  uint16: "ushort",
  int32: "int",
  uint32: "uint",
  float32: "float",
  float64: "double",
};

/** One property: a number, or a list whose length comes first. */
export interface PlyProperty {
  name: string;
  type: PlyType;
  /** The type of the length, of a list. */
  countType?: PlyType;
}

/** One element: a table of `count` rows. */
export interface PlyElement {
  name: string;
  count: number;
  properties: PlyProperty[];
}

/** The whole header. */
export interface PlyHeader {
  format: "ascii" | "binary_little_endian" | "binary_big_endian";
  elements: PlyElement[];
  /** The pictures named by `comment TextureFile …`. */
  textures: string[];
  /** Where the first row begins, bytes. */
  bodyStart: number;
  /** How many lines the header has. */
  lines: number;
}

const MAX_HEADER_BYTES = 1 << 20;

/** Says whether bytes begin as a PLY file does. */
export function isPly(head: Uint8Array): boolean {
  return head[0] === 0x70 && head[1] === 0x6c && head[2] === 0x79 &&
    (head[3] === 10 || head[3] === 13 || head[3] === 32);
}

/**
 * Reads the header and checks that the file can hold as many rows as it announces.
 *
 * @throws {InputError} If it is malformed, does not end, or announces more than fits.
 */
export async function readPlyHeader(source: ByteSource): Promise<PlyHeader> {
  const bytes = await source.slice(0, Math.min(source.byteLength, MAX_HEADER_BYTES));
  if (!isPly(bytes)) throw fault(source, 'it does not begin with "ply"');
  const text = new TextDecoder("latin1").decode(bytes);
  // The first line tells how lines end; a binary body may begin with any byte.
  const ending = /\r\n|\r|\n/.exec(text)?.[0] ?? "\n";
  const close = /[\r\n]end_header[ \t]*/g.exec(text);
  const stop = close === null ? -1 : close.index + close[0].length;
  if (stop < 0 || !text.startsWith(ending, stop)) {
    throw fault(source, 'its header has no line "end_header"');
  }
  const lines = text.slice(0, stop).split(ending);
  const header: PlyHeader = {
    format: "ascii",
    elements: [],
    textures: [],
    bodyStart: stop + ending.length,
    lines: lines.length,
  };
  let formats = 0;
  for (const line of lines.slice(1, -1)) {
    const words = line.trim().split(/\s+/);
    if (words[0] === "format") {
      formats++;
      const [, format, version] = words;
      if (
        version !== "1.0" ||
        (format !== "ascii" && format !== "binary_little_endian" && format !== "binary_big_endian")
      ) throw fault(source, `its format is "${words.slice(1).join(" ")}"`);
      header.format = format;
    } else if (words[0] === "element") {
      header.elements.push(elementOf(source, words));
    } else if (words[0] === "property") {
      const element = header.elements.at(-1);
      if (element === undefined) throw fault(source, "a property comes before any element");
      element.properties.push(propertyOf(source, words, element));
    } else if (words[0] === "comment" && words[1] === "TextureFile") {
      header.textures.push(line.slice(line.indexOf("TextureFile") + 11).trim());
    } else if (words[0] !== "comment" && words[0] !== "obj_info" && words[0] !== "") {
      throw fault(source, `its header has the line "${line.slice(0, 80)}"`);
    }
  }
  if (formats !== 1) throw fault(source, `its header has ${formats} format lines, expected one`);
  checkCounts(source, header);
  return header;
}

/** The fewest bytes that a row can take. */
export function leastRowBytes(element: PlyElement, format: PlyHeader["format"]): number {
  // A number in text takes a digit and a space, a list at least its length.
  return element.properties.reduce(
    (sum, { type, countType }) => sum + (format === "ascii" ? 2 : PLY_BYTES[countType ?? type]),
    0,
  );
}

function elementOf(source: ByteSource, words: readonly string[]): PlyElement {
  const [, name, count] = words;
  if (words.length !== 3 || !/^\d{1,12}$/.test(count)) {
    throw fault(source, `its header has the line "${words.join(" ").slice(0, 80)}"`);
  }
  return { name, count: Number(count), properties: [] };
}

function propertyOf(source: ByteSource, words: string[], element: PlyElement): PlyProperty {
  const list = words[1] === "list";
  const types = (list ? words.slice(2, 4) : words.slice(1, 2)).map((word) =>
    ALIASES[word] ?? (Object.hasOwn(PLY_BYTES, word) ? word as PlyType : undefined)
  );
  const name = words[list ? 4 : 2];
  const twice = element.properties.some((property) => property.name === name);
  const [first, second] = types;
  if (first === undefined || name === undefined || (list && second === undefined) || twice) {
    throw fault(source, `its header has the line "${words.join(" ").slice(0, 80)}"`);
  }
  return list ? { name, type: second!, countType: first } : { name, type: first };
}

function checkCounts(source: ByteSource, { elements, format, bodyStart }: PlyHeader): void {
  const names = new Set<string>();
  // The last number of a text file needs no space after it.
  let least = format === "ascii" ? -1 : 0;
  for (const element of elements) {
    if (names.has(element.name)) throw fault(source, `element "${element.name}" occurs twice`);
    names.add(element.name);
    least += element.count * leastRowBytes(element, format);
    if (element.properties.length === 0) element.count = 0; // rows of no bytes
  }
  const found = source.byteLength - bodyStart;
  if (least > found) {
    const rows = elements.map(({ name, count }) => `${count} × ${name}`).join(", ");
    throw new InputError(
      `Cannot read a PLY file: found ${found} bytes after its header, ` +
        `expected at least ${least} for ${rows}`,
      { file: source.name, hint: "the file is cut short: copy or make it again" },
    );
  }
}

function fault(source: ByteSource, what: string): InputError {
  return new InputError(`Cannot read a PLY file: ${what}`, { file: source.name });
}
