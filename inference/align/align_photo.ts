/** Fitting a body to one picture: what the pose networks see of it, and its silhouette. */
import { type Camera, project } from "../../core/geometry/camera.ts";
import { identity, invert } from "../../core/geometry/transform.ts";
import type { BodyFit } from "../../body/fit.ts";
import { poseBody } from "../../body/forward.ts";
import { type Body25Name, BODY_25 } from "../../body/keypoints.ts";
import type { BodyModel } from "../../body/model.ts";
import { transformFit } from "../../body/place.ts";
import { fitView, type FitViewOptions, type ViewPoint } from "../../body/solve/fit_view.ts";
import { maskField, type Silhouette } from "../../body/solve/mask_field.ts";
import { body25Places } from "../../body/solve/places.ts";
import { placeOn, type PointTarget } from "../../body/solve/point_targets.ts";
import { fitOfState, restState } from "../../body/solve/state.ts";
import { InputError } from "../../core/work/errors.ts";
import type { ViewCamera } from "../method.ts";
import { POINTS_33 } from "../photo/landmarks.ts";

/** What is known of a person's picture. */
export interface PictureOfPerson {
  camera: ViewCamera;
  /** BODY_25 on the picture: u, v, confidence; length 75. */
  body25: Float64Array;
  /** The network's 33 points in metres (`PersonCue.worldM`), where it was run. */
  worldM?: Float64Array | undefined;
  /** How far `worldM` leans towards the camera, radians. Default: `LEAN_RAD`, the network's own lean. */
  leanRad?: number | undefined;
  mask?: Silhouette | undefined;
}

/** A body that was fitted to a picture. */
export interface PhotoAlignment {
  /** In the frame of the camera's `camFromScan`: the scan's, or the camera's own where it is identity. */
  fit: BodyFit;
  /** Root mean square distance of the body's points from those seen, pixels. */
  residualPx: number;
  /** How many points were seen. */
  points: number;
  /** What is left of the misfit; 1 is 1 cm everywhere. */
  cost: number;
}

/** How many betas one picture tells. */
const BETAS = 6;

/** Fewer points than these are no body. */
const MIN_POINTS = 8;

/**
 * Fits a body to a picture.
 *
 * @throws {InputError} If fewer than eight points are known.
 */
export function alignPhoto(
  model: BodyModel,
  { camera: { camera, subjectDistanceM }, body25, worldM, leanRad = LEAN_RAD, mask }:
    PictureOfPerson,
  options: FitViewOptions = {},
): PhotoAlignment {
  const places = body25Places(model);
  const seen = corrected(body25);
  const points = places.flatMap((place, i): ViewPoint[] => {
    const [u, v, confidence] = seen.subarray(3 * i, 3 * i + 3);
    return place === undefined || !(confidence > 0) ? [] : [{ place, u, v, confidence }];
  });
  if (points.length < MIN_POINTS) {
    throw new InputError(
      `Cannot fit a body to the picture: ${points.length} keypoints are known, ` +
        `expected ${MIN_POINTS} or more`,
    );
  }
  const start = restState(model, BETAS);
  const origin = places[BODY_25.indexOf("mid_hip")]!;
  const { state, cost } = fitView({ model, state: start }, {
    camera,
    distanceM: subjectDistanceM,
    points,
    guess: worldM === undefined ? [] : guessOf(model, upright(worldM, leanRad)),
    guessOrigin: origin,
    mask: mask && maskField(mask),
  }, options);
  const inCamera = fitOfState(model, state);
  return {
    fit: transformFit(model, inCamera, invert(camera.camFromScan)),
    residualPx: residualOf(model, inCamera, { points, camera }),
    points: points.length,
    cost,
  };
}

/**
 * Keypoints that mean another place than the body's joint of that name: moved by a share of the way
 * between two others. Medians over the 16 training people, three views each: OpenPose's shoulders lie
 * 25 mm above the joints, its knees 22 mm below.
 */
const CORRECTIONS: readonly (readonly [Body25Name, Body25Name, Body25Name, number])[] = [
  ["neck", "neck", "mid_hip", 0.05],
  ["l_shoulder", "neck", "mid_hip", 0.05],
  ["r_shoulder", "neck", "mid_hip", 0.05],
  ["l_knee", "l_knee", "l_hip", 0.05],
  ["r_knee", "r_knee", "r_hip", 0.05],
];

