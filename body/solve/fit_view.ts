/**
 * A body from one picture: keypoints on the picture, depths that a network guessed, and the
 * silhouette (after Bogo et al. 2016, "Keep it SMPL"). All in the camera's frame: x right, y up, the
 * camera looks along −z.
 */
import { type Camera, project, unproject } from "../../core/geometry/camera.ts";
import { identity } from "../../core/geometry/transform.ts";
import { withDefaults } from "../../core/work/options.ts";
import { BodyDerivatives } from "./derivatives.ts";
import { expectedGaps } from "./clothing.ts";
import { laidOn } from "./fit_points.ts";
import type { MaskField } from "./mask_field.ts";
import { NormalEquations } from "./normal_equations.ts";
import { bodySamples } from "./pairs.ts";
import {
  addPlace,
  addPointTargets,
  type BodyPlace,
  placeOf,
  type PointTarget,
} from "./point_targets.ts";
import { addPriors, jointRanges, type PriorOptions } from "./priors.ts";
import { type BodyInState, type BodyState, freeColumns, stepped } from "./state.ts";

/** A place of the body and where it is seen. */
export interface ViewPoint {
  place: BodyPlace;
  /** Pixels. */
  u: number;
  v: number;
  /** 0 to 1. */
  confidence: number;
}

/** What is known of a body from one picture. */
export interface ViewTarget {
  /** Its `camFromScan` is not used: everything is in the camera's frame. */
  camera: Camera;
  /** How far the person's centre is from the camera, metres along −z. */
  distanceM: number;
  points: readonly ViewPoint[];
  /**
   * Places in metres about the middle of the hips, axes of the camera, as a network guesses them: the
   * start of the search, and depths to hold to. May be empty.
   */
  guess: readonly PointTarget[];
  /** The place that `guess` counts from. */
  guessOrigin: BodyPlace;
  mask?: MaskField | undefined;
}

/** How a body is fitted to a picture. */
export interface FitViewOptions {
  /** Steps at most of each stage. Default: 30. */
  iterations?: number;
  /** Weight of the guessed depths against the points seen. Default: 0.5. */
  depth?: number;
  /** Weight of the silhouette. Default: 1. */
  silhouette?: number;
  priors?: PriorOptions;
}

/** The defaults of {@linkcode FitViewOptions}. */
export const FIT_VIEW_DEFAULTS: Required<FitViewOptions> = Object.freeze({
  iterations: 30,
  depth: 0.5,
  silhouette: 1,
  priors: Object.freeze({ pose: 0.5, limits: 20, shape: 0.15 }),
});

/** Lengths are counted in centimetres: priors are weighed against that. */
const UNIT_M = 0.01;

/** Distance at which the pull of a keypoint has faded to a quarter; that of a depth; of the outline. */
const POINT_SPREAD_M = 0.08, DEPTH_SPREAD_M = 0.2, OUTLINE_SPREAD_M = 0.06;

/** How well the person's distance is known, metres. */
const DISTANCE_SPREAD_M = 0.05;

/** Vertices that are held inside the silhouette, one of so many samples. */
const EVERY = 6;

/**
 * Fits a body to what one picture shows of it. One picture does not tell size from distance: the
 * distance is held, the body's scale is free.
 *
 * @returns The state in the camera's frame, metres, and what is left of the misfit (cost at 1 cm: 1).
 * @throws {RangeError} If fewer than three points are known.
 */
export function fitView(
  { model, state: start }: BodyInState,
  target: ViewTarget,
  options: FitViewOptions = {},
): { state: BodyState; cost: number } {
  const settings = withDefaults(FIT_VIEW_DEFAULTS as Required<FitViewOptions>, options);
  const derivatives = new BodyDerivatives(model);
  const view: ViewTarget = {
    ...target,
    camera: { ...target.camera, camFromScan: identity() },
  };
  // The network is now and then wrong altogether: the search begins from its guess and from the rest
  // pose, and goes on from what explains the picture better.
  const plain = { view: { ...view, mask: undefined }, settings, betas: 0 };
  const starts = [placedInView(derivatives, start, { ...view, guess: [] })];
  if (view.guess.length >= 3) starts.unshift(placedInView(derivatives, start, view));
  const found = starts.map((start, i) =>
    refine(derivatives, start, i === 0 ? plain : { ...plain, settings: { ...settings, depth: 0 } })
  );
  const best = found.reduce((a, b) =>
    costOf(derivatives, b.state, plain) < costOf(derivatives, a.state, plain) ? b : a
  );
  const depth = best === found[0] ? settings.depth : settings.depth * DOUBTED;
  return refine(derivatives, best.state, {
    view,
    settings: { ...settings, depth },
    betas: start.betas.length,
  });
}

/** Weight of the network's depths, as a share of the usual, to choose by and where it was not believed. */
const DOUBTED = 0.05;

