/** A view of the suite whose files stand beside those of others, under a common key. */
import type { Folder } from "../../../core/files/source.ts";
import { readSuiteView } from "../../../render/layouts/suite_reader.ts";
import type { SuiteView } from "../../../render/layouts/suite_files.ts";

/** Reads `<key>.camera.json`, `<key>.depth.exr`, … */
export async function readPlainView(folder: Folder, key: string): Promise<SuiteView> {
  const name = (path: string) => `${key}.${path}`;
  return await readSuiteView({
    name: `${folder.name}/${key}`,
    list: () => folder.list(),
    open: (path) => folder.open(name(path)),
    has: (path) => folder.has(name(path)),
  });
}
