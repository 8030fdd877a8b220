/** Square pictures of a photo's person, as reconstruction networks take them. */
import type { OpenPoseKeypoints } from "../../core/files/openpose_json.ts";
import { withDefaults } from "../../core/work/options.ts";
import { maskOf, type PhotoAnalysis } from "./analyse_photo.ts";
import type { Matte } from "./matte.ts";
import type { RgbImage } from "./pyramid.ts";
import type { Photo } from "./read_photo.ts";
import { type Box, resample, type Samples } from "./resample.ts";
import { SUITE_DISTANCE_RADII, SUITE_FOV_DEG } from "../../render/cameras.ts";

/** An upright square of a photo; may reach beyond it. */
export interface PhotoSquare {
  /** Left and top edge, pixels of the photo. */
  x: number;
  y: number;
  sidePx: number;
}

/** How a working picture is cut. */
export interface WorkingPictureOptions {
  /** Its side, pixels. Default: 2048. */
  sizePx?: number;
  /**
   * `person`: the person takes the room that they have in the suite's views; `photo`: the whole
   * photo, padded to a square as 2K2K does. Or a square of your own. Default: `person`.
   */
  frame?: "person" | "photo" | PhotoSquare;
}

/** See `WorkingPictureOptions`. */
export const WORKING_PICTURE_DEFAULTS: Readonly<Required<WorkingPictureOptions>> = Object.freeze({
  sizePx: 2048,
  frame: "person",
});

/** A square of a photo with everything in its own pixels. */
export interface WorkingPicture {
  /** sizePx², outside of the photo its nearest pixels. */
  picture: RgbImage;
  /** Coverage by the person, 0 to 255. */
  matte: Matte;
  /** 255 where the matte is above half, else 0. */
  mask: Matte;
  /** Pixels of `picture`. Missing points stay (0, 0, 0). */
  keypoints: OpenPoseKeypoints;
  /** Where it was cut: photo position = (x, y) + position · sidePx / sizePx. */
  square: PhotoSquare;
}

/**
 * Cuts the working picture of a person, from the photo at full resolution where that shows more
 * than the picture that was analysed.
 *
 * @throws {InputError} If the photo's file has changed.
 * @throws {RangeError} If the size is no positive integer, or the square misses the photo.
 */
export async function workingPicture(
  { photo, analysis }: { photo: Photo; analysis: PhotoAnalysis },
  options: WorkingPictureOptions = {},
): Promise<WorkingPicture> {
  const { sizePx, frame } = withDefaults(
    WORKING_PICTURE_DEFAULTS as Required<WorkingPictureOptions>,
    options,
  );
  if (!Number.isInteger(sizePx) || sizePx < 1) {
    throw new RangeError(`Cannot cut a picture: sizePx is ${sizePx}, expected a positive integer`);
  }
  const square = frame === "person"
    ? personSquare(photo, analysis.mask)
    : frame === "photo"
    ? wholeSquare(photo)
    : frame;
  const whole = { x: 0, y: 0, width: photo.width, height: photo.height };
  const matte: Matte = cut({ ...analysis.matte, channels: 1 }, "linear", { whole, square, sizePx });
  clearOutside(matte, photo, square);
  const { source, box } = await sourceOf(photo, square, sizePx);
  const picture = cut(source, "cubic", { whole: box, square, sizePx });
  return {
    picture: { ...picture, channels: 3 },
    matte,
    mask: maskOf(matte),
    keypoints: keypointsIn(analysis.keypoints, square, sizePx),
    square,
  };
}

/** The square that holds the whole photo in its middle. */
export function wholeSquare({ width, height }: Pick<Photo, "width" | "height">): PhotoSquare {
  const sidePx = Math.max(width, height);
  return { x: (width - sidePx) / 2, y: (height - sidePx) / 2, sidePx };
}

/** Longest side of a scan in the suite's own views, as a share of the view's side. */
const PERSON_SHARE = 1 / (SUITE_DISTANCE_RADII * Math.tan(SUITE_FOV_DEG / 360 * Math.PI));

