import assert from "node:assert/strict";
import { resample } from "../../../inference/photo/resample.ts";
import { random } from "../../../core/work/random.ts";
import { near } from "./_help.ts";

const { below } = random(1, "resample");
const noise = {
  width: 13,
  height: 9,
  channels: 3,
  data: Uint8Array.from({ length: 351 }, () => below(256)),
};
const all = { x: 0, y: 0, width: 13, height: 9 };

for (const kernel of ["cubic", "linear"] as const) {
  Deno.test(`resample() gives the pixels back at their own places (${kernel})`, () => {
    const same = resample(noise, { box: all, width: 13, height: 9, kernel });
    assert.deepEqual(same, noise);
    const part = resample(noise, {
      box: { x: 2, y: 3, width: 5, height: 4 },
      width: 5,
      height: 4,
      kernel,
    });
    assert.deepEqual([...part.data.subarray(0, 15)], [...noise.data.subarray(3 * 41, 3 * 46)]);
  });

  Deno.test(`resample() keeps a ramp at any scale and shift (${kernel})`, () => {
    const ramp = {
      width: 100,
      height: 4,
      channels: 1,
      data: Uint8Array.from({ length: 400 }, (_, i) => 2 * (i % 100)),
    };
    for (const [x, length, count] of [[20.3, 40, 77], [10, 72.5, 31], [31.25, 8, 200]]) {
      const { data } = resample(ramp, {
        box: { x, y: 0, width: length, height: 4 },
        width: count,
        height: 4,
        kernel,
      });
      for (let i = 0; i < count; i++) {
        near(data[i], 2 * (x + (i + 0.5) * length / count - 0.5), 1, `value ${i}`);
      }
    }
  });

  Deno.test(`resample() repeats the edge outside and keeps a plain colour (${kernel})`, () => {
    const plain = { width: 4, height: 4, channels: 1, data: new Uint8Array(16).fill(77) };
    const { data } = resample(plain, {
      box: { x: -9, y: 1, width: 30, height: 12 },
      width: 11,
      height: 7,
      kernel,
    });
    assert.ok(data.every((v) => v === 77));
  });
}

Deno.test("resample() sees every pixel when it shrinks", () => {
  const board = {
    width: 64,
    height: 64,
    channels: 1,
    data: Uint8Array.from({ length: 4096 }, (_, i) => (i + (i >> 6)) % 2 ? 255 : 0),
  };
  for (const kernel of ["cubic", "linear"] as const) {
    const { data } = resample(board, {
      box: { x: 0, y: 0, width: 64, height: 64 },
      width: 9,
      height: 9,
      kernel,
    });
    data.forEach((v) => near(v, 127.5, 6));
  }
});

Deno.test("resample() of a mask never leaves 0 to 255 and crosses half at the edge", () => {
  const mask = {
    width: 10,
    height: 1,
    channels: 1,
    data: Uint8Array.from({ length: 10 }, (_, i) => i < 4 ? 0 : 255),
  };
  const { data } = resample(mask, {
    box: { x: 0, y: 0, width: 10, height: 1 },
    width: 100,
    height: 1,
    kernel: "linear",
  });
  data.forEach((v, i) => assert.equal(v > 127, i >= 40, `value ${i} is ${v}`));
});