/** What a state costs, the network's depths hardly counted. */
function costOf(
  derivatives: BodyDerivatives,
  state: BodyState,
  { settings, ...rest }: Refinement,
): number {
  const doubting = { ...settings, iterations: 0, depth: DOUBTED * settings.depth };
  return refine(derivatives, state, { ...rest, settings: doubting }).cost;
}

/** The body posed as the network guessed it, its trunk laid on the points at the known distance. */
function placedInView(
  derivatives: BodyDerivatives,
  start: BodyState,
  { camera, distanceM, points, guess }: ViewTarget,
): BodyState {
  const known = points.filter(({ confidence }) => confidence > 0);
  const onPlane = known.map(({ place, u, v, confidence }): PointTarget => ({
    place,
    at: unproject(camera, u, v, distanceM),
    confidence,
    spreadM: 0.3,
  }));
  if (guess.length < 3) return laidOn(derivatives, start, onPlane);
  const equations = new NormalEquations(freeColumns(start, { betas: 0 }));
  const ranges = jointRanges(derivatives.model);
  let state = laidOn(derivatives, start, guess);
  const priors = { pose: 0.05, limits: 10, shape: 0 };
  for (let i = 0; i < 30; i++) {
    derivatives.moveTo(state);
    equations.clear();
    addPointTargets(equations, derivatives, { points: guess, weight: 1, unitM: UNIT_M });
    addPriors(equations, state, { ranges, options: priors });
    const step = equations.solve(0.02);
    if (step === undefined) break;
    state = stepped(state, equations.columns, step);
  }
  // Where it stands: the mean of what is seen, at the known distance.
  derivatives.moveTo(state);
  const shift = [0, 0, 0];
  let total = 0;
  for (const { place, at, confidence } of onPlane) {
    const here = placeOf(derivatives, place);
    for (let k = 0; k < 2; k++) shift[k] += confidence * (at[k] - here[k]);
    total += confidence;
  }
  const centre = depthOf(derivatives);
  const moved = { ...state, transl: state.transl.slice() };
  for (let k = 0; k < 2; k++) moved.transl[k] += shift[k] / total;
  moved.transl[2] += -distanceM - centre;
  return moved;
}

/** z of the pelvis. */
function depthOf({ posed }: BodyDerivatives): number {
  return posed.joints[2];
}

interface Refinement {
  view: ViewTarget;
  settings: Required<FitViewOptions>;
  betas: number;
}

/** Levenberg and Marquardt on everything that is known. */
function refine(
  derivatives: BodyDerivatives,
  start: BodyState,
  { view, settings, betas }: Refinement,
): { state: BodyState; cost: number } {
  const ranges = jointRanges(derivatives.model);
  const equations = new NormalEquations(freeColumns(start, { betas, scale: "free" }));
  const assemble = (state: BodyState): number => {
    derivatives.moveTo(state);
    equations.clear();
    return addPoints(equations, derivatives, view) +
      addDepths(equations, derivatives, view, settings.depth) +
      addDistance(equations, derivatives, view) +
      (view.mask === undefined ? 0 : addMask(equations, derivatives, view, settings.silhouette)) +
      addPriors(equations, state, { ranges, options: settings.priors });
  };
  let state = start, cost = assemble(state), damping = 1e-2;
  for (let i = 0; i < settings.iterations; i++) {
    const step = equations.solve(damping);
    if (step === undefined) break;
    const next = stepped(state, equations.columns, step), nextCost = assemble(next);
    // Pairs of the outline change from step to step, so that costs are compared with some slack.
    if (nextCost < cost * (view.mask === undefined ? 1 : 1.02)) {
      const gain = Math.abs(cost - nextCost) / cost;
      state = next, cost = nextCost;
      damping = Math.max(1e-4, damping / 4);
      if (gain < 1e-4) break;
    } else {
      damping *= 8;
      if (damping > 1e4) break;
      assemble(state);
    }
  }
  return { state, cost };
}

/** How a picture's coordinates change with a point of the camera's frame, metres at its depth. */
function across(
  camera: Camera,
  [x, y, z]: readonly number[],
): { u: [number, number, number]; v: [number, number, number]; metres: number } {
  if (camera.projection === "orthographic") {
    const metres = 2 * camera.halfWidthM / camera.width;
    return { u: [1, 0, 0], v: [0, -1, 0], metres };
  }
  // u = cx − fx x / z: ∂u = −fx/z dx + fx x/z² dz, in metres times −z/fx.
  return { u: [1, 0, -x / z], v: [0, -1, y / z], metres: -z / camera.fx };
}

