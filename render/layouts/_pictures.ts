/** From the suite's maps to the pictures of layouts. */
import { encodeLossy, encodePng } from "../../core/files/image.ts";
import { LINEAR_OF_SRGB, srgbOfLinear } from "../srgb.ts";

/** Quality of JPEGs: OpenCV's default. */
const JPEG_QUALITY = 95;

/** RGBA with straight alpha onto black, blended in light: RGB. */
export function overBlack(rgba: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(rgba.length / 4 * 3);
  for (let i = 0, to = 0; i < rgba.length; i += 4, to += 3) {
    const alpha = rgba[i + 3];
    if (alpha === 0) continue;
    for (let k = 0; k < 3; k++) {
      rgb[to + k] = alpha === 255
        ? rgba[i + k]
        : srgbOfLinear(LINEAR_OF_SRGB[rgba[i + k]] * alpha / 255);
    }
  }
  return rgb;
}

/** The alpha of RGBA. */
export function alphaOf(rgba: Uint8Array): Uint8Array {
  return Uint8Array.from({ length: rgba.length / 4 }, (_, pixel) => rgba[4 * pixel + 3]);
}

/** The suite's 16-bit normals as 8-bit RGBA, transparent black where the mask is 0. */
export function normalsRgba8(normals: Uint16Array, mask: Uint8Array): Uint8Array {
  const rgba = new Uint8Array(4 * mask.length);
  for (let pixel = 0; pixel < mask.length; pixel++) {
    if (mask[pixel] === 0) continue;
    for (let k = 0; k < 3; k++) rgba[4 * pixel + k] = Math.round(normals[3 * pixel + k] / 257);
    rgba[4 * pixel + 3] = 255;
  }
  return rgba;
}

/** A component of the suite's 16-bit normals, −1 to 1. */
export function unitOf16(value: number): number {
  return value / 32767.5 - 1;
}

/** Square pictures. */
export function png(data: Uint8Array | Uint16Array, size: number, channels: 1 | 3 | 4): Uint8Array {
  return encodePng({ width: size, height: size, channels, data });
}

/** A square RGB picture as JPEG. */
export function jpeg(rgb: Uint8Array, size: number): Promise<Uint8Array> {
  return encodeLossy({ width: size, height: size, channels: 3, data: rgb }, {
    format: "jpeg",
    quality: JPEG_QUALITY,
  });
}
