/** Takes gaps back where parting the solid along them would not leave a clean surface. */
import { FAN_COUNT, fansOfPixels } from "./_fans.ts";
import { type Gaps, Layers } from "./_layers.ts";
import type { DoubleDepth } from "./solid.ts";

/**
 * The cells round a pixel, clockwise from NE: where they lie, and the corners (in loop order TL, BL,
 * BR, TR) at which they have the pixel and its neighbours on their first and second edge.
 */
const AROUND = [
  { di: 0, dj: -1, own: 1, first: 0, second: 2 }, // NE: north, east
  { di: 0, dj: 0, own: 0, first: 3, second: 1 }, // SE: east, south
  { di: -1, dj: 0, own: 3, first: 2, second: 0 }, // SW: south, west
  { di: -1, dj: -1, own: 2, first: 1, second: 3 }, // NW: west, north
] as const;

/**
 * Empties gaps in place until each piece of a pixel's chain (nearer part, gap, farther part) is
 * solid in at most one sector of the cells round it, so that no edge gets four walls; and until
 * no edge has the nearer part on one side and the farther on the other.
 *
 * @returns The pixels that still have a gap, in ascending order.
 */
export function settleGaps(maps: DoubleDepth, gaps: Gaps): Uint32Array {
  const fans = fansOfPixels(maps), { width } = maps.camera;
  const layers = new Layers(maps.camera, fans, gaps), slabs = new Int32Array(2);
  /** Pieces that are solid at the eight half cells round a pixel, as bits 0 to 2. */
  const solid = new Uint8Array(8);
  const isClean = (p: number): boolean => {
    if (FAN_COUNT[fans.neighbours[p]] !== 1) return false;
    const i = p % width, j = Math.floor(p / width);
    AROUND.forEach(({ di, dj, own, first, second }, cell) => {
      solid[2 * cell] = solid[2 * cell + 1] = 0;
      const count = layers.slabsAcross(i + di, j + dj, slabs);
      for (let s = 0; s < count; s++) {
        const slab = slabs[s];
        if (!(slab >> own & 1)) continue;
        const low = slab >> 4 & 3, high = slab >> 6 & 3, pieces = (1 << high) - (1 << low);
        if (slab >> first & 1) solid[2 * cell] |= pieces;
        if (slab >> second & 1) solid[2 * cell + 1] |= pieces;
      }
    });
    let used = 0;
    for (let piece = 1; piece <= 4; piece <<= 1) {
      let changes = 0;
      for (let n = 0; n < 8; n++) {
        used |= solid[n];
        if (((solid[n] ^ solid[(n + 1) & 7]) & piece) !== 0) changes++;
      }
      if (changes > 2) return false;
    }
    if ((used & 5) !== 5 || solid.every((pieces) => pieces === 7)) return false;
    // Edges: the second half of a cell and the first of the next share one.
    for (let n = 1; n < 8; n += 2) {
      const a = solid[n], b = solid[(n + 1) & 7];
      if ((a === 1 && b === 4) || (a === 4 && b === 1)) return false;
    }
    return true;
  };
  let left: number[] = [];
  for (let p = 0; p < gaps.start.length; p++) if (gaps.start[p] > 0) left.push(p);
  for (let before = -1; before !== left.length;) {
    before = left.length;
    const kept: number[] = [];
    for (const p of left) {
      if (isClean(p)) kept.push(p);
      else gaps.start[p] = gaps.end[p] = 0;
    }
    left = kept;
  }
  return Uint32Array.from(left);
}
