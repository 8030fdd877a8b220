/** A silhouette as the solver measures against it: distances to it, and points of its outline. */

/** A silhouette: above 0 is the person. */
export interface Silhouette {
  width: number;
  height: number;
  data: Uint8Array;
}

/** A silhouette made ready. All positions are pixels of the silhouette, centres at + 0.5. */
export interface MaskField {
  /**
   * How far a position is from the nearest pixel of the person, pixels, and which way leads away
   * from it; 0 inside.
   */
  outside(u: number, v: number): { px: number; du: number; dv: number };
  /** Outline: position and unit normal pointing out, four numbers a point. */
  outline: Float64Array;
}

/** Cells on the longer side of the grid that distances are kept on. */
const CELLS = 320;

/** Points of the outline. */
const OUTLINE_POINTS = 240;

/**
 * Makes a silhouette ready: exact distances on a grid of 320 cells (Felzenszwalb and Huttenlocher
 * 2012), 240 points of the outline spread evenly by count.
 */
export function maskField(mask: Silhouette): MaskField {
  const step = Math.max(1, Math.max(mask.width, mask.height) / CELLS);
  const columns = Math.ceil(mask.width / step), rows = Math.ceil(mask.height / step);
  const inside = new Uint8Array(columns * rows);
  for (let r = 0; r < rows; r++) {
    const y = Math.min(mask.height - 1, Math.floor((r + 0.5) * step));
    for (let c = 0; c < columns; c++) {
      const x = Math.min(mask.width - 1, Math.floor((c + 0.5) * step));
      inside[r * columns + c] = mask.data[y * mask.width + x] > 0 ? 1 : 0;
    }
  }
  const nearest = nearestInside(inside, columns, rows);
  const outside = (u: number, v: number) => {
    const c = Math.min(columns - 1, Math.max(0, Math.floor(u / step)));
    const r = Math.min(rows - 1, Math.max(0, Math.floor(v / step)));
    const cell = nearest[r * columns + c];
    if (cell < 0 || inside[r * columns + c] === 1) return { px: 0, du: 0, dv: 0 };
    const du = u - (cell % columns + 0.5) * step;
    const dv = v - (Math.floor(cell / columns) + 0.5) * step;
    const px = Math.hypot(du, dv);
    return px > 0 ? { px, du: du / px, dv: dv / px } : { px: 0, du: 0, dv: 0 };
  };
  return { outside, outline: outlineOf(inside, { columns, rows, step }) };
}

/** The nearest inside cell of each cell, −1 where there is none at all. */
function nearestInside(inside: Uint8Array, columns: number, rows: number): Int32Array {
  // 1. Along columns: the nearest row that is inside.
  const row = new Int32Array(columns * rows).fill(-1);
  for (let c = 0; c < columns; c++) {
    for (const [from, to, by] of [[0, rows, 1], [rows - 1, -1, -1]]) {
      let last = -1;
      for (let r = from; r !== to; r += by) {
        const i = r * columns + c;
        if (inside[i] === 1) last = r;
        if (last >= 0 && (row[i] < 0 || Math.abs(last - r) < Math.abs(row[i] - r))) row[i] = last;
      }
    }
  }
  // 2. Along rows: the lower envelope of the parabolas (c − k)² + d(k)².
  const out = new Int32Array(columns * rows).fill(-1);
  const at = new Int32Array(columns), border = new Float64Array(columns + 1);
  for (let r = 0; r < rows; r++) {
    const square = (c: number) => (row[r * columns + c] - r) ** 2;
    let top = -1;
    for (let c = 0; c < columns; c++) {
      if (row[r * columns + c] < 0) continue;
      let start = -Infinity;
      while (top >= 0) {
        const k = at[top];
        start = (square(c) + c * c - square(k) - k * k) / (2 * (c - k));
        if (start > border[top]) break;
        top--;
      }
      top++;
      at[top] = c;
      border[top] = top === 0 ? -Infinity : start;
    }
    if (top < 0) continue;
    for (let c = 0, piece = 0; c < columns; c++) {
      while (piece < top && border[piece + 1] <= c) piece++;
      out[r * columns + c] = row[r * columns + at[piece]] * columns + at[piece];
    }
  }
  return out;
}

/** Cells of the person next to the background, thinned to a count, with normals out of it. */
function outlineOf(
  inside: Uint8Array,
  { columns, rows, step }: { columns: number; rows: number; step: number },
): Float64Array {
  const at = (c: number, r: number) =>
    c < 0 || r < 0 || c >= columns || r >= rows ? 0 : inside[r * columns + c];
  const found: number[] = [];
  for (let r = 1; r < rows - 1; r++) {
    for (let c = 1; c < columns - 1; c++) {
      if (at(c, r) === 0) continue;
      if (at(c - 1, r) + at(c + 1, r) + at(c, r - 1) + at(c, r + 1) === 4) continue;
      let du = 0, dv = 0;
      for (let y = -3; y <= 3; y++) {
        for (let x = -3; x <= 3; x++) {
          if (at(c + x, r + y) === 1) du -= x, dv -= y;
        }
      }
      const length = Math.hypot(du, dv);
      if (length > 0) found.push((c + 0.5) * step, (r + 0.5) * step, du / length, dv / length);
    }
  }
  const count = found.length / 4, kept = Math.min(count, OUTLINE_POINTS);
  const outline = new Float64Array(4 * kept);
  for (let i = 0; i < kept; i++) {
    const from = 4 * Math.floor((i + 0.5) * count / kept);
    for (let k = 0; k < 4; k++) outline[4 * i + k] = found[from + k];
  }
  return outline;
}
