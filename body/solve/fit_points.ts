/** A first pose from points alone: the trunk laid on its points, then everything moved to fit. */
import { fitSimilarity, type Similarity } from "../../core/geometry/similarity.ts";
import { axisAngleOfRotation, rotationOfAxisAngle } from "../../core/geometry/transform.ts";
import { withDefaults } from "../../core/work/options.ts";
import { jointIndex } from "../joints.ts";
import { BodyDerivatives } from "./derivatives.ts";
import { NormalEquations } from "./normal_equations.ts";
import { addPointTargets, placeOf, type PointTarget } from "./point_targets.ts";
import { addPriors, jointRanges, type PriorOptions } from "./priors.ts";
import {
  type BodyInState,
  type BodyState,
  copyState,
  freeColumns,
  type FreeParameters,
  stepped,
} from "./state.ts";

/** How a body is fitted to points. */
export interface FitPointsOptions {
  free?: FreeParameters;
  /** Steps at most. Default: 60. */
  iterations?: number;
  /** Default: a weak usual pose, firm limits. */
  priors?: PriorOptions;
}

/** The defaults of {@linkcode FitPointsOptions}. */
export const FIT_POINTS_DEFAULTS: Required<FitPointsOptions> = Object.freeze({
  free: Object.freeze({}),
  iterations: 60,
  priors: Object.freeze({ pose: 0.05, limits: 5, shape: 0.05 }),
});

/** Lengths are counted in centimetres: priors are weighed against that. */
const UNIT_M = 0.01;

/**
 * Fits a body to points from anywhere: first the whole body is laid on them by the trunk, then all
 * parameters move (Levenberg and Marquardt).
 *
 * @throws {RangeError} If fewer than three points have a confidence.
 */
export function fitPoints(
  { model, state: start }: BodyInState,
  points: readonly PointTarget[],
  options: FitPointsOptions = {},
): BodyState {
  const { free, iterations, priors } = withDefaults(
    FIT_POINTS_DEFAULTS as Required<FitPointsOptions>,
    options,
  );
  const derivatives = new BodyDerivatives(model);
  return refine(derivatives, laidOn(derivatives, start, points), {
    points,
    free,
    iterations,
    priors,
  });
}

/** The trunk moves with the root alone. */
const TRUNK = ["l_hip", "r_hip", "l_shoulder", "r_shoulder", "neck", "pelvis"] as const;

/** The state turned and moved so that its trunk lies on its points. */
export function laidOn(
  derivatives: BodyDerivatives,
  start: BodyState,
  points: readonly PointTarget[],
): BodyState {
  const { model } = derivatives;
  const trunk = new Set<number>(TRUNK.map((name) => jointIndex(model.kind, name)));
  const known = points.filter(({ confidence }) => confidence > 0);
  const ofTrunk = known.filter(({ place }) =>
    place.joints !== undefined && place.joints.every(([j]) => trunk.has(j))
  );
  const used = ofTrunk.length >= 3 ? ofTrunk : known;
  if (used.length < 3) {
    throw new RangeError(
      `Cannot lay a body on points: found ${used.length} known ones, expected three or more`,
    );
  }
  derivatives.moveTo(start);
  const from = Float64Array.from(used.flatMap(({ place }) => placeOf(derivatives, place)));
  const to = Float64Array.from(used.flatMap(({ at }) => at));
  const { rotation, shift } = fitSimilarity(from, to, { kind: "rigid" });
  return moved(start, derivatives, { rotation, shift });
}

/** The state after a rigid motion of the scan's frame. */
function moved(
  state: BodyState,
  { posed }: BodyDerivatives,
  { rotation: [w, x, y, z], shift }: Pick<Similarity, "rotation" | "shift">,
): BodyState {
  const sine = Math.hypot(x, y, z), angle = 2 * Math.atan2(sine, w);
  const axis = sine > 0 ? [x, y, z].map((v) => v / sine * angle) : [0, 0, 0];
  const turn = rotationOfAxisAngle(axis[0], axis[1], axis[2]);
  const root = rotationOfAxisAngle(state.pose[0], state.pose[1], state.pose[2]);
  const next = copyState(state), product = new Float64Array(9);
  for (let r = 0; r < 3; r++) {
    for (let c = 0; c < 3; c++) {
      for (let k = 0; k < 3; k++) product[3 * r + c] += turn[3 * r + k] * root[3 * k + c];
    }
  }
  next.pose.set(axisAngleOfRotation(product));
  // The root turns about the pelvis: where that goes tells the translation.
  for (let r = 0; r < 3; r++) {
    const goal = shift[r] +
      [0, 1, 2].reduce((sum, k) => sum + turn[3 * r + k] * posed.joints[k], 0);
    next.transl[r] += goal - posed.joints[r];
  }
  return next;
}

/** What a refinement needs. */
interface Refinement extends Required<FitPointsOptions> {
  points: readonly PointTarget[];
}

function refine(
  derivatives: BodyDerivatives,
  start: BodyState,
  { points, free, iterations, priors }: Refinement,
): BodyState {
  const ranges = jointRanges(derivatives.model);
  const equations = new NormalEquations(freeColumns(start, free));
  const assemble = (state: BodyState): number => {
    derivatives.moveTo(state);
    equations.clear();
    return addPointTargets(equations, derivatives, { points, weight: 1, unitM: UNIT_M }) +
      addPriors(equations, state, { ranges, options: priors });
  };
  let state = start, cost = assemble(state), damping = 1e-2;
  for (let i = 0; i < iterations; i++) {
    const step = equations.solve(damping);
    if (step === undefined) break;
    const next = stepped(state, equations.columns, step), nextCost = assemble(next);
    if (nextCost < cost) {
      const gain = (cost - nextCost) / cost;
      state = next, cost = nextCost;
      damping = Math.max(1e-6, damping / 4);
      if (gain < 1e-5) break;
    } else {
      damping *= 8;
      if (damping > 1e4) break;
      assemble(state);
    }
  }
  return state;
}
