/** Which nodes of a grid lie inside, one bit each: whole rows are asked at once. */
import { type Grid, NODES } from "./grid.ts";

/** Rows of a block: 4 nodes along x each, the first in the lowest bit; y fastest, then z. */
export const BLOCK_ROWS = 16;

/** The inside (χ ≥ ½) of a grid's blocks. */
export class InsideBits {
  /** {@linkcode BLOCK_ROWS} a block. */
  rows: Uint8Array;

  constructor(private readonly grid: Grid) {
    this.rows = new Uint8Array(BLOCK_ROWS * Math.ceil(1.25 * grid.blocks + 64));
    for (let block = 0; block < grid.blocks; block++) this.add(block);
  }

  /** Looks at a block. */
  add(block: number): void {
    if (BLOCK_ROWS * (block + 1) > this.rows.length) {
      const rows = new Uint8Array(2 * this.rows.length);
      rows.set(this.rows);
      this.rows = rows;
    }
    InsideBits.write(this.grid.chi, NODES * block, this.rows, BLOCK_ROWS * block);
  }

  /** Writes the rows of 64 values. */
  static write(values: Float32Array, from: number, rows: Uint8Array, to: number): void {
    for (let row = 0, n = from; row < BLOCK_ROWS; row++, n += 4) {
      rows[to + row] = (values[n] >= 0.5 ? 1 : 0) | (values[n + 1] >= 0.5 ? 2 : 0) |
        (values[n + 2] >= 0.5 ? 4 : 0) | (values[n + 3] >= 0.5 ? 8 : 0);
    }
  }
}
