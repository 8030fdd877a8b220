/** The part of a picture that a person's mask is worked out in. */
import { LANDMARK_SIZE } from "./landmarks.ts";
import type { Pyramid } from "./pyramid.ts";
import { fromRegion, type Region } from "./region.ts";

/** A window of one level of a pyramid, in that level's pixels. */
export interface Window {
  level: number;
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Logit from which on a cell may be the person: probability 0.018. */
const POSSIBLE = -4;

/**
 * The upright box around all cells that may be the person and some more: [left, top, right, bottom]
 * in pixels of the picture; undefined if there is no such cell.
 */
export function boxOfPerson(
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

/** The part of a level in a box of the picture; undefined if they do not meet. */
export function windowOf(
  [x0, y0, x1, y1]: readonly [number, number, number, number],
  { full }: Pyramid,
  level: number,
): Window | undefined {
  const size = 2 ** level;
  const left = Math.max(0, Math.floor(x0 / size)), top = Math.max(0, Math.floor(y0 / size));
  const width = Math.min(Math.ceil(full.width / size), Math.ceil(x1 / size)) - left;
  const height = Math.min(Math.ceil(full.height / size), Math.ceil(y1 / size)) - top;
  return width > 0 && height > 0 ? { level, left, top, width, height } : undefined;
}

/** The same part of the next level. */
export function halvedWindow({ level, left, top, width, height }: Window): Window {
  const half = { level: level + 1, left: left >> 1, top: top >> 1 };
  return {
    ...half,
    width: ((left + width + 1) >> 1) - half.left,
    height: ((top + height + 1) >> 1) - half.top,
  };
}
