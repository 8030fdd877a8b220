/**
 * Positions and bilinear samples. A normalised coordinate of pixel index i on an axis of n pixels is
 * `(2i + 1)/n − 1`, so edges are at −1 and +1; indices are those of pixel centres.
 */

/**
 * Source positions of the pixels of a canvas: an affine map of normalised coordinates, computed in
 * float32 step by step as the published network does. Rims of parts are hard thresholds of
 * positions, so they must agree to the last bit.
 */
export class SourcePositions {
  readonly #m: Float32Array;
  readonly #side: number;
  readonly #coordinates: Float32Array;
  /** `m00 u` and `m10 u` of every column. */
  readonly #columns: readonly [Float32Array, Float32Array];

  /** @param affines Rows of six; `part` picks one. `side`: of both canvases, pixels. */
  constructor(affines: Float32Array, part: number, side: number) {
    this.#m = affines.slice(6 * part, 6 * part + 6);
    this.#side = side;
    this.#coordinates = Float32Array.from({ length: side }, (_, i) => coordinate(i, side));
    const scaled = (factor: number) => this.#coordinates.map((u) => factor * u);
    this.#columns = [scaled(this.#m[0]), scaled(this.#m[3])];
  }

  /**
   * Writes the positions (pixel indices) of `count` pixels of a row from column `left`: x into the
   * first half of `out`, y into the second.
   */
  row(row: number, left: number, count: number, out: Float32Array): void {
    const m = this.#m, v = this.#coordinates[row], half = this.#side / 2;
    const yx = f32(m[1] * v), yy = f32(m[4] * v), [xx, xy] = this.#columns;
    for (let i = 0; i < count; i++) {
      const x = f32(f32(xx[left + i] + yx) + m[2]), y = f32(f32(xy[left + i] + yy) + m[5]);
      out[i] = f32(f32(x + 1) * half) - 0.5;
      out[count + i] = f32(f32(y + 1) * half) - 0.5;
    }
  }

  /** Position of one pixel or point between pixels, float64: for boxes and tests. */
  at(column: number, row: number): readonly [number, number] {
    const m = this.#m, n = this.#side, u = (2 * column + 1) / n - 1, v = (2 * row + 1) / n - 1;
    return [
      ((m[0] * u + m[1] * v + m[2] + 1) * n - 1) / 2,
      ((m[3] * u + m[4] * v + m[5] + 1) * n - 1) / 2,
    ];
  }
}

const f32 = Math.fround;

/**
 * `(2i + 1)/n − 1` with the rounding of the published network: evenly spaced from −1 to 1 in
 * float32 (from both ends, each product and sum rounded once), then times (n − 1)/n.
 */
function coordinate(i: number, n: number): number {
  const step = f32(2 / (n - 1));
  const even = f32(i < n >> 1 ? -1 + step * i : 1 - step * (n - 1 - i));
  return f32(f32(even * (n - 1)) / n);
}

/** A rectangle of pixels: rows top..bottom − 1, columns left..right − 1. */
export interface PixelBox {
  top: number;
  left: number;
  bottom: number;
  right: number;
}

/** The window of `rows` × `columns` in the middle of a canvas. */
export function middleWindow(side: number, [rows, columns]: readonly [number, number]): PixelBox {
  const top = side / 2 - rows / 2, left = side / 2 - columns / 2;
  return { top, left, bottom: top + rows, right: left + columns };
}

/**
 * The box of canvas pixels that may come to lie within a pixel of `target`, whose corners `inverse`
 * takes back to the canvas.
 */
export function boundingBox(inverse: SourcePositions, target: PixelBox, side: number): PixelBox {
  let top = Infinity, left = Infinity, bottom = -Infinity, right = -Infinity;
  for (const x of [target.left - 1, target.right]) {
    for (const y of [target.top - 1, target.bottom]) {
      const [c, r] = inverse.at(x, y);
      left = Math.min(left, c);
      right = Math.max(right, c);
      top = Math.min(top, r);
      bottom = Math.max(bottom, r);
    }
  }
  const low = (v: number) => Math.min(side, Math.max(0, Math.floor(v) - 1));
  const high = (v: number) => Math.min(side, Math.max(0, Math.ceil(v) + 2));
  return { top: low(top), left: low(left), bottom: high(bottom), right: high(right) };
}
