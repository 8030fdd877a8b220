/**
 * Moving a body into a scan: iterated nearest points both ways, point to plane, robust, with the
 * clothes in mind: the body stays inside.
 *
 * The signed distance d of a pair is that of the scan above the body, along the body's normal. A scan
 * above the body is skin, cloth or hair: it pulls towards the usual gap of clothes there, and the
 * pull fades with the distance from it (Geman and McClure 1987). A scan below the body means that
 * the body sticks out: it pulls towards the surface, much more and from farther away.
 */
import { closestPoints } from "../../core/geometry/closest.ts";
import { withDefaults } from "../../core/work/options.ts";
import type { BodyModel } from "../model.ts";
import { type BodySurface, bodySurface, cornerWeights, outerVertexShares } from "./body_surface.ts";
import { type Clothing, expectedGaps } from "./clothing.ts";
import { BodyDerivatives } from "./derivatives.ts";
import { addPointTargets, type PointTarget } from "./point_targets.ts";
import { NormalEquations } from "./normal_equations.ts";
import { addPriors, jointRanges, type PriorOptions } from "./priors.ts";
import type { ScanTarget } from "./scan_target.ts";
import {
  type BodyInState,
  type BodyState,
  freeColumns,
  type FreeParameters,
  stepped,
} from "./state.ts";

/** One stage of a registration. */
export interface RegisterStage {
  iterations: number;
  /** Distance from the gap at which the pull of a scan above has faded to a quarter, metres. */
  aboveM: number;
  /** Distance at which the pull of a scan below has. */
  belowM: number;
  /** How much more a pair below counts. */
  belowWeight: number;
  /** Pairs farther apart than this do not count, metres. */
  reachM: number;
  /** Weight of the point targets: as much as all pairs of the surface at 1 cm. */
  points: number;
  priors: PriorOptions;
}

/** How a body is registered. */
export interface RegisterOptions {
  /** Which parameters may change. */
  free?: FreeParameters;
  stages: readonly RegisterStage[];
  /** Default: `usual`. */
  clothing?: Clothing;
  /** Further points to hold to: keypoints, say. */
  points?: readonly PointTarget[];
  /** A stage ends early when no vertex moves farther than this, metres. */
  stopM?: number;
}

/** The defaults of {@linkcode RegisterOptions}. */
export const REGISTER_DEFAULTS: Required<Omit<RegisterOptions, "stages">> = Object.freeze({
  free: Object.freeze({}),
  clothing: "usual",
  points: Object.freeze([]),
  stopM: 2e-4,
});

/** What {@linkcode registerBody} found. */
export interface Registration {
  state: BodyState;
  iterations: number;
  /** Largest move of a vertex in the last step, metres. */
  lastMoveM: number;
}

/** Normals of a pair must not be farther apart than 66°. */
const SAME_WAY = 0.4;

/** Lengths are counted in centimetres: priors are weighed against that. */
const UNIT_M = 0.01;

/** Levenberg's damping, as a share of the diagonal. */
const DAMPING = 1e-3;

/**
 * Moves a body into a scan, from where it stands.
 *
 * @throws {RangeError} If the state does not go with the model.
 */
export function registerBody(
  { model, state: start }: BodyInState,
  target: ScanTarget,
  { stages, ...options }: RegisterOptions,
): Registration {
  const { free, clothing, points, stopM } = withDefaults(REGISTER_DEFAULTS, options);
  const derivatives = new BodyDerivatives(model), ranges = jointRanges(model);
  let state = start, iterations = 0, lastMoveM = Infinity;
  const equations = new NormalEquations(freeColumns(state, free));
  const memory: PairMemory = {}, gapsM = expectedGaps(model, clothing);
  derivatives.moveTo(state);
  for (const stage of stages) {
    for (let i = 0; i < stage.iterations; i++) {
      iterations++;
      equations.clear();
      addSurfacePairs(equations, derivatives, { target, stage, memory, gapsM });
      if (stage.points > 0 && points.length > 0) {
        addPointTargets(equations, derivatives, { points, weight: stage.points, unitM: UNIT_M });
      }
      addPriors(equations, state, { ranges, options: stage.priors });
      const step = equations.solve(DAMPING);
      if (step === undefined) return { state, iterations, lastMoveM };
      state = stepped(state, equations.columns, step);
      const before = derivatives.posed.vertices.slice();
      derivatives.moveTo(state);
      lastMoveM = largestMove(before, derivatives.posed.vertices);
      if (lastMoveM <= stopM) break;
    }
  }
  return { state, iterations, lastMoveM };
}

/** Triangles found in the iteration before: where the next search starts. */
interface PairMemory {
  onBody?: Uint32Array;
  onScan?: Uint32Array;
}

/** Adds the pairs of both directions; each direction's weights sum to about 1. */
function addSurfacePairs(
  equations: NormalEquations,
  derivatives: BodyDerivatives,
  input: Omit<PairInput, "surface">,
): void {
  const surface = bodySurface(derivatives.model, derivatives.posed);
  addScanToBody(equations, derivatives, { ...input, surface });
  addBodyToScan(equations, derivatives, { ...input, surface });
}

interface PairInput {
  target: ScanTarget;
  stage: RegisterStage;
  memory: PairMemory;
  surface: BodySurface;
  /** Expected distance of the scan above each vertex. */
  gapsM: Float64Array;
}

