import assert from "node:assert/strict";
import { detailBands, DetailErrors } from "../../../eval/metrics/detail.ts";

const SIZE = 128, PIXEL = 0.001;

/** A covered square whose normals lean by a wave along x: `amplitude` rad, `waveM` long. */
function waves(amplitude: number, waveM: number, lean = 0) {
  const mask = new Uint8Array(SIZE * SIZE), normal = new Uint16Array(3 * SIZE * SIZE);
  for (let y = 4; y < SIZE - 4; y++) {
    for (let x = 4; x < SIZE - 4; x++) {
      const at = y * SIZE + x;
      mask[at] = 255;
      const angle = lean + amplitude * Math.sin(2 * Math.PI * x * PIXEL / waveM);
      const n = [Math.sin(angle), 0, Math.cos(angle)];
      for (let k = 0; k < 3; k++) normal[3 * at + k] = Math.round((n[k] + 1) / 2 * 65535);
    }
  }
  return { mask, normal };
}

const OPTIONS = { sizePx: SIZE, pixelM: PIXEL, sigmasM: [0.004, 0.016] };
const errors = (a: ReturnType<typeof waves>, b: ReturnType<typeof waves>) => {
  const found = new DetailErrors();
  found.add(detailBands(a, OPTIONS), detailBands(b, OPTIONS));
  return found.meansDeg() as number[];
};

Deno.test("detail of a view and itself is 0 in every band", () => {
  assert.deepEqual(errors(waves(0.3, 0.02), waves(0.3, 0.02)), [0, 0, 0]);
});

Deno.test("detail ignores a lean of the whole surface, which is what normals measure", () => {
  for (const value of errors(waves(0, 1), waves(0, 1, 0.3))) assert.ok(value < 0.01);
});

Deno.test("a smooth surface is charged with the scan's wrinkles: 2/π of their amplitude", () => {
  // The mean of |a sin| is 2a/π; waves of 7.1 mm pass neither smoothing.
  const [fine, coarse, detail] = errors(waves(0, 1), waves(0.1, 0.0071));
  const expected = 0.1 * 2 / Math.PI * 180 / Math.PI;
  assert.ok(Math.abs(fine / expected - 1) < 0.1, `${fine}, expected ${expected}`);
  assert.ok(Math.abs(detail / expected - 1) < 0.1);
  assert.ok(coarse < 0.1 * expected);
});

Deno.test("longer waves belong to the coarse band", () => {
  const [fine, coarse] = errors(waves(0, 1), waves(0.1, 0.04));
  assert.ok(coarse > 2 * fine, `${coarse} and ${fine}`);
});

Deno.test("wrinkles at the wrong places are worse than none", () => {
  const scan = waves(0.1, 0.0071);
  const shifted = waves(-0.1, 0.0071);
  assert.ok(errors(shifted, scan)[2] > 1.5 * errors(waves(0, 1), scan)[2]);
});

Deno.test("views that share no pixel have no detail error", () => {
  const empty = { mask: new Uint8Array(SIZE * SIZE), normal: new Uint16Array(3 * SIZE * SIZE) };
  assert.deepEqual(errors(empty, waves(0.1, 0.01)), [null, null, null]);
});
