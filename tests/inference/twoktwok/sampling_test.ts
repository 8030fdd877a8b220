import assert from "node:assert/strict";
import fc from "fast-check";
import {
  boundingBox,
  middleWindow,
  SourcePositions,
} from "../../../inference/twoktwok/sampling.ts";

const IDENTITY = Float32Array.of(1, 0, 0, 0, 1, 0);

Deno.test("middleWindow() is centred", () => {
  assert.deepEqual(middleWindow(16, [4, 8]), { top: 6, left: 4, bottom: 10, right: 12 });
});

Deno.test("row() of the identity gives the pixel itself", () => {
  const out = new Float32Array(2 * 2048), positions = new SourcePositions(IDENTITY, 0, 2048);
  for (const row of [0, 1, 1000, 2047]) {
    positions.row(row, 0, 2048, out);
    // Two roundings of numbers near 1 to float32: 2⁻²³ · 1024 pixels.
    for (let c = 0; c < 2048; c++) assert.ok(Math.abs(out[c] - c) < 2.5e-4);
    assert.ok(Math.abs(out[2048] - row) < 2.5e-4);
  }
});

Deno.test("row() of a half turn and a shift in normalised coordinates", () => {
  // x' = −x + 0.5: column c of 8 at (2c + 1)/8 − 1 goes to index 7 − c + 2.
  const positions = new SourcePositions(Float32Array.of(-1, 0, 0.5, 0, -1, 0), 0, 8);
  const out = new Float32Array(6);
  positions.row(2, 1, 3, out);
  assert.deepEqual([...out].map((v) => Math.round(1e4 * v) / 1e4), [8, 7, 6, 5, 5, 5]);
});

Deno.test("row() and at() agree to the rounding of float32", () => {
  const entry = fc.float({ min: -2, max: 2, noNaN: true });
  fc.assert(
    fc.property(
      fc.array(entry, { minLength: 6, maxLength: 6 }),
      fc.nat(255),
      fc.nat(255),
      (list, column, row) => {
        const positions = new SourcePositions(Float32Array.from(list), 0, 256);
        const out = new Float32Array(2);
        positions.row(row, column, 1, out);
        const [x, y] = positions.at(column, row);
        // Sums up to 6 in float32, times half the side.
        assert.ok(Math.abs(out[0] - x) < 3e-4 && Math.abs(out[1] - y) < 3e-4);
      },
    ),
    { seed: 8, numRuns: 500 },
  );
});

Deno.test("boundingBox() holds every pixel whose image touches the window", () => {
  const side = 64;
  fc.assert(
    fc.property(
      fc.double({ min: 0.3, max: 3, noNaN: true }),
      fc.double({ min: -3.2, max: 3.2, noNaN: true }),
      fc.double({ min: -0.8, max: 0.8, noNaN: true }),
      (size, angle, shift) => {
        const a = Math.cos(angle), b = Math.sin(angle);
        // Canvas → window: turned, scaled by 1/size, shifted; and its inverse.
        const there = Float32Array.of(a / size, -b / size, shift, b / size, a / size, -shift);
        const back = Float32Array.of(
          a * size,
          b * size,
          -size * (a * shift - b * shift),
          -b * size,
          a * size,
          -size * (-b * shift - a * shift),
        );
        const window = middleWindow(side, [16, 24]);
        const box = boundingBox(new SourcePositions(back, 0, side), window, side);
        const positions = new SourcePositions(there, 0, side);
        for (let r = 0; r < side; r++) {
          for (let c = 0; c < side; c++) {
            const [x, y] = positions.at(c, r);
            const touches = x > window.left - 1 && x < window.right && y > window.top - 1 &&
              y < window.bottom;
            if (!touches) continue;
            assert.ok(r >= box.top && r < box.bottom && c >= box.left && c < box.right);
          }
        }
      },
    ),
    { seed: 9, numRuns: 60 },
  );
});