function addScanToBody(
  equations: NormalEquations,
  derivatives: BodyDerivatives,
  { target, stage, memory, surface, gapsM }: PairInput,
): void {
  const { faces } = derivatives.model, { points, normals } = target;
  const found = closestPoints(surface.tree, points, {
    withPoints: true,
    ...(memory.onBody === undefined ? {} : { guesses: memory.onBody }),
  });
  memory.onBody = found.face;
  const count = points.length / 3, row = new Float64Array(derivatives.columns);
  const share = 1 / count / (UNIT_M * UNIT_M);
  for (let i = 0; i < count; i++) {
    if (found.distance[i] > stage.reachM) continue;
    const f = 3 * found.face[i];
    const corners = [faces[f], faces[f + 1], faces[f + 2]] as const;
    const weights = cornerWeights(surface.positions, corners, found.point!, 3 * i);
    let x = 0, y = 0, z = 0;
    for (let k = 0; k < 3; k++) {
      const v = 3 * corners[k], w = weights[k];
      x += w * surface.normals[v], y += w * surface.normals[v + 1], z += w * surface.normals[v + 2];
    }
    const length = Math.hypot(x, y, z);
    if (!(length > 0)) continue;
    x /= length, y /= length, z /= length;
    const agreement = x * normals[3 * i] + y * normals[3 * i + 1] + z * normals[3 * i + 2];
    if (agreement < SAME_WAY) continue;
    const above = x * (points[3 * i] - found.point![3 * i]) +
      y * (points[3 * i + 1] - found.point![3 * i + 1]) +
      z * (points[3 * i + 2] - found.point![3 * i + 2]);
    row.fill(0);
    for (let k = 0; k < 3; k++) {
      if (weights[k] === 0) continue;
      const w = -weights[k];
      derivatives.addVertex(row, corners[k], w * x, w * y, w * z);
    }
    const [residual, weight] = pairTerm(above, gapsM[corners[0]], stage);
    equations.add(row, residual, share * weight);
  }
}

function addBodyToScan(
  equations: NormalEquations,
  derivatives: BodyDerivatives,
  { target, stage, memory, surface, gapsM }: PairInput,
): void {
  const { model, posed } = derivatives, { vertices } = posed, { normals } = surface;
  const picks = samplesOf(model), shares = outerVertexShares(model);
  const points = new Float64Array(3 * picks.length);
  picks.forEach((v, i) => points.set(vertices.subarray(3 * v, 3 * v + 3), 3 * i));
  const found = closestPoints(target.tree, points, {
    withPoints: true,
    ...(memory.onScan === undefined ? {} : { guesses: memory.onScan }),
  });
  memory.onScan = found.face;
  const row = new Float64Array(derivatives.columns);
  const signed = target.windingShare > 0.95;
  let total = 0;
  for (const v of picks) total += shares[v];
  for (let i = 0; i < picks.length; i++) {
    if (found.distance[i] > stage.reachM) continue;
    const v = 3 * picks[i], n = 3 * found.face[i];
    const x = normals[v], y = normals[v + 1], z = normals[v + 2];
    const agreement = x * target.faceNormals[n] + y * target.faceNormals[n + 1] +
      z * target.faceNormals[n + 2];
    if ((signed ? agreement : Math.abs(agreement)) < SAME_WAY) continue;
    const above = x * (found.point![3 * i] - points[3 * i]) +
      y * (found.point![3 * i + 1] - points[3 * i + 1]) +
      z * (found.point![3 * i + 2] - points[3 * i + 2]);
    row.fill(0);
    derivatives.addVertex(row, picks[i], -x, -y, -z);
    const share = shares[picks[i]] / total / (UNIT_M * UNIT_M);
    const [residual, weight] = pairTerm(above, gapsM[picks[i]], stage);
    equations.add(row, residual, share * weight);
  }
}

/** What a pair pulls by, and how much it counts: Geman and McClure's weight on either side. */
function pairTerm(
  above: number,
  gapM: number,
  { aboveM, belowM, belowWeight }: RegisterStage,
): [residual: number, weight: number] {
  const residual = above < 0 ? above : above - gapM, reach = above < 0 ? belowM : aboveM;
  const square = reach * reach, fade = square / (square + residual * residual);
  return [residual, (above < 0 ? belowWeight : 1) * fade * fade];
}

const samples = new WeakMap<BodyModel, Uint32Array>();

/** Most vertices of the body that are paired. */
const BODY_SAMPLES = 4000;

/** Vertices spread by area, hands and face thinned: every vertex where there are few. */
function samplesOf(model: BodyModel): Uint32Array {
  let picks = samples.get(model);
  if (picks === undefined) {
    const shares = outerVertexShares(model), chosen: number[] = [];
    // Error diffusion of the square root of the area along the vertex order: no randomness.
    const roots = shares.map(Math.sqrt), total = roots.reduce((sum, r) => sum + r, 0);
    let carried = 0;
    roots.forEach((root, v) => {
      carried += Math.min(1, BODY_SAMPLES * root / total);
      if (carried < 1 || shares[v] === 0) return;
      carried -= 1;
      chosen.push(v);
    });
    picks = Uint32Array.from(chosen);
    samples.set(model, picks);
  }
  return picks;
}

function largestMove(a: Float64Array, b: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < a.length; i += 3) {
    const move = Math.hypot(a[i] - b[i], a[i + 1] - b[i + 1], a[i + 2] - b[i + 2]);
    if (move > largest) largest = move;
  }
  return largest;
}
