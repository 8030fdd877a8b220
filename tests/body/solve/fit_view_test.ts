import assert from "node:assert/strict";
import { BODY_25 } from "../../../body/keypoints.ts";
import { poseBody } from "../../../body/forward.ts";
import { JOINT_NAMES } from "../../../body/joints.ts";
import { fitView, type ViewTarget } from "../../../body/solve/fit_view.ts";
import { maskField } from "../../../body/solve/mask_field.ts";
import { body25Places } from "../../../body/solve/places.ts";
import { placeOn } from "../../../body/solve/point_targets.ts";
import { type BodyState, fitOfState, restState } from "../../../body/solve/state.ts";
import { type Camera, project } from "../../../core/geometry/camera.ts";
import { identity } from "../../../core/geometry/transform.ts";
import { MODEL } from "./_help.ts";

const joint = (name: string) => 3 * JOINT_NAMES.smpl.indexOf(name as never);
const frame = { width: 400, height: 400, camFromScan: identity(), yawDeg: 0, pitchDeg: 0 };
const CAMERAS: Record<string, Camera> = {
  perspective: { projection: "perspective", ...frame, fx: 430, fy: 430, cx: 200, cy: 200 },
  orthographic: { projection: "orthographic", ...frame, halfWidthM: 1.2 },
};

/** Somebody 2.5 m in front of the camera, one arm bent forward. */
function somebody(): BodyState {
  const state = restState(MODEL, 6);
  state.pose.set([0, 0.2, 0]);
  state.pose.set([0, 0, -0.8], joint("l_shoulder"));
  state.pose.set([0, 0.4, 0.7], joint("r_shoulder"));
  state.pose.set([0, 0.9, 0], joint("r_elbow"));
  state.transl.set([0.05, 0.1, -2.5]);
  return state;
}

/** What a perfect network would see of a state. */
function seen(state: BodyState, camera: Camera): ViewTarget {
  const posed = poseBody(MODEL, fitOfState(MODEL, state)), places = body25Places(MODEL);
  const origin = places[BODY_25.indexOf("mid_hip")]!, from = placeOn(posed, origin);
  const points = places.flatMap((place) => {
    if (place === undefined) return [];
    const [u, v] = project(camera, placeOn(posed, place));
    return [{ place, u, v, confidence: 1 }];
  });
  const guess = points.map(({ place }) => {
    const [x, y, z] = placeOn(posed, place);
    return {
      place,
      at: [x - from[0], y - from[1], z - from[2]] as const,
      confidence: 1,
      spreadM: 0.2,
    };
  });
  return { camera, distanceM: -posed.joints[2], points, guess, guessOrigin: origin };
}

function meanApart(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 3) {
    sum += Math.hypot(a[i] - b[i], a[i + 1] - b[i + 1], a[i + 2] - b[i + 2]);
  }
  return sum / (a.length / 3);
}

const jointsOf = (state: BodyState) => poseBody(MODEL, fitOfState(MODEL, state)).joints;

for (const [name, camera] of Object.entries(CAMERAS)) {
  Deno.test(`fitView() finds a pose from what a perfect network sees, ${name}`, () => {
    const truth = somebody();
    const { state } = fitView({ model: MODEL, state: restState(MODEL, 6) }, seen(truth, camera));
    const apart = meanApart(jointsOf(state), jointsOf(truth));
    // The priors pull towards usual angles: 3 cm at most of an arm's 60.
    assert.ok(apart < 0.03, `joints are ${apart} m off`);
  });
}

Deno.test("fitView() does not follow depths that the picture contradicts", () => {
  const truth = somebody(), target = seen(truth, CAMERAS.perspective);
  const guess = target.guess.map((point) => ({
    ...point,
    at: [-point.at[0], point.at[1], -point.at[2]] as const,
  }));
  const { state } = fitView({ model: MODEL, state: restState(MODEL, 6) }, { ...target, guess });
  const [u, v] = project(
    CAMERAS.perspective,
    placeOn(poseBody(MODEL, fitOfState(MODEL, state)), {
      joints: [[joint("l_wrist") / 3, 1]],
    }),
  );
  const wrist = target.points[BODY_25.indexOf("l_wrist")];
  assert.ok(Math.hypot(u - wrist.u, v - wrist.v) < 8, `the wrist is seen at ${u}, ${v}`);
});

Deno.test("fitView() keeps the body inside the silhouette", () => {
  const truth = somebody(), camera = CAMERAS.perspective, target = seen(truth, camera);
  const posed = poseBody(MODEL, fitOfState(MODEL, truth));
  const data = new Uint8Array(400 * 400);
  for (let v = 0; v < posed.vertices.length; v += 3) {
    const [x, y] = project(camera, [
      posed.vertices[v],
      posed.vertices[v + 1],
      posed.vertices[v + 2],
    ]);
    for (let dy = -6; dy <= 6; dy++) {
      for (let dx = -6; dx <= 6; dx++) data[400 * Math.floor(y + dy) + Math.floor(x + dx)] = 1;
    }
  }
  const mask = maskField({ width: 400, height: 400, data });
  // Keypoints 12 pixels to the right, 7 cm: the silhouette holds against them.
  const aside = target.points.map((point) => ({ ...point, u: point.u + 12 }));
  const pelvisX = (silhouette: number) => {
    const { state } = fitView({ model: MODEL, state: restState(MODEL, 6) }, {
      ...target,
      points: aside,
      mask,
    }, { silhouette });
    return jointsOf(state)[0];
  };
  const wanted = posed.joints[0], without = pelvisX(0) - wanted, held = pelvisX(10) - wanted;
  assert.ok(without > 0.05, `${without} m aside without the silhouette`);
  assert.ok(held < 0.5 * without, `${held} m aside with it, ${without} m without`);
});