function corrected(body25: Float64Array): Float64Array {
  const out = body25.slice();
  for (const [name, from, to, share] of CORRECTIONS) {
    const [at, a, b] = [name, from, to].map((point) => 3 * BODY_25.indexOf(point));
    if (!(body25[a + 2] > 0 && body25[b + 2] > 0)) continue;
    for (let k = 0; k < 2; k++) out[at + k] += share * (body25[b + k] - body25[a + k]);
  }
  return out;
}

/** Root mean square distance of the body's points from those seen, pixels. */
function residualOf(
  model: BodyModel,
  fit: BodyFit,
  { points, camera }: { points: readonly ViewPoint[]; camera: Camera },
): number {
  const posed = poseBody(model, fit), own = { ...camera, camFromScan: identity() };
  const square = points.reduce((sum, { place, u, v }) => {
    const [x, y] = project(own, placeOn(posed, place));
    return sum + (x - u) ** 2 + (y - v) ** 2;
  }, 0);
  return Math.sqrt(square / points.length);
}

/** BODY_25's points that the network's 33 have in space, and from which. */
const FROM_33: Partial<Record<Body25Name, (typeof POINTS_33)[number]>> = {
  nose: "nose",
  l_ear: "l_ear",
  r_ear: "r_ear",
  l_shoulder: "l_shoulder",
  r_shoulder: "r_shoulder",
  l_elbow: "l_elbow",
  r_elbow: "r_elbow",
  l_wrist: "l_wrist",
  r_wrist: "r_wrist",
  l_hip: "l_hip",
  r_hip: "r_hip",
  l_knee: "l_knee",
  r_knee: "r_knee",
  l_ankle: "l_ankle",
  r_ankle: "r_ankle",
  l_heel: "l_heel",
  r_heel: "r_heel",
  l_big_toe: "l_toe",
  r_big_toe: "r_toe",
};

/** Bones that tell how large the network takes the person to be. */
const BONES: readonly (readonly [Body25Name, Body25Name])[] = [
  ["l_shoulder", "l_elbow"],
  ["r_shoulder", "r_elbow"],
  ["l_elbow", "l_wrist"],
  ["r_elbow", "r_wrist"],
  ["l_hip", "l_knee"],
  ["r_hip", "r_knee"],
  ["l_knee", "l_ankle"],
  ["r_knee", "r_ankle"],
];

/**
 * The network takes people to lean towards the camera by 6.5° more than they do: the angle that
 * brings its depths nearest to the truth over the 16 training people, three views each (mean error
 * 107 mm without, 84 mm with it).
 */
export const LEAN_RAD: number = 6.5 * Math.PI / 180;

/** Points (x right, y down, z away) that lean towards the camera, turned back about the x axis. */
export function upright(worldM: Float64Array, leanRad: number = LEAN_RAD): Float64Array {
  const cos = Math.cos(leanRad), sin = Math.sin(leanRad), out = worldM.slice();
  for (let i = 0; i < out.length; i += 3) {
    const y = worldM[i + 1], z = worldM[i + 2];
    out[i + 1] = cos * y + sin * z;
    out[i + 2] = cos * z - sin * y;
  }
  return out;
}

/** The network's points as large as the model's usual body, in the camera's axes. */
function guessOf(model: BodyModel, worldM: Float64Array): PointTarget[] {
  const places = body25Places(model);
  const rest = poseBody(model, fitOfState(model, restState(model, 0)));
  const seen = (name: Body25Name) => {
    const i = 3 * POINTS_33.indexOf(FROM_33[name]!);
    return [worldM[i], -worldM[i + 1], -worldM[i + 2]] as const;
  };
  const own = (name: Body25Name) => {
    const [joint] = places[BODY_25.indexOf(name)]!.joints![0];
    return rest.joints.subarray(3 * joint, 3 * joint + 3);
  };
  const length = (a: ArrayLike<number>, b: ArrayLike<number>) =>
    Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
  let ours = 0, theirs = 0;
  for (const [a, b] of BONES) ours += length(own(a), own(b)), theirs += length(seen(a), seen(b));
  const factor = theirs > 0 ? ours / theirs : 1;
  return BODY_25.flatMap((name, i): PointTarget[] => {
    const place = places[i];
    if (place === undefined || FROM_33[name] === undefined) return [];
    const [x, y, z] = seen(name);
    return [{ place, at: [factor * x, factor * y, factor * z], confidence: 1, spreadM: 0.2 }];
  });
}
