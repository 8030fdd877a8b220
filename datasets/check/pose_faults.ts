/** A body whose limbs are elsewhere, or that is another person's. */
import { poseBody } from "../../body/forward.ts";
import { BODY_PARTS, vertexParts } from "../../body/parts.ts";
import type { FitMeasure } from "../../body/solve/measure.ts";
import { outerVertexShares } from "../../body/solve/body_surface.ts";
import { registerBody } from "../../body/solve/register.ts";
import { type BodyState, fitOfState } from "../../body/solve/state.ts";
import { type FitExplanation, GOOD_MISFIT } from "./explain_fit.ts";
import type { Fault } from "./fault.ts";
import { type CheckScene, placed, type Placement } from "./similarity.ts";
import { centimetres, partText } from "./words.ts";

/** Parts may be this far from where a free pose puts them, metres. */
const PART_M = 0.045;

/** With more parts than these out of place, it is another person's fit. */
const FEW_PARTS = 5;

/** Lets the pose go free: a few parts out of place, or another fit altogether? */
export function poseFaults(
  scene: CheckScene,
  explained: FitExplanation,
  state: BodyState,
): { faults: Fault[]; best: Placement } {
  const limbs = limbFault(scene, explained, state);
  if (limbs !== undefined) return limbs;
  const { given, moved } = explained;
  return {
    faults: [{
      code: "fit-wrong",
      severity: "bad",
      ratio: given.misfit,
      text: `the fit does not describe this scan: misfit ${given.misfit.toFixed(2)}, and ` +
        `${moved.misfit.toFixed(2)} when moved, turned and scaled to lie best; clothed people ` +
        `have up to ${GOOD_MISFIT}`,
      hint: "it may be another subject's fit: check the pairing of files",
    }],
    best: given,
  };
}

/** A few parts that a free pose puts elsewhere, where it lies well; undefined where that is not so. */
export function limbFault(
  scene: CheckScene,
  { given }: FitExplanation,
  state: BodyState,
): { faults: Fault[]; best: Placement } | undefined {
  const { model, target } = scene, priors = { pose: 0.01, limits: 2, shape: 0.02 };
  const { state: free } = registerBody({ model, state }, target, {
    stages: [
      { iterations: 10, aboveM: 0.15, belowM: 0.2, belowWeight: 2, reachM: 0.4, points: 0, priors },
      { iterations: 15, aboveM: 0.04, belowM: 0.1, belowWeight: 6, reachM: 0.2, points: 0, priors },
    ],
  });
  const posed = placed(scene, free), off = partsOff(scene, state, free);
  const better = posed.misfit < GOOD_MISFIT && posed.misfit < given.misfit;
  if (!better || off.length === 0 || off.length > FEW_PARTS) return undefined;
  const text = off.map(({ part, byM }) => `${partText(part)} ${centimetres(byM)}`).join(", ");
  return {
    faults: [{
      code: "fit-pose",
      severity: "bad",
      ratio: Math.max(...off.map(({ byM }) => byM)),
      text: `the fit's pose is wrong in places: ${text} off`,
      hint: "refine the fit with align",
    }],
    best: posed,
  };
}

/** More than this of a part outside of the scan is no noise. */
const STRAY = 0.5;

/** The fault of parts that lie outside of the scan, wherever they should be. */
export function strayParts(outsideByPart: FitMeasure["outsideByPart"]): Fault[] {
  const stray = BODY_PARTS.filter((part) => outsideByPart[part] > STRAY);
  if (stray.length === 0) return [];
  const text = stray.map((part) =>
    `${partText(part)} (${(100 * outsideByPart[part]).toFixed(0)} %)`
  ).join(", ");
  return [{
    code: "fit-pose",
    severity: "bad",
    ratio: Math.max(...stray.map((part) => outsideByPart[part])),
    text: `the fit's pose is wrong in places: outside of the scan lie the ${text}`,
    hint: "refine the fit with align",
  }];
}

function partsOff({ model }: CheckScene, from: BodyState, to: BodyState) {
  const a = poseBody(model, fitOfState(model, from)).vertices;
  const b = poseBody(model, fitOfState(model, to)).vertices;
  const labels = vertexParts(model), shares = outerVertexShares(model);
  const sums = BODY_PARTS.map(() => ({ by: 0, share: 0 }));
  labels.forEach((label, v) => {
    const by = Math.hypot(...[0, 1, 2].map((k) => b[3 * v + k] - a[3 * v + k]));
    sums[label].by += shares[v] * by;
    sums[label].share += shares[v];
  });
  return sums
    .map(({ by, share }, label) => ({ part: BODY_PARTS[label], byM: share > 0 ? by / share : 0 }))
    .filter(({ byM }) => byM > PART_M);
}
