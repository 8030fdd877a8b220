/** One subject, examined: files, size, and how its fit lies in its scan. */
import { readBodyFile } from "../../body/body_file.ts";
import { type BodyFit, scaleFit } from "../../body/fit.ts";
import { poseBody } from "../../body/forward.ts";
import type { BodyModel } from "../../body/model.ts";
import { misfit as unfit } from "../../body/pose.ts";
import { misfitAt } from "../../body/solve/measure.ts";
import { scanTarget } from "../../body/solve/scan_target.ts";
import type { Mesh } from "../../core/geometry/mesh.ts";
import { hintOf, InputError, messageOf } from "../../core/work/errors.ts";
import { missingOf } from "../overview.ts";
import { chooseFit } from "../choose_fit.ts";
import { inMetres } from "../load.ts";
import {
  declaredAxes,
  METRES_PER_UNIT,
  metresPerUnitOf,
  type Subject,
  type Unit,
} from "../subject.ts";
import { headingDeg, nearestAxis, type PersonAxes } from "./axes.ts";
import { checkFit, type FitCheck } from "./check_fit.ts";
import { checkScanFile, checkSize, type SizeCheck } from "./check_scan.ts";
import { type Fault, verdictOf, worstFirst } from "./fault.ts";
import { fitVerdictOf, type SubjectReport } from "./report.ts";
import { extentAlong, restHeight } from "./sizes.ts";

/** A subject's report, and what was read on the way. */
export interface CheckedSubject {
  report: SubjectReport;
  /** The scan in metres, as far as its unit can be told. */
  mesh?: Mesh;
  /** The body as it is fitted, in the same metres. */
  body?: { model: BodyModel; fit: BodyFit };
}

/** How a subject is examined. */
export interface CheckSubjectOptions {
  /** Body model to use instead of the one that the subject names. */
  bodyFile?: string | undefined;
}

/** Examines a subject. Whatever is wrong with its files becomes a fault; nothing is thrown for it. */
export async function checkSubject(
  subject: Subject,
  { bodyFile }: CheckSubjectOptions = {},
): Promise<CheckedSubject> {
  const { faults, scan } = await checkScanFile(subject);
  if (scan === undefined) return { report: closed(emptyReport(subject), faults) };
  const { body, faults: ofBody } = await bodyOf(subject, bodyFile);
  const read = { scan: scan.mesh, body, faults: [...faults, ...ofBody] };
  if (body === undefined) return checkScan(subject, read);
  // Of several ways to understand the fit's file, the one that lies on the scan.
  const metres = inMetres(scan.mesh, metresPerUnitOf(subject));
  const chosen = chooseFit(subject, { scan: metres, model: body.model })!;
  const notes = chosen.note === undefined
    ? subject.notes
    : [...subject.notes, { code: "fit-convention", text: chosen.note }];
  return checkScan({ ...subject, notes }, { ...read, body: { ...body, fit: chosen.fit } });
}

/** What was read of a subject. */
export interface ReadSubject {
  /** In the unit of its file. */
  scan: Mesh;
  /** The body's fit in metres by the subject's declared unit. */
  body?: { model: BodyModel; fit: BodyFit } | undefined;
  /** What was wrong with the files. */
  faults?: readonly Fault[];
}

/** As {@linkcode checkSubject}, once its files are read. */
export function checkScan(
  subject: Subject,
  { scan, body, faults = [] }: ReadSubject,
): CheckedSubject {
  const report = emptyReport(subject);
  report.vertices = scan.positions.length / 3;
  report.triangles = scan.indices.length / 3;
  const size = checkSize(scan, subject);
  const declared = metresPerUnitOf(subject);
  const metres = size.metres ?? sceneMetres(size, body) ?? declared;
  if (size.faults.length > 0) {
    report.unitSource = "size";
    report.unit = unitOfMetres(size.metres);
  }
  report.metresPerUnit = size.metres ?? null;
  const mesh = metres === 1 ? scan : { ...scan, positions: scan.positions.map((v) => v * metres) };
  report.heightM = extentAlong(mesh, [0, 1, 0]);
  if (body === undefined) return { report: closed(report, [...faults, ...size.faults]), mesh };

  const target = scanTarget(mesh);
  using _tree = target.tree;
  const wound = target.windingShare < INSIDE_OUT ? [insideOut(target.windingShare)] : [];
  const { model } = body, scene = { model, target };
  const chosen = fitInScene(scene, body.fit, { size, metres, subject });
  const check = checkFit(scene, chosen.fit, {
    axes: declaredAxes(subject),
    metresPerUnit: metres,
    declaredMetres: size.metres ?? declared,
  });
  fillIn(report, { check, mesh, model, metres });
  const ofFit = withRemedy(check.faults, subject.fit?.remedy);
  // A size that the fit explains is one fault, and the fit's.
  const ofSize = check.faults.some(({ code }) => code === "fit-scale")
    ? size.faults.filter(({ code }) => code !== "size")
    : size.faults.map((fault) => ({ ...fault, text: fault.text + chosen.says }));
  return {
    report: closed(report, [...faults, ...wound, ...ofSize, ...ofFit]),
    mesh,
    body: { model, fit: chosen.fit },
  };
}

/** Faults of a fit that stands elsewhere than its scan: codes that an outdated fit file explains. */
const MISPLACED: readonly string[] = ["fit-scale", "fit-offset", "fit-rotation", "fit-wrong"];

