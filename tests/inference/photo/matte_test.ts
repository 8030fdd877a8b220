import assert from "node:assert/strict";
import { random } from "../../../core/work/random.ts";
import { weighColors } from "../../../inference/photo/color_evidence.ts";
import { type Matte, refineMatte, sampleSegmentation } from "../../../inference/photo/matte.ts";
import { pyramidOf } from "../../../inference/photo/pyramid.ts";
import { fromRegion, type Region } from "../../../inference/photo/region.ts";
import { near, painted } from "./_help.ts";

Deno.test("weighColors() moves the mask's edge to where the colours change", () => {
  // Colours change at x = 40, the mask's soft edge has its middle at 34.
  const width = 80, height = 60, { normal } = random(1, "colors");
  const planes = [0, 1, 2].map((k) =>
    Float32Array.from(
      { length: width * height },
      (_, i) => (i % width < 40 ? [0.4, 0.3, 0.5] : [0.5, 0.4, 0.4])[k] + 0.01 * normal(),
    )
  );
  const mask = Float32Array.from(
    { length: width * height },
    (_, i) => 1 / (1 + Math.exp(-(i % width - 34) / 3)),
  );
  const guide = { width, height, planes: [planes[0], planes[1], planes[2]] as const };
  const out = weighColors(mask, guide, { blockPx: 2, radiusBlocks: 8 });
  let wrong = 0, wrongBefore = 0;
  out.forEach((value, i) => {
    assert.ok(value >= 0 && value <= 1, `probability is ${value}`);
    if ((value > 0.5) !== (i % width >= 40)) wrong++;
    if ((mask[i] > 0.5) !== (i % width >= 40)) wrongBefore++;
  });
  assert.ok(wrong < wrongBefore / 3, `${wrong} of ${wrongBefore} pixels are still wrong`);
});

Deno.test("weighColors() returns the mask where only one side has colours", () => {
  const flat = Float32Array.from({ length: 400 }, (_, i) => i % 7 / 7);
  const guide = { width: 20, height: 20, planes: [flat, flat, flat] as const };
  for (const value of [0.2, 0.5, 0.97]) {
    const mask = new Float32Array(400).fill(value);
    assert.deepEqual(weighColors(mask, guide), mask);
  }
});

/** Logits of a disc, in the region's 256 cells: soft by one cell. */
function disc(region: Region, cx: number, cy: number, radius: number): Float32Array {
  return Float32Array.from({ length: 256 * 256 }, (_, i) => {
    const [x, y] = fromRegion(region, (i % 256 + 0.5) / 256, (Math.floor(i / 256) + 0.5) / 256);
    return 4 * (radius - Math.hypot(x - cx, y - cy)) * 256 / region.sidePx;
  });
}

function iou(matte: Matte, inside: (x: number, y: number) => boolean): number {
  let both = 0, either = 0;
  matte.data.forEach((value, i) => {
    const found = value > 127;
    const there = inside(i % matte.width + 0.5, Math.floor(i / matte.width) + 0.5);
    if (found && there) both++;
    if (found || there) either++;
  });
  return both / either;
}

Deno.test("sampleSegmentation() is bilinear, upright in the picture, and 0 outside of the region", () => {
  // Probability rises along the region's own x: logit −6 to 6.
  const logits = Float32Array.from({ length: 65536 }, (_, i) => (i % 256 + 0.5 - 128) / 21);
  const region = { cx: 100, cy: 100, sidePx: 128, angleRad: Math.PI / 2 };
  const out = sampleSegmentation(logits, region, {
    level: 0,
    left: 0,
    top: 0,
    width: 200,
    height: 200,
  });
  const at = (x: number, y: number) => out[y * 200 + x];
  for (const x of [50, 99, 150]) {
    near(at(x, 99), 1 / (1 + Math.exp(1 / 21)), 1e-3, "half a pixel above the middle");
    near(at(x, 140), 1 / (1 + Math.exp(-81 / 21)), 1e-3, "its right is down");
  }
  assert.equal(at(20, 99), 0);
  assert.equal(at(99, 165), 0);
});

Deno.test("refineMatte() finds the edge of a disc to a pixel, at any turn and scale of the region", () => {
  for (const [sidePx, angleRad] of [[250, 0], [600, 0.4], [420, -2.5], [1100, 1.2]]) {
    const size = Math.ceil(sidePx * 0.9), middle = size / 2, radius = size / 4;
    const { float } = random(5, "disc", sidePx);
    const inside = (x: number, y: number) => Math.hypot(x - middle, y - middle) < radius;
    const picture = painted(size, size, (x, y) => {
      const grain = 10 * float();
      return inside(x + 0.5, y + 0.5) ? [120 + grain, 80, 60] : [90, 100 + grain, 120];
    });
    const region = { cx: middle + 3, cy: middle - 2, sidePx, angleRad };
    // The segmentation is 0.7 cells too large.
    const segmentation = disc(region, middle, middle, radius + 0.7 * sidePx / 256);
    // The larger ones are worked on at half size.
    const options = { minSidePx: 256 };
    const matte = refineMatte({ segmentation, region }, pyramidOf(picture), options);
    assert.deepEqual([matte.width, matte.height], [size, size]);
    const found = iou(matte, inside);
    assert.ok(found > 1 - 1 / radius, `IoU is ${found} at side ${sidePx}`);
  }
});

Deno.test("refineMatte() is empty outside of the region, and where nobody is", () => {
  const pyramid = pyramidOf(painted(300, 200, (x, y) => [x & 255, y, 60]));
  const everywhere = new Float32Array(65536).fill(8), nowhere = everywhere.map(() => -8);
  const left = { cx: 40, cy: 100, sidePx: 80, angleRad: 0 };
  const matte = refineMatte({ segmentation: everywhere, region: left }, pyramid);
  assert.ok(matte.data[100 * 300 + 40] > 200 && matte.data[100 * 300 + 250] === 0);
  assert.ok(
    refineMatte({ segmentation: nowhere, region: left }, pyramid).data.every((v) => v === 0),
  );
  const beside = { ...left, cx: -500 };
  const missed = refineMatte({ segmentation: everywhere, region: beside }, pyramid);
  assert.ok(missed.data.every((v) => v === 0), "the region misses the picture");
});

Deno.test("refineMatte() works on pictures of a few pixels", () => {
  for (const [width, height] of [[1, 1], [2, 5], [17, 3]]) {
    const pyramid = pyramidOf(painted(width, height, () => [9, 9, 9]));
    const region = { cx: width / 2, cy: height / 2, sidePx: 20, angleRad: 0.2 };
    const segmentation = new Float32Array(65536).fill(5);
    const { data } = refineMatte({ segmentation, region }, pyramid);
    assert.ok(data.every((v) => v > 240), `${width} × ${height}: ${data}`);
  }
});
