/**
 * Lists of SHA-256 sums: `<hash>  <path>` a line, paths relative with forward slashes, sorted; what
 * `sha256sum -c` reads. They tell whether somebody's copy of a data set is the one that was meant.
 */
import { placeFiles } from "../core/files/place.ts";
import { hashPlace } from "../core/files/place.ts";
import { InputError } from "../core/work/errors.ts";
import { join } from "../core/work/path.ts";
import { type Progress, SILENT } from "../core/work/progress.ts";

/** One line. */
export interface HashLine {
  sha256: string;
  path: string;
}

/** Hashes every file of a data set but hidden ones (and what `skip` names). */
export async function hashListOf(
  place: string,
  { progress = SILENT, skip }: { progress?: Progress; skip?: RegExp } = {},
): Promise<HashLine[]> {
  const paths = (await placeFiles(place, 16)).filter((path) => !(skip?.test(path) ?? false));
  progress.start({ title: "hash", total: paths.length, done: 0 });
  const lines: HashLine[] = [];
  for (const path of paths) {
    const started = performance.now();
    lines.push({ sha256: (await hashPlace(join(place, path))).sha256, path });
    progress.item({ id: path, status: "done", seconds: (performance.now() - started) / 1000 });
  }
  progress.end();
  return lines;
}

/** The list as text. */
export function hashListText(lines: readonly HashLine[]): string {
  return lines.map(({ sha256, path }) => `${sha256}  ${path}\n`).join("");
}

/** Parses a list; `*` before a path (binary mode) is allowed. @throws {InputError} If a line is none. */
export function parseHashList(text: string, file: string): HashLine[] {
  return text.split(/\r?\n/).flatMap((line, i) => {
    if (line.trim() === "" || line.startsWith("#")) return [];
    const match = /^([0-9a-f]{64}) [ *](.+)$/i.exec(line);
    if (match === null) {
      throw new InputError(`Cannot read the hash list: line ${i + 1} is no sum and path`, { file });
    }
    return [{ sha256: match[1].toLowerCase(), path: match[2].replace(/^\.\//, "") }];
  });
}

/** What differs between a list and a folder. */
export interface HashDifferences {
  checked: number;
  changed: string[];
  missing: string[];
  /** Files that the list does not name. */
  extra: string[];
}

/** Compares a data set with a list, byte for byte. */
export async function compareHashes(
  place: string,
  list: readonly HashLine[],
  options: { progress?: Progress; skip?: RegExp } = {},
): Promise<HashDifferences> {
  const found = new Map(
    (await hashListOf(place, options)).map(({ path, sha256 }) => [path, sha256]),
  );
  const named = new Set(list.map(({ path }) => path));
  return {
    checked: list.length,
    changed: list.filter(({ path, sha256 }) => found.has(path) && found.get(path) !== sha256)
      .map(({ path }) => path),
    missing: list.filter(({ path }) => !found.has(path)).map(({ path }) => path),
    extra: [...found.keys()].filter((path) => !named.has(path)),
  };
}
