/**
 * Writing without ever showing half a file: everything is written under a scratch folder inside
 * the artifact's own folder and renamed into place when it is whole.
 *
 * A scratch folder belongs to one process, which holds an advisory lock on a file in it. Whoever
 * opens the same output later removes the folders whose lock nobody holds any more, so a killed
 * process leaves nothing behind and a living neighbour is never disturbed.
 */
import { dirname, join } from "./path.ts";
import { InputError } from "./errors.ts";
import { reason } from "./hash.ts";

/** Where an artifact folder keeps what is not the artifact: records, scratch, timing. */
export const WORK_FOLDER = ".work";

/** A private folder for half-done files. */
export class Scratch implements AsyncDisposable {
  private constructor(readonly folder: string, private readonly lock: Deno.FsFile) {}

  /**
   * Opens a scratch folder under `workFolder` and clears those of processes that are gone.
   *
   * @throws {InputError} If the folder cannot be written.
   */
  static async open(workFolder: string): Promise<Scratch> {
    const parent = join(workFolder, "scratch");
    await makeFolder(parent);
    await removeAbandoned(parent);
    const folder = join(parent, crypto.randomUUID());
    await makeFolder(folder);
    const lock = await Deno.open(join(folder, "lock"), { create: true, write: true });
    await lock.lock(true);
    return new Scratch(folder, lock);
  }

  /** Where {@linkcode room} puts what has this name. */
  roomOf(name: string): string {
    return join(this.folder, entryName(name));
  }

  /** Makes an empty folder inside the scratch folder. */
  async room(name: string): Promise<string> {
    const folder = this.roomOf(name);
    await Deno.remove(folder, { recursive: true }).catch(() => {});
    await makeFolder(folder);
    return folder;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true }).catch(() => {});
    this.lock.close();
    await Deno.remove(dirname(this.folder)).catch(() => {}); // only when it is empty
  }
}

/** A name for a file or folder, distinct for distinct texts on case-insensitive disks too. */
export function entryName(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[A-Z*'()]|^\.+$/g,
    (c) => `~${c.charCodeAt(0).toString(16)}${c.slice(1)}`,
  );
}

async function removeAbandoned(parent: string): Promise<void> {
  for await (const entry of Deno.readDir(parent)) {
    if (!entry.isDirectory) continue;
    const folder = join(parent, entry.name);
    let lock: Deno.FsFile;
    try {
      lock = await Deno.open(join(folder, "lock"), { write: true });
    } catch {
      continue; // its owner has not made the lock yet, or has just left
    }
    try {
      if (await lock.tryLock(true)) await Deno.remove(folder, { recursive: true });
    } catch {
      // a neighbour was faster
    } finally {
      lock.close();
    }
  }
}

/**
 * Makes a folder and its parents.
 *
 * @throws {InputError} If the file system refuses.
 */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await Deno.mkdir(folder, { recursive: true });
  } catch (cause) {
    throw new InputError(`Cannot make the output folder: ${reason(cause)}`, {
      file: folder,
      hint: "choose a folder that you may write with -o",
      cause,
    });
  }
}

/**
 * Moves a finished file or folder to its final name, replacing what was there.
 *
 * @throws {InputError} If the file system refuses.
 */
export async function moveIntoPlace(from: string, to: string): Promise<void> {
  try {
    await Deno.mkdir(dirname(to), { recursive: true });
    await Deno.rename(from, to);
  } catch (cause) {
    throw new InputError(`Cannot put a finished file in place: ${reason(cause)}`, {
      file: to,
      cause,
    });
  }
}

/**
 * Writes one file whole or not at all: to a temporary name beside it, flushed, then renamed.
 *
 * @param data Bytes, a text, or parts that are written one after the other as they are made.
 * @throws {InputError} If the file system refuses; the old file, if any, is then untouched.
 */
export async function writeWhole(
  path: string,
  data: Uint8Array | string | Iterable<Uint8Array>,
): Promise<void> {
  const temporary = `${path}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  const parts = typeof data === "string"
    ? [new TextEncoder().encode(data)]
    : data instanceof Uint8Array
    ? [data]
    : data;
  try {
    await Deno.mkdir(dirname(path), { recursive: true });
    using file = await Deno.open(temporary, { write: true, createNew: true });
    for (const bytes of parts) {
      for (let done = 0; done < bytes.length;) done += await file.write(bytes.subarray(done));
    }
    await file.syncData();
    await Deno.rename(temporary, path);
  } catch (cause) {
    await Deno.remove(temporary).catch(() => {});
    throw new InputError(`Cannot write the file: ${reason(cause)}`, { file: path, cause });
  }
}
