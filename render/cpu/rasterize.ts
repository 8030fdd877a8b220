/**
 * Visibility: which triangle a pixel's ray meets first and which last. Attributes come later, for
 * covered pixels only (deferred shading).
 *
 * Coverage is exact. Vertices are snapped to the sub-pixel grid; the edge functions of the snapped
 * triangle are integers below 2⁵³, so float64 holds them without rounding, and the top-left rule
 * gives every pixel centre on a shared edge to exactly one of its triangles (Pineda 1988; the
 * Direct3D 11 functional specification, section 3.4). Depth comes from the plane of the unsnapped
 * triangle.
 */
import type { PixelWindow } from "../backend.ts";
import { clipFaces, type ClippedFaces } from "./clip.ts";
import { nearestWeights } from "./nearest.ts";
import type { Frame } from "./frame.ts";
import { GUARD_BAND, type PixelGrid } from "./pixel_grid.ts";
import type { CpuScene } from "./scene.ts";

/**
 * The nearest and, with two layers, the farthest surface at each pixel centre of a window, row by
 * row. With two, front and back stand side by side: front at 2i, back at 2i + 1.
 */
export interface Visibility {
  window: PixelWindow;
  /** 1: the front alone; 2: front and back. */
  layers: 1 | 2;
  /** Keys as {@linkcode Frame.screen} has them. */
  keys: Float64Array;
  /** Triangle of the scene (drawing order) + 1; 0 where nothing is. */
  faces: Uint32Array;
}

/** Memory that can be used again by a later view; grows as needed. */
export interface VisibilityMemory {
  keys?: Float64Array;
  faces?: Uint32Array;
}

/** What {@linkcode rasterize} finds, and with which arrays. */
export interface RasterizeOptions {
  /** Default: the frame's. */
  window?: PixelWindow;
  /** Default: 2. */
  layers?: Visibility["layers"];
  /** Arrays to use again; the result is valid until they are used by another call. */
  memory?: VisibilityMemory;
}

/**
 * Finds the first and the last surface at each pixel centre of a window. Equal depths go to the
 * lowest triangle index of the mesh, so the result does not depend on the order of the work.
 */
export function rasterize(
  scene: CpuScene,
  frame: Frame,
  options: RasterizeOptions = {},
): Visibility {
  const { window = frame.window, layers = 2, memory = {} } = options;
  const length = layers * (window.x1 - window.x0) * (window.y1 - window.y0);
  if (memory.keys === undefined || memory.keys.length < length) {
    memory.keys = new Float64Array(length);
    memory.faces = new Uint32Array(length);
  }
  const keys = memory.keys.subarray(0, length).fill(-Infinity);
  const faces = memory.faces!.subarray(0, length).fill(0);
  if (layers === 2) { for (let i = 1; i < length; i += 2) keys[i] = Infinity; }
  const visibility: Visibility = { window, layers, keys, faces };
  const whole: ScreenTriangles = { screen: frame.screen, corners: scene.corners };
  const target = { grid: frame.grid, faceOf: scene.faceOf, visibility };
  const toClip = fillTriangles(whole, target);
  if (toClip.length > 0) fillTriangles(clipFaces(toClip, scene, frame), target);
  return visibility;
}

/** Triangles on the picture; `faces` names them where they are not numbered by their place. */
interface ScreenTriangles extends Pick<ClippedFaces, "screen" | "corners"> {
  faces?: Uint32Array;
}

/** Where triangles are drawn. */
interface FillTarget {
  grid: PixelGrid;
  visibility: Visibility;
  /** What decides between equal depths: {@linkcode CpuScene.faceOf}. */
  faceOf: Uint32Array;
}

const weights = new Float64Array(2);

/**
 * Draws triangles into the buffers.
 *
 * @returns The triangles that reach nearer than the near plane or beyond the guard band.
 */
