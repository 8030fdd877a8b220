/**
 * Pixels whose ray passes through two parts of the solid with a gap between them, and what that
 * means for the cells of 2 × 2 pixels round them.
 *
 * A pixel is a chain of vertices along its ray: front and back, or with a gap front, gap start, gap
 * end, back. A cell is solid in slabs: each takes, of every corner it has, one piece of the chain.
 * The surface is the slabs' sheets, plus walls on the cells' edges where only one side is solid.
 */
import type { Fans } from "./_fans.ts";

/** Gaps between two parts of the solid, one a pixel; 0 where there is none. Metres along −z. */
export interface Gaps {
  /** Where the nearer part ends and where the farther one starts: front < start < end < back. */
  start: Float32Array;
  end: Float32Array;
  /**
   * What becomes of the nearer and the farther part across an edge of two pixels: bit 0 for the edge
   * to the right, bit 1 downward, in `frontJumps` where the front jumps and `backJumps` for the back.
   */
  frontJumps: Uint8Array;
  backJumps: Uint8Array;
}

/** Corners of a cell in loop order TL, BL, BR, TR, as bits 0 to 3. */
export const CORNER_COUNT: Uint8Array = Uint8Array.from(
  { length: 16 },
  (_, m) => (m & 1) + (m >> 1 & 1) + (m >> 2 & 1) + (m >> 3),
);

/**
 * A slab as a number: bits 0–3 its corners, bits 4–5 and 6–7 the first and last place of its piece
 * of the chain at corners with a gap (0 front, 1 gap start, 2 gap end, 3 back). At corners without a
 * gap the piece is the whole chain.
 */
export type Slab = number;

const NEAR = 0 << 4 | 1 << 6, FAR = 2 << 4 | 3 << 6, WHOLE = 0 << 4 | 3 << 6;

/** Cells and their slabs. */
export class Layers {
  readonly width: number;
  readonly height: number;

  constructor(
    camera: { width: number; height: number },
    private readonly fans: Fans,
    private readonly gaps: Gaps | undefined,
  ) {
    this.width = camera.width;
    this.height = camera.height;
  }

  /** Whether the pixel has a gap. */
  hasGap(pixel: number): boolean {
    return this.gaps !== undefined && this.gaps.start[pixel] > 0;
  }

  /** Covered corners of the cell whose top left pixel is (i, j); 0 outside the picture. */
  covered(i: number, j: number): number {
    const { width, height, fans: { base } } = this;
    if (i < 0 || j < 0 || i + 1 >= width || j + 1 >= height) return 0;
    const p = j * width + i, s = p + width;
    return (base[p] >= 0 ? 1 : 0) | (base[s] >= 0 ? 2 : 0) | (base[s + 1] >= 0 ? 4 : 0) |
      (base[p + 1] >= 0 ? 8 : 0);
  }

  /** Corners with a gap of a cell inside the picture. */
  gapped(i: number, j: number): number {
    if (this.gaps === undefined) return 0;
    const { start } = this.gaps, p = j * this.width + i, s = p + this.width;
    return (start[p] > 0 ? 1 : 0) | (start[s] > 0 ? 2 : 0) | (start[s + 1] > 0 ? 4 : 0) |
      (start[p + 1] > 0 ? 8 : 0);
  }

  /** Writes the cell's slabs, nearest first, and returns how many (0 to 2). */
  slabs(i: number, j: number, out: Int32Array): number {
    const covered = this.covered(i, j);
    if (CORNER_COUNT[covered] < 3) return 0;
    const gapped = this.gapped(i, j);
    if (gapped === 0) return out[0] = covered | WHOLE, 1;
    if (gapped === covered) return out[0] = covered | NEAR, out[1] = covered | FAR, 2;
    const kind = this.edgeKinds(i, j, covered, gapped), room = CORNER_COUNT[gapped] >= 3;
    if (kind === 1) {
      // The nearer part ends here; the farther one goes on.
      if (room) return out[0] = gapped | NEAR, out[1] = covered | FAR, 2;
      return out[0] = covered | FAR, 1;
    }
    if (kind === 2) {
      if (room) return out[0] = covered | NEAR, out[1] = gapped | FAR, 2;
      return out[0] = covered | NEAR, 1;
    }
    return out[0] = covered | WHOLE, 1;
  }

  /** As {@linkcode slabs}, for cells that may lie outside the picture. */
  slabsAcross(i: number, j: number, out: Int32Array): number {
    return this.covered(i, j) === 0 ? 0 : this.slabs(i, j, out);
  }

  /** Whether no corner of the cell has a gap. */
  plain(i: number, j: number): boolean {
    return this.gapped(i, j) === 0;
  }

  /** What jumps between corners with and without a gap: bit 0 the front, bit 1 the back. */
  private edgeKinds(i: number, j: number, covered: number, gapped: number): number {
    const { frontJumps, backJumps } = this.gaps!, p = j * this.width + i, s = p + this.width;
    let kinds = 0;
    for (let k = 0; k < 4; k++) {
      const a = 1 << k, b = 1 << ((k + 1) & 3);
      if ((covered & a) === 0 || (covered & b) === 0) continue;
      if (((gapped & a) === 0) === ((gapped & b) === 0)) continue;
      // Edges TL–BL, BL–BR, BR–TR, TR–TL by their first pixel, downward or to the right.
      const at = k === 1 ? s : k === 2 ? p + 1 : p, bit = k === 0 || k === 2 ? 2 : 1;
      if (frontJumps[at] & bit) kinds |= 1;
      if (backJumps[at] & bit) kinds |= 2;
    }
    return kinds;
  }
}
