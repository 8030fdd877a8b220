/** Small pictures and made-up networks for the tests of the photo front end. */
import assert from "node:assert/strict";
import { InputError } from "../../../core/work/errors.ts";
import type { PersonInRegion, PoseNetworks } from "../../../inference/photo/networks.ts";
import { pyramidOf, type RgbImage } from "../../../inference/photo/pyramid.ts";
import { fromRegion, type Region } from "../../../inference/photo/region.ts";

export const SEED = 20260817;

/** A picture from a function of the pixel's place. */
export function painted(
  width: number,
  height: number,
  color: (x: number, y: number) => readonly [number, number, number],
): RgbImage {
  const data = new Uint8Array(3 * width * height);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += 3) data.set(color(x, y), i);
  }
  return { width, height, channels: 3, data };
}

/** A picture of one colour, as a pyramid. */
export function plain(width: number, height: number) {
  return pyramidOf(painted(width, height, () => [90, 90, 90]));
}

/** What a network would see of somebody upright in the middle of a region. */
export function seen(region: Region, more: Partial<PersonInRegion> = {}): PersonInRegion {
  const points = new Float64Array(165);
  for (let i = 0; i < 33; i++) {
    points.set(fromRegion(region, 0.4 + 0.006 * i, 0.1 + 0.025 * i), 5 * i);
    points.set([1, 1], 5 * i + 3);
  }
  return {
    presence: 1,
    points,
    worldM: new Float64Array(99),
    next: region,
    region,
    segmentation: new Float32Array(256 * 256).fill(-9),
    ...more,
  };
}

/** Networks of which a test says what they see. */
export function networks(
  { detect, look }: Partial<Pick<PoseNetworks, "detect" | "look">>,
): PoseNetworks {
  return {
    detect: detect ?? (() => Promise.resolve([])),
    look: look ?? ((_, region) => Promise.resolve(seen(region))),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** Checks that a promise is refused with an InputError that says so. */
export async function refuses(work: Promise<unknown>, message: RegExp): Promise<InputError> {
  const error = await work.then(() => undefined, (error) => error);
  assert.ok(error instanceof InputError, `expected an InputError, got ${error}`);
  assert.match(error.message, message);
  return error;
}

export function near(found: number, wanted: number, tolerance: number, what = "value"): void {
  assert.ok(
    Math.abs(found - wanted) <= tolerance,
    `${what} is ${found}, expected ${wanted} ± ${tolerance}`,
  );
}
