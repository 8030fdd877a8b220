import assert from "node:assert/strict";
import { inflateMask } from "../../../inference/baselines/inflate.ts";
import { solvePoisson } from "../../../inference/baselines/_poisson2d.ts";
import { identity } from "../../../core/geometry/transform.ts";

const SIZE = 200;
const CAMERA = {
  camera: {
    projection: "orthographic" as const,
    width: SIZE,
    height: SIZE,
    halfWidthM: 1,
    camFromScan: identity(),
    yawDeg: 0,
    pitchDeg: 0,
  },
  subjectDistanceM: 3,
};

function maskOf(inside: (x: number, y: number) => boolean) {
  const data = new Uint8Array(SIZE * SIZE);
  for (let y = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++) data[y * SIZE + x] = inside(x + 0.5, y + 0.5) ? 255 : 0;
  }
  return { width: SIZE, height: SIZE, data };
}

Deno.test("solvePoisson() of a strip is the parabola (R² − x²)/2", () => {
  const columns = 42, rows = 400, inside = new Uint8Array(columns * rows);
  for (let r = 1; r < rows - 1; r++) {
    for (let c = 1; c < columns - 1; c++) inside[r * columns + c] = 1;
  }
  const h = solvePoisson(inside, columns, rows), row = 200;
  for (let c = 1; c < columns - 1; c++) {
    // Zero at the centres of columns 0 and 41: R = 20.5.
    const expected = (20.5 * 20.5 - (c - 20.5) ** 2) / 2;
    assert.ok(Math.abs(h[row * columns + c] / expected - 1) < 0.02, `column ${c}`);
  }
});

Deno.test("inflateMask() makes a tube as deep as 0.7 of its width, symmetric about the plane", () => {
  const { front, back } = inflateMask(maskOf((x) => Math.abs(x - 100) < 20), undefined, CAMERA);
  const p = 100 * SIZE + 100;
  // Half width 20 px = 0.2 m.
  assert.ok(Math.abs((back[p] - front[p]) / 2 - 0.7 * 0.2) < 0.007);
  assert.ok(Math.abs((back[p] + front[p]) / 2 - 3) < 1e-6);
  assert.equal(front[100 * SIZE + 10], 0);
});

Deno.test("inflateMask() levels touching parts off at their usual thickness when keypoints are known", () => {
  const mask = maskOf((x, y) => x > 30 && x < 170 && y > 10 && y < 190);
  const body25 = new Float64Array(75);
  const put = (k: number, x: number, y: number) => body25.set([x, y, 2], 3 * k);
  put(0, 100, 25), put(1, 100, 50), put(8, 100, 100), put(2, 80, 50), put(5, 120, 50);
  put(9, 90, 100), put(12, 110, 100), put(10, 90, 140), put(13, 110, 140);
  put(11, 90, 180), put(14, 110, 180);
  const without = inflateMask(mask, undefined, CAMERA),
    capped = inflateMask(mask, { body25 }, CAMERA);
  const p = 75 * SIZE + 100;
  const stature = (25 + 50 + 80) / 0.86 / 100; // metres
  assert.ok(without.back[p] - without.front[p] > 0.4);
  assert.ok(capped.back[p] - capped.front[p] <= 2 * 0.075 * stature);
});

Deno.test("inflateMask() refuses an empty mask", () => {
  assert.throws(() => inflateMask(maskOf(() => false), undefined, CAMERA), /the mask is empty/);
});
