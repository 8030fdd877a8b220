/** Finding the views of a folder and naming photos. */
import { basename, dirname, extname, join } from "../core/work/path.ts";
import { InputError } from "../core/work/errors.ts";
import { select, type Selection } from "../core/work/select.ts";
import { viewsOf, viewSubjects } from "../datasets/views.ts";
import { CAMERA_FILE } from "../render/layouts/suite_files.ts";
import type { ViewPlace } from "./view_input.ts";

/** The file of a view set's person. */
const SUBJECT_FILE = "subject.json";

async function isFile(path: string): Promise<boolean> {
  return (await Deno.stat(path).catch(() => undefined))?.isFile === true;
}

/** Which views of a folder. */
export interface ViewSelection extends Selection {
  /** Names of views, as `y000`; absent: all. */
  views?: readonly string[] | undefined;
  bodyFile?: string | undefined;
}

/**
 * The views of a view set, sorted by subject and name. The folder may also be one person's of a view
 * set, or one view.
 *
 * @throws {InputError} If the folder holds none, or none of the names asked for.
 */
export async function viewPlaces(
  folder: string,
  { views, bodyFile, ...selection }: ViewSelection = {},
): Promise<ViewPlace[]> {
  if (await isFile(join(folder, CAMERA_FILE)) && await isFile(join(folder, "..", SUBJECT_FILE))) {
    const person = dirname(folder);
    return [{ root: dirname(person), subject: basename(person), view: basename(folder), bodyFile }];
  }
  const one = await isFile(join(folder, SUBJECT_FILE));
  const root = one ? dirname(folder) : folder;
  const subjects = one ? [basename(folder)] : await viewSubjects(root);
  const places: ViewPlace[] = [];
  for (const subject of select(subjects, (id) => id, selection)) {
    for (const view of await viewsOf(root, subject)) {
      if (views === undefined || views.includes(view)) {
        places.push({ root, subject, view, bodyFile });
      }
    }
  }
  if (places.length === 0) {
    throw new InputError(
      "Cannot find views to reconstruct: expected <subject>/<view>/camera.json",
      {
        file: folder,
        hint: "make views with render",
      },
    );
  }
  return places;
}

/**
 * Ids of photos: their names without suffix.
 *
 * @throws {InputError} If two photos have the same name.
 */
export function photoIds(paths: readonly string[]): { id: string; path: string }[] {
  const seen = new Map<string, string>();
  return paths.map((path) => {
    const id = basename(path, extname(path));
    const other = seen.get(id);
    if (other !== undefined) {
      throw new InputError(`Cannot name the prediction "${id}": two photos have that name`, {
        file: path,
        hint: `the other is ${other}`,
      });
    }
    seen.set(id, path);
    return { id, path };
  });
}
