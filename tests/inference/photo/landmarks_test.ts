import assert from "node:assert/strict";
import { decodeLandmarks, POINTS_33, refinedPoint } from "../../../inference/photo/landmarks.ts";
import { near } from "./_help.ts";

const CELLS = 64, POINTS = 39;

/** Heat maps of −20 everywhere but where a test says. */
function heat(
  cells: readonly (readonly [column: number, row: number, logit: number])[],
  point = 3,
) {
  const maps = new Float32Array(CELLS * CELLS * POINTS).fill(-20);
  for (const [column, row, logit] of cells) {
    maps[(row * CELLS + column) * POINTS + point] = logit;
  }
  return maps;
}

Deno.test("refinedPoint() moves to the mean of a symmetric peak", () => {
  const cells = [[20, 30, 4], [19, 30, 1], [21, 30, 1], [20, 29, 1], [20, 31, 1]] as const;
  const [x, y] = refinedPoint(heat(cells), 3, [21.7 / 64, 29.2 / 64]);
  near(x, 20 / 64, 1e-6);
  near(y, 30 / 64, 1e-6);
});

Deno.test("refinedPoint() weighs cells by probability", () => {
  const cells = [[20, 30, Math.log(3)], [22, 30, Math.log(1 / 3)]] as const; // 0.75 and 0.25
  const [x] = refinedPoint(heat(cells), 3, [21 / 64, 30 / 64]);
  near(x, 20.5 / 64, 1e-6);
});

Deno.test("refinedPoint() stays where the map is unsure, sees 7 × 7 cells, stops at the border", () => {
  const at = [21.7 / 64, 30.2 / 64] as const;
  assert.deepEqual(refinedPoint(heat([[20, 30, -0.1]]), 3, at), [...at], "below 0.5");
  assert.deepEqual(refinedPoint(heat([[25, 30, 5]]), 3, at), [...at], "4 cells away");
  assert.deepEqual(refinedPoint(heat([[20, 30, 5]], 4), 3, at), [...at], "another point's map");
  const [x, y] = refinedPoint(heat([[0, 63, 9]]), 3, [-1.4 / 64, 64.3 / 64]);
  near(x, 0, 1e-6);
  near(y, 63 / 64, 1e-6);
});

Deno.test("decodeLandmarks() maps points and metres through the region's turn", () => {
  const landmarks = new Float32Array(195), world = new Float32Array(117);
  for (let i = 0; i < POINTS; i++) landmarks.set([128, 128, 25.6, 0, 100], 5 * i);
  landmarks.set([256, 128, -25.6, 2, -2], 5 * 7); // the middle of the right edge
  landmarks.set([128, 28, 0, 0, 0], 5 * 34);
  world.set([0.1, 0.2, 0.3], 3 * 7);
  const region = { cx: 50, cy: 60, sidePx: 100, angleRad: Math.PI / 2 };
  const outputs = {
    landmarks,
    world,
    presence: Float32Array.of(0.75),
    heatmaps: heat([]),
  };
  const { points, worldM, presence, next } = decodeLandmarks(outputs, region);
  assert.equal(points.length, 5 * POINTS_33.length);
  assert.equal(presence, 0.75);
  near(points[35], 50, 1e-9, "x: its own right is down");
  near(points[36], 110, 1e-9, "y");
  near(points[37], -10, 1e-5, "z in pixels");
  near(points[38], 1 / (1 + Math.exp(-2)), 1e-7, "visibility");
  near(points[39], 1 / (1 + Math.exp(2)), 1e-7, "presence");
  near(worldM[21], -0.2, 1e-7, "x in metres");
  near(worldM[22], 0.1, 1e-7, "y");
  near(worldM[23], 0.3, 1e-7, "z");
  near(next.cx, 50, 1e-9);
  near(next.angleRad, Math.PI / 2, 1e-9);
  near(next.sidePx, 2.5 * 100 * 100 / 256, 1e-6);
});
