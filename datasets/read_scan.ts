/**
 * Reading a subject's scan, whatever its data set keeps scans in: mesh files, pickled dictionaries
 * (X-Humans, 4D-Dress), vertices without triangles (CAPE); with the picture that goes with it.
 */
import { checkMesh } from "../core/files/check_mesh.ts";
import { type MeshFile, readMeshFile, type ReadMeshOptions } from "../core/files/mesh_file.ts";
import type { Note } from "../core/files/note.ts";
import { readNpy, toFloat64 } from "../core/files/npy.ts";
import { readTexture } from "../core/files/image.ts";
import { readDataPickle } from "../core/files/pickle_data.ts";
import { isNumberArray } from "../core/files/pickle_numpy.ts";
import { openPlace } from "../core/files/place.ts";
import { type ByteSource, readAll } from "../core/files/source.ts";
import { isZip } from "../core/files/zip.ts";
import type { Mesh, Texture } from "../core/geometry/mesh.ts";
import { InputError, messageOf } from "../core/work/errors.ts";
import { basename, extname } from "../core/work/path.ts";
import { type NamedArrays, openArrays } from "../body/arrays.ts";
import type { Subject } from "./subject.ts";

/** A scan as its file has it. */
export type ScanFile = Omit<MeshFile, "format"> & { format: MeshFile["format"] | "pkl" | "npz" };

/** Most vertices and triangles of a pickled mesh are told by its arrays; nothing larger is read. */
const MAX_PICKLE_BYTES = 2 ** 30;

/**
 * Reads a subject's scan in its file's own numbers.
 *
 * @throws {InputError} As `readMeshFile`; and if a pickle or an npz holds no mesh.
 */
export async function readScanFile(
  subject: Pick<Subject, "scanFile" | "textureFile" | "facesFile">,
  options: ReadMeshOptions = {},
): Promise<ScanFile> {
  const { scanFile, textureFile } = subject;
  const suffix = extname(scanFile).toLowerCase();
  const file = suffix === ".pkl" || suffix === ".npz"
    ? await readArrayMesh(subject, options)
    : await readMeshFile(scanFile, options);
  if (textureFile !== undefined && needsTexture(file.mesh)) {
    await addTexture(file, textureFile, options);
  }
  return file;
}

function needsTexture({ uvs, materials }: Mesh): boolean {
  return uvs !== undefined && !(materials?.some(({ texture }) => texture !== undefined) ?? false);
}

async function addTexture(
  file: ScanFile,
  textureFile: string,
  { textures = "decode" }: ReadMeshOptions,
): Promise<void> {
  const name = basename(textureFile);
  // The file's own materials named other pictures: one note is enough.
  file.notes = file.notes.filter(({ code }) => !/^(?:mtl|material|texture)-/.test(code));
  file.notes.push({ code: "texture-by-convention", text: `"${name}" by the data set's custom` });
  file.files.push(name);
  if (textures === "skip") return;
  try {
    const texture = extname(name) === ".pkl"
      ? await pickledTexture(textureFile)
      : await readTexture(await openPlace(textureFile));
    file.mesh.materials = [{ name: "texture", baseColor: [1, 1, 1, 1], texture }];
    delete file.mesh.faceMaterials;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    file.notes.push({ code: "texture-unreadable", text: messageOf(error) });
  }
}

async function readArrayMesh(
  { scanFile, facesFile }: Pick<Subject, "scanFile" | "facesFile">,
  { faults = "throw" }: ReadMeshOptions,
): Promise<ScanFile> {
  const source = await openPlace(scanFile);
  const head = await source.slice(0, Math.min(16, source.byteLength));
  const arrays = await openArrays(source, "the mesh");
  const notes: Note[] = [];
  const mesh = await meshOfArrays(arrays, facesFile);
  const checked = checkMesh(mesh);
  if (checked.errors.length > 0 && faults === "throw") {
    const text = checked.errors.map((fault) => fault.text).join("; ");
    throw new InputError(`Cannot use the mesh: ${text}, expected a surface`, { file: scanFile });
  }
  notes.push(...checked.errors, ...checked.notes);
  return { mesh, format: isZip(head) ? "npz" : "pkl", notes, files: [basename(scanFile)] };
}

