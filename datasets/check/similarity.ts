/** What has to be done to a posed body so that it lies on its scan: turn, move, scale. */
import { poseBody } from "../../body/forward.ts";
import type { BodyModel } from "../../body/model.ts";
import { misfitAt } from "../../body/solve/measure.ts";
import { outerVertexShares } from "../../body/solve/body_surface.ts";
import { registerBody, type RegisterStage } from "../../body/solve/register.ts";
import type { ScanTarget } from "../../body/solve/scan_target.ts";
import { type BodyState, copyState, fitOfState } from "../../body/solve/state.ts";
import { axisAngleOfRotation, rotationOfAxisAngle } from "../../core/geometry/transform.ts";

/** A body laid on a scan. */
export interface Placement {
  state: BodyState;
  /** See `FitMeasure.misfit`. */
  misfit: number;
}

/** A model and the scan its body should lie in. */
export interface CheckScene {
  model: BodyModel;
  /** In metres. */
  target: ScanTarget;
}

const NO_PRIORS = { pose: 0, limits: 0, shape: 0 };

/** From as far as the body is wide to as near as clothes are thick. */
const STAGES: readonly RegisterStage[] = [
  {
    iterations: 6,
    aboveM: 0.15,
    belowM: 0.2,
    belowWeight: 2,
    reachM: 0.4,
    points: 0,
    priors: NO_PRIORS,
  },
  {
    iterations: 14,
    aboveM: 0.04,
    belowM: 0.06,
    belowWeight: 6,
    reachM: 0.2,
    points: 0,
    priors: NO_PRIORS,
  },
];

/** Measures a state against the scan. */
export function placed({ model, target }: CheckScene, state: BodyState): Placement {
  const posed = poseBody(model, fitOfState(model, state));
  return { state, misfit: misfitAt({ model, posed }, target) };
}

/** Moves, turns and (where asked) scales a body on its scan, from where it stands. */
export function settled(
  { model, target }: CheckScene,
  state: BodyState,
  { scale }: { scale: "free" | "fixed" },
): Placement {
  const free = { scale, pose: "fixed", betas: 0 } as const;
  const { state: next } = registerBody({ model, state }, target, { free, stages: STAGES });
  return placed({ model, target }, next);
}

/** Turns, moves and scales a state about its own middle: rotation 3 × 3, row-major, then the rest. */
export function transformed(
  model: BodyModel,
  state: BodyState,
  { rotation, scale, middle }: { rotation: Float64Array; scale: number; middle: readonly number[] },
): BodyState {
  const next = copyState(state);
  next.scale *= scale;
  const [x, y, z] = state.pose;
  next.pose.set(axisAngleOfRotation(product(rotation, rotationOfAxisAngle(x, y, z))));
  const here = middleOf(model, next);
  for (let k = 0; k < 3; k++) next.transl[k] += middle[k] - here.middle[k];
  return next;
}

/** Centre of a body's outer surface and root mean square distance from it, in the scan's unit. */
export function middleOf(model: BodyModel, state: BodyState): { middle: number[]; radius: number } {
  const { vertices } = poseBody(model, fitOfState(model, state));
  return spreadOf(vertices, outerVertexShares(model));
}

/** Centre of points and root mean square distance from it; shares sum to 1, or are all the same. */
export function spreadOf(
  points: Float64Array,
  shares?: Float64Array,
): { middle: number[]; radius: number } {
  const count = points.length / 3, share = (i: number) => shares?.[i] ?? 1 / count;
  const middle = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < 3; k++) middle[k] += share(i) * points[3 * i + k];
  }
  let square = 0;
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < 3; k++) square += share(i) * (points[3 * i + k] - middle[k]) ** 2;
  }
  return { middle, radius: Math.sqrt(square) };
}

/** a b of 3 × 3 matrices, row-major. */
export function product(a: ArrayLike<number>, b: ArrayLike<number>): Float64Array {
  const out = new Float64Array(9);
  for (let r = 0; r < 3; r++) {
    for (let c = 0; c < 3; c++) {
      for (let k = 0; k < 3; k++) out[3 * r + c] += a[3 * r + k] * b[3 * k + c];
    }
  }
  return out;
}

/** How one state differs from another by place alone. */
export interface PlaceChange {
  /** Times as large. */
  scale: number;
  /** Rotation, 3 × 3, and its angle. */
  rotation: Float64Array;
  angleDeg: number;
  /** Where the pelvis went, and where it went beyond what scaling about the origin does, metres. */
  pelvisM: number[];
  beyondOriginM: number[];
}

/** Compares the place, turn and scale of two states of one body. */
export function placeChange(model: BodyModel, from: BodyState, to: BodyState): PlaceChange {
  const turn = (s: BodyState) => rotationOfAxisAngle(s.pose[0], s.pose[1], s.pose[2]);
  const a = turn(from),
    back = Float64Array.of(a[0], a[3], a[6], a[1], a[4], a[7], a[2], a[5], a[8]);
  const rotation = product(turn(to), back);
  const angle = Math.hypot(...axisAngleOfRotation(rotation));
  const pelvis = (s: BodyState) => poseBody(model, fitOfState(model, s)).joints.slice(0, 3);
  const before = pelvis(from), after = pelvis(to), scale = to.scale / from.scale;
  const change = (about: (k: number) => number) => [0, 1, 2].map((k) => after[k] - about(k));
  const turned = [0, 1, 2].map((r) =>
    rotation[3 * r] * before[0] + rotation[3 * r + 1] * before[1] + rotation[3 * r + 2] * before[2]
  );
  return {
    scale,
    rotation,
    angleDeg: angle * 180 / Math.PI,
    pelvisM: change((k) => before[k]),
    beyondOriginM: change((k) => scale * turned[k]),
  };
}
