import assert from "node:assert/strict";
import fc from "fast-check";
import {
  encodeLossy,
  encodePng,
  type Image,
  imageFormat,
  type PictureWindow,
  readImage,
  readTexture,
  resizeImage,
  textureImage,
} from "../../../core/files/image.ts";
import { bytesOf, damaged, refuses, SEED, source, typed } from "./_help.ts";

function images(bits: 8 | 16): fc.Arbitrary<Image> {
  const side = fc.integer({ min: 1, max: 9 });
  return fc.tuple(side, side, fc.constantFrom(1 as const, 3 as const, 4 as const)).chain(
    ([width, height, channels]) => {
      const length = width * height * channels;
      const value = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 2 ** bits - 1 }));
      return fc.array(value, { minLength: length, maxLength: length }).map((values) => ({
        width,
        height,
        channels,
        data: bits === 8 ? Uint8Array.from(values) : Uint16Array.from(values),
      }));
    },
  );
}

for (const bits of [8, 16] as const) {
  Deno.test(`readImage() gives back every value of a ${bits}-bit PNG`, async () => {
    await fc.assert(
      fc.asyncProperty(images(bits), async (image) => {
        const bytes = encodePng(image);
        assert.deepEqual(encodePng(image), bytes, "the same bytes again");
        const { width, height, channels, data, format } = await readImage(source(bytes));
        assert.deepEqual({ width, height, channels, data }, image);
        assert.equal(format, "png");
      }),
      { seed: SEED, numRuns: 150 },
    );
  });
}

/** A picture that is 0 outside a window, and the window. */
function windowed(bits: 8 | 16): fc.Arbitrary<{ image: Image; window: PictureWindow }> {
  const side = fc.integer({ min: 1, max: 60 }), place = fc.integer({ min: 0, max: 60 });
  return fc.record({
    width: side,
    height: side,
    channels: fc.constantFrom(1 as const, 3 as const, 4 as const),
    places: fc.tuple(place, place, place, place),
    values: fc.array(fc.integer({ min: 0, max: 2 ** bits - 1 }), { minLength: 1, maxLength: 400 }),
  }).map(({ width, height, channels, places, values }) => {
    const [x0, x1] = places.slice(0, 2).map((x) => Math.min(x, width)).sort((a, b) => a - b);
    const [y0, y1] = places.slice(2).map((y) => Math.min(y, height)).sort((a, b) => a - b);
    const length = width * height * channels;
    const data = bits === 8 ? new Uint8Array(length) : new Uint16Array(length);
    for (let y = y0, n = 0; y < y1; y++) {
      for (let i = x0 * channels; i < x1 * channels; i++) {
        data[y * width * channels + i] = values[n++ % values.length];
      }
    }
    return { image: { width, height, channels, data }, window: { x0, y0, x1, y1 } };
  });
}

for (const bits of [8, 16] as const) {
  Deno.test(`encodePng() writes the same ${bits}-bit file with and without a window`, async () => {
    await fc.assert(
      fc.asyncProperty(windowed(bits), async ({ image, window }) => {
        const bytes = encodePng(image, { window });
        assert.deepEqual(encodePng(image), bytes);
        const { data } = await readImage(source(bytes));
        assert.deepEqual(data, image.data);
      }),
      { seed: SEED, numRuns: 150 },
    );
  });
}

Deno.test("encodePng() writes pictures of many rows and blocks", async () => {
  const image: Image = { width: 700, height: 300, channels: 3, data: new Uint16Array(630000) };
  let state = SEED;
  for (let i = 0; i < image.data.length; i++) {
    state = Math.imul(state, 1664525) + 1013904223 >>> 0;
    // Noise at the left, a ramp in the middle, nothing at the right.
    const x = Math.floor(i / 3) % 700;
    image.data[i] = x < 200 ? state >>> 16 : x < 500 ? 90 * x + i : 0;
  }
  const { data } = await readImage(source(encodePng(image)));
  assert.deepEqual(data, image.data);
});

Deno.test("encodePng() refuses a window that is not inside", () => {
  for (const window of [{ x1: 3 }, { x0: -1 }, { y0: 2, y1: 1 }, { y0: 0.5 }]) {
    const whole = { x0: 0, y0: 0, x1: 2, y1: 2, ...window };
    assert.throws(() => encodePng(four, { window: whole }), RangeError);
  }
});

//   red    green
//   blue   white
const four: Image = {
  width: 2,
  height: 2,
  channels: 3,
  data: Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255),
};

Deno.test("readTexture() gives RGBA from the top left", async () => {
  const { name, ...texture } = await readTexture(source(encodePng(four), "skin.png"));
  assert.equal(name, "skin.png");
  assert.deepEqual(texture, {
    width: 2,
    height: 2,
    data: Uint8Array.of(255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 255, 255, 255, 255),
  });
});

Deno.test("readImage() converts channels and depth when it is asked", async () => {
  const wide: Image = { width: 1, height: 1, channels: 3, data: Uint16Array.of(65535, 256, 255) };
  const bytes = source(encodePng(wide));
  const { data, channels } = await readImage(bytes, { channels: 4, bits: 8 });
  assert.deepEqual([...data], [255, 1, 0, 255]);
  assert.equal(channels, 4);
  const grey: Image = { width: 1, height: 1, channels: 1, data: Uint8Array.of(77) };
  const rgb = await readImage(source(encodePng(grey)), { channels: 3 });
  assert.deepEqual([...rgb.data], [77, 77, 77]);
});

