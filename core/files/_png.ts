/**
 * A PNG encoder (W3C PNG 3rd edition) for maps: every row has the Paeth filter, then runs are found and
 * the rest gets prefix codes, in WebAssembly. On maps the files are as large as those of zlib's fast
 * levels, in a sixth of the time.
 */
import { crc32 } from "node:zlib";
import type { Image } from "./image.ts";
import type { PictureWindow } from "./_picture_window.ts";
import { packPngRows } from "./pack_kernel/pack_kernel.ts";

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const COLOUR_TYPE = { 1: 0, 3: 2, 4: 6 } as const;

/** Makes the bytes of a PNG. The caller has checked the picture's sizes and the window. */
export function pngBytes(image: Image, window: PictureWindow): Uint8Array {
  const { width, height, channels, data } = image;
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint8(8, 8 * data.BYTES_PER_ELEMENT);
  header.setUint8(9, COLOUR_TYPE[channels]);
  const parts = packedRows(image, window);
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const out = new Uint8Array(8 + (12 + 13) + (12 + length) + 12);
  out.set(SIGNATURE);
  let at = chunk(out, 8, "IHDR", [new Uint8Array(header.buffer)]);
  at = chunk(out, at, "IDAT", parts);
  chunk(out, at, "IEND", []);
  return out;
}

function packedRows(
  { width, height, channels, data }: Image,
  { x0, y0, x1, y1 }: PictureWindow,
): Uint8Array[] {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const valueBytes = data.BYTES_PER_ELEMENT, pixelBytes = channels * valueBytes;
  // The filter looks at the pixel before and the row above: one more of each is not all background.
  const end = Math.min(width, x1 + 1), bottom = Math.min(height, y1 + 1);
  return packPngRows({
    row: (index) => {
      const row = (y0 + index) * width;
      return bytes.subarray((row + x0) * pixelBytes, (row + end) * pixelBytes);
    },
    count: bottom - y0,
    bytes: (end - x0) * pixelBytes,
    left: x0 * pixelBytes,
    right: (width - end) * pixelBytes,
    above: y0,
    below: height - bottom,
    pixelBytes,
    valueBytes,
  });
}

/** Writes one chunk at `at`; returns where the next one goes. */
function chunk(out: Uint8Array, at: number, type: string, parts: readonly Uint8Array[]): number {
  const view = new DataView(out.buffer);
  for (let i = 0; i < 4; i++) out[at + 4 + i] = type.charCodeAt(i);
  let end = at + 8;
  for (const part of parts) {
    out.set(part, end);
    end += part.length;
  }
  view.setUint32(at, end - at - 8);
  view.setUint32(end, crc32(out.subarray(at + 4, end)));
  return end + 4;
}

/** Frames of an animated PNG, as its `acTL` chunk before the pixels says; 1 without one. */
export function pngFrames(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = SIGNATURE.length; at + 16 <= bytes.length;) {
    const length = view.getUint32(at),
      type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (type === "acTL" && length >= 8) return Math.max(1, view.getUint32(at + 8));
    if (type === "IDAT" || type === "IEND") return 1;
    at += 12 + length;
  }
  return 1;
}
