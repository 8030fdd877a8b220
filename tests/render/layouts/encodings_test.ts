/** Encodings and names of layouts against numbers worked out by hand from their definitions. */
import assert from "node:assert/strict";
import type { OrthographicCamera, PerspectiveCamera } from "../../../core/geometry/camera.ts";
import { identity } from "../../../core/geometry/transform.ts";
import { UsageError } from "../../../core/work/errors.ts";
import { encodeIconDepth } from "../../../render/layouts/icon.ts";
import { wholeYaw, yawViews } from "../../../render/layouts/layout.ts";
import { layoutNamed, LAYOUTS, setName } from "../../../render/layouts/layouts.ts";
import { encodePsHumanDepth } from "../../../render/layouts/pshuman.ts";
import {
  checkTwoKTwoKNames,
  decodeTwoKTwoKDepth,
  encodeTwoKTwoKDepth,
  twoKTwoKLists,
} from "../../../render/layouts/twoktwok.ts";
import { checkSampleKeys, sampleKey } from "../../../render/layouts/webdataset.ts";

const TANGENT = Math.tan(25 * Math.PI / 180);

function camera(size: number): PerspectiveCamera {
  const focal = size / (2 * TANGENT), centre = size / 2;
  const frame = { width: size, height: size, camFromScan: identity(), yawDeg: 0, pitchDeg: 0 };
  return { projection: "perspective", ...frame, fx: focal, fy: focal, cx: centre, cy: centre };
}

Deno.test("2k2k depth: the plane z = 0 is 32768 in the middle and 46659 in the corner", () => {
  // D = (t − 1) · 2048/(2 tan 25°) + 1024. In the middle t is 1; through the corner pixel's centre
  // t = √(1 + 2 (tan 25° · 2047/2048)²) = 1.197690, D = 1458.122, ⌊32 D⌋ = 46659.
  const size = 2048, depth = new Float32Array(size * size).fill(2.5);
  const { map, clamped } = encodeTwoKTwoKDepth(depth, camera(size), 2.5);
  assert.equal(map[0], 46659);
  assert.equal(map[size * size - 1], 46659);
  assert.equal(map[1024 * size + 1024], 32768);
  assert.equal(clamped, 0);
});

Deno.test("2k2k depth: background is 0, and what 16 bits cannot hold is clamped, not wrapped", () => {
  const size = 2048, depth = new Float32Array(size * size), middle = 1024 * size + 1024;
  depth[middle] = 1.5, depth[middle + 1] = 0.5, depth[middle + 2] = 1.4;
  const { map, clamped } = encodeTwoKTwoKDepth(depth, camera(size), 1);
  // The range is 0.5337 < t < 1.4663.
  assert.deepEqual([...map.subarray(middle, middle + 2)], [65535, 1]);
  assert.equal(clamped, 2);
  assert.equal(map[0], 0);
});

Deno.test("2k2k depth goes round to half a step, in both projections", () => {
  const size = 64,
    ortho: OrthographicCamera = {
      projection: "orthographic",
      width: size,
      height: size,
      camFromScan: identity(),
      yawDeg: 0,
      pitchDeg: 0,
      halfWidthM: TANGENT,
    };
  const unitM = 2.6, stepM = 2 * TANGENT / size / 32 * unitM;
  for (const one of [camera(size), ortho]) {
    const depth = Float32Array.from({ length: size * size }, (_, i) => unitM * (0.8 + i / 12000));
    const { map } = encodeTwoKTwoKDepth(depth, one, unitM);
    const back = decodeTwoKTwoKDepth(map, one, unitM);
    assert.ok(back.every((value, i) => Math.abs(value - depth[i]) <= stepM * 0.501));
  }
});

