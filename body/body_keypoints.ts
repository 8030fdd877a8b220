/** Keypoints of a posed body. What its model cannot tell is NaN, never guessed. */
import {
  EXTRA_POINTS,
  type ExtraPoint,
  extraVertices,
  faceLandmarks,
  jawLine,
} from "./extra_points.ts";
import type { PosedBody } from "./forward.ts";
import { jointIndex, type JointName } from "./joints.ts";
import {
  type Body25Name,
  BODY_25,
  HAND_FINGERS,
  type Keypoints3D,
  unknownKeypoints,
} from "./keypoints.ts";
import type { BodyModel } from "./model.ts";
import { isOpenBody, OPEN_KEYPOINTS } from "./open_body.ts";

/** BODY_25's points that are joints of every kind. Neck and mid hip as SMPLify-X maps them. */
const JOINT_OF_BODY25: Partial<Record<Body25Name, JointName>> = {
  neck: "neck",
  r_shoulder: "r_shoulder",
  r_elbow: "r_elbow",
  r_wrist: "r_wrist",
  l_shoulder: "l_shoulder",
  l_elbow: "l_elbow",
  l_wrist: "l_wrist",
  mid_hip: "pelvis",
  r_hip: "r_hip",
  r_knee: "r_knee",
  r_ankle: "r_ankle",
  l_hip: "l_hip",
  l_knee: "l_knee",
  l_ankle: "l_ankle",
};

/** The rest, as surface points. */
export const EXTRA_OF_BODY25: Partial<Record<Body25Name, ExtraPoint>> = {
  nose: "nose",
  r_eye: "r_eye_front",
  l_eye: "l_eye_front",
  r_ear: "r_ear",
  l_ear: "l_ear",
  l_big_toe: "l_big_toe",
  l_small_toe: "l_small_toe",
  l_heel: "l_heel",
  r_big_toe: "r_big_toe",
  r_small_toe: "r_small_toe",
  r_heel: "r_heel",
};

/**
 * The keypoints of a posed body, in its units.
 *
 * BODY_25 is complete for SMPL's and SMPL-X's topologies and for the open body; for others the
 * points that are no joints are NaN. Hands: the wrist of every kind; fingers of SMPL-H and SMPL-X
 * (tips where the topology is known) and of the open body; NaN for SMPL, which has no fingers. Face:
 * SMPL-X's landmarks where its file has them, NaN otherwise.
 */
export function keypointsOfBody(
  model: BodyModel,
  posed: PosedBody,
): Keypoints3D & { face: Float64Array } {
  const out = unknownKeypoints();
  fillBody25(out.body25, model, posed);
  fillHand(out.handLeft, "l", model, posed);
  fillHand(out.handRight, "r", model, posed);
  const inner = faceLandmarks(model, posed), outer = jawLine(model, posed);
  if (inner?.length === 3 * 51) out.face.set(inner, 3 * 17);
  if (outer !== undefined) out.face.set(outer);
  if (isOpenBody(model)) fillOpenBody(out, posed);
  return out;
}

function fillBody25(out: Float64Array, model: BodyModel, posed: PosedBody): void {
  const vertices = extraVertices(model);
  BODY_25.forEach((name, i) => {
    const joint = JOINT_OF_BODY25[name], extra = EXTRA_OF_BODY25[name];
    if (joint !== undefined) {
      out.set(pointAt(posed.joints, jointIndex(model.kind, joint)), 3 * i);
    } else if (extra !== undefined && vertices !== undefined) {
      out.set(pointAt(posed.vertices, vertices[EXTRA_POINTS.indexOf(extra)]), 3 * i);
    }
  });
}

function fillHand(out: Float64Array, side: "l" | "r", model: BodyModel, posed: PosedBody): void {
  const { kind } = model;
  out.set(pointAt(posed.joints, jointIndex(kind, `${side}_wrist`)));
  if (kind === "smpl") return;
  const vertices = extraVertices(model);
  HAND_FINGERS.forEach((finger, f) => {
    for (const k of [1, 2, 3] as const) {
      const joint = jointIndex(kind, `${side}_${finger}${k}`);
      out.set(pointAt(posed.joints, joint), 3 * (4 * f + k));
    }
    if (vertices !== undefined) {
      const tip = EXTRA_POINTS.indexOf(`${side}_${finger}_tip`);
      out.set(pointAt(posed.vertices, vertices[tip]), 3 * (4 * f + 4));
    }
  });
}

/** The open body's table; neck and mid hip are the middles of shoulders and hips there. */
function fillOpenBody(out: Keypoints3D, posed: PosedBody): void {
  const at = (name: Body25Name) => 3 * BODY_25.indexOf(name);
  const sets: [string, Float64Array, number][] = [
    ...BODY_25.map((name): [string, Float64Array, number] => [name, out.body25, at(name)]),
    ...Array.from({ length: 21 }, (_, i): [string, Float64Array, number] => [
      `left${i}`,
      out.handLeft,
      3 * i,
    ]),
    ...Array.from({ length: 21 }, (_, i): [string, Float64Array, number] => [
      `right${i}`,
      out.handRight,
      3 * i,
    ]),
  ];
  for (const [name, points, offset] of sets) {
    const rule = OPEN_KEYPOINTS[name];
    if (rule === undefined) continue;
    for (let k = 0; k < 3; k++) {
      points[offset + k] = rule.vertices.reduce(
        (sum, v, i) => sum + rule.weights[i] * posed.vertices[3 * v + k],
        0,
      );
    }
  }
  for (let k = 0; k < 3; k++) {
    const { body25 } = out;
    body25[at("neck") + k] = (body25[at("l_shoulder") + k] + body25[at("r_shoulder") + k]) / 2;
    body25[at("mid_hip") + k] = (body25[at("l_hip") + k] + body25[at("r_hip") + k]) / 2;
  }
}

function pointAt(points: Float64Array, index: number): Float64Array {
  return points.subarray(3 * index, 3 * index + 3);
}
