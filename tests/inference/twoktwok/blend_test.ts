import assert from "node:assert/strict";
import {
  blendParts,
  gaussian,
  type PartNormals,
  WeightWindows,
} from "../../../inference/twoktwok/blend.ts";
import type { PartAffines } from "../../../inference/twoktwok/part_affine.ts";
import { type Pipeline, PUBLISHED_PIPELINE } from "../../../inference/twoktwok/pipeline.ts";
import { SourcePositions } from "../../../inference/twoktwok/sampling.ts";

/** Two parts with windows of 16 × 16 on a canvas of 64. */
const PIPELINE: Pipeline = {
  ...PUBLISHED_PIPELINE,
  canvasPx: 64,
  coarsePx: 16,
  groups: [{ net: "a", parts: [0, 1], windowPx: [16, 16], weightWindowPx: [10, 10] }],
  weightBlur: { taps: 3, sigmaPx: 1 },
};
const [GROUP] = PIPELINE.groups;

/** Affines that move parts by whole pixels. */
function shifted(...pixels: [number, number][]): PartAffines {
  const make = (sign: number) =>
    Float32Array.from(pixels.flatMap(([x, y]) => [1, 0, sign * x / 32, 0, 1, sign * y / 32]));
  return { pictureFromPart: make(1), partFromPicture: make(-1) };
}

function part(index: number, value: number): PartNormals {
  return { part: index, group: GROUP, normals: new Float32Array(6 * 256).fill(value) };
}

Deno.test("blendParts() of one part is that part inside its window and 0 outside", () => {
  // The weight window of 10 × 10, blurred by one pixel, ends between pixels 25 and 26 and 37 and 38;
  // a shift by half pixels keeps rounding away from that end.
  const { normal, occupancy } = blendParts([part(0, 0.75)], [shifted([4.5, -8.5]), PIPELINE]);
  for (let r = 0; r < 64; r++) {
    for (let c = 0; c < 64; c++) {
      const inside = r >= 17 && r < 30 && c >= 30 && c < 43;
      assert.equal(occupancy[64 * r + c], inside ? 1 : 0, `${r} ${c}`);
      assert.ok(Math.abs(normal[5 * 4096 + 64 * r + c] - (inside ? 0.75 : 0)) < 1e-6);
    }
  }
});

Deno.test("blendParts() passes from one part to the other without a step", () => {
  // The second part lies 6 pixels to the right.
  const { normal } = blendParts([part(0, 0), part(1, 1)], [shifted([0, 0], [6, 0]), PIPELINE]);
  const line = Array.from({ length: 18 }, (_, i) => normal[64 * 32 + 26 + i]);
  assert.equal(line[0], 0);
  assert.equal(line[17], 1);
  for (let i = 1; i < line.length; i++) {
    assert.ok(line[i] >= line[i - 1] && line[i] - line[i - 1] <= 0.5);
  }
  assert.ok(line.some((v) => Math.abs(v - 0.5) < 1e-6), "equal weights in the middle");
});

Deno.test("blendParts() does not depend on where a part's window starts", () => {
  // A window that sticks out of the canvas shows what is inside.
  const { occupancy } = blendParts([part(0, 1)], [shifted([30.5, 0]), PIPELINE]);
  const columns = Array.from({ length: 64 }, (_, c) => occupancy[64 * 32 + c]);
  assert.deepEqual(columns.slice(54), [0, 0, 1, 1, 1, 1, 1, 1, 1, 1]);
});

Deno.test("WeightWindows shares the weights of parts wholly on the picture", () => {
  const windows = new WeightWindows(PIPELINE),
    affines = shifted([0, 0], [5, 5], [31, 0]).pictureFromPart;
  const of = (part: number) => windows.of(GROUP, new SourcePositions(affines, part, 64));
  assert.equal(of(0), of(1));
  assert.notEqual(of(0), of(2));
});

Deno.test("WeightWindows are 1 in the middle, fall over the blur's width and end at 0", () => {
  const windows = new WeightWindows(PUBLISHED_PIPELINE);
  const group = PUBLISHED_PIPELINE.groups[4], [rows, columns] = group.windowPx;
  const identity = new SourcePositions(Float32Array.of(1, 0, 0, 0, 1, 0), 0, 2048);
  const weights = windows.of(group, identity);
  const middle = Array.from({ length: columns }, (_, c) => weights[columns * (rows / 2) + c]);
  // 8 px of frame: the blur's 7 reach all but the outermost.
  assert.equal(middle[0], 0);
  assert.ok(middle[1] > 0);
  for (let c = 1; c < 15; c++) assert.ok(middle[c] >= middle[c - 1]);
  for (let c = 15; c < columns - 15; c++) assert.ok(Math.abs(middle[c] - 1) < 1e-6);
  // Half way at the frame's edge: as many taps see 1 as 0, but for the middle one.
  const taps = gaussian(15, 5);
  const half = taps.slice(0, 8).reduce((a, b) => a + b, 0);
  assert.ok(Math.abs(middle[8] - half) < 1e-6);
});

Deno.test("gaussian() sums to 1, is even and has the given ratio of neighbours", () => {
  const taps = gaussian(15, 5);
  assert.ok(Math.abs(taps.reduce((a, b) => a + b, 0) - 1) < 1e-6);
  assert.equal(taps[0], taps[14]);
  assert.ok(Math.abs(taps[8] / taps[7] - Math.exp(-1 / 50)) < 1e-6);
});
