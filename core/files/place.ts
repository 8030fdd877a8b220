/**
 * Places: paths that may lead into an archive, as `data/scans.zip!/0001/0001.obj`. Whoever holds
 * such a path needs not know whether the file stands on a disk or in a zip or tar archive; being
 * text, it passes between threads and into artifacts.
 */
import { createHash } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { InputError } from "../work/errors.ts";
import { hashFile, reason } from "../work/hash.ts";
import { slashes } from "../work/paths.ts";
import { DiskFolder, fileSource } from "./disk.ts";
import { type ByteSource, type Folder, readAll, subfolder } from "./source.ts";
import { isGzip, isTar, openTar } from "./tar.ts";
import { isZip, openZip } from "./zip.ts";

/** What follows an archive's name in a place. */
const INTO = "!";

/** Archives that stay open: as many as a data set is likely to be spread over. */
const MOST_OPEN = 8;

/** Files of one kind beside each other: one level of a folder. */
export interface PlaceEntries {
  /** Names of the files, sorted by code unit. */
  files: string[];
  /** Names of the folders, sorted by code unit. */
  folders: string[];
}

/** The archive that a place leads into and the path inside it ("" is its root), or undefined. */
export function archiveOf(place: string): { archive: string; inner: string } | undefined {
  const match = /^(.*?\.(?:zip|tar|tgz|tar\.gz))!(?:\/(.*))?$/is.exec(slashes(place));
  return match === null ? undefined : { archive: match[1], inner: match[2] ?? "" };
}

/** The place of an archive's root. */
export function insideArchive(archive: string): string {
  return archive + INTO;
}

/** Says whether a file on a disk is an archive that places can lead into: told by its content. */
export async function isArchive(path: string): Promise<boolean> {
  if (!/\.(?:zip|tar|tgz|tar\.gz)$/i.test(path)) return false;
  const source = await fileSource(path);
  const head = await source.slice(0, Math.min(512, source.byteLength));
  return isZip(head) || isGzip(head) || isTar(head);
}

/** The folder that holds a place and the name in it; paths in the file must stay in that folder. */
export async function placeOf(place: string): Promise<{ folder: Folder; name: string }> {
  const inside = archiveOf(place);
  if (inside === undefined) {
    return { folder: new DiskFolder(dirname(place), { links: "any" }), name: basename(place) };
  }
  const { folder } = await opened(inside.archive);
  const at = inside.inner.lastIndexOf("/");
  return {
    folder: subfolder(folder, at < 0 ? "" : inside.inner.slice(0, at)),
    name: inside.inner.slice(at + 1),
  };
}

/**
 * Opens the file at a place.
 *
 * @throws {InputError} If there is none, or its archive is unsound.
 */
export async function openPlace(place: string): Promise<ByteSource> {
  const inside = archiveOf(place);
  if (inside === undefined) return await fileSource(place);
  return await (await opened(inside.archive)).folder.open(inside.inner);
}

/** Reads a file of text. @throws {InputError} If there is none or it has more than `maxBytes`. */
export async function readPlaceText(
  place: string,
  { maxBytes = 1 << 26 }: { maxBytes?: number } = {},
): Promise<string> {
  const source = await openPlace(place);
  if (source.byteLength > maxBytes) {
    throw new InputError(
      `Cannot read the text: it has ${source.byteLength} bytes, expected at most ${maxBytes}`,
      { file: place },
    );
  }
  return new TextDecoder().decode(await readAll(source));
}

/** Says whether there is a file at a place. */
export async function hasPlace(place: string): Promise<boolean> {
  const inside = archiveOf(place);
  if (inside === undefined) {
    return (await Deno.stat(place).catch(() => undefined))?.isFile ?? false;
  }
  try {
    return await (await opened(inside.archive)).folder.has(inside.inner);
  } catch {
    return false;
  }
}

/**
 * Lists one level of a folder; links are followed. A place that is no folder has no entries.
 *
 * @throws {InputError} If the folder's archive is unsound, or its disk refuses.
 */
export async function placeEntries(place: string): Promise<PlaceEntries> {
  const inside = archiveOf(place);
  if (inside === undefined) return await diskEntries(place);
  const { levels } = await opened(inside.archive);
  return (await levels()).get(inside.inner.replace(/\/$/, "")) ?? { files: [], folders: [] };
}

