/** Faults of a fit: the tested hypotheses turned into words. */
import { poseBody } from "../../body/forward.ts";
import type { BodyFit } from "../../body/fit.ts";
import { BODY_PARTS, type BodyPart, vertexParts } from "../../body/parts.ts";
import { outerVertexShares } from "../../body/solve/body_surface.ts";
import { type FitMeasure, measureFit } from "../../body/solve/measure.ts";
import { registerBody } from "../../body/solve/register.ts";
import { type BodyState, fitOfState, stateOfFit } from "../../body/solve/state.ts";
import { rotationOfAxisAngle } from "../../core/geometry/transform.ts";
import { angleBetweenDeg, headingDeg, nearestAxis, type PersonAxes, postureText } from "./axes.ts";
import { explainFit, type FitExplanation, GOOD_MISFIT } from "./explain_fit.ts";
import type { Fault } from "./fault.ts";
import { type CheckScene, placed, type Placement } from "./similarity.ts";

/** What is known of a scan besides its surface. */
export interface FitContext {
  /** Whether the data set says that +y is up and the person faces +z. */
  axes: "declared" | "any";
  /** Metres per unit of the scan's file by its declared or corrected unit; undefined: unknown. */
  unitKnown: boolean;
  /** Units of the file per metre of the scene, to speak of the file's unit. */
  fileUnitsPerMetre: number;
}

/** A fit, examined. */
export interface FitCheck {
  faults: Fault[];
  /** The fit as it is. */
  measure: FitMeasure;
  /** How large the misfit would be without the faults that are named. */
  explainedMisfit: number;
  /** Where head and chest of the person in the scan point. */
  person: PersonAxes;
}

/**
 * Beyond these a fit is called faulty; twice as far, or half again for turns, it is bad. The open
 * people with true bodies stay within 2 %, 10 mm and 0.6°.
 */
const TOLERANCE = { scale: 0.04, offsetM: 0.02, angleDeg: 5 } as const;
const BAD = { scale: 0.06, offsetM: 0.025, angleDeg: 10 } as const;

/** An alternative must leave less than this share of the misfit that moving and scaling leave. */
const CLEARLY = 0.8;

/** A posture farther than this from upright, or a heading from the front, is named. */
const WRONG_WAY_DEG = 60;

/** Share of the body outside of the scan that clothes and noise never reach. */
const MUCH_OUTSIDE = 0.08;

/** Examines a fit, in the metres of the scene. */
export function checkFit(scene: CheckScene, fit: BodyFit, context: FitContext): FitCheck {
  const { model, target } = scene;
  const state = stateOfFit(model, fit, { betas: Math.max(fit.betas.length, 10) });
  const explained = explainFit(scene, state);
  const posed = poseBody(model, fitOfState(model, state));
  const measure = measureFit({ model, posed }, target);
  const { faults, best } = faultsOf(scene, explained, { state, measure, context });
  const person = axesOf(best.state), ofScan = axisFaults(person, context);
  // A scan that was turned after its fit was made: that is one fault, and the scan's.
  const scanTurned = ofScan.length > 0 && axisFaults(axesOf(state), context).length === 0;
  const ofPlace = ["fit-rotation", "fit-offset"];
  return {
    faults: [
      ...faults.filter(({ code }) => !(scanTurned && ofPlace.includes(code))),
      ...ofScan,
    ],
    measure,
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
  const still = Math.abs(Math.log(change.scale)) < TOLERANCE.scale &&
    Math.hypot(...change.pelvisM) < TOLERANCE.offsetM && change.angleDeg < TOLERANCE.angleDeg;

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
    if (still || given.misfit < 1.15 * moved.misfit) return { faults: [], best: given };
    return { faults: placeFaults(explained, context), best: moved };
  }
  // Wide clothes, hair, several layers: the body lies inside and nothing puts it better.
  const inside = measure.outsideShare < MUCH_OUTSIDE && worstPart(measure) < 0.5;
  if (inside && (still || moved.misfit > CLEARLY * given.misfit)) {
    return { faults: [], best: given };
  }
  return poseFaults(scene, explained, state);
}

