import assert from "node:assert/strict";
import fc from "fast-check";
import sharp from "sharp";
import { encodeLossy, encodePng } from "../../../core/files/image.ts";
import { bytesSource } from "../../../core/files/source.ts";
import { InputError } from "../../../core/work/errors.ts";
import { decodePhoto, type PhotoOptions } from "../../../inference/photo/read_photo.ts";
import { near, painted, refuses, SEED } from "./_help.ts";

const photo = (bytes: Uint8Array, options?: PhotoOptions) =>
  decodePhoto(bytesSource("photo", bytes), options);

/** Left half orange, right half blue. */
const two = painted(40, 24, (x) => x < 20 ? [220, 140, 60] : [60, 90, 200]);
const raw = () => sharp(two.data, { raw: { width: 40, height: 24, channels: 3 } });

function colorsOf({ width, data }: { width: number; data: Uint8Array }, y = 12): number[][] {
  const at = (x: number) => [...data.subarray(3 * (y * width + x), 3 * (y * width + x) + 3)];
  return [at(8), at(width - 8)];
}

function sameColors(found: number[][], tolerance: number): void {
  [[220, 140, 60], [60, 90, 200]].forEach((wanted, i) =>
    wanted.forEach((value, k) => near(found[i][k], value, tolerance, `channel ${k}`))
  );
}

for (
  const [name, make, tolerance, codes] of [
    ["PNG", () => Promise.resolve(encodePng(two)), 0, []],
    ["JPEG", () => encodeLossy(two), 6, []],
    ["WebP", () => raw().webp({ quality: 95 }).toBuffer(), 8, []],
    ["TIFF", () => raw().tiff({ compression: "lzw" }).toBuffer(), 0, []],
    ["AVIF", () => raw().avif({ quality: 90, effort: 0 }).toBuffer(), 8, []],
    ["GIF", () => raw().gif().toBuffer(), 8, []],
    ["CMYK", () => raw().toColourspace("cmyk").jpeg({ quality: 95 }).toBuffer(), 40, [
      "photo-cmyk",
    ]],
    [
      "16-bit PNG",
      () => raw().toColourspace("rgb16").png().toBuffer(),
      1,
      ["photo-16-bit"],
    ],
    [
      "PNG with a profile",
      () => raw().withIccProfile("p3").png().toBuffer(),
      3,
      ["photo-profile"],
    ],
  ] as const
) {
  Deno.test(`decodePhoto() reads ${name} as sRGB of 8 bits`, async () => {
    const { width, height, picture, alpha, notes } = await photo(await make());
    assert.deepEqual([width, height, picture.width, picture.height], [40, 24, 40, 24]);
    assert.equal(picture.data.length, 3 * 40 * 24);
    assert.equal(alpha, undefined);
    sameColors(colorsOf(picture), tolerance);
    assert.deepEqual(notes.map(({ code }) => code), codes);
  });
}

Deno.test("decodePhoto() expands grey and reduces 16-bit grey", async () => {
  const grey = new Uint16Array(20 * 20).fill(30000);
  for (const data of [grey, Uint8Array.from(grey, (v) => v >> 8)]) {
    const { picture } = await photo(encodePng({ width: 20, height: 20, channels: 1, data }));
    assert.equal(picture.channels, 3);
    assert.ok(picture.data.every((v) => Math.abs(v - 117) <= 1), `${picture.data[0]}`);
  }
});

Deno.test("decodePhoto() turns the photo as EXIF says, all eight ways", async () => {
  //  white at the top left corner of a dark picture, stored turned in all ways
  for (let orientation = 1; orientation <= 8; orientation++) {
    const upright = painted(32, 20, (x, y) => x < 8 && y < 8 ? [255, 255, 255] : [20, 20, 20]);
    let stored = sharp(upright.data, { raw: { width: 32, height: 20, channels: 3 } });
    // The inverse of what the tag asks for.
    if (orientation === 2) stored = stored.flop();
    if (orientation === 3) stored = stored.rotate(180);
    if (orientation === 4) stored = stored.flip();
    if (orientation === 5) stored = sharp(await stored.rotate(270).png().toBuffer()).flip();
    if (orientation === 6) stored = stored.rotate(270);
    if (orientation === 7) stored = sharp(await stored.rotate(90).png().toBuffer()).flip();
    if (orientation === 8) stored = stored.rotate(90);
    const bytes = await stored.withMetadata({ orientation }).jpeg({ quality: 95 }).toBuffer();
    const { width, height, picture, notes } = await photo(bytes);
    assert.deepEqual([width, height], [32, 20], `orientation ${orientation}`);
    assert.ok(picture.data[0] > 200, `orientation ${orientation}: white at the top left`);
    assert.ok(picture.data[3 * (19 * 32 + 31)] < 60 && picture.data[3 * 31] < 60);
    assert.equal(notes.some(({ code }) => code === "photo-turned"), orientation !== 1);
  }
});

Deno.test("decodePhoto() keeps alpha apart, blackens what is transparent, ignores full alpha", async () => {
  const data = Uint8Array.from(
    { length: 4 * 32 * 32 },
    (_, i) => [200, 100, 50, Math.floor(i / 4) % 32 < 16 ? 0 : 255][i % 4],
  );
  const cut = await photo(encodePng({ width: 32, height: 32, channels: 4, data }));
  assert.deepEqual([...cut.alpha!.subarray(15, 17)], [0, 255]);
  assert.deepEqual([...cut.picture.data.subarray(45, 51)], [0, 0, 0, 200, 100, 50]);
  const opaque = data.map((v, i) => i % 4 === 3 ? 255 : v);
  const whole = await photo(encodePng({ width: 32, height: 32, channels: 4, data: opaque }));
  assert.equal(whole.alpha, undefined);
});

