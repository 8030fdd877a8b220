import assert from "node:assert/strict";
import { LEAN_RAD, upright } from "../../../inference/align/align_photo.ts";
import { POINTS_33 } from "../../../inference/photo/landmarks.ts";
import { withDepths } from "../../../inference/twoktwok/lifted_landmarks.ts";
import { CUE_POINTS } from "../../../inference/twoktwok/pose_cue.ts";

const z = (name: (typeof POINTS_33)[number]) => 3 * POINTS_33.indexOf(name) + 2;

Deno.test("upright() turns points about the x axis and leaves their lengths alone", () => {
  const points = Float64Array.of(0.3, -0.5, 0.1, 0, 0, 0), turned = upright(points);
  assert.equal(turned[0], 0.3);
  assert.ok(Math.abs(Math.hypot(turned[1], turned[2]) - Math.hypot(0.5, 0.1)) < 1e-12);
  // A point above the hips (y down) leans towards the camera (z away) and is moved away from it.
  assert.ok(turned[2] > points[2]);
  const back = upright(turned, -LEAN_RAD);
  points.forEach((v, i) => assert.ok(Math.abs(v - back[i]) < 1e-12));
});

Deno.test("withDepths() puts the lifter's depths in metres behind the hips, and the rest moves along", () => {
  const worldM = new Float64Array(99), pointsPx = new Float64Array(99);
  const lifted = new Float64Array(4 * CUE_POINTS.length);
  const set = (name: (typeof POINTS_33)[number], share: number) =>
    lifted[4 * CUE_POINTS.indexOf(name) + 2] = share;
  set("l_ankle", 0.1), set("l_shoulder", 0.2), set("r_shoulder", 0.1), set("nose", 9);
  const out = withDepths({ pointsPx, worldM }, lifted, 2);
  assert.equal(out[z("l_ankle")], 0.2);
  assert.equal(out[z("l_heel")], 0.2);
  assert.equal(out[z("r_heel")], 0);
  // The cue's nose stands for the joint of the head: its depth is not taken.
  assert.ok(Math.abs(out[z("nose")] - 0.3) < 1e-12 && Math.abs(out[z("r_ear")] - 0.3) < 1e-12);
});
