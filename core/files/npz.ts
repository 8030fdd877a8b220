/** NumPy's `.npz` format: a zip archive of `.npy` files, one an array. */
import { InputError } from "../work/errors.ts";
import {
  encodeNpy,
  type NpyArray,
  type NpyHeader,
  readNpy,
  readNpyHeader,
  readNpyText,
} from "./npy.ts";
import type { ByteSource } from "./source.ts";
import { openZip, type ZipFolder, type ZipOptions } from "./zip.ts";
import { encodeZip, type ZipWriteOptions } from "./zip_write.ts";

/** An open archive of arrays. Nothing is read until it is asked for. */
export class Npz {
  /** The archive, for members that are not arrays of numbers or text. */
  readonly folder: ZipFolder;
  /** The arrays' names, sorted. */
  readonly names: readonly string[];

  /** Use `openNpz`. */
  constructor(folder: ZipFolder) {
    this.folder = folder;
    this.names = [...folder.entries.keys()].filter((path) => path.endsWith(".npy"))
      .map((path) => path.slice(0, -4)).sort();
  }

  /** Says whether there is an array of that name. */
  has(name: string): boolean {
    return this.folder.entries.has(`${name}.npy`);
  }

  /**
   * Reads what an array is without its values.
   *
   * @throws {InputError} If it is missing, damaged or made of Python objects.
   */
  async header(name: string): Promise<NpyHeader> {
    return await readNpyHeader(await this.#open(name));
  }

  /**
   * Reads an array of numbers.
   *
   * @throws {InputError} If it is missing, damaged, text or made of Python objects.
   */
  async read(name: string): Promise<NpyArray> {
    return await readNpy(await this.#open(name));
  }

  /**
   * Reads an array of text.
   *
   * @throws {InputError} If it is missing, damaged or not text.
   */
  async readText(name: string): Promise<{ shape: number[]; data: string[] }> {
    return await readNpyText(await this.#open(name));
  }

  async #open(name: string): Promise<ByteSource> {
    if (!this.has(name)) {
      throw new InputError(
        `Cannot read the array "${name}": the file has ${this.names.join(", ") || "no arrays"}`,
        { file: this.folder.name },
      );
    }
    return await this.folder.open(`${name}.npy`);
  }
}

/**
 * Opens an archive of arrays.
 *
 * @throws {InputError} If it is not a sound zip archive.
 */
export async function openNpz(source: ByteSource, options: ZipOptions = {}): Promise<Npz> {
  return new Npz(await openZip(source, options));
}

/**
 * Makes the bytes of an archive of arrays, in the order given.
 *
 * @throws {RangeError} If an array's parts do not fit together, or a name is not a plain path.
 */
export function encodeNpz(
  arrays: Readonly<Record<string, NpyArray>>,
  options: ZipWriteOptions = {},
): Uint8Array {
  return encodeZip(
    Object.entries(arrays).map(([name, array]) => [`${name}.npy`, encodeNpy(array)]),
    options,
  );
}
