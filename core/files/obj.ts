/**
 * Wavefront OBJ files (Appendix B1 of the Advanced Visualizer manual, 1992, and what is common
 * since): read piece by piece, so that files of any size take memory for their geometry only.
 */
import type { Mesh } from "../geometry/mesh.ts";
import { InputError } from "../work/errors.ts";
import { withDefaults } from "../work/options.ts";
import { colorsOf } from "./_colors.ts";
import { cornerUvs, type TakeNote, vertexNormals } from "./_corners.ts";
import { ObjScan } from "./_obj_scan.ts";
import { repairFans } from "./_polygons.ts";
import { TextureLoader } from "./_textures.ts";
import { MESH_READ_DEFAULTS, type MeshFile, type MeshReadOptions } from "./mesh_format.ts";
import { loadMaterials } from "./mtl.ts";
import type { Note } from "./note.ts";
import type { ByteSource, Folder } from "./source.ts";

const PIECE_BYTES = 4 << 20;
const MAX_LINE_BYTES = 64 << 20;
const NEWLINE = 10, RETURN = 13, SPACE = 32, BACKSLASH = 92;

/**
 * Reads an OBJ file with its material libraries and pictures.
 *
 * One vertex a `v` line, in the file's order; texture coordinates a corner, v turned to "down";
 * polygons cut into triangles; vertex colours (`v x y z r g b`) as sRGB, 0 to 1, or 0 to 255 where
 * any value is above 1. Normals are kept a vertex: where a vertex has several, their mean. What is
 * missing, skipped or decided is a note.
 *
 * @throws {InputError} If a line is malformed or an index has no vertex, with the line's number.
 */
export async function readObj(
  folder: Folder,
  path: string,
  options: MeshReadOptions = {},
): Promise<MeshFile> {
  const settings = withDefaults(MESH_READ_DEFAULTS as Required<MeshReadOptions>, options);
  const source = await folder.open(path);
  const scan = await scanned(source);
  const notes: Note[] = [];
  const files = [path];
  const note: TakeNote = (code, text) => notes.push({ code, text, file: path });
  const mesh = assemble(scan, note);
  for (const [keyword, count] of scan.ignored) {
    note("obj-ignored", `${count} lines "${keyword}" were skipped: only surfaces are read`);
  }
  if (scan.shortFaces > 0) {
    note("face-short", `${scan.shortFaces} faces with fewer than three corners were skipped`);
  }
  if (scan.weights > 0) {
    note(
      "vertex-weight",
      `${scan.weights} vertices have a weight (w) that is not 1; it is not used`,
    );
  }
  if (scan.libraries.length > 0 || scan.materials.some((name) => name !== "")) {
    const textures = new TextureLoader(folder, settings, notes, files);
    const from = { folder, path, textures };
    mesh.materials = await loadMaterials(scan.libraries, scan.materials, from);
  }
  return { mesh, format: "obj", notes, files };
}

/** Feeds the file to a scan in pieces that end with whole lines. */
async function scanned(source: ByteSource): Promise<ObjScan> {
  const scan = new ObjScan(source.name);
  let rest = new Uint8Array(0);
  for (let start = 0; start < source.byteLength; start += PIECE_BYTES) {
    const end = Math.min(source.byteLength, start + PIECE_BYTES);
    const piece = await source.slice(start, end);
    const last = end === source.byteLength;
    // Two line ends behind the last piece: a backslash at its end continues over one of them.
    const bytes = new Uint8Array(rest.length + piece.length + (last ? 2 : 0));
    bytes.set(rest);
    bytes.set(piece, rest.length);
    if (last) bytes.fill(NEWLINE, bytes.length - 2);
    if (start === 0 && isByteOrderMark(bytes)) bytes.fill(SPACE, 0, 3);
    const whole = last ? bytes.length : endOfLines(bytes, rest.length);
    scan.lines(bytes.subarray(0, whole));
    rest = bytes.slice(whole);
    if (rest.length > MAX_LINE_BYTES) {
      throw new InputError(
        `Cannot read an OBJ file: a line is longer than ${MAX_LINE_BYTES} bytes, expected text`,
        { file: source.name },
      );
    }
  }
  scan.checkForward();
  return scan;
}

function isByteOrderMark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

/** Where the last line ends that is not continued by a backslash; 0 if none does. */
function endOfLines(bytes: Uint8Array, from: number): number {
  for (let at = bytes.lastIndexOf(NEWLINE); at >= 0; at = bytes.lastIndexOf(NEWLINE, at - 1)) {
    const before = bytes[at - 1] === RETURN ? bytes[at - 2] : bytes[at - 1];
    if (before !== BACKSLASH) return at + 1;
    if (at <= from) return 0; // what is before was looked at with the last piece
  }
  return 0;
}

function assemble(scan: ObjScan, note: TakeNote): Mesh {
  const [cornerVertices, cornerTexcoords, cornerNormals] = scan.corners;
  const texcoords = scan.texcoords.take(), fileNormals = scan.normals.take();
  const positions = scan.positions.take();
  const indices = cornerVertices.take();
  for (let i = 0; i < indices.length; i++) indices[i]--;
  const texcoordIndices = cornerTexcoords.take(), normalIndices = cornerNormals.take();
  if (scan.polygons.length > 0) {
    const columns = [indices, texcoordIndices, normalIndices].filter((c) => c.length > 0);
    const { concave, kept } = repairFans(positions, scan.polygons, columns);
    note("polygons", `${scan.polygons.length / 2} faces with more than three corners were cut`);
    if (concave > 0) note("polygons-concave", `${concave} concave faces were cut by their ears`);
    if (kept > 0) note("polygons-folded", `${kept} concave faces could only be cut as fans`);
  }
  const mesh: Mesh = { positions, indices };
  const colors = colorsOf(scan.colors, positions.length / 3, note);
  if (colors !== undefined) mesh.colors = colors;
  if (texcoordIndices.length > 0) mesh.uvs = cornerUvs(texcoords, texcoordIndices, note);
  if (normalIndices.length > 0) {
    const normals = vertexNormals(fileNormals, normalIndices, indices, positions.length, note);
    if (normals !== undefined) mesh.normals = normals;
  }
  if (scan.materials.length > 1) mesh.faceMaterials = faceMaterials(scan, indices.length / 3);
  return mesh;
}

function faceMaterials(scan: ObjScan, faces: number): Uint16Array {
  const materials = new Uint16Array(faces);
  const { data, length } = scan.runs;
  for (let r = 0; r < length; r += 2) {
    materials.fill(data[r + 1], data[r], r + 2 < length ? data[r + 2] : faces);
  }
  return materials;
}
