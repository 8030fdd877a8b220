import assert from "node:assert/strict";
import { readBodyFile } from "../../body/body_file.ts";
import { bodyMesh, poseBody } from "../../body/forward.ts";
import { FIXTURES } from "../../core/work/paths.ts";
import { canonicalScan } from "../../datasets/canonical.ts";

const model = await readBodyFile(`${FIXTURES}/humans/open_body.npz`);

const fit = {
  kind: "smpl" as const,
  betas: Float64Array.of(1, -1, 0.5),
  globalOrient: Float64Array.of(0.4, 2, -0.3),
  bodyPose: Float64Array.from({ length: 69 }, (_, i) => 0.3 * Math.sin(i)),
  transl: Float64Array.of(30, -80, 150),
  scale: 100,
};

Deno.test("canonicalScan() puts a turned body in centimetres upright, the pelvis at the origin", () => {
  const scan = bodyMesh(model, poseBody(model, fit));
  const { mesh, fit: canonical, unposed } = canonicalScan(scan, { model, fit });
  const posed = poseBody(model, canonical);
  assert.deepEqual([...canonical.globalOrient, canonical.scale], [0, 0, 0, 1]);
  posed.joints.subarray(0, 3).forEach((v) => assert.ok(Math.abs(v) < 1e-12, `pelvis at ${v} m`));
  // The scan is float32 centimetres about 1.5 m off: 1e-5 cm a step.
  mesh.positions.forEach((v, i) =>
    assert.ok(Math.abs(v - posed.vertices[i]) < 1e-6, `${v}, expected ${posed.vertices[i]}`)
  );
  assert.equal(unposed.vertices, scan.positions.length / 3);
  assert.equal(unposed.lost, 0);
  assert.ok(unposed.farthestM < 1e-9, `${unposed.farthestM} m after the way there and back`);
});
