/**
 * How OpenEXR packs a block of scan lines, and how it is unpacked (openexr.com, "OpenEXR File Layout" and the ZIP and RLE
 * compressors' description): bytes are split into even and odd ones, each replaced by its
 * difference to the one before, then deflated or run-length coded. A block that does not shrink is
 * stored as it is.
 */
import { inflateSync } from "node:zlib";

/** The compressions that are read; `rle` is not written. */
export type ExrCompression = "none" | "rle" | "zips" | "zip";

/** Number in the file, and scan lines a block. */
export const EXR_COMPRESSIONS: Readonly<
  Record<ExrCompression, { readonly code: number; readonly lines: number }>
> = Object.freeze({
  none: { code: 0, lines: 1 },
  rle: { code: 1, lines: 1 },
  zips: { code: 2, lines: 1 },
  zip: { code: 3, lines: 16 },
});

/**
 * Unpacks a block to exactly `size` bytes; undefined if it does not hold as many.
 *
 * @throws {Error} zlib's, if the bytes are not a deflate stream.
 */
export function unpackBlock(
  packed: Uint8Array,
  size: number,
  compression: ExrCompression,
): Uint8Array | undefined {
  if (packed.length === size) return packed;
  if (compression === "none") return undefined;
  const flat = compression === "rle"
    ? unpackRuns(packed, size)
    : inflateSync(packed, { maxOutputLength: size + 1, chunkSize: Math.max(64, size + 1) });
  return flat?.length === size ? join(flat) : undefined;
}

/** Undoes the differences, then brings even and odd bytes together. */
function join(flat: Uint8Array): Uint8Array {
  const out = new Uint8Array(flat.length);
  const half = (flat.length + 1) >> 1;
  let byte = 128;
  for (let i = 0, to = 0; i < half; i++, to += 2) {
    byte = (byte + flat[i] - 128) & 255;
    out[to] = byte;
  }
  for (let i = half, to = 1; i < flat.length; i++, to += 2) {
    byte = (byte + flat[i] - 128) & 255;
    out[to] = byte;
  }
  return out;
}

/** A count n ≥ 0 repeats the next byte n + 1 times, n < 0 copies the next −n bytes. */
function unpackRuns(packed: Uint8Array, size: number): Uint8Array | undefined {
  const out = new Uint8Array(size);
  let from = 0, to = 0;
  while (from < packed.length) {
    const count = packed[from++] << 24 >> 24;
    const length = count < 0 ? -count : count + 1;
    const used = count < 0 ? length : 1;
    if (from + used > packed.length || to + length > size) return undefined;
    if (count < 0) out.set(packed.subarray(from, from + length), to);
    else out.fill(packed[from], to, to + length);
    from += used;
    to += length;
  }
  return to === size ? out : undefined;
}
