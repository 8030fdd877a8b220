/** What the part networks see: the picture and the coarse front normals, turned upright. */
import type { PixelBox, SourcePositions } from "./sampling.ts";

/** What windows are cut from. */
export interface WindowSource {
  /** Interleaved 8-bit RGB canvas. */
  rgb: Uint8Array;
  /** What each 8-bit value is to the networks, length 256. */
  values: Float32Array;
  /** Coarse front normals scaled up to the canvas, three planes. */
  normals: Float32Array;
  /** Side of the canvas. */
  side: number;
}

/**
 * Cuts one window: 6 planes (picture, coarse normals), bilinear; each of the four neighbours that
 * is outside the canvas counts as 0.
 *
 * @param toPicture From the part's canvas to the picture.
 */
export function partWindow(
  source: WindowSource,
  toPicture: SourcePositions,
  box: PixelBox,
): Float32Array {
  const { rgb, values, normals, side } = source;
  const rows = box.bottom - box.top, columns = box.right - box.left, size = rows * columns;
  const out = new Float32Array(6 * size), plane = side * side;
  const positions = new Float32Array(2 * columns);
  for (let r = 0, to = 0; r < rows; r++) {
    toPicture.row(box.top + r, box.left, columns, positions);
    for (let c = 0; c < columns; c++, to++) {
      const x = positions[c], y = positions[columns + c];
      const x0 = Math.floor(x), y0 = Math.floor(y), s = x - x0, t = y - y0;
      for (let k = 0; k < 4; k++) {
        const column = x0 + (k & 1), row = y0 + (k >> 1);
        if (column < 0 || row < 0 || column >= side || row >= side) continue;
        const weight = ((k & 1) === 0 ? 1 - s : s) * (k < 2 ? 1 - t : t);
        const at = side * row + column;
        for (let channel = 0; channel < 3; channel++) {
          out[channel * size + to] += weight * values[rgb[3 * at + channel]];
          out[(3 + channel) * size + to] += weight * normals[channel * plane + at];
        }
      }
    }
  }
  return out;
}