Deno.test("2k2k refuses names that its loader would change, and lists views as it splits them", () => {
  for (const subjects of [["front_man"], ["a png"], ["DEPTH1"]]) {
    assert.throws(() => checkTwoKTwoKNames({ set: "RP", subjects }), UsageError);
  }
  checkTwoKTwoKNames({ set: "RP", subjects: ["rp_eve_posed_001"] });
  const angles = { yawDeg: -30, pitchDeg: 0 };
  const [[path, text]] = twoKTwoKLists("RP", [{ id: "x", angles }], "PERS");
  assert.equal(path, "list/RP_all.txt");
  assert.equal(
    text,
    "/PERS/COLOR/SHADED/RP_0_y_-30_x/x_front.png " +
      "/PERS/COLOR/NOSHADING/RP_0_y_-30_x/x_front.png " +
      "/PERS/DEPTH/RP_0_y_-30_x/x_front.png\n",
  );
});

Deno.test("icon depth: the centre is 128, 25 units nearer 32 levels less", () => {
  // 127.5 (1 − z/100): 0 → 127.5, which rounds up; 25 → 95.6.
  const frame = { center: [0, 0, 0] as const, scale: 1, reach: 100 };
  const centreM = 2 * 100 * 0.01;
  const depth = Float32Array.of(centreM, centreM - 0.25, centreM + 0.25, 0);
  assert.deepEqual([...encodeIconDepth(depth, frame)], [128, 96, 159, 0]);
});

Deno.test("pshuman depth: 0.5 is 0, 1.5 the middle, 2.5 and the background 65535", () => {
  const depth = Float32Array.of(0.5, 1.5, 2.5, 3, 0);
  assert.deepEqual([...encodePsHumanDepth(depth, 1)], [0, 32767, 65535, 65535, 65535]);
});

Deno.test("wholeYaw() numbers whole degrees from 0 and refuses all else", () => {
  assert.deepEqual([-30, 0, 360, 725].map((yawDeg) => wholeYaw({ yawDeg, pitchDeg: 0 })), [
    330,
    0,
    0,
    5,
  ]);
  assert.throws(() => wholeYaw({ yawDeg: 7.5, pitchDeg: 0 }), UsageError);
  assert.throws(() => wholeYaw({ yawDeg: 0, pitchDeg: 10 }), UsageError);
});

Deno.test("layouts render the views that their authors do", () => {
  const yaws = (name: string) => layoutNamed(name).defaults.views.map(({ yawDeg }) => yawDeg);
  assert.deepEqual(yaws("2k2k"), [-30, -20, -10, 0, 10, 20, 30]);
  assert.equal(yaws("pifu").length, 360);
  assert.deepEqual(yaws("icon").slice(0, 3), [0, 10, 20]);
  // Where the camera goes round by +α, the person turns by −α.
  assert.deepEqual(yaws("pamir").slice(0, 3), [0, -1, -2]);
  assert.deepEqual(yaws("pshuman"), [0, -45, -90, -135, -180, -225, -270, -315]);
  assert.equal(yaws("sith").length, 36);
  assert.deepEqual(yawViews(0, 20, 10).map(({ pitchDeg }) => pitchDeg), [0, 0, 0]);
  assert.equal(new Set(LAYOUTS.map(({ name }) => name)).size, 9);
  assert.throws(() => layoutNamed("nerf"), RangeError);
});

Deno.test("setName() takes the names that the authors use, and makes others safe", () => {
  assert.equal(setName({ format: "renderpeople", name: "my disk" }), "RP");
  assert.equal(setName({ format: "thuman2", name: "x" }), "THuman2");
  assert.equal(setName({ format: "suite", name: "my set (2)" }), "my_set_2_");
});

Deno.test("webdataset keys have no dot before the member's suffix, and must differ", () => {
  assert.equal(sampleKey("00005_hips.000010", "y7.5"), "00005_hips-000010_y7-5");
  checkSampleKeys([{ subject: "a", view: "y000" }, { subject: "b", view: "y000" }]);
  assert.throws(
    () => checkSampleKeys([{ subject: "a.b", view: "y000" }, { subject: "a-b", view: "y000" }]),
    /a\.b\/y000 and a-b\/y000 would both be "a-b_y000"/,
  );
});
