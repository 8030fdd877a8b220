/** From a picture, its key points and its mask to what the networks take. */
import { InputError } from "../../core/work/errors.ts";
import { withDefaults } from "../../core/work/options.ts";
import { random } from "../../core/work/random.ts";
import { COLOR_STEPS, type ColorStep, enhanceInPlace, randomColorSteps } from "./color.ts";
import { completePoints, POINT_COUNT } from "./keypoints31.ts";
import type { NetworkInput } from "./network.ts";
import { partAffines } from "./part_affine.ts";
import type { Pipeline } from "./pipeline.ts";
import {
  type CanvasPlace,
  canvasPlace,
  cutOut,
  maskOnCanvas,
  type MaskPicture,
  pictureOnCanvas,
  type RgbPicture,
} from "./picture.ts";

/** How the input is prepared. */
export interface FrontEndOptions {
  /**
   * What stands in for missing key points. `none`: proportions of the body (`completePoints`).
   * `published`: what the published program does: every coordinate equal to 0 becomes the canvas's
   * middle, also the one coordinate that padding left at 0. Default: `none`.
   */
  quirks?: "none" | "published" | undefined;
  /** Seed of a random order of the colour steps, as the published script draws one. Default: fixed. */
  colorOrderSeed?: number | undefined;
}

/** See `FrontEndOptions`. */
export const FRONT_END_DEFAULTS = Object.freeze({
  quirks: "none" as "none" | "published",
  colorOrderSeed: undefined as number | undefined,
});

/** A prepared picture. */
export interface PreparedInput extends Omit<NetworkInput, "cue"> {
  place: CanvasPlace;
  /** The picture on the canvas before it was cut out and enhanced, interleaved RGB. */
  plain: Uint8Array;
  /** 0 or 1 a canvas pixel. */
  mask: Uint8Array;
  /** Indices of key points that were missing and are guessed. */
  guessedPoints: number[];
  /** The order of the colour steps. */
  colorSteps: readonly ColorStep[];
}

/** What a person's picture is made of. */
export interface PersonPicture {
  picture: RgbPicture;
  /**
   * x, y, confidence of 31 points (`keypoints31` of render/), pixels of the picture as the suite and
   * OpenPose's files have them; (0, 0) or NaN is missing. Length 93.
   */
  keypoints31: Float64Array;
  /** > 0 inside; of the picture's size, or of the canvas's. */
  mask: MaskPicture;
}

/**
 * Prepares a picture: canvas, mask, colour steps, part transforms.
 *
 * @throws {InputError} If the mask is empty or of another size, or the parts cannot be placed.
 */
export function prepareInput(
  { picture, keypoints31, mask }: PersonPicture,
  pipeline: Pipeline,
  options: FrontEndOptions = {},
): PreparedInput {
  const { quirks, colorOrderSeed } = withDefaults(FRONT_END_DEFAULTS, options);
  const { canvasPx } = pipeline, { width, height } = picture;
  const place = canvasPlace(width, height, canvasPx);
  const plain = pictureOnCanvas(picture, canvasPx);
  const inside = maskFor(mask, picture, canvasPx);
  if (!inside.includes(1)) {
    throw new InputError("Cannot reconstruct the picture: its mask is empty", {
      hint: "give a mask of the person with --mask FILE",
    });
  }
  const rgb = cutOut(plain, inside);
  const colorSteps = colorOrderSeed === undefined
    ? COLOR_STEPS
    : randomColorSteps(random(colorOrderSeed, "2k2k-color-order"));
  enhanceInPlace(rgb, pipeline.colorFactor, colorSteps);
  const { normalised, guessed } = quirks === "published"
    ? publishedPoints(keypoints31, place)
    : sanePoints(keypoints31, place);
  return {
    rgb,
    affines: partAffines(normalised),
    place,
    plain,
    mask: inside,
    guessedPoints: guessed,
    colorSteps,
  };
}

function maskFor(mask: MaskPicture, { width, height }: RgbPicture, canvasPx: number): Uint8Array {
  if (mask.width === width && mask.height === height) return maskOnCanvas(mask, canvasPx);
  if (mask.width === canvasPx && mask.height === canvasPx) {
    return Uint8Array.from(mask.data, (v) => v > 0 ? 1 : 0);
  }
  throw new InputError(
    `Cannot use the mask: it has ${mask.width} × ${mask.height} pixels, expected the picture's ` +
      `${width} × ${height} or ${canvasPx} × ${canvasPx}`,
  );
}

interface NormalisedPoints {
  /** x, y of 31 points, length 62; NaN for fingers that are left out. */
  normalised: Float64Array;
  guessed: number[];
}

/** Missing points are guessed from the others before anything else is done to them. */
function sanePoints(keypoints31: Float64Array, place: CanvasPlace): NormalisedPoints {
  const { points, guessed } = completePoints(keypoints31);
  const { padX, padY, scale, canvasPx } = place;
  const normalised = new Float64Array(2 * POINT_COUNT);
  for (let k = 0; k < POINT_COUNT; k++) {
    normalised[2 * k] = 2 * (points[3 * k] + padX) * scale / canvasPx - 1;
    normalised[2 * k + 1] = 2 * (points[3 * k + 1] + padY) * scale / canvasPx - 1;
  }
  return { normalised, guessed };
}

/** What the published program does; see `FrontEndOptions.quirks`. */
function publishedPoints(keypoints31: Float64Array, place: CanvasPlace): NormalisedPoints {
  const { padX, padY, scale, canvasPx } = place;
  const normalised = new Float64Array(2 * POINT_COUNT), guessed: number[] = [];
  for (let k = 0; k < POINT_COUNT; k++) {
    for (const [axis, pad] of [padX, padY].entries()) {
      const value = keypoints31[3 * k + axis];
      const onCanvas = ((Number.isNaN(value) ? 0 : value) + pad) * scale;
      normalised[2 * k + axis] = onCanvas === 0 ? 0 : 2 * onCanvas / canvasPx - 1;
      if (!(value !== 0) && guessed.at(-1) !== k) guessed.push(k);
    }
    const finger = k >= 23, [x, y] = normalised.subarray(2 * k, 2 * k + 2);
    if (finger && (x === 0 || y === 0)) normalised.fill(NaN, 2 * k, 2 * k + 2);
  }
  return { normalised, guessed };
}
