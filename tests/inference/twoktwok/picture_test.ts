import assert from "node:assert/strict";
import fc from "fast-check";
import {
  canvasPlace,
  cutOut,
  maskOnCanvas,
  pictureOnCanvas,
} from "../../../inference/twoktwok/picture.ts";

/** A grey picture made of a function of column and row. */
function picture(width: number, height: number, value: (x: number, y: number) => number) {
  const data = new Uint8Array(3 * width * height);
  for (let i = 0; i < width * height; i++) {
    data.fill(value(i % width, Math.floor(i / width)), 3 * i, 3 * i + 3);
  }
  return { width, height, data };
}

Deno.test("pictureOnCanvas() keeps a square picture of the canvas's size", () => {
  const given = picture(16, 16, (x, y) => 16 * x + y);
  assert.deepEqual(pictureOnCanvas(given, 16), given.data);
});

Deno.test("pictureOnCanvas() pads by the edge pixels, the smaller half first", () => {
  // 1 × 4 pixels: 1 column is added left, 2 right.
  const padded = pictureOnCanvas(picture(1, 4, (_x, y) => 10 * y), 4);
  for (let y = 0; y < 4; y++) {
    assert.deepEqual([...padded.subarray(12 * y, 12 * y + 12)], Array(12).fill(10 * y));
  }
  // 4 × 3 pixels: no row above, one below.
  const below = pictureOnCanvas(picture(4, 3, (_x, y) => 50 * y), 4);
  assert.deepEqual([0, 1, 2, 3].map((y) => below[12 * y]), [0, 50, 100, 100]);
});

Deno.test("pictureOnCanvas() keeps constants at every scale", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 0, max: 255 }),
      (width, height, value) => {
        const out = pictureOnCanvas(picture(width, height, () => value), 32);
        assert.ok(out.every((v) => v === value));
      },
    ),
    { seed: 2, numRuns: 60 },
  );
});

Deno.test("pictureOnCanvas() keeps a ramp straight away from the borders", () => {
  // Pixel centres at half numbers: value 4 x at column x becomes 2 c − 1 at column c.
  const out = pictureOnCanvas(picture(32, 32, (x) => 4 * x), 64);
  for (let c = 6; c < 58; c++) assert.ok(Math.abs(out[3 * (64 * 20 + c)] - (2 * c - 1)) <= 1);
});

Deno.test("pictureOnCanvas() halves with the weights of Keys' cubic, half to even", () => {
  // At a half-way position a = −0.75 gives −3/32, 19/32, 19/32, −3/32. A line 0 0 0 0 64 64 64 64
  // has 64 · 16/32 = 32 at its step, and before it −6 and after it 70, cut to 0 and kept.
  const out = pictureOnCanvas(picture(8, 8, (x) => x < 4 ? 0 : 64), 4);
  assert.deepEqual([0, 1, 2, 3].map((c) => out[3 * c]), [0, 0, 70, 64]);
});

Deno.test("maskOnCanvas() takes the nearest pixel and leaves the padding outside", () => {
  // 2 × 4, all inside: columns 1 and 2 of 4 are covered; doubled 2..5.
  const mask = { width: 2, height: 4, data: new Uint8Array(8).fill(7) };
  const rows = maskOnCanvas(mask, 8);
  for (let r = 0; r < 8; r++) {
    assert.deepEqual([...rows.subarray(8 * r, 8 * r + 8)], [0, 0, 1, 1, 1, 1, 0, 0]);
  }
});

Deno.test("canvasPlace() says where a picture lies", () => {
  assert.deepEqual(canvasPlace(143, 225, 256), {
    padX: 41,
    padY: 0,
    scale: 256 / 225,
    canvasPx: 256,
  });
});

Deno.test("cutOut() makes everything outside the mask black", () => {
  const out = cutOut(Uint8Array.of(1, 2, 3, 4, 5, 6), Uint8Array.of(0, 1));
  assert.deepEqual([...out], [0, 0, 0, 4, 5, 6]);
});
