import assert from "node:assert/strict";
import fc from "fast-check";
import { readBodyFile } from "../../body/body_file.ts";
import type { BodyFit } from "../../body/fit.ts";
import { allocatePosedBody, bodyMesh, poseBody } from "../../body/forward.ts";
import type { BodyModel } from "../../body/model.ts";
import { sparseRows } from "../../body/model.ts";
import { rotationOfAxisAngle } from "../../core/geometry/transform.ts";

const OPEN_BODY = new URL("../../fixtures/humans/open_body.npz", import.meta.url).pathname;
const model = await readBodyFile(OPEN_BODY);

function fitOf(c: { betas: number[]; pose: number[][]; transl: number[]; scale: number }): BodyFit {
  return {
    kind: "smpl",
    betas: Float64Array.from(c.betas),
    globalOrient: Float64Array.from(c.pose[0]),
    bodyPose: Float64Array.from(c.pose.slice(1).flat()),
    transl: Float64Array.from(c.transl),
    scale: c.scale,
  };
}

const REST: BodyFit = fitOf({
  betas: [],
  pose: Array.from({ length: 24 }, () => [0, 0, 0]),
  transl: [0, 0, 0],
  scale: 1,
});

/**
 * Two bones along y, one vertex a bone, no correctives:
 *
 *     v1 (0, 3, 0)    weight 1 on joint 1
 *      |
 *     j1 (0, 2, 0)
 *      |
 *     v0 (0, 1, 0)    weight 1 on joint 0
 *      |
 *     j0 (0, 0, 0)
 */
const STICK: BodyModel = {
  kind: "smpl",
  gender: "unknown",
  name: "stick",
  template: Float64Array.of(0, 1, 0, 0, 3, 0, 0, 0, 0, 0, 2, 0),
  faces: Uint32Array.of(0, 1, 2),
  shapeDirs: Float32Array.of(0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0),
  betaCount: 1,
  poseDirs: new Float32Array(9 * 12),
  jointRegressor: sparseRows([0, 0, 1, 0, 0, 0, 0, 1], 2, 4),
  weights: sparseRows([1, 0, 0, 1, 1, 0, 0, 1], 4, 2),
  parents: Int32Array.of(-1, 0),
};

Deno.test("poseBody() bends a stick at its joint and moves it with scale and translation", () => {
  const posed = poseBody(STICK, {
    kind: "smpl",
    betas: Float64Array.of(0.5), // v1 moves up to 3.5
    globalOrient: Float64Array.of(0, 0, 0),
    bodyPose: Float64Array.of(0, 0, Math.PI / 2), // about z: +y turns to −x
    transl: Float64Array.of(10, 0, 0),
    scale: 2,
  });
  const expected = [10, 2, 0, 2 * -1.5 + 10, 4, 0, 10, 0, 0, 10, 4, 0];
  posed.vertices.forEach((v, i) => assert.ok(Math.abs(v - expected[i]) < 1e-12, `${i}: ${v}`));
  assert.deepEqual([...posed.joints], [10, 0, 0, 10, 4, 0]);
});

// The file's float32 weights sum to 1 within 1e-7, so a vertex 1 m from its joint is that far off.
Deno.test("poseBody() of the rest pose is the template", () => {
  const { vertices } = poseBody(model, REST);
  vertices.forEach((v, i) => assert.ok(Math.abs(v - model.template[i]) < 1e-6));
});

/**
 * Values from tests/crosscheck/body_forward.py (numpy, float64, written from the equations). The
 * tolerance is ours: 1e-5 m is asked for; float32 directions here leave about 1e-7 m.
 */
Deno.test("poseBody() agrees with an independent numpy forward pass to 1e-6 m", async () => {
  const path = new URL("./golden/forward.json", import.meta.url);
  const { step, cases } = JSON.parse(await Deno.readTextFile(path));
  for (const golden of cases) {
    const { vertices, joints } = poseBody(model, fitOf(golden));
    let worst = 0;
    golden.vertices.forEach((value: number, i: number) => {
      const at = 3 * step * Math.floor(i / 3) + i % 3;
      worst = Math.max(worst, Math.abs(vertices[at] - value));
    });
    golden.joints.forEach((value: number, i: number) => {
      worst = Math.max(worst, Math.abs(joints[i] - value));
    });
    assert.ok(worst < 1e-6, `${golden.name}: off by ${worst} m`);
  }
});

Deno.test("poseBody() turns the whole body about its pelvis with global_orient", () => {
  fc.assert(
    fc.property(
      fc.tuple(...[0, 1, 2].map(() => fc.double({ min: -3, max: 3, noNaN: true }))),
      (axis) => {
        const still = poseBody(model, REST).vertices;
        const turned = poseBody(model, { ...REST, globalOrient: Float64Array.from(axis) });
        const r = rotationOfAxisAngle(axis[0], axis[1], axis[2]);
        const [px, py, pz] = turned.joints; // the pelvis stays
        for (let v = 0; v < still.length; v += 3 * 501) {
          const x = still[v] - px, y = still[v + 1] - py, z = still[v + 2] - pz;
          const expected = r[3] * x + r[4] * y + r[5] * z + py;
          assert.ok(Math.abs(turned.vertices[v + 1] - expected) < 1e-9);
        }
      },
    ),
    { numRuns: 10 },
  );
});

Deno.test("poseBody() writes into the arrays it is given and reads nothing of what was there", () => {
  const target = allocatePosedBody(model);
  target.vertices.fill(NaN), target.transforms.fill(NaN);
  const first = poseBody(model, REST, target).vertices.slice();
  assert.equal(poseBody(model, REST, target).vertices, target.vertices);
  assert.deepEqual(target.vertices, first);
});

Deno.test("poseBody() refuses a fit of another model by its joints and its betas", () => {
  assert.throws(
    () => poseBody(model, { ...REST, bodyPose: new Float64Array(63) }),
    /rotates 21 joints besides the root, expected 23/,
  );
  assert.throws(() => poseBody(model, { ...REST, betas: new Float64Array(11) }), /11 betas/);
});

Deno.test("bodyMesh() has the model's faces and the posed vertices", () => {
  const mesh = bodyMesh(model, poseBody(model, REST));
  assert.equal(mesh.positions.length, model.template.length);
  assert.equal(mesh.indices, model.faces);
});