Deno.test("decodePhoto() shrinks to its longer side, says so, and finds the details again", async () => {
  const big = painted(300, 200, (x, y) => [x & 255, y, (x + y) % 2 * 255]);
  const one = await photo(encodePng(big), { maxSidePx: 100 });
  assert.deepEqual([one.width, one.height], [300, 200]);
  assert.deepEqual([one.picture.width, one.picture.height], [100, 67]);
  assert.deepEqual(one.notes.map(({ code }) => code), ["photo-shrunk"]);
  const part = await one.part({ left: 30, top: 40, width: 20, height: 10 }, 20);
  assert.deepEqual([part.width, part.height], [20, 10]);
  assert.deepEqual([...part.data.subarray(0, 6)], [30, 40, 0, 31, 40, 255]);
});

Deno.test("decodePhoto() refuses by name what is animated, too large, too small or no colours", async () => {
  const frames = sharp([encodePng(two), encodePng(painted(40, 24, () => [1, 2, 3]))], {
    join: { animated: true },
  });
  const animated = await frames.gif().toBuffer();
  assert.match(
    (await refuses(photo(animated), /it holds 2 pictures, expected one/)).hint!,
    /animated: save one frame/,
  );
  await refuses(
    photo(encodePng(two), { maxPixels: 900 }),
    /it has 40 × 24 pixels, expected at most 900/,
  );
  await refuses(
    photo(encodePng(painted(15, 300, () => [0, 0, 0]))),
    /it has 15 × 300 pixels, expected at least 16 a side/,
  );
  await refuses(photo(floatTiff()), /its numbers are float, expected 8 or 16 bits/);
});

/** A TIFF of 16 × 16 float32 numbers: a height map, say. */
function floatTiff(): Uint8Array {
  const entries = [
    [256, 16], // width
    [257, 16], // height
    [258, 32], // bits
    [259, 1], // not compressed
    [262, 1], // black is 0
    [273, 134], // where the numbers are
    [277, 1], // one channel
    [278, 16], // rows a strip
    [279, 1024], // bytes
    [339, 3], // floating point
  ];
  const view = new DataView(new ArrayBuffer(134 + 1024));
  view.setUint32(0, 0x49492a00);
  view.setUint32(4, 8, true);
  view.setUint16(8, entries.length, true);
  entries.forEach(([tag, value], i) => {
    view.setUint16(10 + 12 * i, tag, true);
    view.setUint16(12 + 12 * i, 4, true); // LONG
    view.setUint32(14 + 12 * i, 1, true);
    view.setUint32(18 + 12 * i, value, true);
  });
  return new Uint8Array(view.buffer);
}

Deno.test("decodePhoto() names files that are no photos it can read", async () => {
  const text = (value: string) =>
    Uint8Array.from(value, (character) => character.charCodeAt(0)).slice();
  for (
    const [bytes, message] of [
      [text("\0\0\0\x18ftypheic\0\0\0\0mif1heic"), /HEIC picture/],
      [text("\xff\x0a\x12\x34 jxl codestream"), /JPEG XL/],
      [text("\0\0\0\x0cJXL \r\n\x87\n"), /JPEG XL/],
      [text("\0\0\0\x0cjP  \r\n\x87\n"), /JPEG 2000/],
      [text("BM\x36\0\0\0"), /BMP/],
      [text("%PDF-1.7"), /PDF/],
      [text('<?xml version="1.0"?><svg></svg>'), /vector drawing/],
      [text("\0\0\0\x18ftypmp42"), /a film/],
      [new Uint8Array(0), /the file is empty/],
      [text("hello, I am a text file of some length"), /its content is no picture/],
    ] as const
  ) {
    await refuses(photo(bytes), message);
  }
});

Deno.test("decodePhoto() takes AVIF whose first brand is the general one", async () => {
  const avif = new Uint8Array(await raw().avif({ effort: 0 }).toBuffer());
  avif.set([0x6d, 0x69, 0x66, 0x31], 8); // mif1; avif stays among the compatible brands
  const { picture } = await photo(avif);
  assert.equal(picture.width, 40);
});

Deno.test("decodePhoto() meets damage with an InputError or a whole picture", async () => {
  const files = [
    encodePng(two),
    await encodeLossy(two),
    new Uint8Array(await raw().webp().toBuffer()),
    new Uint8Array(await raw().tiff().toBuffer()),
  ];
  const damage = fc.tuple(
    fc.constantFrom(...files),
    fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 6 }),
    fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
  ).map(([file, changes, cut]) => {
    const copy = file.slice(0, cut === null ? file.length : Math.floor(cut * file.length));
    for (const [at, value] of changes) if (copy.length > 0) copy[at % copy.length] = value;
    return copy;
  });
  await fc.assert(
    fc.asyncProperty(damage, async (bytes) => {
      try {
        const { picture } = await photo(bytes, { maxPixels: 1 << 20 });
        assert.equal(picture.data.length, 3 * picture.width * picture.height);
      } catch (error) {
        assert.ok(error instanceof InputError, String(error));
      }
    }),
    { seed: SEED, numRuns: 250 },
  );
});
