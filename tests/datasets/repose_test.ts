import assert from "node:assert/strict";
import { random } from "../../core/work/random.ts";
import { FIXTURES } from "../../core/work/paths.ts";
import { join } from "../../core/work/path.ts";
import { poseBody } from "../../body/forward.ts";
import { fullPose } from "../../body/pose.ts";
import { loadBody, loadScan } from "../../datasets/load.ts";
import { openDataset } from "../../datasets/open.ts";
import { attachScan, reposeScan, stretchedEdges } from "../../datasets/repose.ts";
import { drawPose, limitsOf, selfIntersection } from "../../datasets/repose_pose.ts";

const { subjects } = await openDataset(join(FIXTURES, "humans"));
const subject = subjects.find(({ id }) => id === "h03")!;
const { mesh } = await loadScan(subject, { textures: "skip" });
const { model, fit } = await loadBody(subject);

Deno.test("reposeScan() into its own pose gives the scan back", () => {
  const attached = attachScan(mesh, { model, fit });
  const { mesh: same } = reposeScan(attached, fit.bodyPose);
  let worst = 0;
  for (let i = 0; i < mesh.positions.length; i++) {
    worst = Math.max(worst, Math.abs(same.positions[i] - mesh.positions[i]));
  }
  // Float32 positions, and one transform undone and done again.
  assert.ok(worst < 1e-5, `moved by ${worst} m`);
  assert.equal(stretchedEdges(mesh, same), 0);
  assert.equal(same.normals, undefined);
});

Deno.test("reposeScan() takes the skin along with the body", () => {
  // The body itself as the scan: skinned with evened-out weights it stays near the posed body.
  const body = {
    positions: Float32Array.from(poseBody(model, fit).vertices),
    indices: model.faces,
  };
  const attached = attachScan(body, { model, fit }, { smoothing: 0 });
  const bodyPose = fit.bodyPose.slice();
  bodyPose[3 * 17 + 1] -= 0.6; // left elbow bends
  const { mesh: moved, posed } = reposeScan(attached, bodyPose);
  let sum = 0;
  for (let i = 0; i < moved.positions.length; i++) {
    sum += Math.abs(moved.positions[i] - posed.vertices[i]);
  }
  // Pose correctives are left out: they are at most 26 mm, and 0 over most of the body.
  assert.ok(sum / moved.positions.length < 1e-3);
});

Deno.test("drawPose() stays within joint limits that its known poses keep, and is seeded", () => {
  const known = subjects.map((one) => fullPose(model, one.fit!.fit));
  for (let p = 0; p < 20; p++) {
    const pose = drawPose(known, random(3, p));
    assert.deepEqual(pose, drawPose(known, random(3, p)));
    for (let j = 1; j < 24; j++) {
      for (let k = 0; k < 3; k++) {
        const [low, high] = limitsOf(j, k);
        const value = pose[3 * j + k];
        assert.ok(value >= low - 1e-9 && value <= high + 1e-9, `joint ${j}, ${k}: ${value}`);
      }
    }
  }
});

Deno.test("selfIntersection() tells a hand inside of the trunk from hands beside it", () => {
  assert.ok(selfIntersection(model, poseBody(model, fit)) < 0.02);
  const bodyPose = new Float64Array(69);
  bodyPose[3 * 15 + 2] = -1.5; // left arm down …
  bodyPose[3 * 17 + 2] = -1.6; // … and its forearm through the belly
  const through = selfIntersection(model, poseBody(model, { ...fit, bodyPose }));
  assert.ok(through > 0.1, `share ${through}`);
});
