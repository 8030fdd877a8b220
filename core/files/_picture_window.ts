/** The part of a picture that has anything in it. */

/** A part of a picture: columns x0 to x1 − 1, rows y0 to y1 − 1. */
export interface PictureWindow {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

/**
 * The window, or all of a picture where there is none.
 *
 * @throws {RangeError} If it is not inside the picture.
 */
export function windowIn(
  { width, height }: { width: number; height: number },
  window: PictureWindow = { x0: 0, y0: 0, x1: width, y1: height },
): PictureWindow {
  const { x0, y0, x1, y1 } = window;
  const inside = [x0, y0, x1, y1].every(Number.isInteger) &&
    x0 >= 0 && x0 <= x1 && x1 <= width && y0 >= 0 && y0 <= y1 && y1 <= height;
  if (!inside) {
    throw new RangeError(
      `Cannot encode a picture of ${width} × ${height}: its window is ${x0} to ${x1}, ${y0} to ${y1}`,
    );
  }
  return window;
}
