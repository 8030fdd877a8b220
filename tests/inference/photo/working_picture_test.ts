import assert from "node:assert/strict";
import { encodePng } from "../../../core/files/image.ts";
import { bytesSource } from "../../../core/files/source.ts";
import { analysePhoto, type PhotoAnalysis } from "../../../inference/photo/analyse_photo.ts";
import { decodePhoto, type Photo } from "../../../inference/photo/read_photo.ts";
import {
  personSquare,
  wholeSquare,
  workingPicture,
} from "../../../inference/photo/working_picture.ts";
import { near, painted } from "./_help.ts";

/** A photo of 320 × 200 whose red is x / 2 and green y, with somebody at 100..180 × 40..160. */
async function scene(maxSidePx: number): Promise<{ photo: Photo; analysis: PhotoAnalysis }> {
  const bytes = encodePng(painted(320, 200, (x, y) => [x >> 1, y, 50]));
  const photo = await decodePhoto(bytesSource("photo.png", bytes), { maxSidePx });
  const { width, height } = photo.picture, scale = 320 / width;
  const data = Uint8Array.from({ length: width * height }, (_, i) => {
    const x = (i % width + 0.5) * scale, y = (Math.floor(i / width) + 0.5) * scale;
    return x > 100 && x < 180 && y > 40 && y < 160 ? 255 : 0;
  });
  const body25 = new Float64Array(75);
  body25.set([140, 50, 0.9, 141, 60, 0.8], 0);
  const hand = new Float64Array(63);
  const analysis = await analysePhoto(photo, {
    keypoints: { keypoints: { body25, handLeft: hand, handRight: hand }, notes: [] },
    mask: { matte: { width, height, data }, notes: [] },
  });
  return { photo, analysis };
}

Deno.test("wholeSquare() pads the short side evenly; personSquare() leaves the suite's margin", () => {
  assert.deepEqual(wholeSquare({ width: 320, height: 200 }), { x: 0, y: -60, sidePx: 320 });
  const mask = { width: 10, height: 10, data: new Uint8Array(100) };
  for (let y = 2; y < 8; y++) mask.data[10 * y + 4] = 255;
  // 6 of 10 cells of a photo of 100 pixels: 60 pixels, 76.6 % of the square.
  const { x, y, sidePx } = personSquare({ width: 100, height: 100 }, mask);
  near(sidePx, 60 * 2.8 * Math.tan(25 * Math.PI / 180), 1e-9, "side");
  near(x + sidePx / 2, 45, 1e-9, "centre");
  near(y + sidePx / 2, 50, 1e-9, "centre");
  assert.throws(
    () => personSquare({ width: 9, height: 9 }, { width: 1, height: 1, data: new Uint8Array(1) }),
    RangeError,
  );
});

for (const [name, maxSidePx] of [["as decoded", 2048], ["from the file again", 80]] as const) {
  Deno.test(`workingPicture() shows the square in its own pixels (${name})`, async () => {
    const { photo, analysis } = await scene(maxSidePx);
    const frame = { x: 90, y: 30, sidePx: 160 };
    const { picture, mask, keypoints, square } = await workingPicture({ photo, analysis }, {
      sizePx: 80,
      frame,
    });
    assert.deepEqual(square, frame);
    assert.deepEqual([picture.width, picture.height, picture.data.length], [80, 80, 19200]);
    for (const [x, y] of [[0, 0], [40, 20], [79, 79]]) {
      const at = 3 * (80 * y + x);
      near(picture.data[at], (90 + 2 * (x + 0.5) - 0.5) / 2, 1.3, "red at the place");
      near(picture.data[at + 1], 30 + 2 * (y + 0.5) - 0.5, 1.3, "green at the place");
    }
    // The person's left edge is at photo x = 100, so at 5 here; the top at 5, the bottom at 65.
    const inside = (x: number, y: number) => mask.data[80 * y + x] === 255;
    const slack = maxSidePx === 80 ? 2 : 1;
    assert.ok(!inside(5 - slack, 30) && inside(5 + slack, 30), "left");
    assert.ok(!inside(20, 5 - slack) && inside(20, 5 + slack), "top");
    assert.ok(inside(20, 64 - slack) && !inside(20, 65 + slack), "bottom");
    assert.deepEqual([...keypoints.body25.subarray(0, 9)], [25, 10, 0.9, 25.5, 15, 0.8, 0, 0, 0]);
  });
}

Deno.test("workingPicture() repeats the photo's edge outside and knows nobody there", async () => {
  const { photo, analysis } = await scene(2048);
  analysis.matte.data.fill(255);
  const { picture, mask } = await workingPicture({ photo, analysis }, {
    sizePx: 64,
    frame: "photo",
  });
  // 320 × 200 in 64 × 64: rows 12 to 51 are photo.
  assert.deepEqual([mask.data[64 * 11 + 30], mask.data[64 * 12 + 30]], [0, 255]);
  assert.deepEqual([mask.data[64 * 51 + 30], mask.data[64 * 52 + 30]], [255, 0]);
  assert.deepEqual([picture.data[3 * 30 + 1], picture.data[3 * (63 * 64 + 30) + 1]], [0, 199]);
});

Deno.test("workingPicture() refuses sizes and squares that make no sense", async () => {
  const { photo, analysis } = await scene(2048);
  const refused = async (options: Parameters<typeof workingPicture>[1]) =>
    await assert.rejects(workingPicture({ photo, analysis }, options), RangeError);
  await refused({ sizePx: 0 });
  await refused({ sizePx: 12.5 });
  await refused({ frame: { x: 400, y: 0, sidePx: 50 } });
});
