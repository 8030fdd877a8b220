import assert from "node:assert/strict";
import type { BodyFit } from "../../body/fit.ts";
import { scaleFit } from "../../body/fit.ts";
import { readBodyModel } from "../../body/body_file.ts";
import { poseBody } from "../../body/forward.ts";
import { JOINT_NAMES, jointIndex } from "../../body/joints.ts";
import type { BodyModel } from "../../body/model.ts";
import { fullPose, misfit } from "../../body/pose.ts";
import { encodeNpz } from "../../core/files/npz.ts";
import { bytesSource } from "../../core/files/source.ts";
import { random } from "../../core/work/random.ts";
import { officialArrays } from "./_official.ts";

const SMALL = { v: 40, f: 60, betas: 20 };
const smplx = await readBodyModel(bytesSource("x", encodeNpz(officialArrays("smplx", SMALL))));
const smpl = await readBodyModel(bytesSource("s", encodeNpz(officialArrays("smpl", SMALL))));

/** A fit with every field set to seeded numbers. */
function randomFit(): BodyFit {
  const draw = random(1, "fit");
  const list = (n: number) => Float64Array.from({ length: n }, () => 0.4 * draw.normal());
  return {
    kind: "smplx",
    betas: list(10),
    expression: list(10),
    globalOrient: list(3),
    bodyPose: list(63),
    leftHand: { pca: list(12) },
    rightHand: { axisAngle: list(45) },
    jawPose: list(3),
    leftEyePose: list(3),
    rightEyePose: list(3),
    transl: list(3),
    scale: 1.5,
  };
}

Deno.test("fullPose() puts every field at its joints", () => {
  const fit = randomFit();
  const pose = fullPose(smplx, { ...fit, flatHandMean: true });
  const at = (name: Parameters<typeof jointIndex>[1]) => {
    const j = 3 * jointIndex("smplx", name);
    return [...pose.subarray(j, j + 3)];
  };
  assert.equal(pose.length, 165);
  assert.deepEqual(at("pelvis"), [...fit.globalOrient]);
  assert.deepEqual(at("l_hip"), [...fit.bodyPose.subarray(0, 3)]);
  assert.deepEqual(at("r_wrist"), [...fit.bodyPose.subarray(60, 63)]);
  assert.deepEqual(at("jaw"), [...fit.jawPose!]);
  assert.deepEqual(at("l_eye"), [...fit.leftEyePose!]);
  assert.deepEqual(at("r_eye"), [...fit.rightEyePose!]);
  const right = (fit.rightHand as { axisAngle: Float64Array }).axisAngle;
  assert.deepEqual(at("r_index1"), [...right.subarray(0, 3)]);
  assert.deepEqual(at("r_thumb3"), [...right.subarray(42, 45)]);
});

Deno.test("fullPose() unfolds hand coefficients: one alone is its component, and the mean is added", () => {
  const fit = { ...randomFit(), leftHand: { pca: Float64Array.of(0, 0, 2) } };
  const flat = fullPose(smplx, { ...fit, flatHandMean: true }).subarray(75, 120);
  const mean = fullPose(smplx, fit).subarray(75, 120);
  const { components, mean: added } = smplx.hands!.left;
  for (let i = 0; i < 45; i++) {
    assert.equal(flat[i], 2 * components[2 * 45 + i]);
    assert.ok(Math.abs(mean[i] - flat[i] - added[i]) < 1e-12);
  }
});

Deno.test("poseBody() takes all rotations at once as it takes them in fields", () => {
  const fit = randomFit();
  const pose = fullPose(smplx, fit);
  const { kind, betas, expression, globalOrient, transl, scale } = fit;
  const whole: BodyFit = {
    kind,
    betas,
    expression: expression!,
    globalOrient,
    transl,
    scale,
    bodyPose: pose.slice(3),
  };
  assert.deepEqual(poseBody(smplx, whole).vertices, poseBody(smplx, fit).vertices);
});

Deno.test("poseBody() puts the pelvis at the translation where the fit's origin is the pelvis", () => {
  const fit: BodyFit = { ...randomFit(), origin: "pelvis", expression: new Float64Array(0) };
  const { joints } = poseBody(smplx, fit);
  for (let k = 0; k < 3; k++) assert.ok(Math.abs(joints[k] - fit.transl[k]) < 1e-12);
});

Deno.test("poseBody() shapes from the person's own surface where the fit has one", () => {
  const base = randomFit();
  const shaped = poseBody(smplx, { ...base, expression: new Float64Array(0) });
  const own: BodyFit = {
    ...base,
    expression: new Float64Array(0),
    betas: new Float64Array(0),
    restShape: shaped.restVertices.slice(),
  };
  assert.deepEqual(poseBody(smplx, own).vertices, shaped.vertices);
});

Deno.test("scaleFit() scales the posed body whatever its origin", () => {
  for (const origin of ["model", "pelvis"] as const) {
    const fit: BodyFit = { ...randomFit(), origin };
    const once = poseBody(smplx, fit).vertices, big = poseBody(smplx, scaleFit(fit, 3)).vertices;
    big.forEach((v, i) => assert.ok(Math.abs(v - 3 * once[i]) < 1e-9));
  }
});

Deno.test("misfit() says why a fit and a model do not go together", () => {
  const fit = randomFit();
  const { hands: _, ...handless } = smplx;
  const f = (n: number) => new Float64Array(n);
  const faults: [BodyModel, Partial<BodyFit>, RegExp | undefined][] = [
    [smplx, {}, undefined],
    [smpl, {}, /of kind smplx, expected smpl/],
    [smplx, { bodyPose: f(69) }, /rotates 23 joints besides the root, expected 54 or 21/],
    [smplx, { bodyPose: f(162) }, /hands or a face beside the rotations of all joints/],
    [smplx, { betas: f(11) }, /11 betas, expected at most 10/],
    [smplx, { expression: f(11) }, /11 expressions, expected at most 10/],
    [smplx, { jawPose: f(4) }, /jaw or eyes/],
    [smplx, { leftHand: { pca: f(46) } }, /46 hand coefficients, expected at most 45/],
    [smplx, { leftHand: { axisAngle: f(12) } }, /length 12, expected 45/],
    [smplx, { transl: f(2) }, /length 3/],
    [smplx, { restShape: f(9) }, /rest shape has 3 vertices, expected 40/],
    [handless, {}, /PCA coefficients and the model has no components/],
    [handless, { leftHand: { axisAngle: f(45) } }, /mean hand and the model has none/],
    [handless, { leftHand: { axisAngle: f(45) }, flatHandMean: true }, undefined],
  ];
  for (const [model, change, wanted] of faults) {
    const found = misfit(model, { ...fit, ...change });
    if (wanted === undefined) assert.equal(found, undefined);
    else assert.match(found ?? "", wanted);
  }
  assert.throws(() => fullPose(smpl, fit), RangeError);
});

Deno.test("JOINT_NAMES have 24, 52 and 55 names, none twice", () => {
  const counts = Object.values(JOINT_NAMES).map((names) => new Set(names).size);
  assert.deepEqual(counts, [24, 52, 55]);
  assert.equal(jointIndex("smplx", "l_hand"), -1);
});
