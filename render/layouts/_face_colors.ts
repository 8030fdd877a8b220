/**
 * 2K2K's colour rule: the scan is divided once at its edges' middles, each vertex takes the nearest
 * texel at its (one) texture coordinate, and a pixel shows the mean colour of the face that it sees.
 * Seams smear and texture finer than the mesh is lost: kept for those who compare with that data.
 */
import type { Camera } from "../../core/geometry/camera.ts";
import type { Mesh } from "../../core/geometry/mesh.ts";
import { srgbOfLinear } from "../srgb.ts";
import type { SubjectScene } from "../subject_scene.ts";

interface Divided {
  scene: SubjectScene["prepared"]["scan"];
  /** sRGB of each face, length 3 · faces. */
  faceColors: Uint8Array;
}

/** Divided scans of the subjects that a worker holds. */
const divided = new WeakMap<SubjectScene, Promise<Divided>>();

/** Draws colour front and back by the published rule; RGBA as `RasterMaps` has it. */
export async function publishedColors(
  scene: SubjectScene & { mesh: Mesh },
  camera: Camera,
): Promise<{ color: Uint8Array; color_back: Uint8Array }> {
  let made = divided.get(scene);
  if (made === undefined) divided.set(scene, made = divide(scene));
  const { scene: small, faceColors } = await made;
  const { face, face_back } = await scene.backend.draw(small, camera, {
    maps: ["face", "face_back"],
  });
  const paint = (faces: Uint32Array): Uint8Array => {
    const rgba = new Uint8Array(4 * faces.length);
    for (let pixel = 0; pixel < faces.length; pixel++) {
      if (faces[pixel] === 0) continue;
      const from = 3 * (faces[pixel] - 1);
      rgba.set(faceColors.subarray(from, from + 3), 4 * pixel);
      rgba[4 * pixel + 3] = 255;
    }
    return rgba;
  };
  return { color: paint(face!), color_back: paint(face_back!) };
}

async function divide(scene: SubjectScene & { mesh: Mesh }): Promise<Divided> {
  const { mesh } = scene;
  const textured = mesh.uvs !== undefined &&
    (mesh.materials?.some(({ texture }) => texture !== undefined) ?? false);
  const { positions, indices, colors } = textured ? dividedOnce(mesh) : {
    positions: mesh.positions,
    indices: mesh.indices,
    colors: plainColors(mesh),
  };
  const faceColors = new Uint8Array(indices.length);
  for (let i = 0; i < indices.length; i += 3) {
    for (let k = 0; k < 3; k++) {
      const sum = colors[3 * indices[i] + k] + colors[3 * indices[i + 1] + k] +
        colors[3 * indices[i + 2] + k];
      faceColors[i + k] = Math.floor(sum / 3);
    }
  }
  const small = await scene.backend.prepare({ positions, indices }, { normals: "face" });
  return { scene: small, faceColors };
}

/** Vertex colours, or each vertex's material colour. */
function plainColors(mesh: Mesh): Uint8Array {
  const count = mesh.positions.length / 3, out = new Uint8Array(3 * count).fill(188); // mid grey
  if (mesh.colors !== undefined) {
    for (let v = 0; v < count; v++) out.set(mesh.colors.subarray(4 * v, 4 * v + 3), 3 * v);
    return out;
  }
  const { materials, faceMaterials, indices } = mesh;
  if (materials === undefined) return out;
  for (let i = 0; i < indices.length; i++) {
    const { baseColor } = materials[faceMaterials?.[(i / 3) | 0] ?? 0];
    for (let k = 0; k < 3; k++) out[3 * indices[i] + k] = srgbOfLinear(baseColor[k]);
  }
  return out;
}

/** Four faces for one, one texture coordinate a vertex (its first corner's), nearest texels. */
function dividedOnce(
  mesh: Mesh,
): { positions: Float32Array; indices: Uint32Array; colors: Uint8Array } {
  const { positions: p, indices, uvs } = mesh, count = p.length / 3;
  const uv = new Float32Array(2 * count), material = new Uint16Array(count);
  for (let i = indices.length - 1; i >= 0; i--) {
    const vertex = indices[i];
    uv[2 * vertex] = uvs![2 * i], uv[2 * vertex + 1] = uvs![2 * i + 1];
    material[vertex] = mesh.faceMaterials?.[(i / 3) | 0] ?? 0;
  }
  const middles = new Map<number, number>();
  const places = Array.from(p), coordinates = Array.from(uv), of = Array.from(material);
  const middle = (a: number, b: number): number => {
    const key = a < b ? a * count + b : b * count + a;
    let found = middles.get(key);
    if (found !== undefined) return found;
    middles.set(key, found = places.length / 3);
    for (let k = 0; k < 3; k++) places.push((p[3 * a + k] + p[3 * b + k]) / 2);
    for (let k = 0; k < 2; k++) coordinates.push((uv[2 * a + k] + uv[2 * b + k]) / 2);
    of.push(material[Math.min(a, b)]);
    return found;
  };
  const out = new Uint32Array(4 * indices.length);
  for (let i = 0, to = 0; i < indices.length; i += 3) {
    const [a, b, c] = indices.subarray(i, i + 3);
    const ab = middle(a, b), bc = middle(b, c), ca = middle(c, a);
    for (const v of [a, ab, ca, ab, b, bc, ca, bc, c, ab, bc, ca]) out[to++] = v;
  }
  const colors = new Uint8Array(places.length);
  for (let v = 0; v < places.length / 3; v++) {
    const { texture, baseColor } = mesh.materials![of[v]];
    if (texture === undefined) {
      for (let k = 0; k < 3; k++) colors[3 * v + k] = srgbOfLinear(baseColor[k]);
      continue;
    }
    const inside = (x: number) => x - Math.floor(x);
    const x = Math.round(inside(coordinates[2 * v]) * (texture.width - 1));
    const y = Math.round(inside(coordinates[2 * v + 1]) * (texture.height - 1));
    const at = 4 * (y * texture.width + x);
    colors.set(texture.data.subarray(at, at + 3), 3 * v);
  }
  return { positions: Float32Array.from(places), indices: out, colors };
}
