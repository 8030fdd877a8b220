/** What the solver moves: the parameters of one body, as one vector. */
import type { BodyFit } from "../fit.ts";
import { pelvisOf, restShape } from "../forward.ts";
import { SHARED_JOINTS, SMPL_JOINTS } from "../joints.ts";
import { type BodyModel, jointCount } from "../model.ts";
import { fullPose } from "../pose.ts";

/** A body in the solver: every joint's own rotation, no hands or face apart. */
export interface BodyState {
  /** Axis-angle of every joint, root first, radians; length 3 J. */
  pose: Float64Array;
  /** Shape, length B of the state, at most the model's. */
  betas: Float64Array;
  /** Where the model's origin goes, in the scan's units; length 3. */
  transl: Float64Array;
  /** Units of the scan per metre of the body, above 0. */
  scale: number;
  /** What the solver never changes. */
  fixed: Pick<BodyFit, "restShape" | "expression">;
}

/** A model and the state that it is in. */
export interface BodyInState {
  model: BodyModel;
  state: BodyState;
}

/** Which parameters may change. */
export interface FreeParameters {
  translation?: "free" | "fixed";
  orientation?: "free" | "fixed";
  scale?: "free" | "fixed";
  /** Joints besides the root that may turn. `body`: all of SMPL's, else the 21 that all kinds share. */
  pose?: "body" | "all" | "fixed" | readonly number[];
  /** How many of the first betas may change; all of the state's by default. */
  betas?: number;
}

/** The defaults of {@linkcode FreeParameters}: everything but the scale and the fingers. */
export const FREE_DEFAULTS: Required<Omit<FreeParameters, "betas">> = Object.freeze({
  translation: "free",
  orientation: "free",
  scale: "fixed",
  pose: "body",
});

/** Where the parts of a state stand in the vector of all unknowns. */
export interface StateLayout {
  /** Length of the vector. */
  readonly count: number;
  /** Translation at 0, then the logarithm of the scale. */
  readonly scale: 3;
  /** Three numbers a joint. */
  readonly pose: 4;
  readonly betas: number;
}

/** The layout of a state's vector: translation, log scale, pose, betas. */
export function layoutOf(state: Pick<BodyState, "pose" | "betas">): StateLayout {
  const betas = 4 + state.pose.length;
  return { count: betas + state.betas.length, scale: 3, pose: 4, betas };
}

/** The last joint that is neither face nor finger, by how many joints there are. */
function lastBodyJoint(joints: number): number {
  return joints === SMPL_JOINTS.length ? joints - 1 : Math.min(joints, SHARED_JOINTS) - 1;
}

/** The places of the vector that may change, in ascending order. */
export function freeColumns(state: BodyState, free: FreeParameters = {}): Uint32Array {
  const { translation, orientation, scale, pose } = { ...FREE_DEFAULTS, ...free };
  const layout = layoutOf(state), joints = state.pose.length / 3;
  const columns: number[] = [];
  if (translation === "free") columns.push(0, 1, 2);
  if (scale === "free") columns.push(layout.scale);
  const turning = orientation === "free" ? [0] : [];
  if (typeof pose !== "string") turning.push(...pose);
  else if (pose !== "fixed") {
    const last = pose === "all" ? joints - 1 : lastBodyJoint(joints);
    for (let j = 1; j <= last; j++) turning.push(j);
  }
  for (const joint of turning.sort((a, b) => a - b)) {
    for (let k = 0; k < 3; k++) columns.push(layout.pose + 3 * joint + k);
  }
  const betas = state.fixed.restShape !== undefined
    ? 0
    : Math.min(free.betas ?? Infinity, state.betas.length);
  for (let b = 0; b < betas; b++) columns.push(layout.betas + b);
  return Uint32Array.from(columns);
}

/**
 * The state of a fit. Hands and face are unfolded into rotations, a fit that moves the pelvis is
 * rewritten to move the model's origin.
 *
 * @param betas How many betas the state has: the fit's are padded with zeros. Default: the fit's.
 * @throws {RangeError} If the fit does not go with the model.
 */
export function stateOfFit(
  model: BodyModel,
  fit: BodyFit,
  { betas = fit.betas.length }: { betas?: number } = {},
): BodyState {
  const shape = new Float64Array(Math.max(Math.min(betas, model.betaCount), fit.betas.length));
  shape.set(fit.betas);
  const transl = fit.transl.slice();
  if (fit.origin === "pelvis") {
    const pelvis = pelvisOf(model, restShape(model, fit));
    for (let k = 0; k < 3; k++) transl[k] -= fit.scale * pelvis[k];
  }
  return {
    pose: fullPose(model, fit),
    betas: shape,
    transl,
    scale: fit.scale,
    fixed: {
      ...(fit.restShape === undefined ? {} : { restShape: fit.restShape }),
      ...(fit.expression === undefined ? {} : { expression: fit.expression }),
    },
  };
}

/** The fit of a state: all joints' rotations as they are, nothing shared with the state. */
export function fitOfState(model: BodyModel, state: BodyState): BodyFit {
  return {
    kind: model.kind,
    gender: model.gender,
    betas: state.betas.slice(),
    globalOrient: state.pose.slice(0, 3),
    bodyPose: state.pose.slice(3, 3 * jointCount(model)),
    transl: state.transl.slice(),
    scale: state.scale,
    ...state.fixed,
  };
}

/** A copy that shares nothing that changes. */
export function copyState(state: BodyState): BodyState {
  return {
    ...state,
    pose: state.pose.slice(),
    betas: state.betas.slice(),
    transl: state.transl.slice(),
  };
}

/**
 * The state after a step of the free parameters. Rotations beyond half a turn are replaced by the
 * same rotation the other way round, so that the root can turn on.
 */
export function stepped(
  state: BodyState,
  columns: Uint32Array,
  step: Float64Array,
): BodyState {
  const next = copyState(state), layout = layoutOf(state);
  columns.forEach((column, i) => {
    if (column < layout.scale) next.transl[column] += step[i];
    else if (column === layout.scale) next.scale *= Math.exp(step[i]);
    else if (column < layout.betas) next.pose[column - layout.pose] += step[i];
    else next.betas[column - layout.betas] += step[i];
  });
  for (let j = 0; j < next.pose.length; j += 3) {
    const angle = Math.hypot(next.pose[j], next.pose[j + 1], next.pose[j + 2]);
    if (angle <= Math.PI) continue;
    const turns = Math.round(angle / (2 * Math.PI)), factor = 1 - 2 * Math.PI * turns / angle;
    for (let k = 0; k < 3; k++) next.pose[j + k] *= factor;
  }
  return next;
}

/** The rest pose of a model at the origin, with so many betas. */
export function restState(model: BodyModel, betas: number): BodyState {
  return {
    pose: new Float64Array(3 * jointCount(model)),
    betas: new Float64Array(Math.min(betas, model.betaCount)),
    transl: new Float64Array(3),
    scale: 1,
    fixed: {},
  };
}
