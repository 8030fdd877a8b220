/** Where the rasterizer's integers live: sub-pixels about the picture's centre. */

/** A picture's sub-pixel grid. */
export interface PixelGrid {
  /** Pixels. */
  width: number;
  height: number;
  /** Sub-pixels a pixel's side; a power of two, at least 256. */
  subpixels: number;
}

/**
 * Largest coordinate the edge functions take, in sub-pixels from the picture's centre. Differences
 * of two are at most 2²⁶, products 2⁵², and the difference of two products 2⁵³: every edge
 * function is an exact integer in float64.
 */
export const GUARD_BAND = 2 ** 25;

/**
 * Chooses the finest grid whose picture spans at most 2²⁵ sub-pixels (half of the guard band):
 * 1/16384 px at 2048 px, 1/2048 px at 16384 px.
 *
 * @throws {RangeError} If a side is no positive integer or beyond 131072 (coarser than 1/256 px).
 */
export function pixelGrid(width: number, height: number): PixelGrid {
  const side = Math.max(width, height);
  if (!(Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0)) {
    throw new RangeError(
      `Cannot draw: the picture is ${width} × ${height}, expected positive integers`,
    );
  }
  const subpixels = 2 ** Math.floor(Math.log2(GUARD_BAND / side));
  if (subpixels < 256) {
    throw new RangeError(
      `Cannot draw: the picture is ${width} × ${height}, expected at most 131072 a side`,
    );
  }
  return { width, height, subpixels };
}
