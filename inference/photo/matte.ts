/**
 * From the network's 256 × 256 segmentation of a region to a matte of the whole picture.
 *
 * One cell of the segmentation covers several pixels, so its edges are soft and its fingers blunt.
 * Three steps sharpen it on a picture of at most about a million pixels: a guided filter, the
 * evidence of local colours, and a finer guided filter whose linear functions are then applied to
 * the full picture. All lengths are counted in cells.
 */
import { withDefaults } from "../../core/work/options.ts";
import { weighColors } from "./color_evidence.ts";
import {
  applyLinearColors,
  fitLinearColors,
  type Guide,
  type LinearColors,
} from "./guided_filter.ts";
import { LANDMARK_SIZE, sigmoid } from "./landmarks.ts";
import type { Pyramid, RgbImage } from "./pyramid.ts";
import { fromRegion, type Region, toRegion } from "./region.ts";

/** Coverage by the person, 0 (none) to 255 (all), row by row. */
export interface Matte {
  width: number;
  height: number;
  data: Uint8Array;
}

/** How a segmentation is refined. The defaults were chosen on composites of the training people. */
export interface MatteOptions {
  /** The most pixels that are worked on; larger pictures are halved first. Default: 1.25 million. */
  maxPixels?: number;
  /** Cells around what may be the person that are worked on. Default: 12. */
  marginCells?: number;
  /** Radius of the first guided filter, cells. Default: 3.7. */
  firstRadiusCells?: number;
  /** Radius of the window that a colour model is fitted to, cells. Default: 7.5. */
  colorRadiusCells?: number;
  /** Radius of the second guided filter, cells. Default: 1.9. */
  secondRadiusCells?: number;
}

/** See `MatteOptions`. */
export const MATTE_DEFAULTS: Readonly<Required<MatteOptions>> = Object.freeze({
  maxPixels: 1_250_000,
  marginCells: 12,
  firstRadiusCells: 3.7,
  colorRadiusCells: 7.5,
  secondRadiusCells: 1.9,
});

/** A window of one level of a pyramid, in that level's pixels. */
interface Window {
  level: number;
  left: number;
  top: number;
  width: number;
  height: number;
}

/**
 * Refines a segmentation.
 *
 * @param segmentation 256 × 256 logits over the region.
 * @returns The matte of the full picture; 0 outside of the region.
 */
export function refineMatte(
  { segmentation, region }: { segmentation: Float32Array; region: Region },
  pyramid: Pyramid,
  options: MatteOptions = {},
): Matte {
  const settings = withDefaults(MATTE_DEFAULTS, options);
  const { width, height } = pyramid.full;
  const matte: Matte = { width, height, data: new Uint8Array(width * height) };
  const box = boxOfPerson(segmentation, region, settings.marginCells);
  const window = workingWindow(box, pyramid, settings.maxPixels);
  if (window === undefined) return matte;
  const cellPx = region.sidePx / LANDMARK_SIZE / 2 ** window.level;
  const pixels = (cells: number) => Math.max(1, Math.round(cells * cellPx));
  const guide = guideOf(pyramid.level(window.level), window);

  const soft = sampleSegmentation(segmentation, region, window);
  const first = fitLinearColors(soft, guide, { radius: pixels(settings.firstRadiusCells) });
  const blockPx = pixels(1);
  const weighed = weighColors(clampInPlace(applyLinearColors(first, guide)), guide, {
    blockPx,
    radiusBlocks: Math.max(1, Math.round(settings.colorRadiusCells * cellPx / blockPx)),
  });
  const second = fitLinearColors(weighed, guide, { radius: pixels(settings.secondRadiusCells) });
  drawMatte(matte, second, window, pyramid.full);
  return matte;
}

/** Logit from which on a cell may be the person: probability 0.018. */
const POSSIBLE = -4;

/**
 * The upright box around all cells that may be the person and some more: [left, top, right, bottom]
 * in pixels of the picture; undefined if there is no such cell.
 */
