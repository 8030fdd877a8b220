/**
 * Paths as people type them and as artifacts record them.
 *
 * Artifacts outlive the folder they were made in, so they never record an absolute path: a file of
 * the suite's own fixtures is `fixtures:<path>`, anything else is relative to the folder of the
 * artifact that names it, with forward slashes.
 */
import { dirname, fromFileUrl, isAbsolute, join, relative, resolve, SEPARATOR } from "./path.ts";
import { InputError } from "./errors.ts";

/** The folder that holds `deno.json`. */
export const SUITE_ROOT: string = fromFileUrl(new URL("../../", import.meta.url));

/** The bundled open people, body model and networks. */
export const FIXTURES: string = join(SUITE_ROOT, "fixtures");

const FIXTURES_PREFIX = "fixtures:";

/** Resolves a path typed by the user against the folder they stand in (`INIT_CWD`). */
export function userPath(path: string): string {
  if (path.startsWith(FIXTURES_PREFIX)) return resolvePortable(path, SUITE_ROOT);
  return isAbsolute(path) ? resolve(path) : resolve(Deno.env.get("INIT_CWD") ?? Deno.cwd(), path);
}

/** The path to record in an artifact that stands in `folder`, for the file at `path`. */
export function portablePath(path: string, folder: string): string {
  const full = resolve(path);
  const inFixtures = relative(FIXTURES, full);
  if (!inFixtures.startsWith("..") && !isAbsolute(inFixtures)) {
    // An artifact that itself stands in the fixtures points at its neighbours.
    const from = relative(FIXTURES, resolve(folder));
    if (from.startsWith("..") || isAbsolute(from)) return FIXTURES_PREFIX + slashes(inFixtures);
  }
  return slashes(relative(resolve(folder), full));
}

/** The file that an artifact in `folder` means by a recorded path. */
export function resolvePortable(path: string, folder: string): string {
  if (path.startsWith(FIXTURES_PREFIX)) {
    return insideOf(FIXTURES, path.slice(FIXTURES_PREFIX.length));
  }
  return resolve(folder, path);
}

/**
 * Joins a path that came from an untrusted file onto a folder.
 *
 * @throws {InputError} If it would leave the folder.
 */
export function insideOf(folder: string, path: string): string {
  const root = resolve(folder);
  const full = resolve(root, path);
  if (full !== root && !full.startsWith(root + SEPARATOR)) {
    throw new InputError(`Cannot open "${path}": it leads out of its folder`, {
      file: folder,
      hint: "paths inside data files must stay inside the folder of that file",
    });
  }
  return full;
}

/** Forward slashes, whatever the platform. */
export function slashes(path: string): string {
  return SEPARATOR === "/" ? path : path.replaceAll(SEPARATOR, "/");
}

/** The folder part of a path. */
export function folderOf(path: string): string {
  return dirname(path);
}
