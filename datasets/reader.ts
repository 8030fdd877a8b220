/**
 * What reads one layout of scans. A reader sees a data set as a list of paths: on a disk, or in a zip
 * or tar archive. Each layout is one file beside this one plus one line in `readers.ts`.
 */
import { placeFiles } from "../core/files/place.ts";
import { join } from "../core/work/path.ts";
import type { Dataset } from "./subject.ts";

/** One layout that can be read. */
export interface DatasetReader {
  /** As `--format` names it. */
  format: string;
  /** What it is, in a line. */
  title: string;
  /** Why a data set is in this layout, or undefined. Looks at names and a few small files. */
  detect(root: DatasetRoot): Promise<string | undefined> | string | undefined;
  open(root: DatasetRoot): Promise<Dataset>;
}

/** Levels of folders that are looked into. */
const DEPTH = 8;

/** A folder, or the inside of an archive; lists its files once. */
export class DatasetRoot {
  #files: Promise<FileList> | undefined;

  constructor(
    /** The folder's place. */
    readonly place: string,
    /** Its name, for reports. */
    readonly name: string,
  ) {}

  /** All files below, without hidden ones. */
  files(): Promise<FileList> {
    return this.#files ??= placeFiles(this.place, DEPTH).then((paths) => new FileList(paths));
  }

  /** The place of a file below. */
  at(path: string): string {
    return join(this.place, path);
  }
}

/** Relative paths, sorted; asked by pattern. */
export class FileList {
  readonly #known: ReadonlySet<string>;
  #byLowerCase: Map<string, string> | undefined;
  #folders: Map<string, string[]> | undefined;

  constructor(readonly paths: readonly string[]) {
    this.#known = new Set(paths);
  }

  has(path: string): boolean {
    return this.#known.has(path);
  }

  /** The first of the paths that is there, as it is spelt; where none is, in other upper and lower case. */
  first(...paths: readonly string[]): string | undefined {
    const exact = paths.find((path) => this.#known.has(path));
    if (exact !== undefined) return exact;
    // Of names that differ by case alone the first in the list.
    this.#byLowerCase ??= new Map(
      this.paths.toReversed().map((path) => [path.toLowerCase(), path]),
    );
    for (const path of paths) {
      const other = this.#byLowerCase.get(path.toLowerCase());
      if (other !== undefined) return other;
    }
    return undefined;
  }

  /** Paths that match, with the match. */
  match(pattern: RegExp): RegExpExecArray[] {
    return this.paths.flatMap((path) => {
      const match = pattern.exec(path);
      return match === null ? [] : [match];
    });
  }

  /** Paths that match by one of the match's groups; of equal ones the first. */
  by(pattern: RegExp, group = 1): Map<string, string> {
    const found = new Map<string, string>();
    for (const match of this.match(pattern)) {
      if (!found.has(match[group])) found.set(match[group], match.input);
    }
    return found;
  }

  /** Names of the files directly in a folder ("" is the root). */
  in(folder: string): readonly string[] {
    if (this.#folders === undefined) {
      this.#folders = new Map();
      for (const path of this.paths) {
        const at = path.lastIndexOf("/"), parent = at < 0 ? "" : path.slice(0, at);
        const names = this.#folders.get(parent);
        if (names === undefined) this.#folders.set(parent, [path.slice(at + 1)]);
        else names.push(path.slice(at + 1));
      }
    }
    return this.#folders.get(folder) ?? [];
  }
}

/** Joins two parts of a relative path, of which the first may be empty. */
export function inner(folder: string | undefined, name: string): string {
  return folder === undefined || folder === "" ? name : `${folder}/${name}`;
}
