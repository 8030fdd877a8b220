/** The part of the picture that the maps cover. */
import type { DoubleDepth } from "./solid.ts";

/** Pixels of a part of the picture. */
export interface Window {
  x0: number;
  y0: number;
  columns: number;
  rows: number;
}

/** The pixels with a depth in either map and `margin` more to each side; undefined without any. */
export function windowOf(
  { camera: { width, height }, front, back }: DoubleDepth,
  margin: number,
): Window | undefined {
  let left = width, right = -1, top = height, bottom = -1;
  for (let j = 0, p = 0; j < height; j++) {
    for (let i = 0; i < width; i++, p++) {
      if (!(front[p] > 0 || back[p] > 0)) continue;
      if (i < left) left = i;
      if (i > right) right = i;
      if (j < top) top = j;
      bottom = j;
    }
  }
  if (right < 0) return undefined;
  const x0 = Math.max(0, left - margin), y0 = Math.max(0, top - margin);
  return {
    x0,
    y0,
    columns: Math.min(width, right + 1 + margin) - x0,
    rows: Math.min(height, bottom + 1 + margin) - y0,
  };
}

/** The largest depth at which 2^depth cells along the person's longest side have so many pixels. */
export function depthOfPixels(maps: DoubleDepth, cellPixels: number): number {
  const window = windowOf(maps, 0);
  if (window === undefined) return 0;
  return Math.floor(Math.log2(Math.max(window.columns, window.rows) / cellPixels));
}
