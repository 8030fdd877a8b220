/** What is wrong with depth maps from outside, told by name, before a mesher sees them. */
import { pixelSizeM } from "../../core/geometry/camera.ts";
import { InputError } from "../../core/work/errors.ts";
import type { DoubleDepth } from "./solid.ts";

/** What became of the pixels that some map covers. Counts of pixels. */
export interface PreparedPixels {
  /** Covered by the maps as they came, and left for the mesher. */
  given: number;
  used: number;
  /** Left out: a depth is NaN or infinite. */
  notFinite: number;
  /** Left out: a depth is negative. */
  behindCamera: number;
  /** Left out: only one of the two maps has a depth. */
  oneSided: number;
  /** Left out: the front lies behind the back. */
  frontBehindBack: number;
  /** Kept, moved apart: front and back were closer than {@linkcode LEAST_THICKNESS_PIXELS}. */
  thin: number;
}

/**
 * Least distance of front and back, pixel sides: 1/20, that is about 0.05 mm. Sheets that touch
 * would share edges, which a closed surface must not.
 */
export const LEAST_THICKNESS_PIXELS = 0.05;

/**
 * Leaves out the pixels that cannot be meshed and moves sheets apart that touch; the maps that were
 * handed in stay as they are.
 *
 * @throws {RangeError} If a map's length is not width · height.
 * @throws {InputError} If no pixel is left.
 */
export function prepareMaps<Maps extends DoubleDepth>(
  maps: Maps,
): { maps: Maps; pixels: PreparedPixels } {
  const { camera } = maps, size = camera.width * camera.height;
  for (const side of ["front", "back"] as const) {
    if (maps[side].length === size) continue;
    throw new RangeError(
      `Cannot make a mesh: the ${side} depth has ${maps[side].length} pixels, expected ${size}`,
    );
  }
  const front = new Float32Array(size), back = new Float32Array(size);
  const pixels: PreparedPixels = {
    given: 0,
    used: 0,
    notFinite: 0,
    behindCamera: 0,
    oneSided: 0,
    frontBehindBack: 0,
    thin: 0,
  };
  for (let p = 0; p < size; p++) {
    const f = maps.front[p], b = maps.back[p];
    if (f === 0 && b === 0) continue;
    pixels.given++;
    if (!Number.isFinite(f) || !Number.isFinite(b)) pixels.notFinite++;
    else if (f < 0 || b < 0) pixels.behindCamera++;
    else if (f === 0 || b === 0) pixels.oneSided++;
    else if (f > b) pixels.frontBehindBack++;
    else {
      pixels.used++;
      const least = LEAST_THICKNESS_PIXELS * pixelSizeM(camera, f);
      const apart = b - f >= least ? 0 : (least - (b - f)) / 2;
      if (apart > 0) pixels.thin++;
      front[p] = f - apart, back[p] = b + apart;
    }
  }
  if (pixels.used === 0) {
    throw new InputError(`Cannot make a mesh: ${emptyReason(pixels)}`, {
      hint: "look at the mask: nothing of the person was found",
    });
  }
  return { maps: { ...maps, front, back }, pixels };
}

/** What a user should see of it. */
export function pixelWarnings(pixels: PreparedPixels): string[] {
  const warnings: string[] = [];
  const say = (count: number, text: string) =>
    count > 0 && warnings.push(`${count} of ${pixels.given} pixels ${text}`);
  say(pixels.notFinite, "have a depth that is not finite and are left out");
  say(pixels.behindCamera, "have a depth behind the camera and are left out");
  say(pixels.oneSided, "have only one of front and back depth and are left out");
  say(pixels.frontBehindBack, "have the front behind the back and are left out");
  return warnings;
}

function emptyReason(pixels: PreparedPixels): string {
  if (pixels.given === 0) return "the depth maps are empty, expected pixels above 0";
  const parts = pixelWarnings(pixels).join("; ");
  return `no pixel is left (${parts}), expected front and back above 0, front before back`;
}
