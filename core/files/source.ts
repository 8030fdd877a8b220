/**
 * Where bytes come from: a `ByteSource` is one file, a `Folder` is a set of files that may name each
 * other (an OBJ its materials, a material its picture). A disk, memory and archives look alike.
 */
import { posix } from "node:path";
import { InputError } from "../work/errors.ts";

/** One file that can be read in any piece. */
export interface ByteSource {
  /** The file as messages name it. */
  readonly name: string;
  /** Its length in bytes. */
  readonly byteLength: number;
  /**
   * Reads the bytes from `start` up to and without `end`. The array may be a view of a larger
   * buffer and must not be written to.
   *
   * @throws {RangeError} If the range does not lie inside the file.
   * @throws {InputError} If the file cannot be read or has changed since it was opened.
   */
  slice(start: number, end: number): Promise<Uint8Array>;
}

/** A set of files under relative paths with forward slashes. */
export interface Folder {
  /** The folder as messages name it. */
  readonly name: string;
  /** Lists the paths of all files below, sorted by code unit. */
  list(): Promise<string[]>;
  /**
   * Opens one file. Nothing stays open between reads, so there is nothing to close.
   *
   * @throws {InputError} If there is no such file, or the path leads out of the folder.
   */
  open(path: string): Promise<ByteSource>;
  /** Says whether `open` would find a file there. */
  has(path: string): Promise<boolean>;
}

/**
 * Brings a relative path into the form that folders use: forward slashes, no `.`, no `..`, no
 * doubled slash. Returns undefined where the path is absolute (also as Windows writes it), empty,
 * holds a NUL, or leads out of the folder.
 */
export function cleanPath(path: string): string | undefined {
  if (path === "" || path.includes("\0") || /^[A-Za-z]:/.test(path)) return undefined;
  const clean = posix.normalize(path.replaceAll("\\", "/")).replace(/\/$/, "");
  const outside = clean.startsWith("/") || clean === ".." || clean.startsWith("../");
  return outside || clean === "." ? undefined : clean;
}

/** Checks a path that must lie in a folder. @throws {InputError} If it leads out of it. */
export function pathInside(folder: string, path: string): string {
  const clean = cleanPath(path);
  if (clean === undefined) {
    throw new InputError(`Cannot open "${path}": it leads out of its folder`, {
      file: folder,
      hint: "paths inside data files must stay inside the folder of that file",
    });
  }
  return clean;
}

/** Makes a source of bytes in memory. The bytes are not copied. */
export function bytesSource(name: string, bytes: Uint8Array): ByteSource {
  return {
    name,
    byteLength: bytes.length,
    slice(start, end) {
      checkRange(name, start, end, bytes.length);
      return Promise.resolve(bytes.subarray(start, end));
    },
  };
}

/** Makes a source of one part of another: `length` bytes from `start`. */
export function partOf(
  source: ByteSource,
  name: string,
  start: number,
  length: number,
): ByteSource {
  checkRange(source.name, start, start + length, source.byteLength);
  return {
    name,
    byteLength: length,
    slice(from, to) {
      checkRange(name, from, to, length);
      return source.slice(start + from, start + to);
    },
  };
}

/** Reads a whole file. */
export function readAll(source: ByteSource): Promise<Uint8Array> {
  return source.slice(0, source.byteLength);
}

/** Throws unless 0 ≤ start ≤ end ≤ length. @throws {RangeError} */
export function checkRange(name: string, start: number, end: number, length: number): void {
  if (!(Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start <= end)) {
    throw new RangeError(`Cannot read "${name}": bytes ${start} to ${end} are not a range`);
  }
  if (end > length) {
    throw new RangeError(`Cannot read "${name}": byte ${end} of ${length} asked for`);
  }
}

/** A folder in memory: for tests, and for files that were made and not yet written. */
export class MemoryFolder implements Folder {
  readonly name: string;
  readonly #files: ReadonlyMap<string, Uint8Array>;

  /** @throws {InputError} If a path leads out of the folder. */
  constructor(files: Readonly<Record<string, Uint8Array | string>>, name = "memory") {
    this.name = name;
    const encoder = new TextEncoder();
    this.#files = new Map(
      Object.entries(files).map(([path, data]) => [
        pathInside(name, path),
        typeof data === "string" ? encoder.encode(data) : data,
      ]),
    );
  }

  list(): Promise<string[]> {
    return Promise.resolve([...this.#files.keys()].sort());
  }

  // deno-lint-ignore require-await
  async open(path: string): Promise<ByteSource> {
    const bytes = this.#files.get(pathInside(this.name, path));
    if (bytes === undefined) throw noSuchFile(this.name, path);
    return bytesSource(`${this.name}/${path}`, bytes);
  }

  has(path: string): Promise<boolean> {
    const clean = cleanPath(path);
    return Promise.resolve(clean !== undefined && this.#files.has(clean));
  }
}

/** A folder inside a folder: its paths are relative to `path`. `path` "" or "." is the folder itself. */
export function subfolder(folder: Folder, path: string): Folder {
  if (path === "" || path === ".") return folder;
  const prefix = pathInside(folder.name, path) + "/";
  const inner = (relative: string): string | undefined => {
    const clean = cleanPath(relative);
    return clean === undefined ? undefined : prefix + clean;
  };
  return {
    name: `${folder.name}/${prefix.slice(0, -1)}`,
    async list() {
      const all = await folder.list();
      return all.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
    },
    // deno-lint-ignore require-await
    async open(relative) {
      return folder.open(prefix + pathInside(folder.name, relative));
    },
    async has(relative) {
      const full = inner(relative);
      return full !== undefined && await folder.has(full);
    },
  };
}

/** The error for a path that a folder does not hold. */
export function noSuchFile(folder: string, path: string): InputError {
  return new InputError(`Cannot open "${path}": no such file in the folder`, {
    file: `${folder}/${path}`,
  });
}
