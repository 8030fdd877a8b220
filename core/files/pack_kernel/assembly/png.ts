/** Filtering the rows of a PNG (W3C PNG 3rd edition, section 9). */
import { putAll, putRun } from "./deflate";

const NONE: u32 = 0;
const PAETH: u32 = 4;

/**
 * Filters rows and appends them to the stream. Rows lie `stride` bytes apart from `rows` on, with the row
 * before them in front; each has `pixel` zeros before it and 32 bytes after it that can be overwritten.
 * What is left and right of them in the picture is zero.
 *
 * @param filtered Room for a row, with 16 bytes before and 32 after it.
 * @param bytes Of a row here; at least a pixel is right of it unless `right` is 0.
 * @param left Zeros in the picture before a row. `right`: after it.
 */
export function filterRows(
  rows: usize,
  stride: usize,
  count: u32,
  bytes: u32,
  pixel: u32,
  left: u32,
  right: u32,
  filtered: usize,
): void {
  for (let row = rows; count > 0; count--, row += stride) {
    if (isZero(row, bytes) && isZero(row - stride, bytes)) {
      putRun(NONE, 1 + left + bytes + right);
      continue;
    }
    for (let i: u32 = 0; i < bytes; i += 16) {
      const x = v128.load(row + i), a = v128.load(row + i - pixel);
      const b = v128.load(row + i - stride), c = v128.load(row + i - stride - pixel);
      v128.store(filtered + i, i8x16.sub(x, paeth(a, b, c)));
    }
    putRun(PAETH, 1);
    putRun(0, left);
    putAll(filtered, bytes);
    putRun(0, right);
  }
}

/** Puts the high byte of 16-bit values first, in place. Writes up to 15 bytes more. */
export function swapBytes(at: usize, bytes: u32): void {
  for (const end = at + bytes; at < end; at += 16) {
    const v = v128.load(at);
    v128.store(at, v128.shuffle<u8>(v, v, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14));
  }
}

/**
 * The Paeth predictor in bytes: whichever of a (left), b (above) and c (above left) is nearest to a + b − c,
 * in this order. That sum's distance from c is the sum of the two others', or their difference if a and b
 * lie on different sides of c; sums that do not fit a byte are never the least.
 */
// @ts-ignore: AssemblyScript's own
@inline
function paeth(a: v128, b: v128, c: v128): v128 {
  const highB = i8x16.max_u(b, c), highA = i8x16.max_u(a, c);
  const toA = i8x16.sub(highB, i8x16.min_u(b, c)), toB = i8x16.sub(highA, i8x16.min_u(a, c));
  const apart = i8x16.sub(i8x16.max_u(toA, toB), i8x16.min_u(toA, toB));
  const across = v128.xor(i8x16.eq(highB, c), i8x16.eq(highA, c));
  const toC = v128.bitselect(apart, i8x16.add_sat_u(toA, toB), across);
  const isB = i8x16.le_u(toB, toC), isA = v128.and(i8x16.le_u(toA, toB), i8x16.le_u(toA, toC));
  return v128.bitselect(a, v128.bitselect(b, c, isB), isA);
}

/** True if all bytes of a row are 0. */
// @ts-ignore: AssemblyScript's own
@inline
function isZero(at: usize, bytes: u32): bool {
  let any = i64x2.splat(0);
  const end = at + bytes;
  for (; at + 16 <= end; at += 16) any = v128.or(any, v128.load(at));
  for (; at < end; at++) any = v128.or(any, i8x16.splat(load<u8>(at)));
  return !v128.any_true(any);
}
