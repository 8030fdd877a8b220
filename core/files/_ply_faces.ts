/** The face element of a PLY file, into growing arrays. */
import { InputError } from "../work/errors.ts";
import { Floats, Indices } from "./_grow.ts";
import { type PlyBatch, type PlyRow, scalar } from "./_ply_body.ts";
import { PLY_BYTES, type PlyElement } from "./_ply_header.ts";

/** Collects triangles and what goes with them. */
export class PlyFaces {
  readonly indices: Indices = new Indices();
  /** Into `texcoords`, from 1, one a corner; empty until a face has some. */
  readonly texcoordIndices: Indices = new Indices();
  readonly texcoords: Floats = new Floats();
  /** Pairs: first triangle and number of corners of each face with more than three. */
  readonly polygons: Indices = new Indices();
  readonly usedProperties: Set<number> = new Set();
  shortFaces = 0;
  rows = 0;

  readonly #file: string;
  readonly #element: PlyElement;
  readonly #vertices: number;
  readonly #corner: number;
  readonly #texcoord: number;
  readonly #texture: number;
  readonly #inferred: number;
  readonly #textureNumbers = new Indices();
  readonly #inferredLabels = new Indices();

  /** @throws {InputError} If the faces have no list of vertices. */
  constructor(file: string, element: PlyElement, vertices: number) {
    this.#file = file;
    this.#element = element;
    this.#vertices = vertices;
    const find = (list: boolean, ...names: string[]) => {
      const place = element.properties.findIndex(({ name, countType }) =>
        (countType !== undefined) === list && names.includes(name)
      );
      if (place >= 0) this.usedProperties.add(place);
      return place;
    };
    this.#corner = find(true, "vertex_indices", "vertex_index");
    this.#texcoord = find(true, "texcoord");
    this.#texture = find(false, "texnumber");
    this.#inferred = find(false, "inferred");
    if (this.#corner < 0 && element.count > 0) {
      throw new InputError("Cannot read a PLY file: its faces have no list vertex_indices", {
        file,
      });
    }
  }

  /** Takes many triangles. The list in them is `vertex_indices`: it is the only one. */
  readonly takeTriangles = (batch: PlyBatch): void => {
    const { view, start, rowBytes, listAt, type, little, row, rows } = batch;
    const { indices } = this;
    const vertices = this.#vertices, bytes = PLY_BYTES[type];
    indices.reserve(3 * rows);
    const { data } = indices;
    let to = indices.length;
    let at = start + listAt + 1;
    const wide = type === "int" || type === "uint";
    for (let r = 0; r < rows; r++, at += rowBytes, to += 3) {
      // A negative index becomes a large one, which no file has vertices for.
      const a = wide ? view.getUint32(at, little) : scalar(view, at, type, little);
      const b = wide ? view.getUint32(at + 4, little) : scalar(view, at + bytes, type, little);
      const c = wide ? view.getUint32(at + 8, little) : scalar(view, at + 2 * bytes, type, little);
      if (!(a >= 0 && b >= 0 && c >= 0 && a < vertices && b < vertices && c < vertices)) {
        const wrong = [0, 1, 2].map((k) => scalar(view, at + k * bytes, type, little))
          .find((index) => !(index >= 0 && index < vertices));
        throw this.#fault(`face ${row + r} uses vertex ${wrong} of ${vertices}`);
      }
      data[to] = a;
      data[to + 1] = b;
      data[to + 2] = c;
    }
    indices.length = to;
    this.rows += rows;
    this.#takeScalars(batch, this.#texture, this.#textureNumbers);
    this.#takeScalars(batch, this.#inferred, this.#inferredLabels);
  };

  #takeScalars(batch: PlyBatch, property: number, into: Indices): void {
    if (property < 0) return;
    const { view, start, rowBytes, rows, little } = batch;
    const { properties } = this.#element;
    const before = properties.slice(0, property).reduce(
      (sum, { type, countType }) =>
        sum + (countType === undefined ? PLY_BYTES[type] : 1 + 3 * PLY_BYTES[type]),
      0,
    );
    into.reserve(rows);
    for (let r = 0, at = start + before; r < rows; r++, at += rowBytes) {
      into.data[into.length++] = scalar(view, at, properties[property].type, little);
    }
  }

  /** Takes one row. */
  readonly take = (row: number, { scalars, counts, lists }: PlyRow): void => {
    this.rows++;
    const count = counts[this.#corner], corners = lists[this.#corner];
    for (let k = 0; k < count; k++) {
      if (!(corners[k] >= 0 && corners[k] < this.#vertices && Number.isInteger(corners[k]))) {
        throw this.#fault(`face ${row} uses vertex ${corners[k]} of ${this.#vertices}`);
      }
    }
    if (count < 3) {
      this.shortFaces++;
      return;
    }
    const { indices } = this;
    const before = indices.length, triangles = count - 2;
    if (triangles > 1) {
      this.polygons.push(before / 3);
      this.polygons.push(count);
    }
    indices.reserve(3 * triangles);
    for (let k = 2; k < count; k++) {
      indices.data[indices.length++] = corners[0];
      indices.data[indices.length++] = corners[k - 1];
      indices.data[indices.length++] = corners[k];
    }
    if (this.#texcoord >= 0) this.#takeTexcoords(row, counts, lists, count, before);
    for (let k = 0; k < triangles; k++) {
      if (this.#texture >= 0) this.#textureNumbers.push(scalars[this.#texture]);
      if (this.#inferred >= 0) this.#inferredLabels.push(scalars[this.#inferred]);
    }
  };

  #takeTexcoords(
    row: number,
    counts: Uint32Array,
    lists: Float64Array[],
    corners: number,
    before: number,
  ): void {
    const given = counts[this.#texcoord];
    const { texcoords, texcoordIndices } = this;
    texcoordIndices.reserve(before - texcoordIndices.length + 3 * (corners - 2));
    texcoordIndices.length = before;
    let first = 0; // a face may leave its list empty
    if (given !== 0) {
      if (given !== 2 * corners) {
        throw this.#fault(`face ${row} has ${given} texture coordinates, expected ${2 * corners}`);
      }
      texcoords.reserve(given);
      first = texcoords.length / 2 + 1;
      for (let i = 0; i < given; i++) texcoords.data[texcoords.length++] = lists[this.#texcoord][i];
    }
    for (let k = 2; k < corners; k++) {
      texcoordIndices.data[texcoordIndices.length++] = first;
      texcoordIndices.data[texcoordIndices.length++] = first === 0 ? 0 : first + k - 1;
      texcoordIndices.data[texcoordIndices.length++] = first === 0 ? 0 : first + k;
    }
  }

  /**
   * The picture of each triangle; undefined if the file does not say (then the first).
   *
   * @throws {InputError} If a number has no picture.
   */
  materials(textures: number): Uint16Array | undefined {
    if (this.#texture < 0 || textures < 2) return undefined;
    const numbers = this.#textureNumbers.take();
    const wrong = numbers.findIndex((number) => number >= textures);
    if (wrong >= 0) {
      throw this.#fault(`triangle ${wrong} has picture ${numbers[wrong]} of ${textures}`);
    }
    return Uint16Array.from(numbers);
  }

  /** The label of each triangle, where the file has one. */
  inferred(): Uint8Array | undefined {
    return this.#inferred < 0 ? undefined : Uint8Array.from(this.#inferredLabels.take());
  }

  #fault(what: string): InputError {
    return new InputError(`Cannot read a PLY file: ${what}`, { file: this.#file });
  }
}
