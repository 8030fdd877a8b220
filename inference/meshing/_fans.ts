/** Vertices of pixels: how many each gets, and which cell uses which. */
import type { DoubleDepth } from "./solid.ts";

/** Vertices of pixels: `base[p] + fan` is the front one, plus `vertices` the back one. */
export interface Fans {
  base: Int32Array;
  /** Bits of the eight neighbours that are covered: N, NE, E, SE, S, SW, W, NW from bit 0. */
  neighbours: Uint8Array;
  /** Front vertices. */
  vertices: number;
  covered: number;
  isolated: number;
}

/** Cells round a pixel in the order NW, NE, SE, SW. */
export const NW = 0, NE = 1, SE = 2, SW = 3;

/** For each neighbourhood: fan number of the four cells (−1 inactive) and the number of fans. */
export const FAN_TABLE: readonly { fan: number[]; count: number }[] = Array.from(
  { length: 256 },
  (_, bits) => {
    const has = (n: number) => (bits >> n) & 1;
    const [n, ne, e, se, s, sw, w, nw] = [0, 1, 2, 3, 4, 5, 6, 7].map(has);
    // A cell is active when at least two of its other three corners are covered.
    const active = [w + n + nw >= 2, n + e + ne >= 2, e + s + se >= 2, s + w + sw >= 2];
    const linkedToNext = [n, e, s, w]; // between cell k and k + 1 lies this covered neighbour
    const fan = [-1, -1, -1, -1];
    let count = 0;
    for (let k = 0; k < 4; k++) {
      if (!active[k] || fan[k] >= 0) continue;
      fan[k] = count;
      for (let m = k; active[(m + 1) % 4] && linkedToNext[m % 4] && fan[(m + 1) % 4] < 0; m++) {
        fan[(m + 1) % 4] = count;
      }
      for (let m = k + 4; active[(m + 3) % 4] && linkedToNext[(m + 3) % 4]; m--) {
        if (fan[(m + 3) % 4] >= 0) break;
        fan[(m + 3) % 4] = count;
      }
      count++;
    }
    return { fan, count };
  },
);

/** Fans, as bytes: of the cell on side `c` of a pixel with neighbours `bits`, at 4 · bits + c. */
export const FAN_OF: Int8Array = Int8Array.from(FAN_TABLE.flatMap(({ fan }) => fan));

/** How many fans, at the neighbours' bits. */
export const FAN_COUNT: Uint8Array = Uint8Array.from(FAN_TABLE, ({ count }) => count);

/**
 * Where the copy of a pixel for a fan stands, in pixels from the centre: at 2 · (4 · bits + fan),
 * right and down. A pixel with one fan keeps its place; where parts only touch, each copy moves by
 * {@linkcode FAN_SHIFT} towards its cells, so that no two vertices coincide.
 */
export const FAN_SHIFT = 1 / 16;
export const FAN_OFFSET: Float32Array = new Float32Array(2 * 4 * 256);
FAN_TABLE.forEach(({ fan, count }, bits) => {
  if (count < 2) return;
  for (let c = 0; c < 4; c++) {
    if (fan[c] < 0) continue;
    const at = 2 * (4 * bits + fan[c]);
    FAN_OFFSET[at] += c === NW || c === SW ? -FAN_SHIFT : FAN_SHIFT;
    FAN_OFFSET[at + 1] += c === NW || c === NE ? -FAN_SHIFT : FAN_SHIFT;
  }
});

/** @throws {RangeError} If a covered pixel's depths are not both above 0 and finite. */
export function fansOfPixels({ camera: { width, height }, front, back }: DoubleDepth): Fans {
  const size = width * height, base = new Int32Array(size).fill(-1);
  const neighbours = new Uint8Array(size), cover = new Uint8Array(size);
  let vertices = 0, covered = 0, isolated = 0;
  for (let p = 0; p < size; p++) {
    const f = front[p], b = back[p];
    if (f === 0 && b === 0) continue;
    if (!(f > 0 && b > 0 && f < Infinity && b < Infinity)) {
      throw new RangeError(
        `Cannot make a mesh: pixel (${p % width}, ${Math.floor(p / width)}) has front depth ${f} ` +
          `and back depth ${b}, expected both above 0 and finite, or both 0`,
      );
    }
    cover[p] = 1;
    covered++;
  }
  for (let j = 0, p = 0; j < height; j++) {
    const up = j > 0, down = j + 1 < height;
    for (let i = 0; i < width; i++, p++) {
      if (cover[p] === 0) continue;
      const left = i > 0, right = i + 1 < width, n = p - width, s = p + width;
      let bits = 0;
      if (up) bits = cover[n] | (right ? cover[n + 1] << 1 : 0) | (left ? cover[n - 1] << 7 : 0);
      if (right) bits |= cover[p + 1] << 2;
      if (down) {
        bits |= cover[s] << 4 | (right ? cover[s + 1] << 3 : 0) | (left ? cover[s - 1] << 5 : 0);
      }
      if (left) bits |= cover[p - 1] << 6;
      neighbours[p] = bits;
      base[p] = vertices;
      vertices += FAN_COUNT[bits];
      if (FAN_COUNT[bits] === 0) isolated++;
    }
  }
  return { base, neighbours, vertices, covered, isolated };
}
