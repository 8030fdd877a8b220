/** Recognising a data set by its content: a folder, or a zip or tar archive of one. */
import { insideArchive, isArchive, placeEntries } from "../core/files/place.ts";
import { InputError } from "../core/work/errors.ts";
import { reason } from "../core/work/hash.ts";
import { basename, join } from "../core/work/path.ts";
import { type DatasetReader, DatasetRoot } from "./reader.ts";
import { READERS } from "./readers.ts";
import type { Dataset } from "./subject.ts";

export type { DatasetReader } from "./reader.ts";
export { READERS } from "./readers.ts";

export interface OpenDatasetOptions {
  /** Layout to use instead of looking for one. */
  format?: string | undefined;
}

/**
 * Opens the data set in a folder or an archive.
 *
 * @throws {InputError} If it cannot be read or is in no known layout.
 */
export async function openDataset(
  path: string,
  { format }: OpenDatasetOptions = {},
): Promise<Dataset> {
  const roots = await rootsOf(path);
  if (format !== undefined) {
    const reader = READERS.find((reader) => reader.format === format);
    if (reader === undefined) {
      throw new InputError(`Cannot open the data set: found no format "${format}"`, {
        hint: `formats are: ${READERS.map((reader) => reader.format).join(", ")}`,
      });
    }
    for (const root of roots.slice(0, -1)) {
      if (await reader.detect(root) !== undefined) return await openWith(reader, root, path);
    }
    return await openWith(reader, roots.at(-1)!, path);
  }
  for (const root of roots) {
    for (const reader of READERS) {
      const evidence = await reader.detect(root);
      if (evidence !== undefined) return { ...await openWith(reader, root, path), evidence };
    }
  }
  const packed = (await roots[0].files()).paths.find((file) => ARCHIVE.test(file));
  throw new InputError("Cannot open the data set: it is in no layout that the suite knows", {
    file: path,
    hint: packed !== undefined
      ? `it holds the archive "${packed}": give that, archives are read as they are`
      : `known are: ${READERS.map((reader) => reader.format).join(", ")}; a dataset.json can ` +
        "describe any other: see docs/datasets.md",
  });
}

async function openWith(reader: DatasetReader, root: DatasetRoot, path: string): Promise<Dataset> {
  const dataset = await reader.open(root);
  // Of an archive, the archive is what people know, unless the data set names itself.
  const own = dataset.name !== basename(root.place) && dataset.name !== root.name;
  return root.place === path || own ? dataset : { ...dataset, name: root.name };
}

const ARCHIVE = /\.(?:zip|tgz|tar|tar\.gz)$/i;

/** Folders that only hold another one are gone into, this deep. */
const MOST_LEVELS = 4;

/** Where the data set may begin: the folder or archive, the only folder in it, and so on. */
async function rootsOf(path: string): Promise<DatasetRoot[]> {
  const stat = await Deno.stat(path).catch((cause) => {
    throw new InputError(`Cannot open the data set: ${reason(cause)}`, { file: path, cause });
  });
  if (!stat.isDirectory && !await isArchive(path)) {
    throw new InputError(
      "Cannot open the data set: it is a file, expected a folder or an archive",
      {
        file: path,
        hint: "archives are .zip, .tar and .tar.gz",
      },
    );
  }
  const name = stat.isDirectory ? basename(path) : basename(path).replace(ARCHIVE, "");
  const roots: DatasetRoot[] = [];
  for (let place = stat.isDirectory ? path : insideArchive(path); roots.length < MOST_LEVELS;) {
    roots.push(new DatasetRoot(place, name));
    const { files, folders } = await placeEntries(place);
    // What hides beside it (.DS_Store, __MACOSX) does not count.
    const shown = folders.filter((folder) => !folder.startsWith(".") && folder !== "__MACOSX");
    if (shown.length !== 1 || files.some((file) => !file.startsWith("."))) break;
    place = join(place, shown[0]);
  }
  return roots;
}
