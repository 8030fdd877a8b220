import assert from "node:assert/strict";
import type { BodyFit } from "../../../body/fit.ts";
import { poseBody } from "../../../body/forward.ts";
import { bytesSource } from "../../../core/files/source.ts";
import {
  multiply,
  rotationX,
  rotationY,
  transformPoints,
} from "../../../core/geometry/transform.ts";
import { random } from "../../../core/work/random.ts";
import { readFits } from "../../../datasets/fits/read.ts";
import { iconFitFile } from "../../../render/layouts/_icon_fit.ts";
import { smallModel } from "../../datasets/fits/_small_models.ts";

const UPRIGHT = multiply(rotationX(-Math.PI / 2), rotationY(0.4));

function values(count: number, size: number, name: string): Float64Array {
  const { float } = random(7, name);
  return Float64Array.from({ length: count }, () => size * (2 * float() - 1));
}

/** Without expression: that of the small model, drawn at random, moves the pelvis, too. */
const SMPLX: BodyFit = {
  kind: "smplx",
  betas: values(10, 1, "betas"),
  globalOrient: values(3, 1, "root"),
  bodyPose: values(63, 0.4, "body"),
  leftHand: { pca: values(12, 0.5, "left") },
  rightHand: { pca: values(12, 0.5, "right") },
  jawPose: values(3, 0.1, "jaw"),
  transl: values(3, 1, "place"),
  scale: 1.03,
};

const SMPL: BodyFit = {
  kind: "smpl",
  betas: values(10, 1, "betas"),
  globalOrient: values(3, 1, "root"),
  bodyPose: values(69, 0.4, "body"),
  transl: values(3, 1, "place"),
  scale: 1,
};

for (
  const [fit, name, path, format] of [
    [SMPLX, "smplx.npz", "S/fits/a/smplx_param.pkl", "thuman2-smplx"],
    [SMPL, "smpl_protocol5.pkl", "S/smpl/a.pkl", "thuman2-smpl"],
  ] as const
) {
  Deno.test(`iconFitFile() of ${fit.kind} is read as ${format}: the body, turned upright`, async () => {
    const model = await smallModel(name);
    const file = iconFitFile({ model, fit }, { set: "S", id: "a", upright: UPRIGHT });
    assert.ok("path" in file, JSON.stringify(file));
    assert.equal(file.path, path);
    const read = await readFits(bytesSource("fit.pkl", file.bytes));
    assert.equal(read.format, format);
    const { vertices } = poseBody(model, read.frame(0).candidates[0].fit);
    const wanted = transformPoints(UPRIGHT, poseBody(model, fit).vertices);
    const worst = wanted.reduce((far, v, i) => Math.max(far, Math.abs(v - vertices[i])), 0);
    assert.ok(worst < 2e-6, `off by ${worst} m`); // the files hold float32
  });
}

Deno.test("iconFitFile() says why a fit cannot be in THuman2.0's file", async () => {
  const model = await smallModel("smplx.npz");
  const missing = (fit: BodyFit) => {
    const file = iconFitFile({ model, fit }, { set: "S", id: "a", upright: UPRIGHT });
    return "missing" in file ? file.missing : "";
  };
  const turned = { axisAngle: new Float64Array(45) };
  assert.match(missing({ ...SMPLX, leftHand: turned }), /hands are not 12 components/);
  assert.match(missing({ ...SMPLX, flatHandMean: true }), /hands are not 12 components/);
  assert.match(missing({ ...SMPLX, origin: "pelvis" }), /translation moves the pelvis/);
  assert.match(missing({ ...SMPLX, betas: values(12, 1, "more") }), /more than 10/);
});