/**
 * All files below a folder at most `depth` levels down, relative and sorted by code unit, as
 * {@linkcode placeEntries} lists them. Hidden files and folders (a leading dot) are left out.
 */
export async function placeFiles(place: string, depth = 8): Promise<string[]> {
  const found: string[] = [];
  const walk = async (folder: string, prefix: string, left: number) => {
    const { files, folders } = await placeEntries(folder);
    for (const name of files) if (!name.startsWith(".")) found.push(prefix + name);
    if (left === 0) return;
    for (const name of folders) {
      if (!name.startsWith(".")) await walk(join(folder, name), `${prefix}${name}/`, left - 1);
    }
  };
  await walk(place, "", depth);
  return found.sort();
}

/**
 * SHA-256 and length of the file at a place, read in pieces.
 *
 * @throws {InputError} If it cannot be read.
 */
export async function hashPlace(place: string): Promise<{ bytes: number; sha256: string }> {
  if (archiveOf(place) === undefined) return await hashFile(place);
  const source = await openPlace(place), hash = createHash("sha256"), step = 1 << 22;
  for (let at = 0; at < source.byteLength; at += step) {
    hash.update(await source.slice(at, Math.min(source.byteLength, at + step)));
  }
  return { bytes: source.byteLength, sha256: hash.digest("hex") };
}

/** An archive that was opened, and its levels once somebody asks. */
interface Opened {
  folder: Folder;
  levels(): Promise<ReadonlyMap<string, PlaceEntries>>;
}

/** Open archives by path, with what they were when they were opened; the latest last. */
const archives = new Map<string, { stamp: string; opened: Promise<Opened> }>();

async function opened(archive: string): Promise<Opened> {
  const stat = await Deno.stat(archive).catch((cause) => {
    throw new InputError(`Cannot open the archive: ${reason(cause)}`, { file: archive, cause });
  });
  const stamp = `${stat.size} ${stat.ino} ${stat.mtime?.getTime()}`;
  let known = archives.get(archive);
  archives.delete(archive);
  if (known?.stamp !== stamp) known = { stamp, opened: open(archive) };
  archives.set(archive, known);
  if (archives.size > MOST_OPEN) archives.delete(archives.keys().next().value!);
  try {
    return await known.opened;
  } catch (error) {
    archives.delete(archive);
    throw error;
  }
}

async function open(archive: string): Promise<Opened> {
  const source = await fileSource(archive);
  const head = await source.slice(0, Math.min(512, source.byteLength));
  const folder: Folder = isZip(head) ? await openZip(source) : await openTar(source);
  let levels: Promise<ReadonlyMap<string, PlaceEntries>> | undefined;
  return { folder, levels: () => levels ??= levelsOf(folder) };
}

async function levelsOf(folder: Folder): Promise<ReadonlyMap<string, PlaceEntries>> {
  const levels = new Map<string, { files: string[]; folders: Set<string> }>();
  const level = (path: string) => {
    let found = levels.get(path);
    if (found === undefined) levels.set(path, found = { files: [], folders: new Set() });
    return found;
  };
  for (const path of await folder.list()) {
    const parts = path.split("/");
    for (let i = 0; i < parts.length - 1; i++) {
      level(parts.slice(0, i).join("/")).folders.add(parts[i]);
    }
    level(parts.slice(0, -1).join("/")).files.push(parts.at(-1)!);
  }
  return new Map(
    [...levels].map(([path, { files, folders }]) => [
      path,
      { files: files.sort(), folders: [...folders].sort() },
    ]),
  );
}

async function diskEntries(path: string): Promise<PlaceEntries> {
  const entries: PlaceEntries = { files: [], folders: [] };
  try {
    for await (const { name, isFile, isDirectory, isSymlink } of Deno.readDir(path)) {
      const target = isSymlink
        ? await Deno.stat(join(path, name)).catch(() => undefined)
        : { isFile, isDirectory };
      if (target?.isDirectory) entries.folders.push(name);
      else if (target?.isFile || isSymlink) entries.files.push(name);
    }
  } catch (cause) {
    const none = cause instanceof Deno.errors.NotFound ||
      cause instanceof Deno.errors.NotADirectory || (cause as { code?: string }).code === "ENOTDIR";
    if (none) return entries;
    throw new InputError(`Cannot list a folder: ${reason(cause)}`, { file: path, cause });
  }
  entries.files.sort();
  entries.folders.sort();
  return entries;
}