/** Puts an EXIF block with an orientation into a JPEG, behind its first marker. */
function turned(jpeg: Uint8Array, orientation: number): Uint8Array {
  // deno-fmt-ignore
  const tiff = [
    0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0,
  ];
  const body = [...bytesOf("Exif\0\0"), ...tiff];
  const length = body.length + 2;
  return Uint8Array.from([
    ...jpeg.subarray(0, 2),
    ...[0xff, 0xe1, length >> 8, length & 255, ...body],
    ...jpeg.subarray(2),
  ]);
}

Deno.test("readImage() turns photos as EXIF says; readTexture() keeps the stored pixels", async () => {
  // A wide picture: left half black, right half white. Orientation 6 turns it clockwise: white is
  // at the bottom then.
  const data = Uint8Array.from(
    { length: 3 * 32 * 16 },
    (_, i) => Math.floor(i / 3) % 32 < 16 ? 0 : 255,
  );
  const jpeg = await encodeLossy({ width: 32, height: 16, channels: 3, data });
  const photo = turned(jpeg, 6);
  const upright = await readImage(source(photo));
  assert.deepEqual([upright.width, upright.height, upright.exifOrientation], [16, 32, 6]);
  assert.ok(upright.data[0] < 50 && upright.data.at(-1)! > 200);
  const texture = await readTexture(source(photo));
  assert.deepEqual([texture.width, texture.height], [32, 16]);
  assert.ok(texture.data[0] < 50 && texture.data[4 * 31] > 200);
});

Deno.test("readImage() reads WebP and JPEG near to what was written", async () => {
  const data = Uint8Array.from({ length: 3 * 64 }, (_, i) => 100 + i % 50);
  for (const format of ["jpeg", "webp"] as const) {
    const bytes = await encodeLossy({ width: 8, height: 8, channels: 3, data }, { format });
    assert.equal(imageFormat(bytes), format);
    const back = await readImage(source(bytes));
    const worst = Math.max(...back.data.map((value, i) => Math.abs(value - data[i])));
    assert.ok(worst < 40, `off by ${worst}`);
  }
});

Deno.test("readImage() refuses what is no picture, is cut short, or has too many pixels", async () => {
  await refuses(readImage(source(bytesOf("<svg></svg>"))), /content is no picture/);
  await refuses(readImage(source(new Uint8Array(0))), /content is no picture/);
  const data = Uint8Array.from({ length: 3 * 64 * 64 }, (_, i) => i * 31 & 255);
  const image: Image = { width: 64, height: 64, channels: 3, data };
  for (const bytes of [encodePng(image), await encodeLossy(image)]) {
    await refuses(readImage(source(bytes.slice(0, bytes.length / 2))), /Cannot decode a picture/);
    await refuses(readImage(source(bytes), { maxPixels: 100 }), /limit/);
  }
});

Deno.test("readImage() meets damage with an InputError or a picture of the right length", async () => {
  const data = Uint8Array.from({ length: 3 * 16 * 16 }, (_, i) => i * 31 & 255);
  const png = encodePng({ width: 16, height: 16, channels: 3, data });
  const jpeg = await encodeLossy({ width: 16, height: 16, channels: 3, data });
  await fc.assert(
    fc.asyncProperty(fc.oneof(damaged(png), damaged(jpeg)), async (bytes) => {
      const reading = readImage(source(bytes), { maxPixels: 1 << 20 });
      await typed(
        reading.then(({ width, height, channels, data }) =>
          assert.equal(data.length, width * height * channels)
        ),
      );
    }),
    { seed: SEED, numRuns: 200 },
  );
});

Deno.test("encodePng() refuses data of the wrong length; JPEG refuses alpha and 16 bits", async () => {
  const short: Image = { width: 2, height: 2, channels: 1, data: new Uint8Array(3) };
  assert.throws(() => encodePng(short), RangeError);
  const alpha: Image = { width: 1, height: 1, channels: 4, data: new Uint8Array(4) };
  await assert.rejects(encodeLossy(alpha), RangeError);
  const wide: Image = { width: 1, height: 1, channels: 1, data: new Uint16Array(1) };
  await assert.rejects(encodeLossy(wide), RangeError);
});

Deno.test("resizeImage() keeps a plain colour and the channels", async () => {
  for (const channels of [1, 3, 4] as const) {
    const data = Uint8Array.from({ length: channels * 200 }, (_, i) => i % 4 === 3 ? 255 : 90);
    if (channels < 4) data.fill(90);
    const small = await resizeImage({ width: 20, height: 10, channels, data }, 7, 5);
    assert.deepEqual([small.width, small.height, small.channels], [7, 5, channels]);
    assert.equal(small.data.length, 35 * channels);
    const wanted = channels === 4 ? [90, 90, 90, 255] : [90, 90, 90];
    assert.ok(small.data.every((value, i) => Math.abs(value - wanted[i % channels]) <= 1));
  }
});

Deno.test("textureImage() drops alpha only where it is opaque throughout", () => {
  const texture = {
    name: "t",
    width: 1,
    height: 2,
    data: Uint8Array.of(1, 2, 3, 255, 4, 5, 6, 255),
  };
  assert.deepEqual([...textureImage(texture).data], [1, 2, 3, 4, 5, 6]);
  texture.data[7] = 254;
  assert.equal(textureImage(texture).channels, 4);
});