function boxOfPerson(
  segmentation: Float32Array,
  region: Region,
  marginCells: number,
): [number, number, number, number] | undefined {
  const n = LANDMARK_SIZE;
  let c0 = n, r0 = n, c1 = -1, r1 = -1;
  for (let r = 0, i = 0; r < n; r++) {
    for (let c = 0; c < n; c++, i++) {
      if (!(segmentation[i] > POSSIBLE)) continue;
      c0 = Math.min(c0, c), c1 = Math.max(c1, c), r0 = Math.min(r0, r), r1 = r;
    }
  }
  if (c1 < 0) return undefined;
  const low = (cell: number) => Math.max(0, cell - marginCells) / n;
  const high = (cell: number) => Math.min(n, cell + 1 + marginCells) / n;
  const corners = [low(c0), high(c1)].flatMap((x) =>
    [low(r0), high(r1)].map((y) => fromRegion(region, x, y))
  );
  const xs = corners.map(([x]) => x), ys = corners.map(([, y]) => y);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

/** The part of the picture in a box, at the finest level that is small enough. */
function workingWindow(
  box: readonly [number, number, number, number] | undefined,
  pyramid: Pyramid,
  maxPixels: number,
): Window | undefined {
  if (box === undefined) return undefined;
  const [x0, y0, x1, y1] = box;
  const { width, height } = pyramid.full;
  for (let level = 0;; level++) {
    const size = 2 ** level;
    const columns = Math.ceil(width / size), rows = Math.ceil(height / size);
    const left = Math.max(0, Math.floor(x0 / size)), top = Math.max(0, Math.floor(y0 / size));
    const window = {
      level,
      left,
      top,
      width: Math.min(columns, Math.ceil(x1 / size)) - left,
      height: Math.min(rows, Math.ceil(y1 / size)) - top,
    };
    if (window.width <= 0 || window.height <= 0) return undefined;
    if (window.width * window.height <= maxPixels) return window;
  }
}

/** Colours of a window as planes, 0 to 1. */
function guideOf(image: RgbImage, { left, top, width, height }: Window): Guide {
  const plane = () => new Float32Array(width * height);
  const planes = [plane(), plane(), plane()] as const;
  const [r, g, b] = planes;
  for (let y = 0, i = 0; y < height; y++) {
    let from = 3 * ((top + y) * image.width + left);
    for (let x = 0; x < width; x++, i++, from += 3) {
      r[i] = image.data[from] / 255;
      g[i] = image.data[from + 1] / 255;
      b[i] = image.data[from + 2] / 255;
    }
  }
  return { width, height, planes };
}

/** The segmentation's probability at the pixels of a window: bilinear, 0 outside of the region. */
export function sampleSegmentation(
  segmentation: Float32Array,
  region: Region,
  { level, left, top, width, height }: Window,
): Float32Array {
  const n = LANDMARK_SIZE;
  const probability = segmentation.map(sigmoid);
  const out = new Float32Array(width * height);
  const size = 2 ** level;
  // Positions in the region are linear in the pixel's.
  const origin = toRegion(region, (left + 0.5) * size, (top + 0.5) * size);
  const right = toRegion(region, (left + 1.5) * size, (top + 0.5) * size);
  const stepX = right[0] - origin[0], stepY = right[1] - origin[1];
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const u = origin[0] + x * stepX - y * stepY, v = origin[1] + x * stepY + y * stepX;
      if (u < 0 || v < 0 || u > 1 || v > 1) continue;
      const column = Math.min(n - 1, Math.max(0, n * u - 0.5));
      const row = Math.min(n - 1, Math.max(0, n * v - 0.5));
      const c = Math.min(n - 2, Math.floor(column)), r = Math.min(n - 2, Math.floor(row));
      const fx = column - c, fy = row - r, at = r * n + c;
      const above = probability[at] + fx * (probability[at + 1] - probability[at]);
      const below = probability[at + n] + fx * (probability[at + n + 1] - probability[at + n]);
      out[i] = above + fy * (below - above);
    }
  }
  return out;
}

function clampInPlace(plane: Float32Array): Float32Array {
  for (let i = 0; i < plane.length; i++) {
    plane[i] = plane[i] < 0 ? 0 : plane[i] > 1 ? 1 : plane[i];
  }
  return plane;
}

/** Applies functions of a window to the full picture, bilinear between its pixels. */
function drawMatte(matte: Matte, colors: LinearColors, window: Window, full: RgbImage): void {
  const size = 2 ** window.level;
  const x0 = window.left * size, x1 = Math.min(full.width, (window.left + window.width) * size);
  const y0 = window.top * size, y1 = Math.min(full.height, (window.top + window.height) * size);
  const { width } = window;
  const rows = colors.planes.map(() => new Float64Array(width));
  const [red, green, blue, offset] = rows;
  for (let y = y0; y < y1; y++) {
    const [j, v] = between((y + 0.5) / size - 0.5 - window.top, window.height);
    const above = j * width, below = Math.min(j + 1, window.height - 1) * width;
    for (let k = 0; k < rows.length; k++) {
      const plane = colors.planes[k], row = rows[k];
      for (let i = 0; i < width; i++) {
        row[i] = plane[above + i] + v * (plane[below + i] - plane[above + i]);
      }
    }
    let at = y * full.width + x0;
    for (let x = x0; x < x1; x++, at++) {
      const [i, u] = between((x + 0.5) / size - 0.5 - window.left, width);
      const next = i + 1 < width ? i + 1 : i;
      const r = full.data[3 * at], g = full.data[3 * at + 1], b = full.data[3 * at + 2];
      const here = red[i] * r + green[i] * g + blue[i] * b + 255 * offset[i];
      const there = red[next] * r + green[next] * g + blue[next] * b + 255 * offset[next];
      const value = here + u * (there - here) + 0.5;
      matte.data[at] = value < 0 ? 0 : value > 255 ? 255 : value;
    }
  }
}

/** The place before a position among n, and how far it lies from there to the next, 0 to 1. */
function between(position: number, n: number): [number, number] {
  const clamped = position < 0 ? 0 : position > n - 1 ? n - 1 : position;
  const before = Math.floor(clamped);
  return [before, clamped - before];
}
