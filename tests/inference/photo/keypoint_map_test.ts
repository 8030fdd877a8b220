import assert from "node:assert/strict";
import { openPoseKeypoints, pixelsPerMetre } from "../../../inference/photo/keypoint_map.ts";
import { type Landmarks, POINTS_33 } from "../../../inference/photo/landmarks.ts";
import { BODY_25 } from "../../../body/keypoints.ts";
import { near } from "./_help.ts";

/**
 * Somebody upright who faces us, 200 pixels a metre, hips at (300, 400): their left is at larger x.
 *
 *            nose                  y = −0.60 m
 *     r_shoulder l_shoulder       −0.45, x = ∓0.2
 *        r_hip l_hip                0,    x = ∓0.1
 *        r_knee l_knee              0.4
 *        r_ankle l_ankle            0.8
 *        heels 0.85 (z +0.05), toes 0.9 (z −0.2): feet point at us
 */
const PX_PER_M = 200;

function standing(): Landmarks {
  const side: Record<string, [number, number, number]> = {
    eye_inner: [0.02, -0.63, -0.1],
    eye: [0.03, -0.63, -0.1],
    eye_outer: [0.04, -0.63, -0.1],
    ear: [0.08, -0.61, 0],
    mouth: [0.02, -0.55, -0.1],
    shoulder: [0.2, -0.45, 0],
    elbow: [0.3, -0.2, 0],
    wrist: [0.35, 0, 0],
    pinky_knuckle: [0.33, 0.1, 0.02],
    index_knuckle: [0.37, 0.1, -0.02],
    thumb: [0.4, 0.05, -0.02],
    hip: [0.1, 0, 0],
    knee: [0.1, 0.4, 0],
    ankle: [0.1, 0.8, 0],
    heel: [0.1, 0.85, 0.05],
    toe: [0.1, 0.9, -0.2],
  };
  const points = new Float64Array(165), worldM = new Float64Array(99);
  POINTS_33.forEach((name, i) => {
    const sign = name.startsWith("l_") ? 1 : name.startsWith("r_") ? -1 : 0;
    const [x, y, z] = sign === 0 ? [0, -0.6, -0.12] : side[name.slice(2)];
    worldM.set([sign * x, y, z], 3 * i);
    points.set([300 + PX_PER_M * sign * x, 400 + PX_PER_M * y, PX_PER_M * z, 0.9, 0.5], 5 * i);
  });
  return { presence: 1, points, worldM, next: { cx: 0, cy: 0, sidePx: 1, angleRad: 0 } };
}

const point = (
  body25: Float64Array,
  name: typeof BODY_25[number],
) => [...body25.subarray(3 * BODY_25.indexOf(name), 3 * BODY_25.indexOf(name) + 3)];

Deno.test("pixelsPerMetre() is the scale between metres and pixels", () => {
  near(pixelsPerMetre(standing()), PX_PER_M, 1e-9);
});

Deno.test("openPoseKeypoints() keeps the person's own sides and multiplies the confidences", () => {
  const { body25 } = openPoseKeypoints(standing());
  assert.deepEqual(point(body25, "nose"), [300, 280, 0.45]);
  assert.deepEqual(point(body25, "l_shoulder"), [340, 310, 0.45]);
  assert.deepEqual(point(body25, "r_wrist"), [230, 400, 0.45]);
  assert.deepEqual(point(body25, "r_ear"), [284, 278, 0.45]);
  assert.deepEqual(point(body25, "l_heel"), [320, 570, 0.45]);
  assert.deepEqual(point(body25, "neck"), [300, 310, 0.45]);
});

Deno.test("openPoseKeypoints() corrects hips, ankles and toes", () => {
  const { body25 } = openPoseKeypoints(standing());
  // 1.15 times as far from the middle, 3 % of the way up to the shoulders.
  near(point(body25, "l_hip")[0], 300 + 1.15 * 20, 1e-9);
  near(point(body25, "l_hip")[1], 400 - 0.03 * 90, 1e-9);
  near(point(body25, "mid_hip")[0], 300, 1e-9);
  near(point(body25, "mid_hip")[1], 400 - 0.03 * 90, 1e-9);
  near(point(body25, "r_ankle")[1], 560 + 0.045 * 80, 1e-9);
  near(point(body25, "l_big_toe")[1], 570 + 0.9 * 10, 1e-9);
  // Small toes lie 3 cm further out: to larger x on the left, to smaller x on the right.
  near(point(body25, "l_small_toe")[0], 320 + 6, 0.05);
  near(point(body25, "r_small_toe")[0], 280 - 6, 0.05);
  near(point(body25, "r_small_toe")[1], 570 + 0.8 * 10, 0.05);
});

Deno.test("openPoseKeypoints() lays knuckles on a line and middle joints beyond them", () => {
  const { handLeft, handRight } = openPoseKeypoints(standing());
  const joint = (hand: Float64Array, k: number) => [...hand.subarray(3 * k, 3 * k + 3)];
  assert.deepEqual(joint(handLeft, 0), [370, 400, 0.45], "the wrist");
  assert.deepEqual(joint(handLeft, 5).slice(0, 2), [374, 420], "index knuckle");
  assert.deepEqual(joint(handLeft, 17).slice(0, 2), [366, 420], "little finger's knuckle");
  near(joint(handLeft, 9)[0], 374 - 8 / 3, 1e-9, "middle finger's knuckle");
  near(joint(handLeft, 6)[0], 370 + 1.55 * 4, 1e-9);
  near(joint(handLeft, 6)[1], 400 + 1.55 * 20, 1e-9);
  near(joint(handRight, 18)[0], 230 + 1.55 * 4, 1e-9);
  for (const k of [1, 2, 3, 4, 7, 8, 11, 12, 15, 16, 19, 20]) {
    assert.deepEqual(joint(handRight, k), [0, 0, 0], `joint ${k} is not estimated`);
  }
});

Deno.test("openPoseKeypoints() takes the least confidence of the points a place is made of", () => {
  const person = standing();
  person.points[5 * POINTS_33.indexOf("l_toe") + 3] = 0.1;
  person.points[5 * POINTS_33.indexOf("r_hip") + 4] = 0.2;
  const { body25 } = openPoseKeypoints(person);
  near(point(body25, "l_big_toe")[2], 0.05, 1e-12);
  near(point(body25, "l_heel")[2], 0.45, 1e-12);
  near(point(body25, "mid_hip")[2], 0.18, 1e-12);
});
