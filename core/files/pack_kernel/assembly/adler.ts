/** Adler-32 (RFC 1950): the sum of bytes, and the sum of those sums, modulo 65521. */

const BASE: u32 = 65521;
let a: u32 = 1;
let b: u32 = 0;

export function startAdler(): void {
  a = 1;
  b = 0;
}

export function adler(): u32 {
  return (b << 16) | a;
}

/** Counts `count` bytes in. Reads whole vectors of 16 only. */
export function sumBytes(at: usize, count: usize): void {
  const weights = i8x16(16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1);
  while (count > 0) {
    // So many that no 32-bit sum overflows.
    const piece = min<usize>(count, 4096), whole = piece & ~15;
    let sums = i32x4.splat(0), before = i32x4.splat(0), weighted = i32x4.splat(0);
    for (let end = at + whole; at < end; at += 16) {
      const v = v128.load(at);
      before = i32x4.add(before, sums);
      sums = i32x4.add(
        sums,
        i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(v)),
      );
      weighted = i32x4.add(
        weighted,
        i32x4.add(
          i32x4.extadd_pairwise_i16x8_u(i16x8.extmul_low_i8x16_u(v, weights)),
          i32x4.extadd_pairwise_i16x8_u(i16x8.extmul_high_i8x16_u(v, weights)),
        ),
      );
    }
    b = (b + a * <u32> whole + 16 * total(before) + total(weighted)) % BASE;
    a = (a + total(sums)) % BASE;
    for (let end = at + (piece & 15); at < end; at++) {
      a += load<u8>(at);
      b += a;
    }
    a %= BASE;
    b %= BASE;
    count -= piece;
  }
}

/** Counts in the same byte several times. */
export function sumRun(value: u32, count: u32): void {
  const n = <u64> count;
  b = <u32> ((<u64> b + n * <u64> a + n * (n + 1) / 2 % BASE * value) % BASE);
  a = <u32> ((<u64> a + n * value) % BASE);
}

// @ts-ignore: AssemblyScript's own
@inline
function total(v: v128): u32 {
  return i32x4.extract_lane(v, 0) + i32x4.extract_lane(v, 1) + i32x4.extract_lane(v, 2) +
    i32x4.extract_lane(v, 3);
}
