/** The surface points behind covered pixels: which triangle, where on it, from which side. */
import { nearestWeights } from "./nearest.ts";
import { depthOfKey, type Frame } from "./frame.ts";
import { type PieceMemory, pieceMemory } from "./piece_memory.ts";
import type { Visibility } from "./rasterize.ts";
import type { CpuScene } from "./scene.ts";

/** Front or back surface of each covered pixel of a window, row by row. Arrays of length n. */
export interface Samples {
  /** Pixel index in the picture: row · width + column. */
  pixels: Uint32Array;
  /** Triangle of the scene (drawing order). */
  faces: Uint32Array;
  /** Depth along −z, metres. */
  depths: Float32Array;
  /** Perspective-correct weights of the second and third corner, length 2n; the first has the rest. */
  weights: Float64Array;
  /** 1 where the triangle is seen from outside (counter-clockwise), −1 from inside, 0 edge-on. */
  facing: Int8Array;
  /** Where these arrays are, and room for what else is found of the samples. */
  memory: PieceMemory;
}

/** Which of the two surfaces. */
export type Side = "front" | "back";

/** Lists the covered pixels of a window: index in the picture, row by row. */
export function coveredPixels(visibility: Visibility, frame: Frame): Uint32Array {
  const { window: { x0, x1, y0 }, faces, layers } = visibility;
  const columns = x1 - x0, { width } = frame.grid;
  let count = 0;
  for (let at = 0; at < faces.length; at += layers) if (faces[at] !== 0) count++;
  const pixels = new Uint32Array(count);
  for (let at = 0, row = y0, n = 0; at < faces.length; row++) {
    for (let column = 0; column < columns; column++, at += layers) {
      if (faces[at] !== 0) pixels[n++] = row * width + x0 + column;
    }
  }
  return pixels;
}

const found = new Float64Array(3);

/** Which samples to find. */
export interface SamplesOptions {
  /** From {@linkcode coveredPixels}. */
  pixels: Uint32Array;
  /** `back` needs two layers. */
  side: Side;
  /** Arrays of earlier samples that nobody needs any more. Default: new ones. */
  memory?: PieceMemory;
}

/**
 * Finds where on its triangle each covered pixel's ray meets the front or the back surface. Where
 * the snap made a triangle cover a pixel that it just misses, the nearest point of the triangle is
 * taken.
 */
export function samplesOf(
  { scene, frame, visibility }: { scene: CpuScene; frame: Frame; visibility: Visibility },
  { pixels, side, memory = pieceMemory(pixels.length) }: SamplesOptions,
): Samples {
  const { keys, faces: ids, window, layers } = visibility;
  const { screen, grid: { width, height, subpixels }, camera } = frame;
  const { corners } = scene;
  const perspective = camera.projection === "perspective";
  const columns = window.x1 - window.x0, offset = side === "front" ? 0 : 1;
  const middleX = width / 2 - 0.5, middleY = height / 2 - 0.5;
  const count = pixels.length;
  const faces = memory.faces.subarray(0, count), depths = memory.depths.subarray(0, count);
  const weights = memory.weights.subarray(0, 2 * count), facing = memory.facing.subarray(0, count);
  for (let n = 0; n < count; n++) {
    const pixel = pixels[n], row = (pixel / width) | 0, column = pixel - row * width;
    const at = layers * ((row - window.y0) * columns + column - window.x0) + offset;
    const face = ids[at] - 1;
    faces[n] = face;
    depths[n] = depthOfKey(camera, keys[at]);
    const a = 3 * corners[3 * face], b = 3 * corners[3 * face + 1], c = 3 * corners[3 * face + 2];
    const qx = (column - middleX) * subpixels, qy = (row - middleY) * subpixels;
    const ax = screen[a] - qx, ay = screen[a + 1] - qy;
    const bx = screen[b] - qx, by = screen[b + 1] - qy;
    const cx = screen[c] - qx, cy = screen[c + 1] - qy;
    const toA = bx * cy - by * cx, toB = cx * ay - cy * ax, toC = ax * by - ay * bx;
    const area = toA + toB + toC;
    let wb: number, wc: number;
    if (
      (area > 0 && toA >= 0 && toB >= 0 && toC >= 0) ||
      (area < 0 && toA <= 0 && toB <= 0 && toC <= 0)
    ) {
      wb = toB / area;
      wc = toC / area;
    } else if (area === area) {
      nearestWeights(ax, ay, bx, by, cx, cy, found);
      wb = found[0];
      wc = found[1];
    } else {
      // A corner is behind the near plane: it has no place on the picture.
      raySurface(scene, frame, face, column + 0.5, row + 0.5, found);
      weights[2 * n] = found[0];
      weights[2 * n + 1] = found[1];
      facing[n] = found[2];
      continue;
    }
    if (perspective) {
      const fa = (1 - wb - wc) * screen[a + 2], fb = wb * screen[b + 2], fc = wc * screen[c + 2];
      const sum = fa + fb + fc;
      weights[2 * n] = fb / sum;
      weights[2 * n + 1] = fc / sum;
    } else {
      weights[2 * n] = wb;
      weights[2 * n + 1] = wc;
    }
    // Rows run downwards, so counter-clockwise in space is a negative area here.
    facing[n] = area < 0 ? 1 : area > 0 ? -1 : 0;
  }
  return { pixels, faces, depths, weights, facing, memory };
}

/**
 * Meets a triangle with the ray of a picture position, in the camera's frame (Möller and Trumbore
 * 1997): slower than the picture's own weights, and good for corners behind the camera.
 *
 * @param out Receives the weights of the second and third corner, brought back into the triangle,
 * and the side seen as in {@linkcode Samples.facing}.
 */
export function raySurface(
  scene: CpuScene,
  frame: Frame,
  face: number,
  u: number,
  v: number,
  out: Float64Array,
): void {
  const { camera } = frame;
  const [a, b, c] = [0, 1, 2].map((k) => cornerCam(scene, frame, 3 * face + k));
  let origin: number[], ray: number[];
  if (camera.projection === "perspective") {
    origin = [0, 0, 0];
    ray = [(u - camera.cx) / camera.fx, (camera.cy - v) / camera.fy, -1];
  } else {
    const metres = 2 * camera.halfWidthM / camera.width;
    origin = [(u - camera.width / 2) * metres, (camera.height / 2 - v) * metres, 0];
    ray = [0, 0, -1];
  }
  const ab = minus(b, a), ac = minus(c, a), from = minus(origin, a);
  const across = cross(ray, ac), determinant = dot(ab, across);
  const wb = dot(from, across) / determinant;
  const wc = dot(ray, cross(from, ab)) / determinant;
  const inB = Math.min(1, Math.max(0, wb || 0)), inC = Math.min(1, Math.max(0, wc || 0));
  const over = Math.max(1, inB + inC);
  out[0] = inB / over;
  out[1] = inC / over;
  out[2] = Math.sign(determinant) || 0;
}

function cornerCam(scene: CpuScene, { camera: { camFromScan: m } }: Frame, corner: number) {
  const at = 3 * scene.corners[corner];
  const [x, y, z] = scene.positions.subarray(at, at + 3);
  return [0, 4, 8].map((r) => m[r] * x + m[r + 1] * y + m[r + 2] * z + m[r + 3]);
}

function minus(a: readonly number[], b: readonly number[]): number[] {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function cross(a: readonly number[], b: readonly number[]): number[] {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}
