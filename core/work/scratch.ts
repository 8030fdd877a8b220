/**
 * Writing without ever showing half a file: everything is written under a scratch folder inside
 * the artifact's own folder and renamed into place when it is whole.
 *
 * A scratch folder belongs to one process, which holds an advisory lock on a file beside it. Whoever
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
    for (let tidy = false;;) {
      const folder = join(parent, crypto.randomUUID());
      await makeFolder(parent);
      try {
        if (!tidy) await removeAbandoned(parent);
        tidy = true;
        // First the lock, then the folder: a folder without a lock has no owner any more.
        const lock = await lockedFile(folder + LOCK);
        if (lock === undefined) continue; // a neighbour took it for abandoned: it was not locked yet
        await makeFolder(folder);
        return new Scratch(folder, lock);
      } catch (cause) {
        // The neighbour that used the scratch folder last has just removed it.
        if (cause instanceof Deno.errors.NotFound) continue;
        if (cause instanceof InputError) throw cause;
        throw new InputError(`Cannot make the output folder: ${reason(cause)}`, {
          file: parent,
          cause,
        });
      }
    }
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
    await Deno.remove(this.folder + LOCK).catch(() => {});
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

/** What follows a scratch folder's name in the name of its lock. */
const LOCK = ".lock";

async function removeAbandoned(parent: string): Promise<void> {
  for (const { name, isDirectory } of await Array.fromAsync(Deno.readDir(parent))) {
    const folder = join(parent, isDirectory ? name : name.replace(/\.lock$/, ""));
    // Of a folder that lost its lock the owner is gone; making the lock again keeps others away.
    const lock = await lockedFile(folder + LOCK).catch(() => undefined);
    if (lock === undefined) continue; // its owner lives
    await Deno.remove(folder, { recursive: true }).catch(() => {});
    await Deno.remove(folder + LOCK).catch(() => {});
    lock.close();
  }
}

/**
 * Opens a file, made if need be, with its lock. Undefined if another process holds the lock, or has
 * put another file in its place meanwhile.
 */
async function lockedFile(path: string): Promise<Deno.FsFile | undefined> {
  const file = await Deno.open(path, { create: true, write: true });
  try {
    if (await file.tryLock(true)) {
      const [mine, there] = [await file.stat(), await Deno.stat(path).catch(() => undefined)];
      if (there !== undefined && mine.ino === there.ino) return file;
    }
  } catch (cause) {
    file.close();
    throw cause;
  }
  file.close();
  return undefined;
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
 * Writes one file whole or not at all: to a temporary name beside it, flushed, then renamed. The
 * temporary name is the file's own with `.tmp`, so that what a killed process left of it is used up by
 * the next one that writes the same file.
 *
 * @param data Bytes, a text, or parts that are written one after the other as they are made.
 * @throws {InputError} If the file system refuses; the old file, if any, is then untouched.
 */
export async function writeWhole(
  path: string,
  data: Uint8Array | string | Iterable<Uint8Array>,
): Promise<void> {
  const parts = typeof data === "string"
    ? [new TextEncoder().encode(data)]
    : data instanceof Uint8Array
    ? [data]
    : data;
  let temporary: string | undefined;
  try {
    await Deno.mkdir(dirname(path), { recursive: true });
    const [name, opened] = await temporaryFile(path);
    temporary = name;
    using file = opened;
    for (const bytes of parts) {
      for (let done = 0; done < bytes.length;) done += await file.write(bytes.subarray(done));
    }
    await file.syncData();
    await Deno.rename(temporary, path);
  } catch (cause) {
    if (temporary !== undefined) await Deno.remove(temporary).catch(() => {});
    throw new InputError(`Cannot write the file: ${reason(cause)}`, { file: path, cause });
  }
}

/** An empty file beside `path`, under its usual temporary name or, where another process has that, under one of its own. */
async function temporaryFile(path: string): Promise<[name: string, file: Deno.FsFile]> {
  const usual = `${path}.tmp`, file = await lockedFile(usual);
  if (file !== undefined) {
    await file.truncate(0);
    return [usual, file];
  }
  const own = `${path}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  return [own, await Deno.open(own, { write: true, createNew: true })];
}

/** Removes what a killed process left of writing a file, for those who do not write it this time. */
export async function removeTemporary(path: string): Promise<void> {
  const temporary = `${path}.tmp`;
  if (!(await Deno.stat(temporary).catch(() => undefined))) return;
  using file = await lockedFile(temporary).catch(() => undefined);
  if (file !== undefined) await Deno.remove(temporary).catch(() => {});
}
