import assert from "node:assert/strict";
import { random } from "../../../core/work/random.ts";
import { enhanceInPlace, randomColorSteps } from "../../../inference/twoktwok/color.ts";

function enhanced(
  rgb: number[],
  factor: number,
  ...steps: ("brightness" | "contrast" | "saturation")[]
) {
  const data = Uint8Array.from(rgb);
  enhanceInPlace(data, factor, steps);
  return [...data];
}

Deno.test("enhanceInPlace() with factor 1 changes nothing", () => {
  const rgb = [0, 1, 2, 100, 150, 200, 255, 254, 253];
  assert.deepEqual(enhanced(rgb, 1, "brightness", "contrast", "saturation"), rgb);
});

Deno.test("enhanceInPlace() dims by truncation", () => {
  // 0.85 · 100 = 85 is 84.99999 in float32 after no subtraction: Pillow gives 85.
  assert.deepEqual(enhanced([0, 1, 2, 20, 100, 255], 0.85, "brightness"), [0, 0, 1, 17, 85, 216]);
});

Deno.test("enhanceInPlace() moves contrast towards the rounded mean luma", () => {
  // Two greys, 0 and 101: mean 50.5 rounds to 51. 51 + 0.85 (0 − 51) = 7.65, 51 + 0.85 · 50 = 93.5.
  assert.deepEqual(enhanced([0, 0, 0, 101, 101, 101], 0.85, "contrast"), [7, 7, 7, 93, 93, 93]);
});

Deno.test("enhanceInPlace() moves saturation towards the pixel's luma", () => {
  // Luma of pure red: (19595 · 255 + 32768) >> 16 = 76. 76 + 0.85 · 179 = 228.15, 76 · 0.15 = 11.4.
  assert.deepEqual(enhanced([255, 0, 0], 0.85, "saturation"), [228, 11, 11]);
  assert.deepEqual(enhanced([90, 90, 90], 0.85, "saturation"), [90, 90, 90]);
});

Deno.test("randomColorSteps() is a permutation that depends on the seed alone", () => {
  const draw = (seed: number) => randomColorSteps(random(seed, "test")).join();
  assert.equal(draw(4), draw(4));
  const seen = new Set(Array.from({ length: 60 }, (_, seed) => draw(seed)));
  assert.equal(seen.size, 6);
});
