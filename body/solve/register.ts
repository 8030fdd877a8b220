/**
 * Moving a body into a scan: iterated nearest points both ways, point to plane, robust, with the
 * clothes in mind: the body stays inside.
 *
 * The signed distance d of a pair is that of the scan above the body, along the body's normal. A scan
 * above the body is skin, cloth or hair: it pulls towards the usual gap of clothes there, and the
 * pull fades with the distance from it (Geman and McClure 1987). A scan below the body means that
 * the body sticks out: it pulls towards the surface, much more and from farther away.
 */
import { withDefaults } from "../../core/work/options.ts";
import { type Clothing, expectedGaps } from "./clothing.ts";
import { BodyDerivatives } from "./derivatives.ts";
import { addPointTargets, type PointTarget } from "./point_targets.ts";
import { NormalEquations } from "./normal_equations.ts";
import { findPairs, type PairMemory, type SurfacePairs } from "./pairs.ts";
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
      const pairs = findPairs(derivatives, target, { memory });
      addPairs(equations, derivatives, { pairs: pairs.fromScan, stage, gapsM });
      addPairs(equations, derivatives, { pairs: pairs.fromBody, stage, gapsM });
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

/** Adds the pairs of one direction; their weights sum to about 1. */
function addPairs(
  equations: NormalEquations,
  derivatives: BodyDerivatives,
  { pairs, stage, gapsM }: { pairs: SurfacePairs; stage: RegisterStage; gapsM: Float64Array },
): void {
  const { above, distance, matched, normals, corners, weights, shares } = pairs;
  const row = new Float64Array(derivatives.columns);
  for (let i = 0; i < above.length; i++) {
    if (matched[i] === 0 || distance[i] > stage.reachM) continue;
    row.fill(0);
    for (let c = 3 * i; c < 3 * i + 3; c++) {
      if (weights[c] === 0) continue;
      const w = -weights[c];
      derivatives.addVertex(
        row,
        corners[c],
        w * normals[3 * i],
        w * normals[3 * i + 1],
        w * normals[3 * i + 2],
      );
    }
    const [residual, weight] = pairTerm(above[i], gapsM[corners[3 * i]], stage);
    equations.add(row, residual, weight * shares[i] / (UNIT_M * UNIT_M));
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

function largestMove(a: Float64Array, b: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < a.length; i += 3) {
    const move = Math.hypot(a[i] - b[i], a[i + 1] - b[i + 1], a[i + 2] - b[i + 2]);
    if (move > largest) largest = move;
  }
  return largest;
}
