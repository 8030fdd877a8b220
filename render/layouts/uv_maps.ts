/**
 * Pictures over a mesh's texture coordinates: where each texel lies on the surface, and its colour.
 * Several materials lie side by side (`atlas.ts`).
 */
import type { OrthographicCamera } from "../../core/geometry/camera.ts";
import type { Mesh } from "../../core/geometry/mesh.ts";
import { smoothNormals } from "../../core/geometry/normals.ts";
import { translation } from "../../core/geometry/transform.ts";
import type { SubjectScene } from "../subject_scene.ts";
import { atlasOf } from "./atlas.ts";

/** One square picture, u right and v down, rows from the top (as the texture's own). */
export interface UvMaps {
  size: number;
  /** Triangle of the mesh + 1, 0 where no chart is; length size². */
  face: Uint32Array;
  /** Weights of the triangle's second and third corner, length 2 · size². */
  weights: Float32Array;
  /** sRGB with alpha 255 where a chart is, length 4 · size². */
  albedo: Uint8Array;
  /** Triangles that reach beyond the texture's border and are cut there. */
  cut: number;
}

const cache = new WeakMap<SubjectScene, Map<number, Promise<UvMaps>>>();

/** Draws the charts of a subject's scan, once; undefined where it has no texture coordinates. */
export async function uvMapsOf(
  scene: SubjectScene & { mesh: Mesh },
  size: number,
): Promise<UvMaps | undefined> {
  if (scene.mesh.uvs === undefined) return undefined;
  let bySize = cache.get(scene);
  if (bySize === undefined) cache.set(scene, bySize = new Map());
  let made = bySize.get(size);
  if (made === undefined) bySize.set(size, made = drawUv(scene, size));
  return await made;
}

async function drawUv({ backend, mesh }: SubjectScene & { mesh: Mesh }, size: number) {
  const { uvs, materials, faceMaterials } = mesh, atlas = atlasOf(mesh)!;
  const flat = flatMesh(atlas.uvs);
  const scene = await backend.prepare({
    ...flat,
    uvs: uvs!,
    ...(materials === undefined ? {} : { materials }),
    ...(faceMaterials === undefined ? {} : { faceMaterials }),
  }, { normals: "face" });
  const camera: OrthographicCamera = {
    projection: "orthographic",
    width: size,
    height: size,
    camFromScan: translation(-0.5, 0.5, -1),
    halfWidthM: 0.5,
    yawDeg: 0,
    pitchDeg: 0,
  };
  const { face, color } = await backend.draw(scene, camera, { maps: ["face", "color"] });
  backend.release(scene);
  const weights = new Float32Array(2 * size * size);
  for (let pixel = 0; pixel < face!.length; pixel++) {
    if (face![pixel] === 0) continue;
    const x = (pixel % size + 0.5) / size, y = -(Math.floor(pixel / size) + 0.5) / size;
    const at = 9 * (face![pixel] - 1), p = flat.positions;
    const bx = p[at + 3] - p[at], by = p[at + 4] - p[at + 1];
    const cx = p[at + 6] - p[at], cy = p[at + 7] - p[at + 1];
    const qx = x - p[at], qy = y - p[at + 1], area = bx * cy - by * cx;
    const b = Math.min(1, Math.max(0, (qx * cy - qy * cx) / area || 0));
    weights[2 * pixel] = b;
    weights[2 * pixel + 1] = Math.min(1 - b, Math.max(0, (bx * qy - by * qx) / area || 0));
  }
  return { size, face: face!, weights, albedo: color!, cut: atlas.cut };
}

/** The triangles laid out flat, three vertices each: x = u, y = −v, z = 0, repeats brought home. */
function flatMesh(uvs: Float32Array) {
  const faces = uvs.length / 6;
  const positions = new Float32Array(9 * faces), indices = new Uint32Array(3 * faces);
  for (let f = 0; f < faces; f++) {
    const home = [0, 1].map((k) =>
      Math.floor(Math.min(uvs[6 * f + k], uvs[6 * f + 2 + k], uvs[6 * f + 4 + k]) + 1e-6)
    );
    for (let c = 0; c < 3; c++) {
      positions[9 * f + 3 * c] = uvs[6 * f + 2 * c] - home[0];
      positions[9 * f + 3 * c + 1] = home[1] - uvs[6 * f + 2 * c + 1];
      indices[3 * f + c] = 3 * f + c;
    }
  }
  return { positions, indices };
}

/**
 * Interpolates values at the mesh's vertices over the charts: three numbers a vertex, in and out.
 *
 * @returns Length 3 · size², 0 where no chart is.
 */
export function overCharts(
  { face, weights }: Pick<UvMaps, "face" | "weights">,
  indices: Uint32Array,
  values: ArrayLike<number>,
): Float32Array {
  const out = new Float32Array(3 * face.length);
  for (let pixel = 0; pixel < face.length; pixel++) {
    if (face[pixel] === 0) continue;
    const at = 3 * (face[pixel] - 1), b = weights[2 * pixel], c = weights[2 * pixel + 1];
    for (let k = 0; k < 3; k++) {
      out[3 * pixel + k] = (1 - b - c) * values[3 * indices[at] + k] +
        b * values[3 * indices[at + 1] + k] + c * values[3 * indices[at + 2] + k];
    }
  }
  return out;
}

/** Unit normals over the charts, in the mesh's frame; 0 where no chart is. Length 3 · size². */
export function uvNormals(maps: UvMaps, mesh: Mesh): Float32Array {
  const normals = overCharts(maps, mesh.indices, smoothNormals(mesh));
  for (let i = 0; i < normals.length; i += 3) {
    const length = Math.hypot(normals[i], normals[i + 1], normals[i + 2]);
    if (length > 0) { for (let k = 0; k < 3; k++) normals[i + k] /= length; }
  }
  return normals;
}
