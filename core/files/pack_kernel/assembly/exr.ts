/** Preparing a block of an OpenEXR file for its ZIP compressor ("OpenEXR File Layout"). */
import { putAll, putRun } from "./deflate";

/** What a difference of nothing is stored as. */
const NOTHING: u32 = 128;

/**
 * Appends float32 rows to the stream: first the bytes of even places of all rows, then those of odd ones, each
 * as the difference to the one before. Rows lie `stride` bytes apart, a multiple of 16, each with 32 bytes
 * after it that can be read; what is left and right of them in the picture is zero.
 *
 * @param differences Room for half a row, with 16 bytes before and 32 after it.
 * @param bytes Of a row here. `left`, `right`: of zeros before and after it in the picture.
 */
export function splitRows(
  rows: usize,
  stride: usize,
  count: u32,
  bytes: u32,
  left: u32,
  right: u32,
  differences: usize,
): void {
  let before: u32 = NOTHING;
  for (let odd: u32 = 0; odd < 2; odd++) {
    for (let row = rows, end = rows + <usize> count * stride; row < end; row += stride) {
      const half = bytes >> 1;
      if (left > 0) before = putZeros(left >> 1, before);
      for (let i: u32 = 0; i < half; i += 16) {
        const low = v128.load(row + 2 * i), high = v128.load(row + 2 * i, 16);
        const v = odd
          ? v128.shuffle<u8>(low, high, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31)
          : v128.shuffle<u8>(low, high, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
        const shifted = v128.shuffle<u8>(
          i8x16.splat(<u8> before),
          v,
          15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30,
        );
        before = i8x16.extract_lane_u(v, 15);
        v128.store(differences + i, v128.xor(i8x16.sub(v, shifted), i8x16.splat(<u8> NOTHING)));
      }
      if (half > 0) before = load<u8>(row + bytes - 2 + odd);
      putAll(differences, half);
      if (right > 0) before = putZeros(right >> 1, before);
    }
  }
}

/** Appends differences of zeros to the byte before them; returns the byte before what follows. */
function putZeros(count: u32, before: u32): u32 {
  putRun((NOTHING - before) & 255, 1);
  putRun(NOTHING, count - 1);
  return 0;
}
