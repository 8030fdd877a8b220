import assert from "node:assert/strict";
import { fileSource } from "../../../core/files/disk.ts";
import { toFloat64 } from "../../../core/files/npy.ts";
import { openNpz } from "../../../core/files/npz.ts";
import { cutBack, depth16, pointClouds } from "../../../inference/twoktwok/clouds.ts";
import { depthNormals } from "../../../inference/twoktwok/depth_normals.ts";
import { dilated, eroded } from "../../../inference/twoktwok/morphology.ts";
import { PUBLISHED_PIPELINE } from "../../../inference/twoktwok/pipeline.ts";
import { GOLDEN } from "./_tiny.ts";

Deno.test("depth16() truncates, removes front behind back and guards against wrapping around", () => {
  const front = Float32Array.of(2, 1.00009, 6, 6, 0.5), back = Float32Array.of(2, 3, 6, 0, 0.4);
  const { front: f, back: b, saturated } = depth16({ front, back }, PUBLISHED_PIPELINE);
  assert.deepEqual([...f], [32768, 16385, 65535, 0, 0]);
  assert.deepEqual([...b], [32768, 49152, 65535, 0, 0]);
  assert.equal(saturated, 2);
});

// A square of ones in a picture of 7 × 7.
// . . . . . . .
// . # # # # # .
// . # # # # # .
// . # # # # # .
// . # # # # # .
// . # # # # # .
// . . . . . . .
const square = Uint16Array.from({ length: 49 }, (_, i) => {
  const r = Math.floor(i / 7), c = i % 7;
  return r > 0 && r < 6 && c > 0 && c < 6 ? 10 * r + c : 0;
});

Deno.test("eroded() takes the least neighbour and ignores what lies outside", () => {
  const once = eroded(square, 7, 1);
  assert.equal(once[2 * 7 + 2], 11);
  assert.equal(once.filter((v) => v > 0).length, 9);
  const full = new Uint16Array(49).fill(5);
  assert.deepEqual(eroded(full, 7, 3), full);
});

Deno.test("dilated() takes the greatest neighbour", () => {
  const once = dilated(square, 7, 1);
  assert.equal(once[0], 11);
  assert.equal(once[48], 55);
  assert.equal(once[3 * 7 + 3], 44);
  assert.ok(once.every((v) => v > 0));
});

Deno.test("cutBack() keeps the back where the front reaches three pixels on", () => {
  const side = 16, front = new Uint16Array(256).fill(7), back = new Uint16Array(256).fill(9);
  front[0] = 0;
  const cut = cutBack({ front, back, saturated: 0 }, side);
  for (let r = 0; r < side; r++) {
    for (let c = 0; c < side; c++) assert.equal(cut[16 * r + c], r < 4 && c < 4 ? 0 : 9);
  }
});

Deno.test("pointClouds() puts the body's centre at the origin, y up, z to the viewer", () => {
  const side = 256, n = side * side;
  const front = new Uint16Array(n), back = new Uint16Array(n), plain = new Uint8Array(3 * n);
  // One pixel near the optical axis, half a canvas deep: 1 unit from the eye.
  const at = 128 * side + 128;
  front[at] = 128 * 32;
  plain.set([11, 22, 33], 3 * at);
  const { plain: cloud, withSeams } = pointClouds({ front, back, saturated: 0 }, plain, side);
  assert.equal(cloud.positions.length, 3);
  const f = 128 / Math.tan(25 * Math.PI / 180), x = 0.5 / f;
  const length = Math.sqrt(2 * x * x + 1), scale = 1.0367394227574303;
  const expected = [x / length / scale, -x / length / scale, (1 - 1 / length) / scale];
  expected.forEach((v, k) => assert.ok(Math.abs(cloud.positions[k] - v) < 1e-9));
  assert.deepEqual([...cloud.colors!], [11, 22, 33, 255]);
  assert.equal(withSeams.positions.length, 3); // no back, no seam
});

Deno.test("pointClouds() are those of an independent program", async () => {
  // Golden: golden_clouds() of tests/crosscheck/twoktwok_reference.py, on the same made depths.
  const side = 256, n = side * side;
  const front = new Float32Array(n).fill(6), back = new Float32Array(n);
  for (let i = 0; i < n; i++) {
    const r = Math.floor(i / side), c = i % side;
    if ((r - 120) ** 2 + 4 * (c - 130) ** 2 >= 100 ** 2) continue;
    front[i] = 1.75 + (7 * r + 13 * c) % 61 / 512;
    back[i] = 1.84375 + (5 * r + 11 * c) % 59 / 512;
  }
  const pipeline = { depth: { ...PUBLISHED_PIPELINE.depth, unitPx: side / 4 } };
  const depth = depth16({ front, back }, pipeline);
  const golden = await openNpz(await fileSource(`${GOLDEN}clouds.npz`));
  const numbers = async (name: string) => [...toFloat64(await golden.read(name))];
  const sum = (plane: Uint16Array) => plane.reduce((total, v) => total + v, 0);
  assert.deepEqual([sum(depth.front), sum(depth.back)], await numbers("sums"));
  const { plain, withSeams } = pointClouds(depth, new Uint8Array(3 * n), side);
  const counts = await numbers("counts"), total = counts.reduce((a, b) => a + b, 0);
  assert.equal(plain.positions.length / 3, counts[0] + counts[1]);
  assert.equal(withSeams.positions.length / 3, total);
  const points = await numbers("points");
  assert.equal(points.length / 3, Math.ceil(total / 37));
  for (let k = 0; k < points.length; k++) {
    // Both are rounded to float32 once.
    const found = withSeams.positions[3 * 37 * Math.floor(k / 3) + k % 3];
    assert.ok(Math.abs(found - points[k]) < 1e-7, `coordinate ${k}`);
  }
  // Seam points are grey.
  assert.deepEqual([...withSeams.colors!.subarray(-4)], [128, 128, 128, 255]);
});

Deno.test("depthNormals() code the differences to the right and to the row above", () => {
  // Depth falls by 1/255 a column: the vector (1, 0, 1)/√2.
  const side = 4, depth = Float32Array.from({ length: 16 }, (_, i) => 2 - (i % 4) / 255);
  const out = depthNormals(depth, side, PUBLISHED_PIPELINE);
  const code = (1 / Math.SQRT2 + 1) / 2;
  assert.ok(Math.abs(out[4] - code) < 1e-4);
  assert.equal(out[16 + 4], 0.5);
  assert.ok(Math.abs(out[32 + 4] - code) < 1e-4);
  // No column to the right of the last.
  assert.deepEqual([out[7], out[16 + 7], out[32 + 7]], [0.5, 0.5, 1]);
  // Too near: no normal.
  assert.deepEqual(
    [...depthNormals(new Float32Array(16).fill(0.1), side, PUBLISHED_PIPELINE)],
    Array(48).fill(0),
  );
});
