/** Δh = −1 on a pixel set with h = 0 outside: nested grids, then over-relaxed sweeps. */

/** Sweeps a level. 80 with ω = 1.8 leave an error below 1 % on 512² silhouettes. */
const SWEEPS = 80;
const OMEGA = 1.8;

/**
 * Solves on a grid of unit cells.
 *
 * @param inside 1 where the equation holds, length columns · rows; the rim must be 0.
 * @returns h ≥ 0, same length.
 */
export function solvePoisson(inside: Uint8Array, columns: number, rows: number): Float64Array {
  const h = new Float64Array(columns * rows);
  if (columns > 16 && rows > 16) {
    const halfColumns = (columns + 1) >> 1, halfRows = (rows + 1) >> 1;
    const coarse = new Uint8Array(halfColumns * halfRows);
    for (let r = 1; r < halfRows - 1; r++) {
      for (let c = 1; c < halfColumns - 1; c++) {
        coarse[r * halfColumns + c] = inside[2 * r * columns + 2 * c];
      }
    }
    const start = solvePoisson(coarse, halfColumns, halfRows);
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++) {
        const at = r * columns + c;
        // A cell of the coarse grid is twice as wide: heights grow fourfold.
        if (inside[at]) h[at] = 4 * start[(r >> 1) * halfColumns + (c >> 1)];
      }
    }
  }
  for (let sweep = 0; sweep < 2 * SWEEPS; sweep++) {
    for (let r = 1; r < rows - 1; r++) {
      for (let c = 1 + ((r + sweep) & 1); c < columns - 1; c += 2) {
        const at = r * columns + c;
        if (inside[at] === 0) continue;
        const mean = (h[at - 1] + h[at + 1] + h[at - columns] + h[at + columns] + 1) / 4;
        h[at] += OMEGA * (mean - h[at]);
      }
    }
  }
  for (let at = 0; at < h.length; at++) if (h[at] < 0) h[at] = 0;
  return h;
}
