/** Files and folders on a disk. */
import { basename, dirname, isAbsolute, join, relative } from "node:path";
import { InputError } from "../work/errors.ts";
import { reason } from "../work/hash.ts";
import { slashes } from "../work/paths.ts";
import { type ByteSource, checkRange, cleanPath, type Folder, pathInside } from "./source.ts";

/** How a folder on a disk is read. */
export interface DiskFolderOptions {
  /**
   * `inside`: a link that leads out of the folder is listed, and refused when it is opened. `any`: links
   * are followed wherever they lead, as every program does (caches and stores of large files are
   * made of links). Paths in files lead out of neither. Default: `inside`.
   */
  links?: "inside" | "any";
}

/** A folder on a disk. */
export class DiskFolder implements Folder {
  readonly name: string;
  readonly #links: "inside" | "any";
  #realRoot: string | undefined;

  /** The path is resolved against the process's own folder; nothing is read yet. */
  constructor(path: string, { links = "inside" }: DiskFolderOptions = {}) {
    this.name = path;
    this.#links = links;
  }

  async list(): Promise<string[]> {
    const found: string[] = [];
    const root = await this.#root();
    await this.#walk(root, "", new Set([root]), found);
    return found.sort();
  }

  async open(path: string): Promise<ByteSource> {
    const clean = pathInside(this.name, path);
    const full = join(this.name, clean);
    let real: string;
    try {
      real = await Deno.realPath(full);
    } catch (cause) {
      throw new InputError(`Cannot open "${path}": ${reason(cause)}`, { file: full, cause });
    }
    if (this.#links === "inside" && !isInside(await this.#root(), real)) {
      throw new InputError(`Cannot open "${path}": it is a link that leads out of its folder`, {
        file: full,
        hint: "pass the folder that really holds the files, or copy them into this one",
      });
    }
    return await fileSource(full);
  }

  async has(path: string): Promise<boolean> {
    const clean = cleanPath(path);
    if (clean === undefined) return false;
    try {
      const real = await Deno.realPath(join(this.name, clean));
      const reachable = this.#links === "any" || isInside(await this.#root(), real);
      return reachable && (await Deno.stat(real)).isFile;
    } catch {
      return false;
    }
  }

  async #root(): Promise<string> {
    try {
      return this.#realRoot ??= await Deno.realPath(this.name);
    } catch (cause) {
      throw new InputError(`Cannot open the folder: ${reason(cause)}`, { file: this.name, cause });
    }
  }

  /** Adds the files below `folder`; `above` holds the real folders on the way, against cycles. */
  async #walk(folder: string, prefix: string, above: Set<string>, found: string[]): Promise<void> {
    let entries: Deno.DirEntry[];
    try {
      entries = await Array.fromAsync(Deno.readDir(folder));
    } catch (cause) {
      throw new InputError(`Cannot list a folder: ${reason(cause)}`, {
        file: join(this.name, prefix),
        cause,
      });
    }
    for (const entry of entries) {
      const path = prefix + entry.name;
      const target = entry.isSymlink
        ? await this.#innerFolder(join(folder, entry.name))
        : undefined;
      const inner = entry.isDirectory ? join(folder, entry.name) : target;
      if (inner === undefined) {
        found.push(path);
      } else if (!above.has(inner)) {
        await this.#walk(inner, path + "/", new Set([...above, inner]), found);
      }
    }
  }

  /** The real path of a link to a folder inside the root; undefined for every other link. */
  async #innerFolder(link: string): Promise<string | undefined> {
    try {
      const real = await Deno.realPath(link);
      const follow = isInside(await this.#root(), real) && (await Deno.stat(real)).isDirectory;
      return follow ? real : undefined;
    } catch {
      return undefined; // dangling: listed as it is, refused when opened
    }
  }
}

/**
 * Opens one file on a disk. Each read opens it anew and checks that it is still the same file of
 * the same length, so that a long read never mixes two versions.
 *
 * @throws {InputError} If there is no such file.
 */
export async function fileSource(path: string): Promise<ByteSource> {
  let opened: Deno.FileInfo;
  try {
    opened = await Deno.stat(path);
  } catch (cause) {
    throw new InputError(`Cannot read "${basename(path)}": ${reason(cause)}`, {
      file: path,
      cause,
    });
  }
  if (!opened.isFile) {
    const what = opened.isDirectory ? "a folder" : "not a regular file";
    throw new InputError(`Cannot read "${basename(path)}": it is ${what}, expected a file`, {
      file: path,
    });
  }
  return {
    name: path,
    byteLength: opened.size,
    async slice(start, end) {
      checkRange(path, start, end, opened.size);
      const bytes = new Uint8Array(end - start);
      try {
        using file = await Deno.open(path);
        checkUnchanged(path, opened, await file.stat());
        await file.seek(start, Deno.SeekMode.Start);
        for (let done = 0; done < bytes.length;) {
          const read = await file.read(bytes.subarray(done));
          if (read === null) throw changed(path);
          done += read;
        }
      } catch (cause) {
        if (cause instanceof InputError) throw cause;
        throw new InputError(`Cannot read "${basename(path)}": ${reason(cause)}`, {
          file: path,
          cause,
        });
      }
      return bytes;
    },
  };
}

/** Splits a path on a disk into its folder and the name inside it. */
export function diskPlace(path: string): { folder: DiskFolder; name: string } {
  return { folder: new DiskFolder(dirname(path)), name: basename(path) };
}

function checkUnchanged(path: string, before: Deno.FileInfo, now: Deno.FileInfo): void {
  const same = before.size === now.size && before.ino === now.ino &&
    before.mtime?.getTime() === now.mtime?.getTime();
  if (!same) throw changed(path);
}

function changed(path: string): InputError {
  return new InputError(`Cannot read "${basename(path)}": it changed while it was being read`, {
    file: path,
    hint: "wait until whatever writes it has finished",
  });
}

function isInside(root: string, path: string): boolean {
  const way = slashes(relative(root, path));
  return way !== ".." && !way.startsWith("../") && !isAbsolute(way);
}
