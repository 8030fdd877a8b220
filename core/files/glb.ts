/**
 * glTF 2.0 (Khronos 2021): `.glb`, and `.gltf` with its files beside it or inside. Decoded by
 * gltf-transform after everything was checked against the file's own size.
 */
import type { Material as GltfMaterial, Texture as GltfTexture } from "@gltf-transform/core";
import type { PBRSpecularGlossiness, Transform } from "@gltf-transform/extensions";
import type { Material, Mesh, Texture } from "../geometry/mesh.ts";
import { InputError, messageOf } from "../work/errors.ts";
import { withDefaults } from "../work/options.ts";
import type { TakeNote } from "./_corners.ts";
import { dataUri, decodeUri, type LoadedGltf, loadGltf } from "./_gltf_load.ts";
import { assemblePrimitives, placedPrimitives, type UvRule } from "./_gltf_scene.ts";
import { TextureLoader } from "./_textures.ts";
import { readTexture } from "./image.ts";
import { MESH_READ_DEFAULTS, type MeshFile, type MeshReadOptions } from "./mesh_format.ts";
import type { Note } from "./note.ts";
import { bytesSource, type Folder } from "./source.ts";

export { isGlb } from "./_gltf_load.ts";
export { encodeGlb, GLB_WRITE_DEFAULTS, type GlbWriteOptions } from "./glb_write.ts";

/**
 * Reads the default scene as one mesh: node transforms applied, primitives in the scene's order,
 * one material for each that is used. Quantized and meshopt-compressed files, sparse accessors,
 * strips and fans are read; skins and morph targets are noted and not applied. `COLOR_0` is linear
 * light by the specification and comes out as sRGB; texture coordinates are those of the base
 * colour's picture, with `KHR_texture_transform` applied.
 *
 * @throws {InputError} If the file is malformed or cut short, is compressed with Draco, needs an
 *   extension that is not read, or would unpack to far more than it is.
 */
export async function readGltf(
  folder: Folder,
  path: string,
  options: MeshReadOptions = {},
): Promise<MeshFile> {
  const settings = withDefaults(MESH_READ_DEFAULTS as Required<MeshReadOptions>, options);
  const loaded = await loadGltf(folder, path);
  const notes: Note[] = [];
  const note: TakeNote = (code, text) => notes.push({ code, text, file: path });
  noteIgnored(loaded, note);

  const used: (GltfMaterial | null)[] = [];
  const materialOf = (material: GltfMaterial | null) => {
    let number = used.indexOf(material);
    if (number < 0) number = used.push(material) - 1;
    return { number, uv: material === null ? undefined : baseColor(material).uv };
  };
  let mesh: Mesh;
  try {
    const placed = placedPrimitives(loaded.gltf, loaded.document);
    mesh = assemblePrimitives(placed, materialOf, { file: `${folder.name}/${path}`, note });
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    throw new InputError(`Cannot read a glTF file: its content is malformed: ${messageOf(cause)}`, {
      file: `${folder.name}/${path}`,
      cause,
    });
  }
  const files = [path, ...loaded.files];
  if (used.some((material) => material !== null)) {
    const pictures = new Pictures(loaded, folder, path, settings, notes, files);
    const materials: Material[] = [];
    for (const material of used) {
      if (material === null) {
        materials.push({ name: "", baseColor: [1, 1, 1, 1] });
        continue;
      }
      const { factor, texture } = baseColor(material);
      const picture = texture === null ? undefined : await pictures.load(texture);
      const made = { name: material.getName(), baseColor: factor };
      materials.push(picture === undefined ? made : { ...made, texture: picture });
    }
    mesh.materials = materials;
  }
  return { mesh, format: loaded.binary ? "glb" : "gltf", notes, files };
}

