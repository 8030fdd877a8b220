import assert from "node:assert/strict";
import { deflateSync } from "node:zlib";
import fc from "fast-check";
import { encodeExr, type ExrImage, readExr } from "../../../core/files/exr.ts";
import { bytesOf, damaged, refuses, SEED, source, typed } from "./_help.ts";

const float = fc.float(); // NaN and infinities too

function images(): fc.Arbitrary<ExrImage> {
  return fc.record({
    width: fc.integer({ min: 1, max: 9 }),
    height: fc.integer({ min: 1, max: 40 }),
    names: fc.constantFrom(["Y"], ["B", "G", "R"], ["A", "B", "G", "R"], ["depth.Z"]),
    value: fc.array(float, { minLength: 1, maxLength: 50 }),
    empty: fc.boolean(),
  }).map(({ width, height, names, value, empty }) => ({
    width,
    height,
    channels: Object.fromEntries(names.map((name, c) => [
      name,
      Float32Array.from({ length: width * height }, (_, i) =>
        // The first half of a map is often background.
        empty && i < width * height / 2 ? 0 : value[(i * 7 + c) % value.length]),
    ])),
  }));
}

Deno.test("readExr() gives back every bit that encodeExr() wrote, in each compression", async () => {
  const compression = fc.constantFrom("none" as const, "zips" as const, "zip" as const);
  await fc.assert(
    fc.asyncProperty(images(), compression, async (image, compression) => {
      const bytes = encodeExr(image, { compression });
      assert.deepEqual(encodeExr(image, { compression }), bytes, "the same bytes again");
      assert.deepEqual(await readExr(source(bytes)), image);
    }),
    { seed: SEED, numRuns: 200 },
  );
});

Deno.test("encodeExr() writes the same file with and without a window", async () => {
  const place = fc.integer({ min: 0, max: 40 });
  const compression = fc.constantFrom("none" as const, "zips" as const, "zip" as const);
  const places = fc.tuple(place, place, place, place);
  await fc.assert(
    fc.asyncProperty(images(), compression, places, async (image, compression, places) => {
      const { width, height, channels } = image;
      const [x0, x1] = places.slice(0, 2).map((x) => Math.min(x, width)).sort((a, b) => a - b);
      const [y0, y1] = places.slice(2).map((y) => Math.min(y, height)).sort((a, b) => a - b);
      for (const plane of Object.values(channels)) {
        for (let i = 0; i < plane.length; i++) {
          const x = i % width, y = Math.floor(i / width);
          if (x < x0 || x >= x1 || y < y0 || y >= y1) plane[i] = 0;
        }
      }
      const bytes = encodeExr(image, { compression, window: { x0, y0, x1, y1 } });
      assert.deepEqual(encodeExr(image, { compression }), bytes);
      assert.deepEqual(await readExr(source(bytes)), image);
    }),
    { seed: SEED, numRuns: 200 },
  );
});

Deno.test("encodeExr() keeps −0 and the payload of NaN out of the blocks for background", async () => {
  const Y = new Float32Array(64);
  Y[5] = -0;
  const back = await readExr(source(encodeExr({ width: 8, height: 8, channels: { Y } })));
  assert.ok(Object.is(back.channels.Y[5], -0));
});

Deno.test("encodeExr() makes a background block small and writes the header of the format", () => {
  const image = { width: 512, height: 512, channels: { Y: new Float32Array(512 * 512) } };
  const bytes = encodeExr(image);
  assert.ok(bytes.length < 16000, `an empty map of 1 MiB takes ${bytes.length} bytes`);
  assert.deepEqual([...bytes.subarray(0, 8)], [0x76, 0x2f, 0x31, 0x01, 2, 0, 0, 0]);
});

Deno.test("encodeExr() refuses planes of the wrong length and names that are none", () => {
  const Y = new Float32Array(4);
  assert.throws(() => encodeExr({ width: 3, height: 2, channels: { Y } }), RangeError);
  assert.throws(() => encodeExr({ width: 2, height: 2, channels: { "": Y } }), RangeError);
  assert.throws(() => encodeExr({ width: 2, height: 2, channels: {} }), RangeError);
});

