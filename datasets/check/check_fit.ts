/** Faults of a fit: the tested hypotheses turned into words. */
import type { BodyFit } from "../../body/fit.ts";
import { poseBody } from "../../body/forward.ts";
import { type FitMeasure, measureFit } from "../../body/solve/measure.ts";
import { thinned } from "../../body/solve/scan_target.ts";
import { type BodyState, fitOfState, stateOfFit } from "../../body/solve/state.ts";
import { rotationOfAxisAngle } from "../../core/geometry/transform.ts";
import type { PersonAxes } from "./axes.ts";
import { axisFaults } from "./axis_faults.ts";
import { explainFit, type FitExplanation, GOOD_MISFIT } from "./explain_fit.ts";
import type { Fault } from "./fault.ts";
import { handsFault } from "./hands_fault.ts";
import { type FitContext, placeFaults, standsStill } from "./place_faults.ts";
import { limbFault, poseFaults, strayParts } from "./pose_faults.ts";
import { shapeFault } from "./shape_fault.ts";
import type { CheckScene, Placement } from "./similarity.ts";

/** A fit, examined. */
export interface FitCheck {
  faults: Fault[];
  /** The fit as it is. */
  measure: FitMeasure;
  /** The body without the faults that are named, and how large its misfit is. */
  best: BodyState;
  explainedMisfit: number;
  /** Where head and chest of the person in the scan point. */
  person: PersonAxes;
}

/** An alternative must leave less than this share of the misfit that moving and scaling leave. */
const CLEARLY = 0.8;

/** Share of the body outside of the scan that clothes and noise never reach. */
const MUCH_OUTSIDE = 0.08;

/** A part of which more than this lies outside of the scan may be in the wrong place. */
const LIMB_OUTSIDE = 0.35;

/** Points of the scan and the body by which hypotheses are tested. */
const QUICK = { points: 2500, body: 1500 } as const;

/** Examines a fit, in the metres of the scene. */
export function checkFit(scene: CheckScene, fit: BodyFit, context: FitContext): FitCheck {
  const { model, target } = scene;
  const state = stateOfFit(model, fit, { betas: Math.max(fit.betas.length, 10) });
  const quick = { model, target: thinned(target, QUICK) };
  const explained = explainFit(quick, state);
  const posed = poseBody(model, fitOfState(model, state));
  const measure = measureFit({ model, posed }, target);
  const { faults, best } = faultsOf(quick, explained, { state, measure, context });
  const person = axesOf(best.state), ofScan = axisFaults(person, context);
  // A scan that was turned after its fit was made: that is one fault, and the scan's.
  const scanTurned = ofScan.length > 0 && axisFaults(axesOf(state), context).length === 0;
  const hands = best.misfit < GOOD_MISFIT ? handsFault(scene, fit, best.state) : undefined;
  const ofPlace = ["fit-rotation", "fit-offset"];
  return {
    faults: [
      ...faults.filter(({ code }) => !(scanTurned && ofPlace.includes(code))),
      ...(hands === undefined ? [] : [hands]),
      ...ofScan,
    ],
    measure,
    best: best.state,
    explainedMisfit: best.misfit,
    person,
  };
}

interface Given {
  state: BodyState;
  measure: FitMeasure;
  context: FitContext;
}

function faultsOf(
  scene: CheckScene,
  explained: FitExplanation,
  { state, measure, context }: Given,
): { faults: Fault[]; best: Placement } {
  const { given, moved, swapped, reshaped } = explained, { change } = moved;
  const still = standsStill(change);

  const rest = Math.min(moved.misfit, reshaped.misfit);
  if (swapped.misfit < CLEARLY * rest - 0.005 && swapped.misfit < CLEARLY * given.misfit) {
    if (swapped.misfit < GOOD_MISFIT) {
      return { faults: [swapFault(swapped, given)], best: swapped };
    }
  }
  if (reshaped.misfit < CLEARLY * moved.misfit - 0.01 && reshaped.misfit < GOOD_MISFIT) {
    const fault = shapeFault(scene, state, reshaped);
    if (fault !== undefined) return { faults: [fault], best: reshaped };
  }
  if (moved.misfit < GOOD_MISFIT) {
    if (still || given.misfit < 1.15 * moved.misfit) {
      // One limb elsewhere is a small part of the whole.
      if (worstPart(measure) < LIMB_OUTSIDE) return { faults: [], best: given };
      return limbFault(scene, explained, state) ??
        { faults: strayParts(measure.outsideByPart), best: given };
    }
    return { faults: placeFaults(explained, context), best: moved };
  }
  // Wide clothes, hair, several layers: the body lies inside and nothing puts it better.
  const inside = measure.outsideShare < MUCH_OUTSIDE && worstPart(measure) < 0.5;
  if (inside && (still || moved.misfit > CLEARLY * given.misfit)) {
    return { faults: [], best: given };
  }
  return poseFaults(scene, explained, state);
}

function worstPart({ outsideByPart }: FitMeasure): number {
  return Math.max(...Object.values(outsideByPart));
}

function swapFault(swapped: FitExplanation["swapped"], given: Placement): Fault {
  const how = {
    pose: "the pose is the mirror image of the person's",
    person: "the fit is that of the mirrored scan",
    joints: "the rotations of left and right joints are exchanged",
  }[swapped.swap];
  return {
    code: "left-right-swapped",
    severity: "bad",
    ratio: given.misfit / swapped.misfit,
    text: `left and right are swapped: ${how} (misfit ${given.misfit.toFixed(2)}, exchanged ` +
      `${swapped.misfit.toFixed(2)})`,
    hint: "exchange left and right joints, or mirror the scan back",
  };
}

/** Where a state's head and chest point. */
function axesOf({ pose }: BodyState): PersonAxes {
  const r = rotationOfAxisAngle(pose[0], pose[1], pose[2]);
  return { up: [r[1], r[4], r[7]], front: [r[2], r[5], r[8]] };
}
