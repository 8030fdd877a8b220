/** Vertex colours as files hold them, brought to 8-bit sRGB. */
import type { TakeNote } from "./_corners.ts";
import type { Floats } from "./_grow.ts";

/**
 * Makes RGBA bytes of float colours. The values are taken as sRGB: from 0 to 1, or, where any
 * colour is above 1, from 0 to 255. Vertices without a colour (negative red) become white.
 *
 * @param list RGBA a vertex, or shorter: the last vertices then have none; emptied
 */
export function colorsOf(
  list: Floats,
  vertices: number,
  note: TakeNote,
): Uint8Array | undefined {
  if (list.length === 0) return undefined;
  return colorBytes(list.take(), vertices, note);
}

/** The same for values in an array of their own. */
export function colorBytes(values: Float32Array, vertices: number, note: TakeNote): Uint8Array {
  let largest = 0, outside = 0, missing = vertices - values.length / 4;
  for (let i = 0; i < values.length; i++) {
    if (i % 4 !== 3 && values[i] > largest) largest = values[i];
  }
  const scale = largest > 1 ? 1 : 255;
  const colors = new Uint8Array(4 * vertices).fill(255);
  for (let i = 0; i < values.length; i += 4) {
    if (values[i] === -1 && values[i + 1] === -1 && values[i + 2] === -1) {
      missing++;
      continue;
    }
    for (let k = 0; k < 4; k++) {
      // Alpha is 0 to 1 in a file whose colours are 0 to 255 only where it is at most 1.
      const value = values[i + k] * (k === 3 && values[i + 3] <= 1 ? 255 : scale);
      const byte = Math.round(Math.min(255, Math.max(0, value)));
      if (!(value >= -0.5 && value <= 255.5)) outside++;
      colors[i + k] = Number.isNaN(byte) ? 0 : byte;
    }
  }
  if (scale === 1) note("colors-255", "its vertex colours go beyond 1 and are taken as 0 to 255");
  if (missing > 0) note("colors-missing", `${missing} vertices have no colour and became white`);
  if (outside > 0) note("colors-range", `${outside} colour values were outside their range`);
  return colors;
}
