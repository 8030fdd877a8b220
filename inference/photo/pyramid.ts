/** A picture and its halvings, so that shrinking crops see every pixel. */
import type { Image } from "../../core/files/image.ts";

/** An RGB picture with 8 bits a channel. */
export interface RgbImage extends Image {
  channels: 3;
  data: Uint8Array;
}

/** Gives the picture at 1/2^level of its size; levels are made when first asked for. */
export interface Pyramid {
  readonly full: RgbImage;
  level(level: number): RgbImage;
}

/** Makes the pyramid of a picture. The picture is kept, not copied. */
export function pyramidOf(full: RgbImage): Pyramid {
  const levels = [full];
  return {
    full,
    level(level) {
      while (levels.length <= level) levels.push(halved(levels[levels.length - 1]));
      return levels[level];
    },
  };
}

/**
 * Halves a picture: means of 2 × 2 pixels, rounded half up. An odd side is rounded up, and its last
 * row or column is the mean of what is there.
 */
export function halved({ width, height, data }: RgbImage): RgbImage {
  const columns = Math.max(1, (width + 1) >> 1), rows = Math.max(1, (height + 1) >> 1);
  const out = new Uint8Array(3 * columns * rows);
  for (let r = 0; r < rows; r++) {
    const above = 3 * width * 2 * r;
    const below = 2 * r + 1 < height ? above + 3 * width : above;
    let to = 3 * columns * r;
    for (let c = 0; c < columns; c++) {
      const left = 6 * c, right = 2 * c + 1 < width ? left + 3 : left;
      for (let k = 0; k < 3; k++) {
        out[to++] = (data[above + left + k] + data[above + right + k] +
          data[below + left + k] + data[below + right + k] + 2) >> 2;
      }
    }
  }
  return { width: columns, height: rows, channels: 3, data: out };
}
