/** Files that a scan needs besides its own: they decide what it looks like, so they are hashed with it. */
import { parseMtl } from "../core/files/mtl.ts";
import { hasPlace, placeOf, readPlaceText } from "../core/files/place.ts";
import { dirname, extname, join } from "../core/work/path.ts";
import { readScanFile } from "./read_scan.ts";
import type { Subject } from "./subject.ts";

/**
 * Paths of the material libraries, pictures and buffers that a scan's file names, or that its data set
 * keeps beside it, and that exist. Files that cannot be read have none: reading them later says why.
 */
export async function companionsOf(
  subject: Pick<Subject, "scanFile" | "textureFile" | "facesFile">,
): Promise<string[]> {
  const { scanFile, textureFile, facesFile } = subject;
  const given = [textureFile, facesFile].filter((file) => file !== undefined);
  // Binary formats of one piece, by far the most: no need to read them twice.
  const suffix = extname(scanFile).toLowerCase();
  if ([".glb", ".ply", ".pkl", ".npz"].includes(suffix)) return given;
  const found = suffix === ".obj" ? await objCompanions(scanFile) : undefined;
  if (found !== undefined) return [...new Set([...found, ...given])];
  try {
    const { files } = await readScanFile({ scanFile }, { textures: "skip", faults: "note" });
    return [...files.slice(1).map((path) => join(dirname(scanFile), path)), ...given];
  } catch {
    return given;
  }
}

/** How much of an OBJ is looked at for its libraries: they are named before the first face. */
const HEAD_BYTES = 1 << 16;

/**
 * The libraries of an OBJ and their pictures, without reading its geometry; undefined where the head
 * of the file does not tell.
 */
async function objCompanions(scanFile: string): Promise<string[] | undefined> {
  const { folder, name } = await placeOf(scanFile);
  try {
    const source = await folder.open(name);
    const head = await source.slice(0, Math.min(HEAD_BYTES, source.byteLength));
    const text = new TextDecoder("latin1").decode(head);
    const libraries = [...text.matchAll(/^mtllib[ \t]+(.+?)[ \t]*$/gm)].map((match) => match[1]);
    if (libraries.length === 0) return undefined;
    const found: string[] = [];
    for (const library of libraries) {
      const mtl = join(dirname(scanFile), library);
      if (!await hasPlace(mtl)) return undefined;
      found.push(mtl);
      for (const { map } of parseMtl(await readPlaceText(mtl))) {
        if (map === undefined) continue;
        const picture = join(dirname(mtl), map);
        if (!await hasPlace(picture)) return undefined; // the reader may find it elsewhere
        if (!found.includes(picture)) found.push(picture);
      }
    }
    return found;
  } catch {
    return undefined;
  }
}
