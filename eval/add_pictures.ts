/** Adds the comparison of pictures to a results file. */
import { dirname } from "../core/work/path.ts";
import { resolvePortable } from "../core/work/paths.ts";
import { type PictureOptions, scorePictures } from "./picture_scores.ts";
import { type Results, writeResults } from "./results.ts";

/**
 * Compares the pictures of everything that a results file scored, and writes it again with them.
 *
 * @throws {InputError} As {@linkcode scorePictures}.
 */
export async function addPictures(
  file: string,
  results: Results,
  options: Omit<PictureOptions, "fileOf">,
): Promise<Results> {
  const pictures = await scorePictures(results, {
    ...options,
    fileOf: ({ path }) => resolvePortable(path, dirname(file)),
  });
  const { seal: _, ...rest } = results;
  const added = { ...rest, pictures };
  await writeResults(file, added);
  return added;
}
