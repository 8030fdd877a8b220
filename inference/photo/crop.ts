/** Turned squares cut out of a picture as a network's input. */
import { withDefaults } from "../../core/work/options.ts";
import type { Pyramid, RgbImage } from "./pyramid.ts";
import type { Region } from "./region.ts";

/** How a region is cut out. */
export interface CropOptions {
  /** Side of the result, pixels. Default: 256. */
  size?: number;
  /** What stands outside the picture: its nearest pixel, or black. Default: `edge`. */
  outside?: "edge" | "black";
  /** The values of black and white in the result. Default: 0 and 1. */
  range?: readonly [number, number];
}

/** See `CropOptions`. */
export const CROP_DEFAULTS: Readonly<Required<CropOptions>> = Object.freeze({
  size: 256,
  outside: "edge",
  range: Object.freeze([0, 1] as const),
});

/**
 * Cuts a region out of a picture: bilinear, from the smallest halving that is still at least twice
 * as fine as the result.
 *
 * @returns size × size × RGB, rows from the region's own top.
 */
export function cropRegion(
  pyramid: Pyramid,
  region: Region,
  options: CropOptions = {},
): Float32Array {
  const { size, outside, range } = withDefaults(CROP_DEFAULTS as Required<CropOptions>, options);
  let level = 0;
  while (region.sidePx / 2 ** (level + 1) >= 2 * size) level++;
  const image = pyramid.level(level);
  const shrink = 2 ** level, step = region.sidePx / size / shrink;
  const stepX = step * Math.cos(region.angleRad), stepY = step * Math.sin(region.angleRad);
  const scale = (range[1] - range[0]) / 255;
  const out = new Float32Array(3 * size * size);
  const pixel = new Float64Array(3);
  const sample = outside === "edge" ? sampleEdge : sampleBlack;
  for (let row = 0, at = 0; row < size; row++) {
    const v = row + 0.5 - size / 2;
    for (let column = 0; column < size; column++, at += 3) {
      const u = column + 0.5 - size / 2;
      // Positions count from the centre of pixel (0, 0).
      sample(
        image,
        region.cx / shrink + u * stepX - v * stepY - 0.5,
        region.cy / shrink + u * stepY + v * stepX - 0.5,
        pixel,
      );
      out[at] = range[0] + scale * pixel[0];
      out[at + 1] = range[0] + scale * pixel[1];
      out[at + 2] = range[0] + scale * pixel[2];
    }
  }
  return out;
}

function sampleEdge(image: RgbImage, x: number, y: number, into: Float64Array): void {
  const { width, height, data } = image;
  const cx = x < 0 ? 0 : x > width - 1 ? width - 1 : x;
  const cy = y < 0 ? 0 : y > height - 1 ? height - 1 : y;
  const i = Math.min(cx | 0, Math.max(0, width - 2)), j = Math.min(cy | 0, Math.max(0, height - 2));
  const fx = cx - i, fy = cy - j;
  const a = 3 * (j * width + i), b = width > 1 ? a + 3 : a, down = height > 1 ? 3 * width : 0;
  for (let k = 0; k < 3; k++) {
    const top = data[a + k] + fx * (data[b + k] - data[a + k]);
    const bottom = data[a + down + k] + fx * (data[b + down + k] - data[a + down + k]);
    into[k] = top + fy * (bottom - top);
  }
}

function sampleBlack(image: RgbImage, x: number, y: number, into: Float64Array): void {
  const { width, height, data } = image;
  into[0] = into[1] = into[2] = 0;
  const i = Math.floor(x), j = Math.floor(y);
  if (i < -1 || j < -1 || i >= width || j >= height) return;
  for (let dj = 0; dj < 2; dj++) {
    const r = j + dj;
    if (r < 0 || r >= height) continue;
    const wy = dj === 0 ? 1 - (y - j) : y - j;
    for (let di = 0; di < 2; di++) {
      const c = i + di;
      if (c < 0 || c >= width) continue;
      const weight = wy * (di === 0 ? 1 - (x - i) : x - i), at = 3 * (r * width + c);
      into[0] += weight * data[at];
      into[1] += weight * data[at + 1];
      into[2] += weight * data[at + 2];
    }
  }
}
