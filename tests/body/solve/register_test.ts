import assert from "node:assert/strict";
import { poseBody } from "../../../body/forward.ts";
import { JOINT_NAMES } from "../../../body/joints.ts";
import { fitPoints } from "../../../body/solve/fit_points.ts";
import { measureFit } from "../../../body/solve/measure.ts";
import { SWAPS, swapSides } from "../../../body/solve/mirror.ts";
import { registerBody, type RegisterStage } from "../../../body/solve/register.ts";
import { type ScanTarget, scanTarget } from "../../../body/solve/scan_target.ts";
import { type BodyState, copyState, fitOfState, restState } from "../../../body/solve/state.ts";
import { MODEL } from "./_help.ts";

const joint = (name: string) => 3 * JOINT_NAMES.smpl.indexOf(name as never);

/** Somebody who stands with the arms down, one elbow bent, not of the usual shape. */
function standing(): BodyState {
  const state = restState(MODEL, 10);
  state.pose.set([0.05, 0.3, 0]);
  state.pose.set([0, 0, -0.9], joint("l_shoulder"));
  state.pose.set([0, 0.2, 0.8], joint("r_shoulder"));
  state.pose.set([0, -1, 0], joint("l_elbow"));
  state.pose.set([0.3, 0, 0.1], joint("l_hip"));
  state.betas.set([1, -0.8, 0.5]);
  state.transl.set([0.2, 1, -0.3]);
  return state;
}

const verticesOf = (state: BodyState) => poseBody(MODEL, fitOfState(MODEL, state)).vertices;

function targetOf(state: BodyState): ScanTarget {
  const mesh = { positions: Float32Array.from(verticesOf(state)), indices: MODEL.faces };
  return scanTarget(mesh, { samples: 3000 });
}

function meanApart(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 3) {
    sum += Math.hypot(a[i] - b[i], a[i + 1] - b[i + 1], a[i + 2] - b[i + 2]);
  }
  return sum / (a.length / 3);
}

const STAGES: readonly RegisterStage[] = [0.1, 0.03].map((reach) => ({
  iterations: 10,
  aboveM: reach,
  belowM: reach,
  belowWeight: 1,
  reachM: 0.3,
  points: 0,
  priors: { pose: 1e-4, limits: 0.1, shape: 1e-4 },
}));

const truth = standing(), target = targetOf(truth);

Deno.test("registerBody() finds a body back that was moved, turned and bent", () => {
  const start = copyState(truth);
  start.transl[0] += 0.05;
  start.pose[1] += 0.1;
  start.pose[joint("r_elbow") + 1] += 0.2;
  start.betas.fill(0);
  const before = meanApart(verticesOf(start), verticesOf(truth));
  const { state } = registerBody({ model: MODEL, state: start }, target, {
    stages: STAGES,
    clothing: "tight",
  });
  const after = meanApart(verticesOf(state), verticesOf(truth));
  // Nearest points say nothing of sliding along the surface: some millimetres stay.
  assert.ok(before > 0.05 && after < 0.006, `${before} m before, ${after} m after`);
});

Deno.test("registerBody() changes what is free alone", () => {
  const start = copyState(truth);
  start.transl[1] += 0.04;
  const { state } = registerBody({ model: MODEL, state: start }, target, {
    free: { pose: "fixed", orientation: "fixed", betas: 0 },
    stages: STAGES.slice(0, 1),
    clothing: "tight",
  });
  assert.deepEqual(state.pose, start.pose);
  assert.deepEqual(state.betas, start.betas);
  assert.equal(state.scale, start.scale);
  assert.ok(Math.abs(state.transl[1] - truth.transl[1]) < 2e-3);
});

Deno.test("measureFit() is 0 for a body in itself and grows as the body leaves it", () => {
  const measure = (state: BodyState) =>
    measureFit({ model: MODEL, posed: { vertices: verticesOf(state) } }, target);
  const itself = measure(truth);
  assert.ok(itself.misfit < 0.01, `misfit ${itself.misfit}`);
  assert.ok(itself.medianM < 1e-4 && itself.outsideShare < 0.01);
  const moved = copyState(truth);
  moved.transl[0] += 0.06;
  const off = measure(moved);
  assert.ok(off.misfit > 10 * itself.misfit && off.outsideShare > 0.1);
  assert.ok(off.parts.torso !== undefined && off.parts.torso.p95M > 0.02);
});

Deno.test("fitPoints() finds a pose from its joints, from anywhere", () => {
  const { joints } = poseBody(MODEL, fitOfState(MODEL, truth));
  const points = JOINT_NAMES.smpl.map((_, j) => ({
    place: { joints: [[j, 1]] as const },
    at: [joints[3 * j], joints[3 * j + 1], joints[3 * j + 2]] as const,
    confidence: 1,
    spreadM: 0.1,
  }));
  const found = fitPoints({ model: MODEL, state: restState(MODEL, 10) }, points);
  const after = poseBody(MODEL, fitOfState(MODEL, found)).joints;
  assert.ok(meanApart(after, joints) < 0.006, `${meanApart(after, joints)} m`);
});

Deno.test("swapSides() twice changes nothing, once exchanges the wrists' places", () => {
  for (const swap of SWAPS) {
    const once = swapSides(MODEL, truth, swap), twice = swapSides(MODEL, once, swap);
    twice.pose.forEach((v, i) => assert.ok(Math.abs(v - truth.pose[i]) < 1e-15));
    assert.notDeepEqual(once.pose, truth.pose);
  }
});