/** A file by hand: one channel, any pixel type, compression and blocks. */
function handMade(
  options: {
    type?: number;
    compression: number;
    width: number;
    blocks: (readonly [y: number, data: Uint8Array])[];
    height: number;
    version?: number;
    sampling?: number;
  },
): Uint8Array {
  const int = (v: number) => [...new Uint8Array(Int32Array.of(v).buffer)];
  const text = (t: string) => [...bytesOf(t), 0];
  const attribute = (name: string, type: string, value: number[]) => [
    ...text(name),
    ...text(type),
    ...int(value.length),
    ...value,
  ];
  const { type = 2, compression, width, height, blocks, version = 2, sampling = 1 } = options;
  const head = [
    0x76,
    0x2f,
    0x31,
    0x01,
    ...int(version),
    ...attribute("channels", "chlist", [
      ...text("Y"),
      ...int(type),
      ...int(0),
      ...int(sampling),
      ...int(sampling),
      0,
    ]),
    ...attribute("compression", "compression", [compression]),
    ...attribute("dataWindow", "box2i", [0, 0, width - 1, height - 1].flatMap(int)),
    0,
  ];
  let at = head.length + 8 * blocks.length;
  const table: number[] = [], body: number[] = [];
  for (const [y, data] of blocks) {
    table.push(...int(at), 0, 0, 0, 0);
    body.push(...int(y), ...int(data.length), ...data);
    at += 8 + data.length;
  }
  return Uint8Array.from([...head, ...table, ...body]);
}

Deno.test("readExr() reads half floats, and lines in any order", async () => {
  const lines = [[1, 2, 0.5], [-4, 65504, 0]].map((v) =>
    new Uint8Array(Float16Array.from(v).buffer)
  );
  const bytes = handMade({
    type: 1,
    compression: 0,
    width: 3,
    height: 2,
    blocks: [[1, lines[1]], [0, lines[0]]],
  });
  const { channels } = await readExr(source(bytes));
  assert.deepEqual([...channels.Y], [1, 2, 0.5, -4, 65504, 0]);
});

Deno.test("readExr() reads run-length coded lines", async () => {
  // Bytes 0 0 128 63 0 0 128 63 (twice 1.0) split into even and odd: 0 128 0 128 | 0 63 0 63,
  // then differences plus 128: 0 0 0 0 | 0 191 65 191. Runs: four times 0, then 4 as they are.
  const packed = Uint8Array.from([3, 0, 256 - 4, 0, 191, 65, 191]);
  const bytes = handMade({ compression: 1, width: 2, height: 1, blocks: [[0, packed]] });
  assert.deepEqual([...(await readExr(source(bytes))).channels.Y], [1, 1]);
});

Deno.test("readExr() names what it does not read", async () => {
  const block = [[0, new Uint8Array(8)]] as [number, Uint8Array][];
  const one = { width: 2, height: 1, blocks: block };
  await refuses(readExr(source(handMade({ ...one, compression: 4 }))), /compression is piz/);
  await refuses(readExr(source(handMade({ ...one, compression: 0, type: 0 }))), /pixel type 0/);
  await refuses(readExr(source(handMade({ ...one, compression: 0, version: 0x202 }))), /tiles/);
  await refuses(readExr(source(handMade({ ...one, compression: 0, version: 0x1002 }))), /parts/);
  await refuses(readExr(source(handMade({ ...one, compression: 0, sampling: 2 }))), /subsampled/);
  await refuses(readExr(source(bytesOf("not an exr"))), /does not begin with 76 2f 31 01/);
});

Deno.test("readExr() refuses sizes that the file cannot hold before it allocates", async () => {
  const tiny = handMade({ compression: 3, width: 60000, height: 60000, blocks: [] });
  await refuses(readExr(source(tiny)), /60000 × 60000 pixels cannot fit into its \d+ bytes/);
  const image = { width: 64, height: 64, channels: { Y: new Float32Array(4096) } };
  await refuses(readExr(source(encodeExr(image)), { maxBytes: 1000 }), /the limit is 1000/);
  const bomb = deflateSync(new Uint8Array(1 << 20));
  const lying = handMade({ compression: 2, width: 100, height: 1, blocks: [[0, bomb]] });
  await refuses(readExr(source(lying)), /Cannot read an OpenEXR file/);
});

Deno.test("readExr() refuses a file cut at any byte", async () => {
  const Y = Float32Array.from({ length: 12 * 20 }, (_, i) => Math.sin(i));
  const bytes = encodeExr({ width: 12, height: 20, channels: { Y } });
  for (let length = 0; length < bytes.length; length += 7) {
    assert.equal(await typed(readExr(source(bytes.slice(0, length)))), "refused", `${length}`);
  }
});

Deno.test("readExr() meets damage with an InputError or reads the rest", async () => {
  const Y = Float32Array.from({ length: 12 * 20 }, (_, i) => Math.sin(i));
  const sound = encodeExr({ width: 12, height: 20, channels: { Y } });
  await fc.assert(
    fc.asyncProperty(damaged(sound), async (bytes) => {
      await typed(readExr(source(bytes)));
    }),
    { seed: SEED, numRuns: 600 },
  );
});
