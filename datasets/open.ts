/** Recognising a data set by its content. Each layout is one file here plus one line in READERS. */
import { InputError } from "../core/work/errors.ts";
import { reason } from "../core/work/hash.ts";
import { detectSuite, openSuite } from "./suite.ts";
import { detectViews, openViews } from "./views.ts";
import type { Dataset } from "./subject.ts";

/** One layout that can be read. */
export interface DatasetReader {
  format: string;
  /** Why a folder is in this layout, or undefined. Cheap: looks at names and a few small files. */
  detect(folder: string): Promise<string | undefined>;
  open(folder: string): Promise<Dataset>;
}

/** All layouts, most specific first. */
export const READERS: readonly DatasetReader[] = [
  { format: "suite-views", detect: detectViews, open: openViews },
  { format: "suite", detect: detectSuite, open: openSuite },
];

export interface OpenDatasetOptions {
  /** Layout to use instead of looking for one. */
  format?: string | undefined;
}

/**
 * Opens the data set in a folder.
 *
 * @throws {InputError} If the folder cannot be read or is in no known layout.
 */
export async function openDataset(
  folder: string,
  { format }: OpenDatasetOptions = {},
): Promise<Dataset> {
  const stat = await Deno.stat(folder).catch((cause) => {
    throw new InputError(`Cannot open the data set: ${reason(cause)}`, { file: folder, cause });
  });
  if (!stat.isDirectory) {
    throw new InputError("Cannot open the data set: it is a file, expected a folder", {
      file: folder,
    });
  }
  if (format !== undefined) {
    const reader = READERS.find((reader) => reader.format === format);
    if (reader === undefined) {
      throw new InputError(`Cannot open the data set: found no format "${format}"`, {
        hint: `formats are: ${READERS.map((reader) => reader.format).join(", ")}`,
      });
    }
    return await reader.open(folder);
  }
  for (const reader of READERS) {
    const evidence = await reader.detect(folder);
    if (evidence !== undefined) return { ...await reader.open(folder), evidence };
  }
  throw new InputError("Cannot open the data set: it is in no layout that the suite knows", {
    file: folder,
    hint: `known are: ${READERS.map((reader) => reader.format).join(", ")}; see docs/formats.md`,
  });
}
