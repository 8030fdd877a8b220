/** The lines of a Wavefront OBJ, into growing typed arrays. */
import { InputError } from "../work/errors.ts";
import { Floats, Indices } from "./_grow.ts";
import { NumberCursor } from "./_numbers.ts";

const NEWLINE = 10, SPACE = 32, HASH = 35, SLASH = 47, SMALL_F = 102, SMALL_V = 118;
const MAX_MATERIALS = 65535;

/** Indices that were used before their vertex came: the first line of each new largest one. */
interface Forward {
  largest: number;
  seen: { index: number; line: number }[];
}

/** The state of reading one file. Corner indices are kept from 1; 0 stands for "none". */
export class ObjScan {
  readonly positions: Floats = new Floats();
  /** RGBA a vertex, −1 where a vertex has none; empty until the first colour comes. */
  readonly colors: Floats = new Floats();
  readonly texcoords: Floats = new Floats();
  readonly normals: Floats = new Floats();
  /** Three a triangle; the second and third stay empty until the file uses them. */
  readonly corners: readonly [Indices, Indices, Indices] = [
    new Indices(),
    new Indices(),
    new Indices(),
  ];
  /** Pairs: first triangle and number of corners of each face with more than three. */
  readonly polygons: Indices = new Indices();
  readonly libraries: string[] = [];
  /** Names in the order of first use; "" is what faces have before the first `usemtl`. */
  readonly materials: string[] = [];
  /** Pairs: first triangle and material of each run. */
  readonly runs: Indices = new Indices();
  /** How often each keyword was met that is not read: `l`, `p`, `curv`, … */
  readonly ignored: Map<string, number> = new Map();
  /** Faces with fewer than three corners. */
  shortFaces = 0;
  /** Vertices with a fourth coordinate that is not 1. */
  weights = 0;

  readonly #cursor = new NumberCursor();
  readonly #materialNumbers = new Map<string, number>();
  readonly #forward: readonly Forward[] = [0, 1, 2].map(() => ({ largest: 0, seen: [] }));
  readonly #file: string;
  /** The corners of the face being read: v, vt, vn. */
  #face = new Int32Array(3 * 64);

  constructor(file: string) {
    this.#file = file;
  }

  /** Reads whole lines: `bytes` ends with a newline that is not continued. */
  lines(bytes: Uint8Array): void {
    const cursor = this.#cursor;
    cursor.bytes = bytes;
    cursor.at = 0;
    const end = bytes.length;
    while (cursor.at < end) {
      const byte = cursor.blanks();
      const next = bytes[cursor.at + 1];
      if (byte === SMALL_V && next <= SPACE) {
        cursor.at++;
        this.#vertex();
      } else if (byte === SMALL_V && next === 116 && bytes[cursor.at + 2] <= SPACE) {
        cursor.at += 2;
        this.#texcoord();
      } else if (byte === SMALL_V && next === 110 && bytes[cursor.at + 2] <= SPACE) {
        cursor.at += 2;
        this.#normal();
      } else if (byte === SMALL_F && next <= SPACE) {
        cursor.at++;
        this.#polygon();
      } else if (byte !== NEWLINE && byte !== HASH) {
        this.#keyword();
      }
      cursor.at = (bytes[cursor.at] === NEWLINE ? cursor.at : bytes.indexOf(NEWLINE, cursor.at)) +
        1;
      cursor.line++;
    }
  }

  /**
   * Checks the indices that ran ahead of their vertices, now that all are there.
   *
   * @throws {InputError} If one has none, with its line.
   */
  checkForward(): void {
    const counts = [this.positions.length / 3, this.texcoords.length / 2, this.normals.length / 3];
    counts.forEach((count, kind) => {
      const first = this.#forward[kind].seen.find(({ index }) => index > count);
      if (first !== undefined) throw this.#outOfRange(kind, first.index, count, first.line);
    });
  }