function withRemedy(faults: readonly Fault[], remedy: string | undefined): Fault[] {
  if (remedy === undefined) return [...faults];
  return faults.map((fault) =>
    MISPLACED.includes(fault.code)
      ? { ...fault, hint: fault.hint === undefined ? remedy : `${fault.hint}; ${remedy}` }
      : fault
  );
}

/** Below this share of triangles wound outwards a scan is inside out. */
const INSIDE_OUT = 0.5;

function insideOut(share: number): Fault {
  return {
    code: "inside-out",
    severity: "bad",
    ratio: share,
    text: `the scan is inside out: ${(100 * (1 - share)).toFixed(0)} % of its surface is wound ` +
      "the wrong way",
    hint: "reverse the order of each triangle's vertices",
  };
}

function unitOfMetres(metres: number | undefined): Unit | null {
  const units = ["m", "cm", "mm"] as const;
  return units.find((unit) => METRES_PER_UNIT[unit] === metres) ?? null;
}

function emptyReport(subject: Subject): SubjectReport {
  const { id, unit, unitSource, notes } = subject;
  return {
    id,
    verdict: "good",
    faults: [],
    missing: missingOf(subject),
    fitVerdict: "unchecked",
    notes: notes.map(({ text }) => text),
    unit,
    unitSource,
    metresPerUnit: metresPerUnitOf(subject),
    heightM: null,
    up: null,
    facing: null,
    headingDeg: null,
    axesSource: "none",
    vertices: null,
    triangles: null,
    fit: null,
  };
}

/** The report with its faults and verdict. */
export function closed(report: SubjectReport, faults: readonly Fault[]): SubjectReport {
  return {
    ...report,
    verdict: verdictOf(faults),
    faults: worstFirst(faults),
    fitVerdict: fitVerdictOf(faults, { checked: report.fit !== null }),
  };
}

interface FoundBody {
  model: BodyModel;
  /** In metres by the subject's declared unit. */
  fit: BodyFit;
}

async function bodyOf(
  subject: Subject,
  bodyFile: string | undefined,
): Promise<{ body?: FoundBody; faults: Fault[] }> {
  if (subject.fit === undefined) {
    return {
      faults: [{
        code: "fit-missing",
        severity: "warning",
        text: "the data set has no body fit for this scan",
        hint: "make one with align",
      }],
    };
  }
  const { fit, bodyFile: named } = subject.fit, file = bodyFile ?? named;
  const missing = (text: string, hint = "name the model file with --body FILE"): Fault => ({
    code: "body-missing",
    severity: "warning",
    text: `the fit was not checked: ${text}`,
    hint,
  });
  if (file === undefined) return { faults: [missing("no body model was found")] };
  try {
    const model = await readBodyFile(file), problem = unfit(model, fit);
    return problem === undefined
      ? { body: { model, fit }, faults: [] }
      : { faults: [missing(problem, "name the model that it was made with: --body FILE")] };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { faults: [missing(messageOf(error), hintOf(error))] };
  }
}

/** Where no unit makes a person of a scan: the length of its unit that makes it as large as its body. */
function sceneMetres({ extent }: SizeCheck, body: FoundBody | undefined): number | undefined {
  if (body === undefined) return undefined;
  const { vertices } = poseBody(body.model, { ...body.fit, scale: 1 });
  let longest = 0;
  for (let k = 0; k < 3; k++) {
    let low = Infinity, high = -Infinity;
    for (let i = k; i < vertices.length; i += 3) {
      low = Math.min(low, vertices[i]), high = Math.max(high, vertices[i]);
    }
    longest = Math.max(longest, high - low);
  }
  return longest / extent;
}

/**
 * The fit in the scan's metres. Where the declared unit was wrong, the fit's own unit is in question
 * too: it may be the file's, or the declared one.
 */
function fitInScene(
  { model, target }: Parameters<typeof checkFit>[0],
  fit: BodyFit,
  { size, metres, subject }: { size: SizeCheck; metres: number; subject: Subject },
): { fit: BodyFit; says: string } {
  const declared = metresPerUnitOf(subject);
  const withScan = scaleFit(fit, metres / declared);
  if (size.metres === undefined || metres === declared) return { fit: withScan, says: "" };
  const misfit = (fit: BodyFit) => misfitAt({ model, posed: poseBody(model, fit) }, target);
  return misfit(fit) < misfit(withScan)
    ? { fit, says: "; its fit is right as declared" }
    : { fit: withScan, says: "" };
}

function fillIn(
  report: SubjectReport,
  { check, mesh, model, metres }: {
    check: FitCheck;
    mesh: Mesh;
    model: BodyModel;
    metres: number;
  },
): void {
  fillInAxes(report, mesh, check.person);
  report.axesSource = "fit";
  report.metresPerUnit ??= metres / check.best.scale;
  report.fit = {
    ...check.measure,
    statureM: restHeight(model, check.best) * check.best.scale,
  };
}

/** Says where the person's head and chest point. */
export function fillInAxes(report: SubjectReport, mesh: Mesh, { up, front }: PersonAxes): void {
  report.heightM = extentAlong(mesh, up);
  report.up = nearestAxis(up).axis;
  report.facing = nearestAxis(front).axis;
  report.headingDeg = headingDeg(front);
}
