import assert from "node:assert/strict";
import { encodePng } from "../../core/files/image.ts";
import { openPoseJson } from "../../core/files/openpose_json.ts";
import { unproject } from "../../core/geometry/camera.ts";
import { fromFileUrl, join } from "../../core/work/path.ts";
import { openPhoto } from "../../inference/photo_input.ts";
import { refuses } from "./photo/_help.ts";

/** A bundled person before a smooth background, 512 × 512; see `photo/analyse_photo_test.ts`. */
const PERSON = fromFileUrl(new URL("photo/golden/person.jpg", import.meta.url));

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A grey photo of 300 × 200 with a mask of 40 × 120 and two keypoints. */
async function writeOwn(folder: string) {
  const data = new Uint8Array(3 * 300 * 200).fill(90), mask = new Uint8Array(300 * 200);
  for (let y = 50; y < 170; y++) mask.fill(255, 300 * y + 200, 300 * y + 240);
  const body25 = new Float64Array(75);
  for (let k = 0; k < 25; k++) body25.set([205 + k, 60 + 4 * k, 0.9], 3 * k);
  const hands = { handLeft: new Float64Array(63), handRight: new Float64Array(63) };
  const place = {
    path: join(folder, "photo.png"),
    maskFile: join(folder, "mask.png"),
    keypointsFile: join(folder, "points.json"),
  };
  await Deno.writeFile(place.path, encodePng({ width: 300, height: 200, channels: 3, data }));
  await Deno.writeFile(
    place.maskFile,
    encodePng({ width: 300, height: 200, channels: 1, data: mask }),
  );
  await Deno.writeTextFile(place.keypointsFile, openPoseJson([{ body25, ...hands }]));
  return place;
}

Deno.test("openPhoto() shows the user's keypoints and mask in its square, in the photo's camera", () =>
  inFolder(async (folder) => {
    const input = await openPhoto(await writeOwn(folder));
    const { camera, subjectDistanceM } = input.camera!;
    assert.equal(input.cue, undefined);
    assert.deepEqual([camera.width, camera.height], [2048, 2048]);
    const { square } = input.working, scale = 2048 / square.sidePx;
    // The mask is 120 of the photo's rows: 1.7 m seen by a focal length of 150 / tan 25° pixels.
    const focalPx = 150 / Math.tan(Math.PI * 25 / 180);
    assert.ok(Math.abs(subjectDistanceM / (focalPx * 1.7 / 120) - 1) < 0.01);
    const { body25 } = (await input.keypoints())!;
    for (const k of [0, 13, 24]) {
      const [u, v] = [body25[3 * k], body25[3 * k + 1]];
      const x = square.x + u / scale, y = square.y + v / scale;
      assert.ok(Math.abs(x - 205 - k) < 1e-9 && Math.abs(y - 60 - 4 * k) < 1e-9);
      // One point in space, whether seen by the square's camera or by the photo's.
      const at = unproject(camera, u, v, 3);
      assert.ok(Math.abs(at[0] - 3 * (x - 150) / focalPx) < 1e-9);
      assert.ok(Math.abs(at[1] - 3 * (100 - y) / focalPx) < 1e-9);
    }
    const covered = (await input.mask()).data.reduce((sum, v) => sum + (v > 0 ? 1 : 0), 0);
    assert.ok(Math.abs(covered / (4800 * scale * scale) - 1) < 0.02);
  }));

Deno.test("openPhoto() finds keypoints and mask itself", async () => {
  const input = await openPhoto({ path: PERSON });
  const mask = await input.mask(), keypoints = await input.keypoints();
  assert.equal(input.subject, "person");
  assert.ok(input.cue !== undefined && input.cue.worldM.length === 99);
  // The person fills the square's height as in the suite's own views: 0.77 of it.
  const rows = Array.from({ length: 2048 }, (_, y) => y)
    .filter((y) => mask.data.subarray(2048 * y, 2048 * y + 2048).includes(255)).length;
  assert.ok(Math.abs(rows / 2048 - 0.766) < 0.02, `the person fills ${rows} rows`);
  const inside = Array.from({ length: 25 }, (_, k) => k).filter((k) => {
    const [u, v] = keypoints!.body25.subarray(3 * k, 3 * k + 2);
    return mask.data[2048 * Math.floor(v) + Math.floor(u)] > 0;
  });
  assert.ok(inside.length >= 22, `${inside.length} of 25 points lie in the mask`);
});

Deno.test("openPhoto() refuses a mask of another size", () =>
  inFolder(async (folder) => {
    const place = await writeOwn(folder);
    await refuses(
      openPhoto({ path: PERSON, maskFile: place.maskFile }),
      /has 300 × 200 pixels, expected the photo's 512 × 512/,
    );
  }));

Deno.test("openPhoto() gives the whole photo at full resolution, the mask file pixel by pixel", () =>
  inFolder(async (folder) => {
    // Longer than what is looked at (2048), so that the analysis works on a smaller picture.
    const width = 2600, height = 1000, data = new Uint8Array(3 * width * height);
    for (let i = 0; i < data.length; i++) data[i] = (i * 40503) >> 8;
    const mask = new Uint8Array(width * height);
    for (let y = 201; y < 900; y++) mask.fill(255, width * y + 1201, width * y + 1302);
    const body25 = new Float64Array(75), none = new Float64Array(63);
    for (let k = 0; k < 25; k++) body25.set([1210.25 + k, 210 + 20 * k, 0.9], 3 * k);
    const place = {
      path: join(folder, "wide.png"),
      maskFile: join(folder, "mask.png"),
      keypointsFile: join(folder, "points.json"),
    };
    await Deno.writeFile(place.path, encodePng({ width, height, channels: 3, data }));
    await Deno.writeFile(place.maskFile, encodePng({ width, height, channels: 1, data: mask }));
    await Deno.writeTextFile(
      place.keypointsFile,
      openPoseJson([{ body25, handLeft: none, handRight: none }]),
    );
    const input = await openPhoto(place);
    assert.equal(input.photo.picture.width, 2048);
    const { picture, keypoints, mask: found, view } = await input.whole();
    assert.deepEqual([picture.width, picture.height, found.width], [width, height, width]);
    assert.ok(picture.data.every((value, i) => value === data[i]));
    assert.ok(found.data.every((value, i) => value === mask[i]));
    assert.deepEqual(keypoints.body25, body25);
    const focalPx = 1300 / Math.tan(Math.PI * 25 / 180);
    const { camera, subjectDistanceM } = view;
    assert.ok(camera.projection === "perspective" && Math.abs(camera.fx - focalPx) < 1e-9);
    assert.deepEqual([camera.cx, camera.cy], [1300, 500]);
    assert.ok(Math.abs(subjectDistanceM - focalPx * 1.7 / 699) < 1e-9);
  }));