  #vertex(): void {
    const cursor = this.#cursor, { positions } = this;
    positions.reserve(3);
    const { data } = positions;
    cursor.blanks();
    const x = cursor.float();
    cursor.blanks();
    const y = cursor.float();
    cursor.blanks();
    const z = cursor.float();
    if (cursor.bad) throw this.#badLine("a vertex with three coordinates");
    const vertex = positions.length / 3;
    data[positions.length] = x;
    data[positions.length + 1] = y;
    data[positions.length + 2] = z;
    positions.length += 3;
    if (this.#atEnd()) {
      if (this.colors.length > 0) this.#color(vertex, [-1, -1, -1, 1]);
      return;
    }
    const more: number[] = [];
    while (!this.#atEnd() && more.length < 5) more.push(cursor.float());
    if (cursor.bad || more.length === 2 || more.length > 4) {
      throw this.#badLine("a vertex with 3, 4, 6 or 7 values");
    }
    if (more.length === 1) {
      if (more[0] !== 1) this.weights++;
      if (this.colors.length > 0) this.#color(vertex, [-1, -1, -1, 1]);
    } else {
      this.#color(vertex, [more[0], more[1], more[2], more[3] ?? 1]);
    }
  }

  #color(vertex: number, rgba: readonly number[]): void {
    const { colors } = this;
    colors.reserve(4 * vertex + 4 - colors.length);
    colors.data.fill(-1, colors.length, 4 * vertex);
    colors.data.set(rgba, 4 * vertex);
    colors.length = 4 * vertex + 4;
  }

  #texcoord(): void {
    const cursor = this.#cursor, { texcoords } = this;
    texcoords.reserve(2);
    cursor.blanks();
    const u = cursor.float();
    // One number is a texture of one dimension, a third (w) belongs to solid textures.
    const v = this.#atEnd() ? 0 : cursor.float();
    if (!this.#atEnd()) cursor.float();
    if (cursor.bad || !this.#atEnd()) throw this.#badLine("texture coordinates u v");
    texcoords.data[texcoords.length] = u;
    texcoords.data[texcoords.length + 1] = v;
    texcoords.length += 2;
  }

  #normal(): void {
    const cursor = this.#cursor, { normals } = this;
    normals.reserve(3);
    for (let k = 0; k < 3; k++) {
      cursor.blanks();
      normals.data[normals.length + k] = cursor.float();
    }
    if (cursor.bad || !this.#atEnd()) throw this.#badLine("a normal x y z");
    normals.length += 3;
  }

  /** A face: `v`, `v/vt`, `v//vn` or `v/vt/vn` a corner, cut into a fan from the first. */
  #polygon(): void {
    const cursor = this.#cursor, { bytes } = cursor;
    const [vertices, texcoords, normals] = this.corners;
    let count = 0;
    let withTexcoord = false, withNormal = false;
    for (;;) {
      const byte = cursor.blanks();
      if (byte === NEWLINE || byte === HASH) break;
      if (3 * count === this.#face.length) this.#growFace();
      const face = this.#face;
      face[3 * count] = this.#index(0);
      face[3 * count + 1] = face[3 * count + 2] = 0;
      if (bytes[cursor.at] === SLASH) {
        cursor.at++;
        if (bytes[cursor.at] > SPACE && bytes[cursor.at] !== SLASH) {
          face[3 * count + 1] = this.#index(1);
          withTexcoord = true;
        }
        if (bytes[cursor.at] === SLASH) {
          cursor.at++;
          if (bytes[cursor.at] > SPACE) {
            face[3 * count + 2] = this.#index(2);
            withNormal = true;
          }
        }
      }
      if (cursor.bad || bytes[cursor.at] > SPACE) {
        throw this.#badLine("corners like 1, 1/2 or 1/2/3");
      }
      count++;
    }
    if (count < 3) {
      this.shortFaces++;
      return;
    }
    this.#startRun();
    if (count > 3) {
      this.polygons.push(vertices.length / 3);
      this.polygons.push(count);
    }
    // A column is filled with zeros up to here when the file uses it for the first time.
    const before = vertices.length, added = 3 * (count - 2);
    fan(vertices, this.#face, 0, count, before);
    if (withTexcoord || texcoords.length > 0) fan(texcoords, this.#face, 1, count, before);
    if (withNormal || normals.length > 0) fan(normals, this.#face, 2, count, before);
    if (before + added > 2 ** 32) throw this.#fault("more than 1.4 billion triangles");
  }

  /** Reads one index of a corner and makes it absolute, from 1. */
  #index(kind: 0 | 1 | 2): number {
    const cursor = this.#cursor;
    const value = cursor.int();
    const count = kind === 0
      ? this.positions.length / 3
      : kind === 1
      ? this.texcoords.length / 2
      : this.normals.length / 3;
    const index = value < 0 ? count + 1 + value : value;
    if (index > count || index < 1) {
      if (cursor.bad) return 0;
      if (index < 1 || index > 0x7fffffff) throw this.#outOfRange(kind, value, count, cursor.line);
      const forward = this.#forward[kind];
      if (index > forward.largest) {
        forward.largest = index;
        forward.seen.push({ index, line: cursor.line });
      }
    }
    return index;
  }

  /** Opens a run of the material that `usemtl` chose last; faces may come before any. */
  #startRun(): void {
    if (this.#material === this.#runMaterial) return;
    this.#runMaterial = this.#material;
    let number = this.#materialNumbers.get(this.#material);
    if (number === undefined) {
      number = this.materials.length;
      if (number >= MAX_MATERIALS) throw this.#fault(`more than ${MAX_MATERIALS} materials`);
      this.#materialNumbers.set(this.#material, number);
      this.materials.push(this.#material);
    }
    this.runs.push(this.corners[0].length / 3);
    this.runs.push(number);
  }
  #material = "";
  #runMaterial: string | undefined = undefined;

  /** `mtllib`, `usemtl`, and everything that is not geometry. */
  #keyword(): void {
    const { bytes, at } = this.#cursor;
    const end = bytes.indexOf(NEWLINE, at);
    let to = at;
    while (bytes[to] > SPACE && to < at + 24) to++;
    const keyword = String.fromCharCode(...bytes.subarray(at, to));
    if (keyword === "usemtl" || keyword === "mtllib") {
      const rest = decode(bytes.subarray(to, end)).trim();
      if (keyword === "usemtl") this.#material = rest;
      else if (rest !== "" && !this.libraries.includes(rest)) this.libraries.push(rest);
      return;
    }
    // Names, groups and smoothing say nothing about the surface.
    if (["g", "o", "s", "mg"].includes(keyword)) return;
    if (!/^[A-Za-z][\w]*$/.test(keyword)) throw this.#badLine("an OBJ statement");
    this.ignored.set(keyword, (this.ignored.get(keyword) ?? 0) + 1);
    if (this.ignored.size > 100) throw this.#badLine("an OBJ statement");
  }

  #growFace(): void {
    const larger = new Int32Array(2 * this.#face.length);
    larger.set(this.#face);
    this.#face = larger;
  }

  #atEnd(): boolean {
    const byte = this.#cursor.blanks();
    return byte === NEWLINE || byte === HASH;
  }

  #badLine(expected: string): InputError {
    const { bytes, at } = this.#cursor;
    let from = at - 1;
    while (from >= 0 && bytes[from] !== NEWLINE) from--;
    const line = decode(bytes.subarray(from + 1, Math.min(bytes.indexOf(NEWLINE, at), from + 81)));
    return this.#fault(`line ${this.#cursor.line} is "${line.trim()}", expected ${expected}`);
  }

  #outOfRange(kind: number, index: number, count: number, line: number): InputError {
    const what = ["vertices", "texture coordinates", "normals"][kind];
    return this.#fault(`line ${line} uses index ${index} of ${count} ${what}`);
  }

  #fault(what: string): InputError {
    return new InputError(`Cannot read an OBJ file: ${what}`, { file: this.#file });
  }
}

/** Appends the fan of one column of the face's corners; fills the column with zeros up to `from`. */
function fan(list: Indices, face: Int32Array, column: number, count: number, from: number): void {
  list.reserve(from - list.length + 3 * (count - 2));
  list.length = from;
  const { data } = list;
  let at = from;
  for (let k = 2; k < count; k++) {
    data[at++] = face[column];
    data[at++] = face[3 * (k - 1) + column];
    data[at++] = face[3 * k + column];
  }
  list.length = at;
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder("utf-8").decode(bytes);
}