async function meshOfArrays(arrays: NamedArrays, facesFile: string | undefined): Promise<Mesh> {
  const { file } = arrays;
  const rows = async (names: readonly string[], width: readonly number[]) => {
    const name = names.find((name) => arrays.has(name));
    const array = name === undefined ? undefined : await arrays.numbers(name);
    if (array === undefined) return undefined;
    const columns = array.shape.at(-1)!;
    if (array.shape.length !== 2 || !width.includes(columns)) {
      throw new InputError(
        `Cannot read a mesh: "${name}" is ${array.shape.join(" × ")}, ` +
          `expected n × ${width.join(" or ")}`,
        { file },
      );
    }
    return { ...array, columns };
  };
  const vertices = await rows(["vertices", "v_posed"], [3]);
  if (vertices === undefined) {
    throw new InputError('Cannot read a mesh: found no "vertices" in it', {
      file,
      hint: `it holds: ${arrays.names.slice(0, 12).join(", ")}`,
    });
  }
  const given = await rows(["faces"], [3]);
  const faces = given === undefined ? await facesOf(facesFile, file) : toFloat64(given);
  const mesh: Mesh = {
    positions: Float32Array.from(toFloat64(vertices)),
    indices: Uint32Array.from(faces),
  };
  const count = mesh.positions.length / 3;
  if (faces.some((v) => !(Number.isInteger(v) && v >= 0 && v < count))) {
    throw new InputError("Cannot read a mesh: a triangle names a vertex that is not there", {
      file,
    });
  }
  const normals = await rows(["normals"], [3]), uvs = await rows(["uvs"], [2]);
  const colors = await rows(["colors"], [3, 4]);
  if (normals?.data.length === mesh.positions.length) {
    mesh.normals = Float32Array.from(toFloat64(normals));
  }
  if (uvs?.data.length === 2 * count) mesh.uvs = cornerUvs(toFloat64(uvs), mesh.indices);
  if (colors?.shape[0] === count) mesh.colors = rgbaOf(toFloat64(colors), colors.columns);
  return mesh;
}

async function facesOf(facesFile: string | undefined, scan: string): Promise<Float64Array> {
  if (facesFile === undefined) {
    throw new InputError("Cannot read a mesh: its file has vertices and no triangles", {
      file: scan,
      hint: "put CAPE's misc/smpl_tris.npy where the release has it",
    });
  }
  return toFloat64(await readNpy(await openPlace(facesFile)));
}

/** From one coordinate a vertex, v up, to one a corner, v down. */
function cornerUvs(uvs: Float64Array, indices: Uint32Array): Float32Array {
  const out = new Float32Array(2 * indices.length);
  for (let i = 0; i < indices.length; i++) {
    out[2 * i] = uvs[2 * indices[i]];
    out[2 * i + 1] = 1 - uvs[2 * indices[i] + 1];
  }
  return out;
}

/** Colours of 0 to 1 or 0 to 255. */
function rgbaOf(colors: Float64Array, columns: number): Uint8Array {
  const factor = colors.some((value) => value > 1) ? 1 : 255;
  const out = new Uint8Array(colors.length / columns * 4).fill(255);
  for (let v = 0; 4 * v < out.length; v++) {
    for (let k = 0; k < columns; k++) {
      out[4 * v + k] = Math.min(255, Math.max(0, Math.round(factor * colors[columns * v + k])));
    }
  }
  return out;
}

/** An atlas of X-Humans and 4D-Dress: (h, w, 3) bytes, its first row at v = 0. */
async function pickledTexture(file: string): Promise<Texture> {
  const source: ByteSource = await openPlace(file);
  if (source.byteLength > MAX_PICKLE_BYTES) {
    throw new InputError(`Cannot read the texture: it has ${source.byteLength} bytes`, { file });
  }
  const value = readDataPickle(await readAll(source), file);
  const shape = isNumberArray(value) ? value.shape : [];
  if (!isNumberArray(value) || shape.length !== 3 || (shape[2] !== 3 && shape[2] !== 4)) {
    throw new InputError("Cannot read the texture: found no array of h × w × 3 in the pickle", {
      file,
    });
  }
  const [height, width, channels] = shape, numbers = toFloat64(value);
  const data = new Uint8Array(4 * width * height).fill(255);
  for (let row = 0; row < height; row++) {
    for (let x = 0; x < width; x++) {
      const from = channels * ((height - 1 - row) * width + x), to = 4 * (row * width + x);
      for (let k = 0; k < 3; k++) data[to + k] = numbers[from + k];
    }
  }
  return { name: basename(file), width, height, data };
}
