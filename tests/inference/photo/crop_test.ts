import assert from "node:assert/strict";
import { cropRegion } from "../../../inference/photo/crop.ts";
import { halved, pyramidOf } from "../../../inference/photo/pyramid.ts";
import { near, painted } from "./_help.ts";

// Red is 2 x, green is 3 y at the centre of pixel (x, y): bilinear samples are exact.
const ramp = pyramidOf(painted(64, 48, (x, y) => [2 * x, 3 * y, 7]));

Deno.test("cropRegion() of a ramp gives the ramp at the turned positions", () => {
  const angleRad = 0.3, size = 16, sidePx = 16;
  const crop = cropRegion(ramp, { cx: 30, cy: 24, sidePx, angleRad }, { size, range: [0, 255] });
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const u = column + 0.5 - 8, v = row + 0.5 - 8;
      const x = 30 + u * Math.cos(angleRad) - v * Math.sin(angleRad) - 0.5;
      const y = 24 + u * Math.sin(angleRad) + v * Math.cos(angleRad) - 0.5;
      const at = 3 * (row * size + column);
      near(crop[at], 2 * x, 1e-4, "red");
      near(crop[at + 1], 3 * y, 1e-4, "green");
      near(crop[at + 2], 7, 1e-5, "blue");
    }
  }
});

Deno.test("cropRegion() takes the same pixels when the region lies on them", () => {
  const crop = cropRegion(ramp, { cx: 8, cy: 8, sidePx: 16, angleRad: 0 }, { size: 16 });
  near(crop[0], 0, 1e-7);
  near(crop[3 * 15], 30 / 255, 1e-6);
  near(crop[3 * 15 * 16 + 1], 45 / 255, 1e-6);
});

Deno.test("cropRegion() shows the nearest pixel or black outside, and maps the range", () => {
  const white = pyramidOf(painted(8, 8, () => [255, 255, 255]));
  const region = { cx: 4, cy: 4, sidePx: 16, angleRad: 0 };
  const edge = cropRegion(white, region, { size: 16 });
  assert.ok(edge.every((v) => v === 1));
  const black = cropRegion(white, region, { size: 16, outside: "black", range: [-1, 1] });
  const at = (x: number, y: number) => black[3 * (y * 16 + x)];
  assert.deepEqual([at(0, 0), at(4, 4), at(11, 11), at(12, 4)], [-1, 1, 1, -1]);
});

Deno.test("cropRegion() blends into black over the last pixel", () => {
  // The sample lies a quarter of a pixel beyond the centre of the last column.
  const white = pyramidOf(painted(4, 4, () => [200, 200, 200]));
  const region = { cx: 3.75, cy: 2, sidePx: 1, angleRad: 0 };
  const [value] = cropRegion(white, region, { size: 1, outside: "black", range: [0, 255] });
  near(value, 150, 1e-4);
});

Deno.test("cropRegion() sees every pixel when it shrinks", () => {
  const board = pyramidOf(painted(64, 64, (x, y) => (x + y) % 2 ? [255, 0, 255] : [0, 255, 0]));
  const crop = cropRegion(board, { cx: 32, cy: 32, sidePx: 64, angleRad: 0 }, { size: 8 });
  assert.ok(crop.every((v) => Math.abs(v - 0.5) < 0.01), "grey everywhere");
});

Deno.test("halved() rounds odd sides up and averages what is there", () => {
  //  0 100 | 50        50   50
  //  0 100 | 50   →
  // 10  30 | 90        20   90
  const values = [[0, 100, 50], [0, 100, 50], [10, 30, 90]];
  const half = halved(painted(3, 3, (x, y) => [values[y][x], values[y][x], 1]));
  assert.deepEqual([half.width, half.height], [2, 2]);
  assert.deepEqual([...half.data], [50, 50, 1, 50, 50, 1, 20, 20, 1, 90, 90, 1]);
});
