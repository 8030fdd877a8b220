/** A body in the wrong place, at the wrong angle or of the wrong size. */
import type { BodyState } from "../../body/solve/state.ts";
import { nearestAxis } from "./axes.ts";
import type { DeclaredAxes } from "../subject.ts";
import type { FitExplanation } from "./explain_fit.ts";
import type { Fault } from "./fault.ts";
import type { PlaceChange } from "./similarity.ts";
import { centimetres, signed, significant } from "./words.ts";

/** What is known of a scan besides its surface. */
export interface FitContext {
  /** Whether the data set says that +y is up, and that the person faces +z. */
  axes: DeclaredAxes;
  /** Metres of the scene per unit of the scan's file. */
  metresPerUnit: number;
  /** Metres per unit as the data set has it, or as the scan's size says. */
  declaredMetres: number;
}

/**
 * Beyond these a fit is called faulty; beyond `BAD` it is bad. The open people with true bodies stay
 * within 2 %, 10 mm and 0.6°.
 */
const TOLERANCE = { scale: 0.04, offsetM: 0.02, angleDeg: 5 } as const;
const BAD = { scale: 0.06, offsetM: 0.025, angleDeg: 10 } as const;

/** A turn beyond this moves the pelvis too. */
const LARGE_TURN_DEG = 30;

/** Says whether a body lies best about where it is. */
export function standsStill({ scale, pelvisM, angleDeg }: PlaceChange): boolean {
  return Math.abs(Math.log(scale)) < TOLERANCE.scale &&
    Math.hypot(...pelvisM) < TOLERANCE.offsetM && angleDeg < TOLERANCE.angleDeg;
}

/** The faults of a fit that lies well once it is moved, turned and scaled. */
export function placeFaults(
  { given, moved }: Pick<FitExplanation, "given" | "moved">,
  context: FitContext,
): Fault[] {
  const { scale, angleDeg, pelvisM, beyondOriginM, rotation } = moved.change, faults: Fault[] = [];
  const misfits = `misfit ${given.misfit.toFixed(2)} → ${moved.misfit.toFixed(2)}`;
  const size = Math.abs(Math.log(scale));
  if (size >= TOLERANCE.scale) {
    const times = scale > 1 ? scale : 1 / scale;
    const unit = unitText(moved.state, context);
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
  if (offM >= slack && !(angleDeg > LARGE_TURN_DEG && offM < byPelvis)) {
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

/** What the body says of the scan's unit, where that is another one than is declared. */
function unitText({ scale }: BodyState, { metresPerUnit, declaredMetres }: FitContext): string {
  const byBody = metresPerUnit / scale;
  return Math.abs(Math.log(byBody / declaredMetres)) < OTHER_UNIT
    ? ""
    : `: 1 unit of this scan is ${significant(byBody)} m`;
}

/** A unit that differs by less than this (of the logarithm) is the same unit. */
const OTHER_UNIT = 0.15;

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