function worstPart({ parts }: FitMeasure): number {
  return Math.max(0, ...Object.values(parts).map((part) => part.outsideShare));
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

/** The least mean change of the surface by betas that counts, metres. */
const SHAPE_M = 0.012;

function shapeFault(
  { model }: CheckScene,
  state: BodyState,
  reshaped: Placement,
): Fault | undefined {
  const rest = (betas: Float64Array) =>
    poseBody(model, {
      ...fitOfState(model, { ...state, betas }),
      globalOrient: new Float64Array(3),
      bodyPose: new Float64Array(state.pose.length - 3),
      transl: new Float64Array(3),
      scale: 1,
    }).vertices;
  const a = rest(state.betas), b = rest(reshaped.state.betas), shares = outerVertexShares(model);
  let mean = 0;
  let [low, high, lowB, highB] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let v = 0; v < shares.length; v++) {
    mean += shares[v] * Math.hypot(...[0, 1, 2].map((k) => b[3 * v + k] - a[3 * v + k]));
    low = Math.min(low, a[3 * v + 1]), high = Math.max(high, a[3 * v + 1]);
    lowB = Math.min(lowB, b[3 * v + 1]), highB = Math.max(highB, b[3 * v + 1]);
  }
  if (mean < SHAPE_M) return undefined;
  const changes = [...reshaped.state.betas].map((beta, i) => ({ i, by: beta - state.betas[i] }))
    .sort((x, y) => Math.abs(y.by) - Math.abs(x.by)).slice(0, 3)
    .map(({ i, by }) => `beta ${i} by ${signed(by, 1)}`);
  return {
    code: "fit-shape",
    severity: mean > 0.02 ? "bad" : "warning",
    ratio: mean,
    text: `the fit's shape is not this person's: ${centimetres(mean)} on average, stature ` +
      `${centimetres(highB - lowB - (high - low), "signed")} (${changes.join(", ")})`,
    hint: "check the gender and version of the body model, and that the betas are this subject's",
  };
}

function placeFaults({ given, moved }: FitExplanation, context: FitContext): Fault[] {
  const { scale, angleDeg, pelvisM, beyondOriginM, rotation } = moved.change, faults: Fault[] = [];
  const misfits = `misfit ${given.misfit.toFixed(2)} → ${moved.misfit.toFixed(2)}`;
  const size = Math.abs(Math.log(scale));
  if (size >= TOLERANCE.scale) {
    const times = scale > 1 ? scale : 1 / scale;
    const unit = context.unitKnown
      ? ""
      : `: 1 unit of this scan is ${significant(1 / (context.fileUnitsPerMetre * scale))} m`;
    faults.push({
      code: "fit-scale",
      severity: size >= BAD.scale ? "bad" : "warning",
      ratio: scale,
      text: `the fit is ${times.toFixed(2)}× too ${scale > 1 ? "small" : "large"}${unit} ` +
        `(${misfits})`,
      hint: "check the fit's scale, and whether it goes before or after the translation",
    });
  }
  if (angleDeg >= TOLERANCE.angleDeg) {
    faults.push({
      code: "fit-rotation",
      severity: angleDeg >= BAD.angleDeg ? "bad" : "warning",
      ratio: angleDeg,
      text: `the fit is turned ${angleDeg.toFixed(0)}° about ${axisText(rotation)} against the ` +
        `scan (${misfits})`,
      hint: "check the fit's root orientation, and whether the scan was turned after fitting",
    });
  }
  // A scale about the file's origin, as a wrong unit makes, moves the body by itself.
  const byPelvis = Math.hypot(...pelvisM), byOrigin = Math.hypot(...beyondOriginM);
  const offset = faults.length > 0 && byOrigin < byPelvis ? beyondOriginM : pelvisM;
  const offM = Math.hypot(...offset);
  // A scale or a turn that is a little off leaves a little shift.
  const slack = TOLERANCE.offsetM + (faults.length > 0 ? 0.03 : 0);
  if (offM >= slack && !(angleDeg > WRONG_WAY_DEG / 2 && offM < byPelvis)) {
    faults.push({
      code: "fit-offset",
      severity: offM >= BAD.offsetM ? "bad" : "warning",
      ratio: offM,
      text: `the fit lies ${centimetres(offM)} off: it must move by ` +
        `${offset.map((v) => signed(100 * v, 1)).join(", ")} cm in x, y, z (${misfits})`,
      hint: "check the fit's translation and which point it moves (origin or pelvis)",
    });
  }
  return faults;
}