function fillTriangles(
  { screen, corners, faces }: ScreenTriangles,
  { grid, faceOf, visibility }: FillTarget,
): number[] {
  const { x0, y0, x1, y1 } = visibility.window;
  const { keys, faces: ids, layers } = visibility;
  const both = layers === 2;
  const windowWidth = x1 - x0;
  const { subpixels } = grid;
  const perSubpixel = 1 / subpixels;
  // Pixel i has its centre at (i − middle) · subpixels; both are exact.
  const middleX = grid.width / 2 - 0.5, middleY = grid.height / 2 - 0.5;
  const lastX = x1 - 1, lastY = y1 - 1;
  const toClip: number[] = [];

  for (let corner = 0, face = 0; corner < corners.length; corner += 3, face++) {
    const a = 3 * corners[corner], b = 3 * corners[corner + 1], c = 3 * corners[corner + 2];
    const ua = screen[a], ub = screen[b], uc = screen[c];
    const va = screen[a + 1], vb = screen[b + 1], vc = screen[c + 1];

    // 1. Snap, and leave at once where no pixel centre is in the box. NaN falls through to 2.
    const xa = Math.floor(ua + 0.5), xb = Math.floor(ub + 0.5), xc = Math.floor(uc + 0.5);
    const minX = Math.min(xa, xb, xc), maxX = Math.max(xa, xb, xc);
    let i0 = Math.ceil(minX * perSubpixel + middleX), i1 = Math.floor(maxX * perSubpixel + middleX);
    if (i0 > i1 || i0 > lastX || i1 < x0) continue;
    const ya = Math.floor(va + 0.5), yb = Math.floor(vb + 0.5), yc = Math.floor(vc + 0.5);
    const minY = Math.min(ya, yb, yc), maxY = Math.max(ya, yb, yc);
    let j0 = Math.ceil(minY * perSubpixel + middleY), j1 = Math.floor(maxY * perSubpixel + middleY);
    if (j0 > j1 || j0 > lastY || j1 < y0) continue;

    // 2. Set aside what the integers cannot hold.
    if (
      !(minX >= -GUARD_BAND && maxX <= GUARD_BAND && minY >= -GUARD_BAND && maxY <= GUARD_BAND)
    ) {
      toClip.push(face);
      continue;
    }
    if (i0 < x0) i0 = x0;
    if (i1 > lastX) i1 = lastX;
    if (j0 < y0) j0 = y0;
    if (j1 > lastY) j1 = lastY;

    // 3. Edge functions, positive inside whatever the winding.
    const area = (xb - xa) * (yc - ya) - (yb - ya) * (xc - xa);
    if (area === 0) continue;
    const sign = area > 0 ? 1 : -1;
    const abX = sign * (xb - xa), abY = sign * (yb - ya);
    const bcX = sign * (xc - xb), bcY = sign * (yc - yb);
    const caX = sign * (xa - xc), caY = sign * (ya - yc);
    const px = (i0 - middleX) * subpixels, py = (j0 - middleY) * subpixels;
    // Top and left edges own their pixels; the others must be passed by one sub-pixel unit.
    let rowAb = abX * (py - ya) - abY * (px - xa) - (abY < 0 || (abY === 0 && abX > 0) ? 0 : 1);
    let rowBc = bcX * (py - yb) - bcY * (px - xb) - (bcY < 0 || (bcY === 0 && bcX > 0) ? 0 : 1);
    let rowCa = caX * (py - yc) - caY * (px - xc) - (caY < 0 || (caY === 0 && caX > 0) ? 0 : 1);
    const stepAb = -abY * subpixels, stepBc = -bcY * subpixels, stepCa = -caY * subpixels;

    // 4. The plane of the key over the unsnapped triangle.
    const ka = screen[a + 2], kb = screen[b + 2], kc = screen[c + 2];
    const minKey = Math.min(ka, kb, kc), maxKey = Math.max(ka, kb, kc);
    const abU = ub - ua, abV = vb - va, acU = uc - ua, acV = vc - va;
    const perArea = 1 / (abU * acV - abV * acU);
    const slopeX = ((kb - ka) * acV - (kc - ka) * abV) * perArea;
    const slopeY = ((kc - ka) * abU - (kb - ka) * acU) * perArea;
    // A snap moves a corner by half a unit at most; beyond this no pixel can have left the true
    // triangle. (Bound: each edge function changes by less than 1.5 (box width + height) + 1.)
    const safe = Math.abs(slopeX) + Math.abs(slopeY) < Infinity
      ? 1.5 * (maxX - minX + maxY - minY) + 2
      : Infinity;
    const wide = i1 - i0 > 12;
    const id = faces === undefined ? face + 1 : faces[face] + 1;

    // 5. Rows.
    for (let j = j0; j <= j1; j++) {
      let first = i0, last = i1;
      if (wide) {
        // Skip to the first pixel of the row; a division that rounds only starts one early.
        if (rowAb < 0) first = stepAb > 0 ? Math.max(first, i0 + floorDiv(rowAb, stepAb)) : i1 + 1;
        else if (stepAb < 0) last = Math.min(last, i0 + ceilDiv(rowAb, stepAb));
        if (rowBc < 0) first = stepBc > 0 ? Math.max(first, i0 + floorDiv(rowBc, stepBc)) : i1 + 1;
        else if (stepBc < 0) last = Math.min(last, i0 + ceilDiv(rowBc, stepBc));
        if (rowCa < 0) first = stepCa > 0 ? Math.max(first, i0 + floorDiv(rowCa, stepCa)) : i1 + 1;
        else if (stepCa < 0) last = Math.min(last, i0 + ceilDiv(rowCa, stepCa));
      }
      let ab = rowAb + (first - i0) * stepAb;
      let bc = rowBc + (first - i0) * stepBc;
      let ca = rowCa + (first - i0) * stepCa;
      const qy = (j - middleY) * subpixels;
      const rowKey = ka + (qy - va) * slopeY;
      let at = layers * ((j - y0) * windowWidth + (first - x0));
      for (let i = first; i <= last; i++, at += layers) {
        // A triangle between what is nearest and what is farthest already is not looked at closer.
        if (
          ab >= 0 && bc >= 0 && ca >= 0 &&
          (maxKey >= keys[at] || (both && minKey <= keys[at + 1]))
        ) {
          const qx = (i - middleX) * subpixels;
          let key: number;
          if (ab < safe || bc < safe || ca < safe) {
            nearestWeights(ua - qx, va - qy, ub - qx, vb - qy, uc - qx, vc - qy, weights);
            key = ka + weights[0] * (kb - ka) + weights[1] * (kc - ka);
          } else {
            key = rowKey + (qx - ua) * slopeX;
          }
          // Rounding must not leave the triangle either.
          if (key < minKey) key = minKey;
          else if (key > maxKey) key = maxKey;
          if (key >= keys[at] && (key > keys[at] || faceOf[id - 1] < faceOf[ids[at] - 1])) {
            keys[at] = key;
            ids[at] = id;
          }
          if (
            both && key <= keys[at + 1] &&
            (key < keys[at + 1] || faceOf[id - 1] < faceOf[ids[at + 1] - 1])
          ) {
            keys[at + 1] = key;
            ids[at + 1] = id;
          }
        }
        ab += stepAb;
        bc += stepBc;
        ca += stepCa;
      }
      rowAb += abX * subpixels;
      rowBc += bcX * subpixels;
      rowCa += caX * subpixels;
    }
  }
  return toClip;
}

/** How many whole steps until a negative edge function is no longer negative, or one less. */
function floorDiv(value: number, step: number): number {
  return Math.floor(-value / step);
}

/** How many steps an edge function surely stays non-negative, or one more. */
function ceilDiv(value: number, step: number): number {
  return Math.ceil(-value / step);
}
