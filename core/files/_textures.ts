/** The pictures that materials name, found in a folder and decoded once each. */
import { posix } from "node:path";
import type { Texture } from "../geometry/mesh.ts";
import { messageOf } from "../work/errors.ts";
import { readTexture } from "./image.ts";
import type { MeshReadOptions } from "./mesh_format.ts";
import type { Note } from "./note.ts";
import { cleanPath, type Folder } from "./source.ts";

/** Loads pictures for one mesh; what is missing or broken becomes a note. */
export class TextureLoader {
  readonly #folder: Folder;
  readonly #options: Required<MeshReadOptions>;
  readonly #loaded = new Map<string, Promise<Texture | undefined>>();

  constructor(
    folder: Folder,
    options: Required<MeshReadOptions>,
    readonly notes: Note[],
    readonly files: string[],
  ) {
    this.#folder = folder;
    this.#options = options;
  }

  /**
   * The picture that `reference` means when it is written in the file at `from`. Undefined where
   * textures are skipped, and, with a note, where it is missing or damaged.
   */
  load(reference: string, from: string): Promise<Texture | undefined> {
    const key = `${posix.dirname(from)}\n${reference}`;
    let texture = this.#loaded.get(key);
    if (texture === undefined) this.#loaded.set(key, texture = this.#load(reference, from));
    return texture;
  }

  async #load(reference: string, from: string): Promise<Texture | undefined> {
    const path = await findBeside(this.#folder, reference, from);
    if (path === undefined) {
      const text = `the picture "${reference}" is not in the folder`;
      this.notes.push({ code: "texture-missing", text, file: from });
      return undefined;
    }
    if (path !== resolveBeside(reference, from)) {
      const text = `the picture "${reference}" was taken from "${path}"`;
      this.notes.push({ code: "texture-moved", text, file: from });
    }
    if (!this.files.includes(path)) this.files.push(path);
    if (this.#options.textures === "skip") return undefined;
    try {
      const { maxPixels } = this.#options;
      return { ...await readTexture(await this.#folder.open(path), { maxPixels }), name: path };
    } catch (error) {
      this.notes.push({ code: "texture-unreadable", text: messageOf(error), file: path });
      return undefined;
    }
  }
}

/**
 * The path of the file that `reference` means when it is written in the file at `from`: beside it,
 * or, where that leads nowhere (absolute paths of someone else's disk), the bare name beside it.
 */
export async function findBeside(
  folder: Folder,
  reference: string,
  from: string,
): Promise<string | undefined> {
  const bare = reference.replaceAll("\\", "/").split("/").at(-1) ?? "";
  for (const path of [resolveBeside(reference, from), resolveBeside(bare, from)]) {
    if (path !== undefined && await folder.has(path)) return path;
  }
  return undefined;
}

function resolveBeside(reference: string, from: string): string | undefined {
  if (/^([A-Za-z]:|[\\/])/.test(reference)) return undefined;
  return cleanPath(`${posix.dirname(from)}/${reference}`);
}