/** The square in which the person is as large as in the suite's own views, and in the middle. */
export function personSquare(photo: Pick<Photo, "width" | "height">, mask: Matte): PhotoSquare {
  let x0 = mask.width, y0 = mask.height, x1 = 0, y1 = 0;
  for (let y = 0, i = 0; y < mask.height; y++) {
    for (let x = 0; x < mask.width; x++, i++) {
      if (mask.data[i] === 0) continue;
      x0 = Math.min(x0, x), x1 = Math.max(x1, x + 1), y0 = Math.min(y0, y), y1 = y + 1;
    }
  }
  if (x1 === 0) throw new RangeError("Cannot cut out the person: the mask is empty");
  const scaleX = photo.width / mask.width, scaleY = photo.height / mask.height;
  const sidePx = Math.max((x1 - x0) * scaleX, (y1 - y0) * scaleY) / PERSON_SHARE;
  return {
    x: (x0 + x1) / 2 * scaleX - sidePx / 2,
    y: (y0 + y1) / 2 * scaleY - sidePx / 2,
    sidePx,
  };
}

/** Pixels that show a square: the analysed picture, or a part of the file where that is finer. */
async function sourceOf(
  photo: Photo,
  { x, y, sidePx }: PhotoSquare,
  sizePx: number,
): Promise<{ source: RgbImage; box: Box }> {
  const left = Math.max(0, Math.floor(x)), top = Math.max(0, Math.floor(y));
  const crop = {
    left,
    top,
    width: Math.min(photo.width, Math.ceil(x + sidePx)) - left,
    height: Math.min(photo.height, Math.ceil(y + sidePx)) - top,
  };
  if (!(crop.width > 0 && crop.height > 0)) {
    throw new RangeError("Cannot cut a picture: the square lies outside of the photo");
  }
  const density = sizePx / sidePx, decoded = photo.picture.width / photo.width;
  if (decoded >= Math.min(1, density)) {
    return {
      source: photo.picture,
      box: { x: 0, y: 0, width: photo.width, height: photo.height },
    };
  }
  const longest = Math.max(crop.width, crop.height);
  const source = await photo.part(crop, Math.min(longest, Math.ceil(density * longest)));
  return { source, box: { x: left, y: top, width: crop.width, height: crop.height } };
}

/** Resamples a square of the photo from samples that show the box `whole` of it. */
function cut(
  source: Samples,
  kernel: "cubic" | "linear",
  { whole, square, sizePx }: { whole: Box; square: PhotoSquare; sizePx: number },
): { width: number; height: number; data: Uint8Array } {
  const scaleX = source.width / whole.width, scaleY = source.height / whole.height;
  const box = {
    x: (square.x - whole.x) * scaleX,
    y: (square.y - whole.y) * scaleY,
    width: square.sidePx * scaleX,
    height: square.sidePx * scaleY,
  };
  const { data } = resample(source, { box, width: sizePx, height: sizePx, kernel });
  return { width: sizePx, height: sizePx, data };
}

/** Nobody is known outside of the photo. */
function clearOutside(
  { width, height, data }: Matte,
  photo: Pick<Photo, "width" | "height">,
  { x, y, sidePx }: PhotoSquare,
): void {
  const step = sidePx / width;
  const outside = (start: number, index: number, length: number) => {
    const position = start + (index + 0.5) * step;
    return position < 0 || position > length;
  };
  for (let row = 0; row < height; row++) {
    const empty = outside(y, row, photo.height);
    for (let column = 0; column < width; column++) {
      if (empty || outside(x, column, photo.width)) data[row * width + column] = 0;
    }
  }
}

function keypointsIn(
  keypoints: OpenPoseKeypoints,
  { x, y, sidePx }: PhotoSquare,
  sizePx: number,
): OpenPoseKeypoints {
  const scale = sizePx / sidePx;
  const each = (points: Float64Array) => {
    const out = points.slice();
    for (let i = 0; i < out.length; i += 3) {
      if (points[i] === 0 && points[i + 1] === 0) continue;
      out[i] = (points[i] - x) * scale;
      out[i + 1] = (points[i + 1] - y) * scale;
    }
    return out;
  };
  return {
    body25: each(keypoints.body25),
    handLeft: each(keypoints.handLeft),
    handRight: each(keypoints.handRight),
  };
}
