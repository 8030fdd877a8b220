/**
 * From a picture of any size to the square canvas: padding by the edge pixels, OpenCV's bicubic
 * filter, the mask (docs/models.md, "Picture").
 */

/** An 8-bit RGB picture, rows from the top, interleaved, length 3 · width · height. */
export interface RgbPicture {
  width: number;
  height: number;
  data: Uint8Array;
}

/** A mask, rows from the top, one value a pixel, > 0 inside, length width · height. */
export interface MaskPicture {
  width: number;
  height: number;
  data: ArrayLike<number>;
}

/** Where a picture lies on the canvas. */
export interface CanvasPlace {
  /** Pixels of the picture that were added before its first column and its first row. */
  padX: number;
  padY: number;
  /** Canvas pixels a picture pixel. */
  scale: number;
  /** Side of the canvas, pixels. */
  canvasPx: number;
}

/** Where a picture of this size comes to lie on a canvas. */
export function canvasPlace(width: number, height: number, canvasPx: number): CanvasPlace {
  const longest = Math.max(width, height);
  return {
    padX: Math.floor((longest - width) / 2),
    padY: Math.floor((longest - height) / 2),
    scale: canvasPx / longest,
    canvasPx,
  };
}

/**
 * Puts a picture on the canvas: the short side is padded by repeating the edge pixels, then the
 * square is scaled if its side is not the canvas's. Computed in float64 and rounded once, as
 * OpenCV 5 does to a level in about 1e-5 of the pixels; OpenCV 4 rounds weights to 11 bits and is a
 * level off in about 5 %.
 *
 * @returns RGB, length 3 · canvasPx².
 */
export function pictureOnCanvas(picture: RgbPicture, canvasPx: number): Uint8Array {
  const { width, height, data } = picture;
  if (data.length !== 3 * width * height || data.length === 0) {
    throw new RangeError(
      `Cannot use the picture: found ${data.length} values, expected 3 × ${width} × ${height}`,
    );
  }
  const { padX, padY } = canvasPlace(width, height, canvasPx);
  const longest = Math.max(width, height);
  const columns = taps(longest, canvasPx, padX, width);
  const rows = taps(longest, canvasPx, padY, height);
  const out = new Uint8Array(3 * canvasPx * canvasPx);
  const cache = new RowCache(picture, columns, canvasPx);
  const line = new Float64Array(3 * canvasPx);
  for (let r = 0; r < canvasPx; r++) {
    line.fill(0);
    for (let k = 0; k < 4; k++) {
      const weight = rows.weights[4 * r + k];
      if (weight === 0) continue;
      const source = cache.row(rows.sources[4 * r + k]);
      for (let i = 0; i < line.length; i++) line[i] += weight * source[i];
    }
    const start = 3 * canvasPx * r;
    for (let i = 0; i < line.length; i++) {
      // Half to even: simple ratios of the sides make exact ties.
      const floor = Math.floor(line[i]), rest = line[i] - floor;
      const value = rest > 0.5 || rest === 0.5 && (floor & 1) === 1 ? floor + 1 : floor;
      out[start + i] = value < 0 ? 0 : value > 255 ? 255 : value;
    }
  }
  return out;
}

/** Four source pixels and weights for each destination pixel of one axis. */
interface Taps {
  sources: Int32Array;
  weights: Float64Array;
}

function taps(longest: number, canvasPx: number, pad: number, inner: number): Taps {
  const sources = new Int32Array(4 * canvasPx), weights = new Float64Array(4 * canvasPx);
  const step = longest / canvasPx;
  for (let i = 0; i < canvasPx; i++) {
    const at = (i + 0.5) * step - 0.5, first = Math.floor(at);
    weights.set(cubicWeights(at - first), 4 * i);
    for (let k = 0; k < 4; k++) {
      const padded = Math.min(longest - 1, Math.max(0, first + k - 1));
      sources[4 * i + k] = Math.min(inner - 1, Math.max(0, padded - pad));
    }
  }
  return { sources, weights };
}

/** Keys' cubic (1981) with a = −0.75 at distances 1 + t, t, 1 − t, 2 − t; they sum to 1. */
function cubicWeights(t: number): number[] {
  const a = -0.75;
  const outer = (x: number) => ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
  const inner = (x: number) => ((a + 2) * x - (a + 3)) * x * x + 1;
  const w = [outer(t + 1), inner(t), inner(1 - t)];
  return [...w, 1 - w[0] - w[1] - w[2]];
}

/** Rows of the picture scaled along x, the last few kept. */
class RowCache {
  readonly #lines: Float64Array[] = [];
  readonly #holds = [-1, -1, -1, -1];

  constructor(
    private readonly picture: RgbPicture,
    private readonly columns: Taps,
    private readonly canvasPx: number,
  ) {}

  row(index: number): Float64Array {
    const slot = index & 3;
    if (this.#holds[slot] !== index) {
      this.#lines[slot] ??= new Float64Array(3 * this.canvasPx);
      this.#fill(index, this.#lines[slot]);
      this.#holds[slot] = index;
    }
    return this.#lines[slot];
  }

  #fill(index: number, line: Float64Array): void {
    const { width, data } = this.picture, { sources, weights } = this.columns;
    const start = 3 * width * index;
    for (let i = 0, at = 0; at < line.length; i += 4, at += 3) {
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0;
        for (let k = i; k < i + 4; k++) {
          sum += weights[k] * data[start + 3 * sources[k] + channel];
        }
        line[at + channel] = sum;
      }
    }
  }
}

/**
 * Puts a mask on the canvas: the nearest pixel counts, and the padding is outside.
 *
 * @returns 0 or 1, length canvasPx².
 */
export function maskOnCanvas(
  { width, height, data }: MaskPicture,
  canvasPx: number,
): Uint8Array {
  if (data.length !== width * height) {
    throw new RangeError(
      `Cannot use the mask: found ${data.length} values, expected ${width} × ${height}`,
    );
  }
  const { padX, padY, scale } = canvasPlace(width, height, canvasPx);
  const out = new Uint8Array(canvasPx * canvasPx);
  for (let r = 0; r < canvasPx; r++) {
    const row = Math.floor((r + 0.5) / scale) - padY;
    if (row < 0 || row >= height) continue;
    for (let c = 0; c < canvasPx; c++) {
      const column = Math.floor((c + 0.5) / scale) - padX;
      if (column < 0 || column >= width) continue;
      if (data[width * row + column] > 0) out[canvasPx * r + c] = 1;
    }
  }
  return out;
}

/**
 * Cuts the person out: pixels outside the mask become black.
 *
 * @returns A new picture.
 */
export function cutOut(canvas: Uint8Array, mask: Uint8Array): Uint8Array {
  const out = new Uint8Array(canvas.length);
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] === 0) continue;
    for (let k = 3 * i; k < 3 * i + 3; k++) out[k] = canvas[k];
  }
  return out;
}
