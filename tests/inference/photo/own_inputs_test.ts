import assert from "node:assert/strict";
import { encodeLossy, encodePng, type Image } from "../../../core/files/image.ts";
import { bytesSource } from "../../../core/files/source.ts";
import { chooseKeypoints, regionOfKeypoints } from "../../../inference/photo/own_keypoints.ts";
import { decodeMask } from "../../../inference/photo/own_mask.ts";
import { decodePhoto } from "../../../inference/photo/read_photo.ts";
import { near, painted, refuses } from "./_help.ts";

const photo = await decodePhoto(
  bytesSource("photo.png", encodePng(painted(60, 40, () => [9, 9, 9]))),
);

const decode = (image: Image) => decodeMask(bytesSource("mask.png", encodePng(image)), photo);

Deno.test("decodeMask() counts everything above 0, in 8 and 16 bits, grey and colour", async () => {
  const at = (x: number, y: number) => y * 60 + x;
  for (const Numbers of [Uint8Array, Uint16Array]) {
    const data = new Numbers(2400);
    data[at(3, 2)] = 1;
    data[at(59, 39)] = Numbers === Uint8Array ? 255 : 65535;
    const { matte, notes } = await decode({ width: 60, height: 40, channels: 1, data });
    assert.deepEqual([matte.width, matte.height, notes.length], [60, 40, 0]);
    const inside = [...matte.data.keys()].filter((i) => matte.data[i] > 0);
    assert.deepEqual(inside, [at(3, 2), at(59, 39)]);
    assert.equal(matte.data[at(3, 2)], 255);
  }
  const color = new Uint8Array(7200);
  color[3 * at(10, 10) + 2] = 40; // blue alone
  const { matte } = await decode({ width: 60, height: 40, channels: 3, data: color });
  assert.equal(matte.data[at(10, 10)], 255);
});

Deno.test("decodeMask() takes a cut-out by its alpha: dark clothes are the person", async () => {
  const data = new Uint8Array(9600);
  for (let i = 0; i < 2400; i++) data[4 * i + 3] = i % 60 < 30 ? 255 : 0; // black, left half opaque
  const { matte } = await decode({ width: 60, height: 40, channels: 4, data });
  assert.deepEqual([matte.data[5], matte.data[55]], [255, 0]);
});

Deno.test("decodeMask() refuses another size, names a turned one, refuses an empty one", async () => {
  const full = (width: number, height: number) =>
    decode({ width, height, channels: 1, data: new Uint8Array(width * height).fill(255) });
  await refuses(full(30, 20), /it has 30 × 20 pixels, expected the photo's 60 × 40 \(mask\.png\)/);
  const turned = await refuses(full(40, 60), /it has 40 × 60 pixels/);
  assert.match(turned.hint!, /EXIF/);
  await refuses(
    decode({ width: 60, height: 40, channels: 1, data: new Uint8Array(2400) }),
    /the mask is empty|it is empty/,
  );
});

Deno.test("decodeMask() says when a mask looks like a JPEG", async () => {
  const data = Uint8Array.from({ length: 7200 }, (_, i) => Math.floor(i / 3) % 60 < 33 ? 255 : 0);
  const bytes = await encodeLossy({ width: 60, height: 40, channels: 3, data }, { quality: 30 });
  const { notes } = await decodeMask(bytesSource("mask.jpg", bytes), photo);
  assert.deepEqual(notes.map(({ code }) => code), ["mask-murky"]);
});

Deno.test("decodeMask() fits a mask to the picture of a large photo", async () => {
  const large = await decodePhoto(
    bytesSource("large.png", encodePng(painted(400, 200, () => [9, 9, 9]))),
    { maxSidePx: 100 },
  );
  const data = Uint8Array.from({ length: 80000 }, (_, i) => i % 400 < 202 ? 3 : 0);
  const mask = encodePng({ width: 400, height: 200, channels: 1, data });
  const { matte } = await decodeMask(bytesSource("mask.png", mask), large);
  assert.deepEqual([matte.width, matte.height], [100, 50]);
  assert.deepEqual([matte.data[49], matte.data[52]], [255, 0]);
  near(matte.data[50], 255 / 2, 64, "the pixel that the edge crosses");
});

/** Upright, hips at (30, 20), 12 pixels from hip to head and foot. */
function person(scale = 1, layout: "BODY_25" | "COCO_18" = "BODY_25", hasHands = true) {
  const body25 = new Float64Array(75);
  for (
    const [k, x, y] of [[0, 30, 20 - 12 * scale], [1, 30, 20 - 8 * scale], [8, 30, 20], [
      11,
      30,
      20 + 12 * scale,
    ], [14, 33, 20 + 12 * scale]]
  ) {
    body25.set([x, y, 0.8], 3 * k);
  }
  return {
    body25,
    handLeft: new Float64Array(63),
    handRight: new Float64Array(63),
    layout,
    hasHands,
  };
}

const codes = (notes: { code: string }[]) => notes.map(({ code }) => code);

Deno.test("chooseKeypoints() takes the person who reaches furthest and says what is missing", () => {
  const one = chooseKeypoints([person()], photo, "k.json");
  assert.deepEqual(one.notes, []);
  const several = chooseKeypoints([person(0.5), person(1), person(0.7)], photo, "k.json");
  assert.deepEqual(codes(several.notes), ["keypoints-several"]);
  assert.deepEqual(several.keypoints.body25, person(1).body25);
  const coco = chooseKeypoints([person(1, "COCO_18", false)], photo, "k.json");
  assert.deepEqual(codes(coco.notes), ["keypoints-coco", "keypoints-no-hands"]);
});

Deno.test("chooseKeypoints() refuses nobody, hardly anybody, and another photo's points", async () => {
  const choose = (people: ReturnType<typeof person>[], size = photo) =>
    Promise.resolve().then(() => chooseKeypoints(people, size, "k.json"));
  await refuses(choose([]), /the file holds nobody, expected a person \(k\.json\)/);
  const few = person();
  few.body25.fill(0, 24);
  await refuses(choose([few]), /nobody in the file has 4 or more body points/);
  const far = person();
  for (let i = 0; i < 75; i += 3) if (far.body25[i] > 0) far.body25[i] += 500;
  const error = await refuses(choose([far]), /5 of 5 lie outside of the photo's 60 × 40 pixels/);
  assert.match(error.hint!, /another size/);
});

Deno.test("regionOfKeypoints() is upright around the hips, wide enough for all points", () => {
  const region = regionOfKeypoints(person())!;
  assert.deepEqual([region.cx, region.cy, region.angleRad], [30, 20, 0]);
  assert.ok(region.sidePx / 2 > 1.25 * Math.hypot(3, 12));
  const down = person(-1);
  near(Math.abs(regionOfKeypoints(down)!.angleRad), Math.PI, 1e-12, "upside down");
  const trunkless = person();
  trunkless.body25.fill(0, 3, 6);
  assert.equal(regionOfKeypoints(trunkless), undefined);
  const shoulders = person();
  shoulders.body25.fill(0, 3, 6);
  shoulders.body25.set([26, 13, 1, 0, 0, 0, 0, 0, 0, 34, 13, 1], 6);
  near(regionOfKeypoints(shoulders)!.angleRad, 0, 1e-12, "neck from the shoulders");
});
