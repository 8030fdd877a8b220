/**
 * PLY files (Turk 1994): text and binary of either byte order, properties in any order and of any
 * type, polygons, per-vertex and per-corner texture coordinates, point clouds.
 */
import type { Material, Mesh } from "../geometry/mesh.ts";
import { InputError } from "../work/errors.ts";
import { withDefaults } from "../work/options.ts";
import { colorBytes } from "./_colors.ts";
import { cornerUvs, type TakeNote } from "./_corners.ts";
import { PlyBody, type PlyColumn } from "./_ply_body.ts";
import { PlyFaces } from "./_ply_faces.ts";
import { type PlyElement, type PlyHeader, type PlyType, readPlyHeader } from "./_ply_header.ts";
import { repairFans } from "./_polygons.ts";
import { TextureLoader } from "./_textures.ts";
import { MESH_READ_DEFAULTS, type MeshFile, type MeshReadOptions } from "./mesh_format.ts";
import type { Note } from "./note.ts";
import type { Folder } from "./source.ts";

export { isPly } from "./_ply_header.ts";
export { encodePly, PLY_WRITE_DEFAULTS, type PlyWriteOptions } from "./ply_write.ts";

/** The names under which programs write each value of a vertex. */
const VERTEX_NAMES: readonly (readonly string[])[] = [
  ["x"],
  ["y"],
  ["z"],
  ["nx", "normal_x"],
  ["ny", "normal_y"],
  ["nz", "normal_z"],
  ["red", "diffuse_red", "r"],
  ["green", "diffuse_green", "g"],
  ["blue", "diffuse_blue", "b"],
  ["alpha", "diffuse_alpha", "a"],
  ["s", "u", "texture_u"],
  ["t", "v", "texture_v"],
];

/** What colour values are divided by: whole numbers fill their type, int and uint count to 255. */
const COLOUR_RANGE: Readonly<Partial<Record<PlyType, number>>> = {
  char: 255,
  uchar: 255,
  short: 255,
  ushort: 65535,
  int: 255,
  uint: 255,
};

interface Vertices {
  positions: Float32Array;
  normals?: Float32Array;
  colors?: Uint8Array;
  texcoords?: Float32Array;
}

/**
 * Reads a PLY file and the pictures it names (`comment TextureFile`).
 *
 * Colours are taken as sRGB whatever their type: `uchar` as it is, `ushort` over 65535, floats from
 * 0 to 1. Texture coordinates come from a `texcoord` list of the faces or from the vertices (`s t`,
 * `u v`, `texture_u texture_v`), v turned to "down". A file without faces gives a mesh without
 * faces: a point cloud. What is skipped or decided is a note.
 *
 * @throws {InputError} If the file is malformed, an index has no vertex, or it is cut short (with
 *   the bytes found and expected).
 */
export async function readPly(
  folder: Folder,
  path: string,
  options: MeshReadOptions = {},
): Promise<MeshFile> {
  const settings = withDefaults(MESH_READ_DEFAULTS as Required<MeshReadOptions>, options);
  const source = await folder.open(path);
  const header = await readPlyHeader(source);
  const notes: Note[] = [];
  const files = [path];
  const note: TakeNote = (code, text) => notes.push({ code, text, file: path });
  const body = new PlyBody(source, header);
  const vertexElement = header.elements.find(({ name }) => name === "vertex");
  if (vertexElement === undefined) {
    throw new InputError('Cannot read a PLY file: it has no element "vertex"', {
      file: source.name,
    });
  }
  let vertices: Vertices = { positions: new Float32Array(0) };
  let faces: PlyFaces | undefined;
  for (const element of header.elements) {
    if (element === vertexElement) {
      vertices = await readVertices(source.name, body, element, note);
    } else if (element.name === "face") {
      faces = new PlyFaces(source.name, element, vertexElement.count);
      await body.triangles(element, faces.takeTriangles, faces.take);
      noteSkipped(element, faces.usedProperties, note);
    } else {
      await body.skip(element);
      note("element-skipped", `the element "${element.name}" (${element.count} rows) was skipped`);
    }
  }
  if (header.format !== "ascii" && body.bytesLeft > 0) {
    note("trailing-bytes", `${body.bytesLeft} bytes after the last row were skipped`);
  }
  const mesh = assemble(vertices, faces, note);
  if (header.textures.length > 0) {
    const textures = new TextureLoader(folder, settings, notes, files);
    const materials: Material[] = [];
    for (const name of header.textures) {
      const texture = await textures.load(name, path);
      const material = { name, baseColor: [1, 1, 1, 1] as const };
      materials.push(texture === undefined ? material : { ...material, texture });
    }
    mesh.materials = materials;
    const numbers = faces?.materials(header.textures.length);
    if (numbers !== undefined) mesh.faceMaterials = numbers;
  }
  return { mesh, format: "ply", notes, files };
}

