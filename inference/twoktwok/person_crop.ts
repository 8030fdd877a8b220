/** The tight square around a person that the compact model's coarse network looks at. */
import type { CropSquare } from "./pose_cue.ts";

/**
 * The square in whose middle the mask's box lies, its longer side `share` of the square's.
 *
 * @param mask 0 or 1, side².
 * @throws {RangeError} If the mask is empty.
 */
export function personCrop(mask: Uint8Array, side: number, share: number): CropSquare {
  return squareAround({ width: side, height: side, data: mask }, share);
}

/** The same for a mask of any size, > 0 inside. */
export function squareAround(
  { width, height, data }: { width: number; height: number; data: ArrayLike<number> },
  share: number,
): CropSquare {
  let top = height, bottom = -1, left = width, right = -1;
  for (let r = 0, i = 0; r < height; r++) {
    for (let c = 0; c < width; c++, i++) {
      if (!(data[i] > 0)) continue;
      if (r < top) top = r;
      bottom = r;
      if (c < left) left = c;
      if (c > right) right = c;
    }
  }
  if (bottom < 0) throw new RangeError("Cannot crop the person: the mask is empty");
  const sidePx = Math.max(bottom - top + 1, right - left + 1) / share;
  return { x: (left + right + 1 - sidePx) / 2, y: (top + bottom + 1 - sidePx) / 2, sidePx };
}

/** Samples a cell and axis. */
const SAMPLES = 4;

/**
 * The picture and its mask on the grid of a square: each cell the mean of 4 × 4 bilinear samples, 0
 * outside of the canvas.
 *
 * @param canvas Interleaved 8-bit RGB, black outside of the mask, side².
 * @returns Four planes of grid²: red, green, blue and coverage, 0 to 1.
 */
export function gridPicture(
  { canvas, mask, side }: { canvas: Uint8Array; mask: Uint8Array; side: number },
  square: CropSquare,
  grid: number,
): Float32Array {
  const cells = grid * grid, out = new Float32Array(4 * cells), step = square.sidePx / grid;
  const sum = new Float64Array(4);
  for (let r = 0; r < grid; r++) {
    for (let c = 0; c < grid; c++) {
      sum.fill(0);
      for (let k = 0; k < SAMPLES * SAMPLES; k++) {
        const x = square.x + step * (c + (k % SAMPLES + 0.5) / SAMPLES) - 0.5;
        const y = square.y + step * (r + (Math.floor(k / SAMPLES) + 0.5) / SAMPLES) - 0.5;
        const x0 = Math.floor(x), y0 = Math.floor(y), s = x - x0, t = y - y0;
        for (let j = 0; j < 4; j++) {
          const column = x0 + (j & 1), row = y0 + (j >> 1);
          if (column < 0 || row < 0 || column >= side || row >= side) continue;
          const at = row * side + column;
          const w = ((j & 1) === 0 ? 1 - s : s) * (j < 2 ? 1 - t : t);
          if (mask[at] === 0 || w === 0) continue;
          sum[0] += w * canvas[3 * at];
          sum[1] += w * canvas[3 * at + 1];
          sum[2] += w * canvas[3 * at + 2];
          sum[3] += w;
        }
      }
      const n = SAMPLES * SAMPLES, cell = r * grid + c;
      for (let k = 0; k < 3; k++) out[k * cells + cell] = sum[k] / (255 * n);
      out[3 * cells + cell] = sum[3] / n;
    }
  }
  return out;
}

/** Four cells around a place of a square, and how much each counts; clamped at the border. */
export class GridSampler {
  readonly index = new Int32Array(4);
  readonly weight = new Float64Array(4);
  readonly #perPx: number;

  /** @param counts How much each cell counts (background hardly): grid². Default: all the same. */
  constructor(
    private readonly square: CropSquare,
    private readonly grid: number,
    private readonly counts?: Float32Array,
  ) {
    this.#perPx = grid / square.sidePx;
  }

  /** Goes to a place, pixels of the picture (centres at half). */
  at(xPx: number, yPx: number): void {
    const { grid, index, weight, counts } = this;
    const last = grid - 1, clamped = (v: number) => v < 0 ? 0 : v > last ? last : v;
    const x = clamped((xPx - this.square.x) * this.#perPx - 0.5);
    const y = clamped((yPx - this.square.y) * this.#perPx - 0.5);
    const c = Math.min(grid - 2, Math.floor(x)), r = Math.min(grid - 2, Math.floor(y));
    const s = x - c, t = y - r, first = r * grid + c;
    index[0] = first, index[1] = first + 1, index[2] = first + grid, index[3] = first + grid + 1;
    weight[0] = (1 - s) * (1 - t), weight[1] = s * (1 - t), weight[2] = (1 - s) * t;
    weight[3] = s * t;
    if (counts === undefined) return;
    let total = 0;
    for (let k = 0; k < 4; k++) total += weight[k] *= counts[index[k]];
    for (let k = 0; k < 4; k++) weight[k] /= total;
  }

  /** The value of a plane there. */
  of(planes: Float32Array, plane: number): number {
    const { index, weight, grid } = this, start = plane * grid * grid;
    return weight[0] * planes[start + index[0]] + weight[1] * planes[start + index[1]] +
      weight[2] * planes[start + index[2]] + weight[3] * planes[start + index[3]];
  }
}
