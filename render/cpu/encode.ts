/** From samples to stored maps. */
import { srgbOfLinear } from "../srgb.ts";

/** Stores linear RGB samples in an sRGB map, with alpha 255 at their pixels. */
export function encodeColors(map: Uint8Array, pixels: Uint32Array, rgb: Float32Array): void {
  for (let n = 0; n < pixels.length; n++) {
    const to = 4 * pixels[n], from = 3 * n;
    map[to] = srgbOfLinear(rgb[from]);
    map[to + 1] = srgbOfLinear(rgb[from + 1]);
    map[to + 2] = srgbOfLinear(rgb[from + 2]);
    map[to + 3] = 255;
  }
}

/** Stores unit normals in a map as round((n + 1)/2 · 65535). */
export function encodeNormals(map: Uint16Array, pixels: Uint32Array, normals: Float32Array): void {
  for (let n = 0; n < pixels.length; n++) {
    const to = 3 * pixels[n], from = 3 * n;
    map[to] = encodeUnit(normals[from]);
    map[to + 1] = encodeUnit(normals[from + 1]);
    map[to + 2] = encodeUnit(normals[from + 2]);
  }
}

function encodeUnit(value: number): number {
  const unit = value < -1 ? -1 : value > 1 ? 1 : value;
  return ((unit + 1) * 32767.5 + 0.5) | 0;
}