/** Reads the header alone: what elements and properties there are. */
export async function describePly(folder: Folder, path: string): Promise<PlyHeader> {
  return await readPlyHeader(await folder.open(path));
}

async function readVertices(
  file: string,
  body: PlyBody,
  element: PlyElement,
  note: TakeNote,
): Promise<Vertices> {
  const { count, properties } = element;
  const find = (names: readonly string[]) =>
    properties.findIndex(({ name, countType }) =>
      countType === undefined && names.includes(name.toLowerCase())
    );
  const place = VERTEX_NAMES.map(find);
  const missing = VERTEX_NAMES.slice(0, 3).filter((_, i) => place[i] < 0);
  if (missing.length > 0) {
    throw new InputError(
      `Cannot read a PLY file: its vertices have no ${missing.flat().join(", ")}`,
      { file },
    );
  }
  const columns: PlyColumn[] = [];
  const used = new Set<number>();
  const all = (from: number, to: number) => place.slice(from, to).every((p) => p >= 0);
  const add = (target: Float32Array | Uint8Array, stride: number, first: number, last: number) => {
    for (let k = first; k < last; k++) {
      if (place[k] < 0) continue;
      const range = first === 6 && target instanceof Float32Array
        ? COLOUR_RANGE[properties[place[k]].type]
        : undefined;
      const factor = range === undefined ? 1 : 1 / range;
      columns.push({ property: place[k], target, stride, offset: k - first, factor });
      used.add(place[k]);
    }
  };
  const out: Vertices = { positions: new Float32Array(3 * count) };
  add(out.positions, 3, 0, 3);
  if (all(3, 6)) add(out.normals = new Float32Array(3 * count), 3, 3, 6);
  if (all(10, 12)) add(out.texcoords = new Float32Array(2 * count), 2, 10, 12);
  let floats: Float32Array | undefined;
  if (all(6, 9)) {
    const bytes = place.slice(6, 10).every((p) => p < 0 || properties[p].type === "uchar");
    if (bytes) add(out.colors = new Uint8Array(4 * count).fill(255), 4, 6, 10);
    else add(floats = new Float32Array(4 * count).fill(1), 4, 6, 10);
  }
  if (properties.some(({ countType }) => countType !== undefined)) {
    await body.rows(element, (row, { scalars }) => {
      for (const { property, target, stride, offset, factor } of columns) {
        target[row * stride + offset] = scalars[property] * factor;
      }
    });
  } else {
    await body.columns(element, columns);
  }
  if (floats !== undefined) out.colors = colorBytes(floats, count, note);
  noteSkipped(element, used, note);
  return out;
}

function assemble(vertices: Vertices, faces: PlyFaces | undefined, note: TakeNote): Mesh {
  const { positions, normals, colors, texcoords } = vertices;
  const indices = faces?.indices.take() ?? new Uint32Array(0);
  const cornerTexcoords = faces?.texcoordIndices.take() ?? new Uint32Array(0);
  const mesh: Mesh = { positions, indices };
  if (normals !== undefined) mesh.normals = normals;
  if (colors !== undefined) mesh.colors = colors;
  if (faces === undefined || faces.rows === 0) {
    note("no-faces", "the file holds points without faces");
    return mesh;
  }
  if (faces.shortFaces > 0) {
    note("face-short", `${faces.shortFaces} faces with fewer than three corners were skipped`);
  }
  if (faces.polygons.length > 0) {
    const columns = cornerTexcoords.length > 0 ? [indices, cornerTexcoords] : [indices];
    const { concave, kept } = repairFans(positions, faces.polygons, columns);
    note("polygons", `${faces.polygons.length / 2} faces with more than three corners were cut`);
    if (concave > 0) note("polygons-concave", `${concave} concave faces were cut by their ears`);
    if (kept > 0) note("polygons-folded", `${kept} concave faces could only be cut as fans`);
  }
  if (cornerTexcoords.length > 0) {
    mesh.uvs = cornerUvs(faces.texcoords.take(), cornerTexcoords, note);
  } else if (texcoords !== undefined) {
    mesh.uvs = cornerUvs(texcoords, indices.map((index) => index + 1), note);
  }
  const inferred = faces.inferred();
  if (inferred !== undefined) mesh.faceInferred = inferred;
  return mesh;
}

function noteSkipped(element: PlyElement, used: ReadonlySet<number>, note: TakeNote): void {
  const names = element.properties.filter((_, p) => !used.has(p)).map(({ name }) => name);
  if (names.length > 0) {
    note("properties-skipped", `of each ${element.name} was skipped: ${names.join(", ")}`);
  }
}
