import assert from "node:assert/strict";
import { bytesSource } from "../../../core/files/source.ts";
import { type Image, readImage } from "../../../core/files/image.ts";
import { project } from "../../../core/geometry/camera.ts";
import type { Mesh } from "../../../core/geometry/mesh.ts";
import { InputError } from "../../../core/work/errors.ts";
import { framingOf, suiteCamera } from "../../../render/cameras.ts";
import { errorColor } from "../../../eval/report/color_maps.ts";
import { cameraBehind, frameSubject } from "../../../eval/report/picture_frame.ts";
import { drawSubject } from "../../../eval/report/pictures.ts";
import type { Picture } from "../../../eval/report/report_data.ts";
import { cube, icosphere } from "../../core/geometry/_shapes.ts";

const SCAN = icosphere(4, 0.5);
const CAMERA = suiteCamera(framingOf(SCAN), { yawDeg: 0, pitchDeg: 0 }, { size: 256 });
const OPTIONS = { heightPx: 96, maxMm: 20, quality: 100 };

/** The sphere with its front half drawn 10 mm towards the camera. */
const BULGING: Mesh = {
  ...SCAN,
  positions: SCAN.positions.map((value, i) => i % 3 === 2 && value > 0 ? value * 1.02 : value),
};

async function decode(picture: Picture | undefined): Promise<Image> {
  assert.ok(picture !== undefined);
  const prefix = "data:image/webp;base64,";
  assert.ok(picture.src.startsWith(prefix));
  const bytes = Uint8Array.fromBase64(picture.src.slice(prefix.length));
  return await readImage(bytesSource("picture", bytes), { channels: 4 });
}

function pixel(image: Image, x: number, y: number): number[] {
  const at = 4 * (Math.round(y) * image.width + Math.round(x));
  return Array.from(image.data.subarray(at, at + 4));
}

function assertColor(found: readonly number[], wanted: readonly number[], what: string): void {
  // WebP is lossy at any quality, and a facet of the sphere is up to 2° off its normal.
  for (const [k, value] of wanted.entries()) {
    assert.ok(Math.abs(found[k] - value) <= 8, `${what}: found ${found}, expected ${wanted}`);
  }
}

Deno.test("drawSubject() colours distances as the legend says, front and back apart", async () => {
  const { methods } = await drawSubject({
    scan: SCAN,
    camera: CAMERA,
    predictions: new Map([["bulging", () => Promise.resolve(BULGING)]]),
  }, OPTIONS);
  const front = await decode(methods.bulging.error), back = await decode(methods.bulging.errorBack);
  const { width, height } = front;
  assertColor(pixel(front, width / 2, height / 2), [...errorColor(10, 20), 255], "front");
  assertColor(pixel(back, width / 2, height / 2), [...errorColor(0, 20), 255], "back");
  assert.equal(pixel(front, 0, 0)[3], 0, "outside is transparent");
});

Deno.test("drawSubject() draws normals in the frame of the camera that looks", async () => {
  const { scan } = await drawSubject(
    { scan: SCAN, camera: CAMERA, predictions: new Map() },
    OPTIONS,
  );
  for (const picture of [scan.normal, scan.normalBack]) {
    const image = await decode(picture);
    const { width: w, height: h } = image;
    assertColor(pixel(image, w / 2, h / 2), [128, 128, 255, 255], "towards the camera");
    // 0.3 of the width beside the middle the sphere has turned by about 30°: sin 30° → 191.
    const right = pixel(image, 0.8 * w, h / 2), top = pixel(image, w / 2, 0.2 * h);
    const left = pixel(image, 0.2 * w, h / 2);
    assert.ok(Math.abs(right[0] - 191) < 12 && Math.abs(right[1] - 128) < 12, `right: ${right}`);
    assert.ok(Math.abs(left[0] - 64) < 12 && Math.abs(left[1] - 128) < 12, `left: ${left}`);
    assert.ok(Math.abs(top[1] - 191) < 12 && Math.abs(top[0] - 128) < 12, `top: ${top}`);
  }
});

