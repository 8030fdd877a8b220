/**
 * Why a fit does not lie on its scan: hypotheses, each tested by what it leaves of the misfit. A body
 * that was only moved, turned or scaled comes back by being moved, turned and scaled; one whose sides
 * were exchanged by exchanging them; one of the wrong shape by other betas.
 */
import { type Swap, SWAPS, swapSides } from "../../body/solve/mirror.ts";
import { registerBody } from "../../body/solve/register.ts";
import type { BodyState } from "../../body/solve/state.ts";
import {
  type CheckScene,
  middleOf,
  type PlaceChange,
  placeChange,
  placed,
  type Placement,
  settled,
  spreadOf,
  transformed,
} from "./similarity.ts";

/** What was tried and what came of it. */
export interface FitExplanation {
  /** The fit as it is. */
  given: Placement;
  /** The same body, moved, turned and scaled to lie best, and by how much. */
  moved: Placement & { change: PlaceChange };
  /** With left and right exchanged, then moved and turned: the best of the ways to do it. */
  swapped: Placement & { swap: Swap };
  /** With other betas, moved and turned, not scaled. */
  reshaped: Placement;
}

/** A misfit that clothes explain: the largest of the 136 open people with true bodies is 0.124. */
export const GOOD_MISFIT = 0.16;

/** Turns that are tried where a fit is nowhere near: the 24 of a cube. */
const TURNS = cubeTurns();

/** How many of the quick tries are followed up. */
const FOLLOWED = 5;

/** Tries all hypotheses. About 1 s for a fit that lies well, 4 s for one that does not. */
export function explainFit(scene: CheckScene, state: BodyState): FitExplanation {
  const given = placed(scene, state);
  let moved = settled(scene, state, { scale: "free" });
  if (moved.misfit > GOOD_MISFIT) {
    for (const start of farStarts(scene, state)) {
      const other = settled(scene, start, { scale: "free" });
      if (other.misfit < moved.misfit) moved = other;
    }
    // From so far away one round of steps is not enough.
    const again = settled(scene, moved.state, { scale: "free" });
    if (again.misfit < moved.misfit) moved = again;
  }
  return {
    given,
    moved: { ...moved, change: placeChange(scene.model, state, moved.state) },
    swapped: bestSwap(scene, state),
    reshaped: reshaped(scene, state),
  };
}

/** The most promising of all turns and two scales, the body's middle laid on the scan's. */
function farStarts(scene: CheckScene, state: BodyState): BodyState[] {
  const { model, target } = scene;
  const scan = spreadOf(target.points), body = middleOf(model, state);
  const tries: Placement[] = [];
  for (const scale of [1, scan.radius / body.radius]) {
    for (const rotation of TURNS) {
      const start = transformed(model, state, { rotation, scale, middle: scan.middle });
      tries.push(placed(scene, start));
    }
  }
  return tries.sort((a, b) => a.misfit - b.misfit).slice(0, FOLLOWED).map(({ state }) => state);
}

function bestSwap(scene: CheckScene, state: BodyState): Placement & { swap: Swap } {
  const { model, target } = scene, { middle } = spreadOf(target.points);
  let best: (Placement & { swap: Swap }) | undefined;
  for (const swap of SWAPS) {
    const other = swapSides(model, state, swap);
    const onScan = transformed(model, other, { rotation: TURNS[0], scale: 1, middle });
    for (const start of [other, onScan]) {
      const quick = placed(scene, start);
      if (best === undefined || quick.misfit < best.misfit) best = { ...quick, swap };
    }
  }
  return { ...settled(scene, best!.state, { scale: "fixed" }), swap: best!.swap };
}

function reshaped(scene: CheckScene, state: BodyState): Placement {
  const { model, target } = scene, priors = { pose: 0, limits: 0, shape: 0.01 };
  const { state: next } = registerBody({ model, state }, target, {
    free: { pose: "fixed" },
    stages: [
      { iterations: 6, aboveM: 0.1, belowM: 0.1, belowWeight: 4, reachM: 0.3, points: 0, priors },
      {
        iterations: 14,
        aboveM: 0.03,
        belowM: 0.06,
        belowWeight: 8,
        reachM: 0.2,
        points: 0,
        priors,
      },
    ],
  });
  return placed(scene, next);
}

/** The 24 turns that bring axes onto axes, the identity first. */
function cubeTurns(): Float64Array[] {
  const axes = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [-1, 0, 0], [0, -1, 0], [0, 0, -1]];
  const turns: Float64Array[] = [];
  for (const x of axes) {
    for (const y of axes) {
      if (x[0] * y[0] + x[1] * y[1] + x[2] * y[2] !== 0) continue;
      const z = [
        x[1] * y[2] - x[2] * y[1],
        x[2] * y[0] - x[0] * y[2],
        x[0] * y[1] - x[1] * y[0],
      ];
      turns.push(Float64Array.from([0, 1, 2].flatMap((r) => [x[r], y[r], z[r]])));
    }
  }
  return turns;
}