/** A material's base colour; of specular-glossiness materials the diffuse one. */
function baseColor(material: GltfMaterial): {
  factor: readonly [number, number, number, number];
  texture: GltfTexture | null;
  uv: UvRule | undefined;
} {
  const gloss = material.getExtension<PBRSpecularGlossiness>("KHR_materials_pbrSpecularGlossiness");
  const texture = gloss ? gloss.getDiffuseTexture() : material.getBaseColorTexture();
  const info = gloss ? gloss.getDiffuseTextureInfo() : material.getBaseColorTextureInfo();
  const factor = gloss ? gloss.getDiffuseFactor() : material.getBaseColorFactor();
  if (texture === null || info === null) return { factor, texture, uv: undefined };
  const transform = info.getExtension<Transform>("KHR_texture_transform");
  const [ox, oy] = transform?.getOffset() ?? [0, 0];
  const [sx, sy] = transform?.getScale() ?? [1, 1];
  const cos = Math.cos(transform?.getRotation() ?? 0),
    sin = Math.sin(transform?.getRotation() ?? 0);
  // Counter-clockwise as seen with v down, as Khronos' sample renderer and three.js do it.
  const matrix = [cos * sx, sin * sy, ox, -sin * sx, cos * sy, oy];
  return { factor, texture, uv: { set: transform?.getTexCoord() ?? info.getTexCoord(), matrix } };
}

/** The pictures of one file, decoded once each. */
class Pictures {
  readonly #decoded = new Map<number, Promise<Texture | undefined>>();
  readonly #beside: TextureLoader;

  constructor(
    private readonly loaded: LoadedGltf,
    folder: Folder,
    private readonly path: string,
    private readonly options: Required<MeshReadOptions>,
    private readonly notes: Note[],
    files: string[],
  ) {
    this.#beside = new TextureLoader(folder, options, notes, files);
  }

  /** Undefined where textures are skipped, and, with a note, where one cannot be had. */
  load(texture: GltfTexture): Promise<Texture | undefined> {
    // gltf-transform keeps one texture for each image of the file, in order.
    const index = this.loaded.document.getRoot().listTextures().indexOf(texture);
    let decoded = this.#decoded.get(index);
    if (decoded === undefined) this.#decoded.set(index, decoded = this.#load(index));
    return decoded;
  }

  async #load(index: number): Promise<Texture | undefined> {
    const { gltf, buffers } = this.loaded;
    const { uri, bufferView, name } = gltf.images[index];
    const embedded = uri === undefined ? undefined : dataUri(uri);
    if (uri !== undefined && embedded === undefined) {
      return await this.#beside.load(decodeUri(uri), this.path);
    }
    const label = `${this.path}#${name || index}`;
    const view = gltf.bufferViews[bufferView ?? -1];
    const bytes = embedded ??
      buffers[view?.buffer]?.subarray(view.byteOffset, view.byteOffset + view.byteLength);
    if (bytes === undefined) {
      this.notes.push({
        code: "texture-missing",
        text: `the picture ${name || index} has no data`,
        file: this.path,
      });
      return undefined;
    }
    if (this.options.textures === "skip") return undefined;
    try {
      return await readTexture(bytesSource(label, bytes), { maxPixels: this.options.maxPixels });
    } catch (error) {
      const text = messageOf(error);
      this.notes.push({ code: "texture-unreadable", text, file: this.path });
      return undefined;
    }
  }
}

/** Notes what the file has and the mesh has not. */
function noteIgnored({ gltf }: LoadedGltf, note: TakeNote): void {
  const count = (things: unknown) => Array.isArray(things) ? things.length : 0;
  const skins = count(gltf["skins"]);
  if (skins > 0) {
    note("skin-ignored", `${skins} skins were not applied: the mesh is as it is stored`);
  }
  const morphed =
    gltf.meshes.filter(({ primitives }) =>
      primitives.some((primitive) => count(primitive["targets"]) > 0)
    ).length;
  if (morphed > 0) note("morph-ignored", `the morph targets of ${morphed} meshes were not applied`);
  if (gltf.scenes.length > 1) {
    note("scenes-ignored", `of ${gltf.scenes.length} scenes only the default one was read`);
  }
  const extensions = count(gltf["extensionsUsed"]) > 0 ? gltf["extensionsUsed"] as unknown[] : [];
  if (extensions.includes("EXT_mesh_gpu_instancing")) {
    note("instances-ignored", "the instances of EXT_mesh_gpu_instancing were not made");
  }
}
