/** A minimal GLB reader for the bundled people, so that the renderer's tests rest on nothing else. */
import sharp from "sharp";
import type { Material, Mesh, Texture } from "../../core/geometry/mesh.ts";
import { FIXTURES } from "../../core/work/paths.ts";

interface Gltf {
  accessors: { bufferView: number; componentType: number; count: number; type: string }[];
  bufferViews: { byteOffset?: number; byteLength: number }[];
  images: { bufferView: number; name: string }[];
  materials: { name: string; pbrMetallicRoughness: { baseColorTexture: { index: number } } }[];
  meshes: {
    primitives: { attributes: Record<string, number>; indices: number; material: number }[];
  }[];
  textures: { source: number }[];
}

/** Reads `subjects/<id>.glb`, or `dense/<id>.glb` for an id that ends in `_dense`. */
export async function readFixture(id: string): Promise<Mesh> {
  const folder = id.endsWith("_dense") ? "dense" : "subjects";
  const file = Deno.readFileSync(`${FIXTURES}/humans/${folder}/${id}.glb`);
  const jsonLength = new DataView(file.buffer).getUint32(12, true);
  const gltf: Gltf = JSON.parse(new TextDecoder().decode(file.subarray(20, 20 + jsonLength)));
  const binary = file.subarray(28 + jsonLength);
  const view = (index: number) => {
    const { byteOffset = 0, byteLength } = gltf.bufferViews[index];
    return binary.slice(byteOffset, byteOffset + byteLength);
  };
  const floats = (index: number) => new Float32Array(view(gltf.accessors[index].bufferView).buffer);
  const integers = (index: number) => {
    const { bufferView, componentType } = gltf.accessors[index];
    const bytes = view(bufferView).buffer;
    return componentType === 5125 ? new Uint32Array(bytes) : new Uint16Array(bytes);
  };

  const { primitives } = gltf.meshes[0];
  let vertices = 0, faces = 0;
  for (const { attributes, indices } of primitives) {
    vertices += gltf.accessors[attributes.POSITION].count;
    faces += gltf.accessors[indices].count / 3;
  }
  const mesh = {
    positions: new Float32Array(3 * vertices),
    indices: new Uint32Array(3 * faces),
    uvs: new Float32Array(6 * faces),
    faceMaterials: new Uint16Array(faces),
    normals: new Float32Array(3 * vertices),
    materials: [] as Material[],
  };
  let vertex = 0, face = 0, hasNormals = true;
  for (const [number, { attributes, indices, material }] of primitives.entries()) {
    const uvs = floats(attributes.TEXCOORD_0), corners = integers(indices);
    const at = floats(attributes.POSITION);
    mesh.positions.set(at, 3 * vertex);
    if (attributes.NORMAL === undefined) hasNormals = false;
    else mesh.normals.set(floats(attributes.NORMAL), 3 * vertex);
    corners.forEach((corner, i) => {
      mesh.indices[3 * face + i] = vertex + corner;
      mesh.uvs[6 * face + 2 * i] = uvs[2 * corner];
      mesh.uvs[6 * face + 2 * i + 1] = uvs[2 * corner + 1];
    });
    mesh.faceMaterials.fill(number, face, face + corners.length / 3);
    const { name, pbrMetallicRoughness } = gltf.materials[material];
    const image = gltf.textures[pbrMetallicRoughness.baseColorTexture.index].source;
    mesh.materials.push({
      name,
      baseColor: [1, 1, 1, 1],
      texture: await textureOf(name, view(gltf.images[image].bufferView)),
    });
    vertex += at.length / 3;
    face += corners.length / 3;
  }
  const { normals: fileNormals, ...rest } = mesh;
  return hasNormals ? { ...rest, normals: fileNormals } : rest;
}

async function textureOf(name: string, encoded: Uint8Array): Promise<Texture> {
  const { data, info } = await sharp(encoded).ensureAlpha().raw().toBuffer({
    resolveWithObject: true,
  });
  return {
    name,
    width: info.width,
    height: info.height,
    data: new Uint8Array(data.buffer, data.byteOffset, data.length),
    wrap: "clamp",
  };
}
