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
  const size = width * height, isCovered = (p: number) => front[p] > 0 || back[p] > 0;
  let first = 0, last = size - 1;
  while (first < size && !isCovered(first)) first++;
  if (first === size) return undefined;
  while (!isCovered(last)) last--;
  const top = Math.floor(first / width), bottom = Math.floor(last / width);
  // Only what is farther out than any row before is looked at.
  let left = width, right = -1;
  for (let j = top; j <= bottom; j++) {
    const row = j * width;
    for (let i = 0; i < left; i++) if (isCovered(row + i)) left = i;
    for (let i = width - 1; i > right; i--) if (isCovered(row + i)) right = i;
  }
  const x0 = Math.max(0, left - margin), y0 = Math.max(0, top - margin);
  return {
    x0,
    y0,
    columns: Math.min(width, right + 1 + margin) - x0,
    rows: Math.min(height, bottom + 1 + margin) - y0,
  };
}

/** Pixels along the person's longer side; 0 without any. */
export function longestSidePx(maps: DoubleDepth): number {
  const window = windowOf(maps, 0);
  return window === undefined ? 0 : Math.max(window.columns, window.rows);
}

/** The largest depth at which 2^depth cells along so many pixels have `cellPx` each; 0 without any. */
export function depthOfSide(longestPx: number, cellPx: number): number {
  return longestPx === 0 ? 0 : Math.floor(Math.log2(longestPx / cellPx));
}
