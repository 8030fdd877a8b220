/** Writes binary glTF through gltf-transform. */
import {
  type Accessor,
  Document,
  type Material as GltfMaterial,
  WebIO,
} from "@gltf-transform/core";
import type { Mesh, Texture } from "../geometry/mesh.ts";
import { withDefaults } from "../work/options.ts";
import { splitCorners } from "./_corner_vertices.ts";
import { srgbToLinear } from "./_srgb.ts";
import { encodeLossy, encodePng, textureImage } from "./image.ts";

/** How a GLB is written. */
export interface GlbWriteOptions {
  /** `png` keeps pictures exactly, `jpeg` (quality 90) makes those without alpha small. Default: `png`. */
  pictures?: "png" | "jpeg";
}

/** See `GlbWriteOptions`. */
export const GLB_WRITE_DEFAULTS: Readonly<Required<GlbWriteOptions>> = Object.freeze({
  pictures: "png",
});

/**
 * Makes the bytes of a binary glTF: positions, normals and vertex colours where the mesh has them
 * (as linear light in 16 bits, as the format demands), texture coordinates and materials with
 * their pictures. Vertices are split along texture seams. One primitive a material.
 *
 * @throws {RangeError} If the mesh has no faces or a position is not finite: glTF allows neither.
 */
export async function encodeGlb(mesh: Mesh, options: GlbWriteOptions = {}): Promise<Uint8Array> {
  const { pictures } = withDefaults(GLB_WRITE_DEFAULTS, options);
  const faces = mesh.indices.length / 3;
  if (faces === 0) throw new RangeError("Cannot write a GLB: the mesh has no faces");
  if (!mesh.positions.every(Number.isFinite)) {
    throw new RangeError("Cannot write a GLB: a position is not finite");
  }
  const document = new Document();
  const buffer = document.createBuffer();
  const vertices = mesh.positions.length / 3;
  const split = mesh.uvs === undefined ? undefined : splitCorners(mesh.indices, mesh.uvs, vertices);
  const indices = split?.indices ?? mesh.indices;
  const count = split?.source.length ?? vertices;
  const gather = <A extends Float32Array | Uint16Array>(values: A, width: number): A =>
    split === undefined ? values : gathered(values, split.source, width);
  const accessor = (type: "SCALAR" | "VEC2" | "VEC3" | "VEC4", array: Attribute): Accessor =>
    document.createAccessor().setType(type).setArray(array).setBuffer(buffer);

  const attributes: Record<string, Accessor> = {
    POSITION: accessor("VEC3", gather(mesh.positions, 3) as Attribute),
  };
  if (mesh.normals !== undefined) {
    attributes["NORMAL"] = accessor("VEC3", unitNormals(gather(mesh.normals, 3)));
  }
  if (mesh.colors !== undefined) {
    const linear = linearColors(mesh.colors);
    attributes["COLOR_0"] = accessor("VEC4", gather(linear, 4) as Attribute).setNormalized(true);
  }
  if (split !== undefined) attributes["TEXCOORD_0"] = accessor("VEC2", split.uvs as Attribute);

  const materials = await makeMaterials(document, mesh, pictures);
  const glMesh = document.createMesh();
  for (let m = 0; m < Math.max(1, materials.length); m++) {
    const list = facesOf(mesh, indices, m, materials.length);
    if (list.length === 0) continue;
    const narrow = count <= 65535 ? Uint16Array.from(list) : list;
    const primitive = document.createPrimitive().setIndices(
      accessor("SCALAR", narrow as Attribute),
    );
    for (const [name, values] of Object.entries(attributes)) primitive.setAttribute(name, values);
    if (materials[m] !== undefined) primitive.setMaterial(materials[m]);
    glMesh.addPrimitive(primitive);
  }
  document.getRoot().setDefaultScene(
    document.createScene().addChild(document.createNode().setMesh(glMesh)),
  );
  return await new WebIO().writeBinary(document);
}

type Attribute = Float32Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;

async function makeMaterials(
  document: Document,
  mesh: Mesh,
  pictures: "png" | "jpeg",
): Promise<GltfMaterial[]> {
  const made = new Map<Texture, ReturnType<Document["createTexture"]>>();
  const materials: GltfMaterial[] = [];
  for (const { name, baseColor, texture } of mesh.materials ?? []) {
    const material = document.createMaterial(name).setBaseColorFactor([...baseColor])
      .setMetallicFactor(0).setRoughnessFactor(1);
    materials.push(material);
    if (texture === undefined) continue;
    let picture = made.get(texture);
    if (picture === undefined) {
      const { bytes, type } = await pictureBytes(texture, pictures);
      picture = document.createTexture(texture.name).setMimeType(type).setImage(bytes);
      made.set(texture, picture);
    }
    material.setBaseColorTexture(picture);
  }
  return materials;
}

/** JPEG has no alpha: pictures with holes stay PNG. */
async function pictureBytes(texture: Texture, format: "png" | "jpeg") {
  const image = textureImage(texture);
  const lossy = format === "jpeg" && image.channels === 3;
  const bytes = lossy ? await encodeLossy(image) : encodePng(image);
  return { bytes: bytes as Uint8Array<ArrayBuffer>, type: lossy ? "image/jpeg" : "image/png" };
}

/** The corners of the faces of one material. */
function facesOf(mesh: Mesh, indices: Uint32Array, material: number, materials: number) {
  if (mesh.faceMaterials === undefined || materials < 2) {
    return material === 0 ? indices : new Uint32Array(0);
  }
  let count = 0;
  for (const number of mesh.faceMaterials) if (number === material) count++;
  const list = new Uint32Array(3 * count);
  let at = 0;
  mesh.faceMaterials.forEach((number, face) => {
    if (number !== material) return;
    for (let k = 0; k < 3; k++) list[at++] = indices[3 * face + k];
  });
  return list;
}

function gathered<A extends Float32Array | Uint16Array>(
  values: A,
  source: Uint32Array,
  width: number,
): A {
  const out = new (values.constructor as new (length: number) => A)(width * source.length);
  for (let i = 0; i < source.length; i++) {
    for (let k = 0; k < width; k++) out[width * i + k] = values[width * source[i] + k];
  }
  return out;
}

/** Unit length, as glTF demands; a normal without direction (an unused vertex) becomes 0 1 0. */
function unitNormals(normals: Float32Array): Attribute {
  const out = new Float32Array(normals.length);
  for (let i = 0; i < normals.length; i += 3) {
    const size = Math.hypot(normals[i], normals[i + 1], normals[i + 2]);
    if (size > 0 && size < Infinity) {
      for (let k = 0; k < 3; k++) out[i + k] = normals[i + k] / size;
    } else {
      out[i + 1] = 1;
    }
  }
  return out;
}

const LINEAR_16 = Uint16Array.from(
  { length: 256 },
  (_, byte) => Math.round(65535 * srgbToLinear(byte)),
);

function linearColors(colors: Uint8Array): Uint16Array {
  const out = new Uint16Array(colors.length);
  for (let i = 0; i < colors.length; i++) {
    out[i] = i % 4 === 3 ? 257 * colors[i] : LINEAR_16[colors[i]];
  }
  return out;
}