/** Parts may be this far from where a free pose puts them, metres. */
const PART_M = 0.045;

/** With more parts than these out of place, it is another person's fit. */
const FEW_PARTS = 5;

/** Lets the pose go free: a few parts out of place, or another fit altogether? */
function poseFaults(
  scene: CheckScene,
  { given, moved }: FitExplanation,
  state: BodyState,
): { faults: Fault[]; best: Placement } {
  const { model, target } = scene;
  const priors = { pose: 0.01, limits: 2, shape: 0.02 };
  const { state: free } = registerBody({ model, state }, target, {
    stages: [
      { iterations: 10, aboveM: 0.15, belowM: 0.2, belowWeight: 2, reachM: 0.4, points: 0, priors },
      { iterations: 15, aboveM: 0.04, belowM: 0.1, belowWeight: 6, reachM: 0.2, points: 0, priors },
    ],
  });
  const posed = placed(scene, free);
  const off = partsOff(scene, state, free);
  if (posed.misfit < GOOD_MISFIT && off.length > 0 && off.length <= FEW_PARTS) {
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

/** Where a state's head and chest point. */
function axesOf({ pose }: BodyState): PersonAxes {
  const r = rotationOfAxisAngle(pose[0], pose[1], pose[2]);
  return { up: [r[1], r[4], r[7]], front: [r[2], r[5], r[8]] };
}

/** Faults of the scan's axes against what the data set says of them. */
export function axisFaults(
  person: PersonAxes,
  { axes }: Pick<FitContext, "axes">,
): Fault[] {
  if (axes === "any") return [];
  const tiltDeg = angleBetweenDeg(person.up, [0, 1, 0]);
  if (tiltDeg > WRONG_WAY_DEG) {
    const { axis } = nearestAxis(person.up);
    return [{
      code: "up-axis",
      severity: "bad",
      ratio: tiltDeg,
      text: `the scan ${postureText(person)}: its up axis is ${axis}, the data set says +y`,
      hint: 'turn the scan, or say "up": "any" so that the fit decides',
    }];
  }
  const heading = headingDeg(person.front);
  if (Math.abs(heading) <= WRONG_WAY_DEG) return [];
  return [{
    code: "facing",
    severity: "bad",
    ratio: heading,
    text: `the person faces ${nearestAxis([person.front[0], 0, person.front[2]]).axis} ` +
      `(${signed(heading, 0)}°), the data set says +z`,
    hint: 'turn the scan, or say "front": "any" so that the fit decides',
  }];
}

/** The axis of a rotation: an axis of the file where it is near one. */
function axisText(r: ArrayLike<number>): string {
  // (R + Rᵀ)/2 − cos θ I = (1 − cos θ) a aᵀ; its largest column is along the axis.
  const cosine = (r[0] + r[4] + r[8] - 1) / 2;
  const columns = [0, 1, 2].map((c) =>
    [0, 1, 2].map((k) => (r[3 * k + c] + r[3 * c + k]) / 2 - (k === c ? cosine : 0))
  );
  const axis = columns.reduce((a, b) => Math.hypot(...a) >= Math.hypot(...b) ? a : b);
  const { axis: name, offDeg } = nearestAxis(axis);
  if (offDeg < 12) return name[1];
  const length = Math.hypot(...axis);
  return `(${axis.map((v) => (v / length).toFixed(2)).join(", ")})`;
}

function partText(part: BodyPart): string {
  return part.replace(/^l_/, "left ").replace(/^r_/, "right ").replaceAll("_", " ");
}

function centimetres(metres: number, sign: "plain" | "signed" = "plain"): string {
  return `${sign === "signed" ? signed(100 * metres, 1) : (100 * metres).toFixed(1)} cm`;
}

function signed(value: number, digits: number): string {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(digits)}`;
}

function significant(value: number): string {
  return String(Number(value.toPrecision(3)));
}
