import assert from "node:assert/strict";
import sharp from "sharp";
import {
  encodeLossy,
  encodePng,
  type Image,
  imageFormat,
  readImage,
  readImageInfo,
} from "../../../core/files/image.ts";
import { refuses, source } from "./_help.ts";

// Red is the column, green the row.
const ramp: Image = {
  width: 60,
  height: 40,
  channels: 3,
  data: Uint8Array.from({ length: 7200 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return [pixel % 60, Math.floor(pixel / 60), 200][i % 3];
  }),
};

Deno.test("readImage() decodes a part", async () => {
  const crop = { left: 7, top: 5, width: 3, height: 2 };
  const part = await readImage(source(encodePng(ramp)), { crop });
  assert.deepEqual([part.width, part.height], [3, 2]);
  assert.deepEqual([...part.data.subarray(0, 3)], [7, 5, 200]);
  assert.deepEqual([...part.data.subarray(-3)], [9, 6, 200]);
  const outside = { left: 59, top: 0, width: 5, height: 5 };
  await refuses(readImage(source(encodePng(ramp)), { crop: outside }), /Cannot decode/);
});

Deno.test("readImage() takes a part of the turned picture", async () => {
  const jpeg = await sharp(ramp.data, { raw: { width: 60, height: 40, channels: 3 } })
    .withMetadata({ orientation: 6 }).png().toBuffer();
  // Turned clockwise: column x of the result was row 39 − x, row y was column y.
  const part = await readImage(source(jpeg), { crop: { left: 2, top: 50, width: 4, height: 4 } });
  assert.deepEqual([...part.data.subarray(0, 3)], [50, 37, 200]);
});

Deno.test("readImage() shrinks to the longest side, of a part too, and never enlarges", async () => {
  const bytes = encodePng(ramp);
  const half = await readImage(source(bytes), { maxSide: 30 });
  assert.deepEqual([half.width, half.height], [30, 20]);
  const at = 3 * (10 * 30 + 15);
  assert.ok(Math.abs(half.data[at] - 30.5) <= 1.5 && Math.abs(half.data[at + 1] - 20.5) <= 1.5);
  const crop = { left: 0, top: 0, width: 40, height: 40 };
  const part = await readImage(source(bytes), { maxSide: 10, crop });
  assert.deepEqual([part.width, part.height], [10, 10]);
  const same = await readImage(source(bytes), { maxSide: 500 });
  assert.deepEqual([same.width, same.height], [60, 40]);
});

Deno.test("readImage() shrinks colours without the colour of transparent pixels", async () => {
  // Red where opaque, green where transparent.
  const data = Uint8Array.from({ length: 4 * 64 * 64 }, (_, i) => {
    const opaque = Math.floor(i / 4) % 2 === 0;
    return [opaque ? 255 : 0, opaque ? 0 : 255, 0, opaque ? 255 : 0][i % 4];
  });
  const bytes = encodePng({ width: 64, height: 64, channels: 4, data });
  const small = await readImage(source(bytes), { maxSide: 16, channels: 4 });
  for (let i = 0; i < small.data.length; i += 4) {
    assert.ok(small.data[i] > 250 && small.data[i + 1] < 5, "red, half transparent");
  }
});

Deno.test("readImageInfo() says what the head says", async () => {
  const png = await readImageInfo(source(encodePng({ ...ramp, data: new Uint16Array(7200) })));
  assert.deepEqual(
    { ...png },
    {
      format: "png",
      width: 60,
      height: 40,
      exifOrientation: 1,
      hasAlpha: false,
      hasProfile: false,
      colorSpace: "rgb16",
      depth: "ushort",
      frames: 1,
    },
  );
  const turned = await sharp(await encodeLossy(ramp)).withMetadata({ orientation: 8 }).jpeg()
    .toBuffer();
  const { width, height, exifOrientation } = await readImageInfo(source(turned));
  assert.deepEqual([width, height, exifOrientation], [40, 60, 8]);
});

Deno.test("readImageInfo() counts frames of GIF, WebP and PNG", async () => {
  const frame = encodePng(ramp);
  const two = sharp([frame, encodePng({ ...ramp, data: ramp.data.map((v) => 255 - v) })], {
    join: { animated: true },
  });
  for (const bytes of [await two.clone().gif().toBuffer(), await two.clone().webp().toBuffer()]) {
    assert.equal((await readImageInfo(source(bytes))).frames, 2);
  }
  // An acTL chunk after IHDR (which ends at byte 33) makes a PNG animated.
  const chunk = Uint8Array.of(
    0,
    0,
    0,
    8,
    0x61,
    0x63,
    0x54,
    0x4c,
    0,
    0,
    0,
    3,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
  );
  const crc = new DataView(chunk.buffer);
  crc.setUint32(16, 0);
  const animated = new Uint8Array([...frame.subarray(0, 33), ...chunk, ...frame.subarray(33)]);
  assert.equal((await readImageInfo(source(animated))).frames, 3);
  assert.equal((await readImageInfo(source(frame))).frames, 1);
});

Deno.test("readImage() reads AVIF and one-frame GIF", async () => {
  const raw = sharp(new Uint8Array(64 * 64 * 3).fill(120), {
    raw: { width: 64, height: 64, channels: 3 },
  });
  for (
    const [format, bytes] of [
      ["avif", await raw.clone().avif({ effort: 0 }).toBuffer()],
      ["gif", await raw.clone().gif().toBuffer()],
    ] as const
  ) {
    assert.equal(imageFormat(bytes), format);
    const image = await readImage(source(bytes), { channels: 3 });
    assert.equal(image.format, format);
    assert.ok(image.data.every((v) => Math.abs(v - 120) < 4));
  }
});

Deno.test("readImage() passes over stray bytes of a photo when asked to, never a missing half", async () => {
  const jpeg = await encodeLossy(ramp);
  // Bytes between segments: readers warn and go on.
  const end = 4 + (jpeg[4] << 8 | jpeg[5]);
  const stray = new Uint8Array([...jpeg.subarray(0, end), 1, 2, 3, ...jpeg.subarray(end)]);
  await refuses(readImage(source(stray)), /Cannot decode a picture/);
  const { width } = await readImage(source(stray), { damage: "tolerate" });
  assert.equal(width, 60);
  const half = jpeg.slice(0, jpeg.length / 2);
  await refuses(readImage(source(half), { damage: "tolerate" }), /Cannot decode a picture/);
});
