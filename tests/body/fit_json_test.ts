import assert from "node:assert/strict";
import type { BodyFit } from "../../body/fit.ts";
import { fitOfJson, jsonOfFit } from "../../body/fit_json.ts";
import { InputError } from "../../core/work/errors.ts";
import { stableJson } from "../../core/work/json.ts";

const f = (n: number) => Float64Array.from({ length: n }, (_, i) => (i + 1) / 7);

const PLAIN: BodyFit = {
  kind: "smpl",
  betas: f(10),
  globalOrient: f(3),
  bodyPose: f(69),
  transl: f(3),
  scale: 0.4,
};

const FULL: BodyFit = {
  ...PLAIN,
  kind: "smplx",
  gender: "male",
  bodyPose: f(63),
  expression: f(10),
  leftHand: { pca: f(12) },
  rightHand: { axisAngle: f(45) },
  flatHandMean: false,
  jawPose: f(3),
  leftEyePose: f(3),
  rightEyePose: f(3),
  origin: "pelvis",
  restShape: f(9),
};

Deno.test("jsonOfFit() and fitOfJson() are inverse, through text, for plain and full fits", () => {
  for (const fit of [PLAIN, FULL]) {
    assert.deepEqual(fitOfJson(JSON.parse(stableJson(jsonOfFit(fit)))), fit);
  }
  assert.deepEqual(Object.keys(jsonOfFit(PLAIN)).sort(), [
    "betas",
    "body_pose",
    "global_orient",
    "kind",
    "scale",
    "transl",
  ]);
});

Deno.test("fitOfJson() names the field at fault", () => {
  const json = jsonOfFit(PLAIN);
  const faults: [object, RegExp][] = [
    [{ ...json, transl: [1, 2] }, /transl is .*expected exactly 3 entries/],
    [{ ...json, scale: 0 }, /scale is 0/],
    [{ ...json, kind: "star" }, /kind is "star", expected "smpl" or "smplh" or "smplx"/],
    [{ ...json, betas: undefined }, /betas/],
    [{ ...json, left_hand_pose: { axis_angle: [1] } }, /left_hand_pose/],
  ];
  for (const [value, wanted] of faults) {
    assert.throws(() => fitOfJson(value, "a.json"), (error: Error) => {
      assert.ok(error instanceof InputError);
      assert.match(error.message, wanted);
      return true;
    });
  }
});
