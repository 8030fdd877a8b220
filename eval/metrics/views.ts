/** Prediction and scan as they look: angles between drawn normals, overlap of silhouettes. */
import type { Camera, OrthographicCamera } from "../../core/geometry/camera.ts";
import { type Bounds, type Mesh } from "../../core/geometry/mesh.ts";
import { NO_CHANGE, rotationMatrix, type Similarity } from "../../core/geometry/similarity.ts";
import {
  affine,
  multiply,
  rotationY,
  scaling,
  translation,
} from "../../core/geometry/transform.ts";
import type { Backend, RasterMaps } from "../../render/backend.ts";
import { resampleCamera } from "../../render/cameras.ts";
import { detailBands, type DetailOptions, type DetailView } from "./detail.ts";

/** One view of a mesh, row by row from the top left. */
export interface NormalView {
  /** 255 where the pixel's centre is covered, length pixels. */
  mask: Uint8Array;
  /** Camera-space unit normals as round((n + 1)/2 · 65535), length 3 · pixels. */
  normal: Uint16Array;
}

/** How {@linkcode sideCameras} stand. */
export interface SideCameraOptions {
  yawsDeg: readonly number[];
  /** Width and height, pixels. */
  sizePx: number;
  /** Side of the square shown, in units of the box's longest side. */
  window: number;
}

/** Orthographic cameras round a box, level with its centre. */
export function sideCameras(
  { min, max }: Bounds,
  { yawsDeg, sizePx, window }: SideCameraOptions,
): OrthographicCamera[] {
  const centre = min.map((low, k) => (low + max[k]) / 2);
  const longest = Math.max(...max.map((high, k) => high - min[k]));
  const toCentre = translation(-centre[0], -centre[1], -centre[2]);
  return yawsDeg.map((yawDeg) => ({
    projection: "orthographic",
    width: sizePx,
    height: sizePx,
    halfWidthM: window * longest / 2,
    // Ten times the box away, so that nothing of a sane prediction stands behind the camera.
    camFromScan: multiply(
      translation(0, 0, -10 * longest),
      multiply(rotationY(yawDeg * Math.PI / 180), toCentre),
    ),
    yawDeg,
    pitchDeg: 0,
  }));
}

/** The camera that takes the same picture with a longer side of `sizePx` pixels. */
export function sizedCamera(camera: Camera, sizePx: number): Camera {
  const sized = resampleCamera(camera, sizePx / Math.max(camera.width, camera.height));
  return { ...sized, width: Math.round(sized.width), height: Math.round(sized.height) };
}

/**
 * The camera that sees a mesh where it stands as the given one sees it once a similarity has moved
 * it: nothing of the mesh has to be moved or prepared again. Depths are 1 / scale of what they are
 * there; pixels and the directions of normals are the same.
 */
export function cameraBefore(camera: Camera, similarity: Similarity): Camera {
  if (similarity === NO_CHANGE) return camera;
  const { scale, rotation, shift } = similarity;
  const rigid = affine(rotationMatrix(rotation), shift.map((value) => value / scale));
  const camFromScan = multiply(
    multiply(scaling(1 / scale), multiply(camera.camFromScan, scaling(scale))),
    rigid,
  );
  return camera.projection === "perspective"
    ? { ...camera, camFromScan }
    : { ...camera, camFromScan, halfWidthM: camera.halfWidthM / scale };
}

/** Draws the smooth normals of a mesh from each camera. */
export async function drawNormals(
  mesh: Mesh,
  cameras: readonly Camera[],
  backend: Backend,
): Promise<NormalView[]> {
  const scene = await backend.prepare(mesh, { normals: "smooth" });
  try {
    return await drawScene(scene, cameras, backend);
  } finally {
    backend.release(scene);
  }
}

/** Draws the smooth normals of what the back-end has prepared, from each camera. */
export async function drawScene(
  scene: unknown,
  cameras: readonly Camera[],
  backend: Backend,
): Promise<NormalView[]> {
  const views: NormalView[] = [];
  for (const camera of cameras) {
    const maps = await backend.draw(scene, camera, { maps: ["mask", "normal"] });
    views.push(normalView(maps, backend));
  }
  return views;
}

/** Mean angle in degrees over all pixels that both cover, of all pairs of views; null for none. */
export function meanNormalAngleDeg(
  a: readonly NormalView[],
  b: readonly NormalView[],
): number | null {
  let sum = 0, pixels = 0;
  for (let view = 0; view < a.length; view++) {
    const p = a[view], q = b[view];
    for (let i = 0, at = 0; i < p.mask.length; i++, at += 3) {
      if (p.mask[i] === 0 || q.mask[i] === 0) continue;
      pixels++;
      const x = 2 * p.normal[at] - 65535, u = 2 * q.normal[at] - 65535;
      const y = 2 * p.normal[at + 1] - 65535, v = 2 * q.normal[at + 1] - 65535;
      const z = 2 * p.normal[at + 2] - 65535, w = 2 * q.normal[at + 2] - 65535;
      const cx = y * w - z * v, cy = z * u - x * w, cz = x * v - y * u;
      // atan2 of sine and cosine is exact near 0, where acos is not.
      sum += Math.atan2(Math.sqrt(cx * cx + cy * cy + cz * cz), x * u + y * v + z * w);
    }
  }
  return pixels === 0 ? null : sum / pixels * 180 / Math.PI;
}

/** Mean over pairs of views of intersection over union of what is covered; null if all are empty. */
export function meanSilhouetteIou(
  a: readonly NormalView[],
  b: readonly NormalView[],
): number | null {
  let sum = 0, views = 0;
  for (let view = 0; view < a.length; view++) {
    let both = 0, either = 0;
    for (let i = 0; i < a[view].mask.length; i++) {
      const p = a[view].mask[i] !== 0, q = b[view].mask[i] !== 0;
      if (p && q) both++;
      if (p || q) either++;
    }
    if (either === 0) continue;
    sum += both / either;
    views++;
  }
  return views === 0 ? null : sum / views;
}

/** Draws a scene and splits its normals into bands, view by view: the pictures are not kept. */
export async function* detailViews(
  scene: unknown,
  cameras: readonly Camera[],
  { backend, detail }: { backend: Backend; detail: DetailOptions },
): AsyncGenerator<DetailView> {
  let maps: RasterMaps | undefined;
  for (const camera of cameras) {
    const wanted = { maps: ["mask", "normal"] as const };
    maps = await backend.draw(
      scene,
      camera,
      maps === undefined ? wanted : { ...wanted, reuse: maps },
    );
    const { mask, normal } = normalView(maps, backend);
    yield detailBands({ mask: mask.slice(), normal }, detail);
  }
}

function normalView({ mask, normal }: RasterMaps, { name }: Backend): NormalView {
  if (mask === undefined || normal === undefined) {
    throw new TypeError(`Cannot compare views: back-end "${name}" left out a map`);
  }
  return { mask, normal };
}
