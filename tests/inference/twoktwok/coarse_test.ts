import assert from "node:assert/strict";
import {
  clamp,
  coarseDepth,
  coarsePicture,
  networkValues,
  scaledUp,
  sigmoid,
} from "../../../inference/twoktwok/coarse.ts";
import { type Pipeline, PUBLISHED_PIPELINE } from "../../../inference/twoktwok/pipeline.ts";

const SMALL: Pipeline = { ...PUBLISHED_PIPELINE, canvasPx: 32, coarsePx: 4 };

Deno.test("networkValues() takes 0..255 to −1..1", () => {
  const values = networkValues(PUBLISHED_PIPELINE);
  assert.equal(values[0], -1);
  assert.equal(values[255], 1);
  assert.ok(Math.abs(values[51] + 0.6) < 1e-6);
});

Deno.test("coarsePicture() is the mean of the four middle pixels of each cell", () => {
  const rgb = new Uint8Array(3 * 32 * 32);
  // Cell (1, 2): rows 8..15, columns 16..23; its middle pixels are rows 11, 12, columns 19, 20.
  for (const [r, c, v] of [[11, 19, 255], [11, 20, 0], [12, 19, 255], [12, 20, 255]]) {
    rgb[3 * (32 * r + c) + 1] = v;
  }
  const out = coarsePicture(rgb, SMALL);
  assert.equal(out[16 + 4 * 1 + 2], 0.5);
  assert.ok(out.every((v, i) => i === 16 + 6 || v === -1));
});

Deno.test("scaledUp() holds borders and is straight between centres", () => {
  const out = scaledUp(Float32Array.of(0, 8, 0, 8), 2, 8);
  const row = [...out.subarray(16 * 5, 16 * 6)];
  assert.deepEqual(row.slice(0, 4), [0, 0, 0, 0]);
  assert.deepEqual(row.slice(4, 12), [0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5]);
  assert.deepEqual(row.slice(12), [8, 8, 8, 8]);
});

Deno.test("coarseDepth() clamps inside the mask and codes the background outside", () => {
  const front = [1.5, -1, 9, 1], back = [2, 2, 7, 1], logit = [3, 0.1, 0.1, 0];
  const found = coarseDepth(Float32Array.from([...front, ...back, ...logit]), PUBLISHED_PIPELINE);
  assert.deepEqual([...found.front], [1.5, 0, 6, 6]);
  assert.deepEqual([...found.back], [2, 2, 6, 0]); // a mask of exactly 0.5 is background
  assert.equal(found.mask[3], 0.5);
  assert.equal(found.clamped, 3);
});

Deno.test("sigmoid() and clamp() at their ends", () => {
  assert.equal(sigmoid(0), 0.5);
  assert.equal(sigmoid(-1000), 0);
  assert.equal(sigmoid(1000), 1);
  assert.ok(Number.isNaN(clamp(NaN, 0, 6)));
});