Deno.test("drawSubject() notes a prediction that cannot be loaded or drawn, and draws the others", async () => {
  const nowhere: Mesh = { positions: Float32Array.of(0, 0, NaN), indices: Uint32Array.of(0, 0, 0) };
  const { methods } = await drawSubject({
    scan: SCAN,
    camera: CAMERA,
    predictions: new Map([
      ["lost", () => Promise.reject(new InputError("no such file"))],
      ["broken", () => Promise.resolve(nowhere)],
      ["fine", () => Promise.resolve(SCAN)],
      ["__proto__", () => Promise.resolve(SCAN)],
    ]),
  }, OPTIONS);
  assert.equal(methods.lost.note, "No pictures: no such file");
  assert.match(methods.broken.note ?? "", /^No pictures: /);
  assert.ok(methods.fine.error !== undefined);
  assert.deepEqual(Object.keys(methods), ["lost", "broken", "fine", "__proto__"]);
});

Deno.test("drawSubject() cuts the input to the same part as the normals", async () => {
  // An input whose left half is red and whose right half is blue, the sphere in its middle.
  const data = new Uint8Array(3 * 256 * 256).map((_, i) => {
    const red = Math.floor(i / 3) % 256 < 128;
    return i % 3 === (red ? 0 : 2) ? 255 : 0;
  });
  const input: Image = { width: 256, height: 256, channels: 3, data };
  const drawn = await drawSubject(
    { scan: SCAN, camera: CAMERA, input, predictions: new Map() },
    OPTIONS,
  );
  const image = await decode(drawn.input);
  const { width: w, height: h } = image;
  assertColor(pixel(image, 0.25 * w, h / 2), [255, 0, 0], "left");
  assertColor(pixel(image, 0.75 * w, h / 2), [0, 0, 255], "right");
  assert.ok(Math.abs(w / h - drawn.scan.normal!.width / drawn.scan.normal!.height) < 0.02);
});

Deno.test("drawSubject() makes equal pictures twice", async () => {
  const scene = {
    scan: SCAN,
    camera: CAMERA,
    predictions: new Map([["bulging", () => Promise.resolve(BULGING)]]),
  };
  assert.deepEqual(await drawSubject(scene, OPTIONS), await drawSubject(scene, OPTIONS));
});

Deno.test("frameSubject() keeps every vertex inside both boxes, at the height asked for", () => {
  const long: Mesh = {
    ...cube(0.3),
    positions: cube(0.3).positions.map((v, i) => i % 3 === 1 ? 3 * v : v),
  };
  const camera = suiteCamera(framingOf(long), { yawDeg: 30, pitchDeg: 10 });
  const frame = frameSubject(long, { camera, heightPx: 200, supersample: 2 });
  assert.equal(frame.front.box.height, 200);
  for (const { camera, box } of [frame.front, frame.back]) {
    assert.equal(box.width, frame.front.box.width);
    for (let i = 0; i < long.positions.length; i += 3) {
      const [u, v] = project(
        camera,
        [...long.positions.subarray(i, i + 3)] as [number, number, number],
      );
      const x = u / 2 - box.x, y = v / 2 - box.y;
      assert.ok(x >= 0 && x <= box.width && y >= 0 && y <= box.height, `${x}, ${y}`);
    }
  }
});

Deno.test("frameSubject() makes pictures of wide poses smaller instead of very wide", () => {
  const wide: Mesh = {
    ...cube(0.3),
    positions: cube(0.3).positions.map((v, i) => i % 3 === 0 ? 4 * v : v),
  };
  const camera = suiteCamera(framingOf(wide), { yawDeg: 0, pitchDeg: 0 });
  const { box } = frameSubject(wide, { camera, heightPx: 200, supersample: 1 }).front;
  assert.equal(box.width, 250);
  assert.ok(box.height < 100);
});

Deno.test("cameraBehind() sees the other side at the same height and distance", () => {
  const camera = suiteCamera(framingOf(SCAN), { yawDeg: 20, pitchDeg: 15 });
  const behind = cameraBehind(camera, SCAN);
  const centre = project(camera, [0, 0, 0]), turned = project(behind, [0, 0, 0]);
  for (const k of [0, 1, 2]) assert.ok(Math.abs(centre[k] - turned[k]) < 1e-9);
  // A point up the vertical stays where it is; front and back, left and right change places.
  const up = project(camera, [0, 0.4, 0]), upTurned = project(behind, [0, 0.4, 0]);
  for (const k of [0, 1, 2]) assert.ok(Math.abs(up[k] - upTurned[k]) < 1e-9);
  const front = project(camera, [0.1, 0, 0.4]), hidden = project(behind, [-0.1, 0, -0.4]);
  for (const k of [0, 1, 2]) assert.ok(Math.abs(front[k] - hidden[k]) < 1e-9);
});
