import assert from "node:assert/strict";
import { gridPicture, GridSampler, personCrop } from "../../../inference/twoktwok/person_crop.ts";

/** A mask of side 32 with rows 4 to 23 and columns 10 to 15: 20 × 6 pixels. */
function box(): Uint8Array {
  const mask = new Uint8Array(32 * 32);
  for (let r = 4; r < 24; r++) mask.fill(1, 32 * r + 10, 32 * r + 16);
  return mask;
}

Deno.test("personCrop() centres the mask's box, its longer side the asked share", () => {
  assert.deepEqual(personCrop(box(), 32, 0.8), { x: 13 - 12.5, y: 14 - 12.5, sidePx: 25 });
  assert.throws(() => personCrop(new Uint8Array(16), 4, 0.8), RangeError);
});

Deno.test("gridPicture() is the mean colour and coverage of each cell, 0 beyond the canvas", () => {
  const side = 32, mask = box(), canvas = new Uint8Array(3 * side * side).fill(200);
  // Cells of 8 × 8 pixels: the first covers rows and columns 0 to 7, no mask.
  const planes = gridPicture({ canvas, mask, side }, { x: 0, y: 0, sidePx: 32 }, 4);
  assert.equal(planes.length, 64);
  const coverage = (r: number, c: number) => planes[48 + 4 * r + c];
  assert.equal(coverage(1, 0), 0);
  // Rows 8 to 15 are all inside, columns 10 to 15 of 8 to 15: three quarters.
  assert.ok(Math.abs(coverage(1, 1) - 0.75) < 0.05);
  assert.ok(Math.abs(planes[5] / coverage(1, 1) - 200 / 255) < 1e-6);
  const outside = gridPicture({ canvas, mask, side }, { x: -320, y: 0, sidePx: 32 }, 4);
  assert.ok(outside.every((v) => v === 0));
});

Deno.test("GridSampler reproduces a ramp, and leaves out cells that hardly count", () => {
  const grid = 8, plane = Float32Array.from({ length: 64 }, (_, i) => i % grid);
  const square = { x: 10, y: 20, sidePx: 80 };
  const sampler = new GridSampler(square, grid);
  sampler.at(10 + 34, 20 + 40); // column 3.4 − 0.5
  assert.ok(Math.abs(sampler.of(plane, 0) - 2.9) < 1e-6);
  sampler.at(0, 0); // clamped to the first cell
  assert.equal(sampler.of(plane, 0), 0);
  const counts = Float32Array.from(plane, (column) => column < 3 ? 1 : 1e-6);
  const careful = new GridSampler(square, grid, counts);
  careful.at(10 + 34, 20 + 40);
  assert.ok(Math.abs(careful.of(plane, 0) - 2) < 1e-4);
});