function addPoints(
  equations: NormalEquations,
  derivatives: BodyDerivatives,
  { camera, points }: ViewTarget,
): number {
  const row = new Float64Array(derivatives.columns), reach = POINT_SPREAD_M * POINT_SPREAD_M;
  const share = 1 / Math.max(1, points.length) / (UNIT_M * UNIT_M);
  let cost = 0;
  for (const { place, u, v, confidence } of points) {
    if (!(confidence > 0)) continue;
    const here = placeOf(derivatives, place), [hu, hv] = project(camera, here);
    const ways = across(camera, here);
    const ru = (hu - u) * ways.metres, rv = (hv - v) * ways.metres;
    const square = ru * ru + rv * rv, fade = reach / (reach + square);
    cost += share * confidence * square * fade;
    row.fill(0);
    addPlace(derivatives, row, place, ways.u);
    equations.add(row, ru, share * confidence * fade * fade);
    row.fill(0);
    addPlace(derivatives, row, place, ways.v);
    equations.add(row, rv, share * confidence * fade * fade);
  }
  return cost;
}

function addDepths(
  equations: NormalEquations,
  derivatives: BodyDerivatives,
  { guess, guessOrigin }: ViewTarget,
  weight: number,
): number {
  if (guess.length === 0 || weight === 0) return 0;
  const row = new Float64Array(derivatives.columns), reach = DEPTH_SPREAD_M * DEPTH_SPREAD_M;
  const share = weight / guess.length / (UNIT_M * UNIT_M),
    origin = placeOf(derivatives, guessOrigin);
  let cost = 0;
  for (const { place, at, confidence } of guess) {
    const off = placeOf(derivatives, place)[2] - origin[2] - at[2], square = off * off;
    const fade = reach / (reach + square);
    cost += share * confidence * square * fade;
    row.fill(0);
    addPlace(derivatives, row, place, [0, 0, 1]);
    addPlace(derivatives, row, guessOrigin, [0, 0, -1]);
    equations.add(row, off, share * confidence * fade * fade);
  }
  return cost;
}

function addDistance(
  equations: NormalEquations,
  derivatives: BodyDerivatives,
  { distanceM }: ViewTarget,
): number {
  const row = new Float64Array(derivatives.columns);
  derivatives.addJoint(row, 0, 0, 0, 1);
  const off = depthOf(derivatives) + distanceM, weight = 1 / DISTANCE_SPREAD_M ** 2;
  equations.add(row, off, weight);
  return weight * off * off;
}

/**
 * The silhouette: the body stays inside, and where its own outline is near the silhouette's, that pulls
 * to the usual gap of clothes.
 */
function addMask(
  equations: NormalEquations,
  derivatives: BodyDerivatives,
  { camera, mask }: ViewTarget,
  weight: number,
): number {
  const { model, posed: { vertices } } = derivatives, field = mask!;
  const picks = bodySamples(model).filter((_, i) => i % EVERY === 0);
  const row = new Float64Array(derivatives.columns);
  const seen = new Float64Array(2 * picks.length);
  const inward = weight * 4 / picks.length / (UNIT_M * UNIT_M);
  const reach = OUTLINE_SPREAD_M * OUTLINE_SPREAD_M;
  let cost = 0;
  const pull = (vertex: number, du: number, dv: number, offPx: number, share: number) => {
    const here = [vertices[3 * vertex], vertices[3 * vertex + 1], vertices[3 * vertex + 2]];
    const ways = across(camera, here), off = offPx * ways.metres, square = off * off;
    const fade = reach / (reach + square);
    const [x, y, z] = [0, 1, 2].map((k) => du * ways.u[k] + dv * ways.v[k]);
    row.fill(0);
    derivatives.addVertex(row, vertex, x, y, z);
    equations.add(row, off, share * fade * fade);
    cost += share * square * fade;
  };
  picks.forEach((vertex, i) => {
    const at = 3 * vertex;
    const [u, v] = project(camera, [vertices[at], vertices[at + 1], vertices[at + 2]]);
    seen[2 * i] = u, seen[2 * i + 1] = v;
    const { px, du, dv } = field.outside(u, v);
    if (px > 0) pull(vertex, du, dv, px, inward);
  });
  const gaps = expectedGaps(model, "usual"), { outline } = field;
  const outward = weight / (outline.length / 4) / (UNIT_M * UNIT_M);
  for (let o = 0; o < outline.length; o += 4) {
    let best = -1, least = Infinity;
    for (let i = 0; i < picks.length; i++) {
      const du = seen[2 * i] - outline[o], dv = seen[2 * i + 1] - outline[o + 1];
      const square = du * du + dv * dv;
      if (square < least) least = square, best = i;
    }
    const vertex = picks[best], du = outline[o + 2], dv = outline[o + 3];
    const gapPx = (seen[2 * best] - outline[o]) * du + (seen[2 * best + 1] - outline[o + 1]) * dv;
    const at = 3 * vertex;
    const { metres } = across(camera, [vertices[at], vertices[at + 1], vertices[at + 2]]);
    if (gapPx > 0) continue; // sticks out: held above
    pull(vertex, du, dv, gapPx + gaps[vertex] / metres, outward);
  }
  return cost;
}
