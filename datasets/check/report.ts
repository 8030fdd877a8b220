/** What `inspect` says: the form of its JSON, published as `docs/schemas/inspect.schema.json`. */
import { z } from "zod";
import { open } from "../../core/work/schema.ts";
import { BODY_PARTS } from "../../body/parts.ts";
import { overviewSchema } from "../overview.ts";
import type { Fault } from "./fault.ts";

export const INSPECT_SCHEMA = "scan2score/inspect-1";

const VERDICTS = ["good", "warning", "bad"] as const;
const FIT_VERDICTS = [...VERDICTS, "unchecked", "missing"] as const;
const axis = z.enum(["+x", "-x", "+y", "-y", "+z", "-z"]);

const part = open({
  points: z.int().positive().describe("Points of the scan that are nearest to this part"),
  medianM: z.number().describe("Their distance to the body"),
  p95M: z.number(),
  outsideShare: z.number().describe("Share of the part's surface outside of the scan"),
});

const fault = open({
  code: z.string().describe("Stable: fit-scale, unit, up-axis, texture-missing, …"),
  severity: z.enum(["warning", "bad"]),
  text: z.string().describe("What is wrong, with its likely cause"),
  ratio: z.number().optional().describe(
    "The number behind it: times too small, metres off, degrees, unit found over unit declared",
  ),
  hint: z.string().optional().describe("What to do about it"),
});

const fit = open({
  misfit: z.number().describe("0 to 1: clothed people with their true bodies have 0.02 to 0.13"),
  medianM: z.number().describe("Distance from the scan's outside to the body"),
  p95M: z.number(),
  outsideShare: z.number().describe("Share of the body's surface outside of the scan"),
  outsideDepthM: z.number().describe("Mean distance of that share from the scan"),
  statureM: z.number().describe("Height of the fitted body, standing straight"),
  parts: z.partialRecord(z.enum(BODY_PARTS), part),
  outsideByPart: z.record(z.enum(BODY_PARTS), z.number()).describe(
    "Share of each part's surface outside of the scan",
  ),
});

const subject = open({
  id: z.string(),
  verdict: z.enum(VERDICTS).describe("As bad as the worst fault"),
  faults: z.array(fault),
  missing: z.array(z.string()).describe("Of texture, fit, body model, keypoints"),
  fitVerdict: z.enum(FIT_VERDICTS).describe("As bad as the worst fault of the fit"),
  notes: z.array(z.string()).describe("Facts about the files that are no faults"),
  unit: z.enum(["m", "cm", "mm"]).nullable().describe(
    "Unit of the scan's file by its size; null: none makes a person of it",
  ),
  unitSource: z.enum(["declared", "option", "guess", "size"]),
  metresPerUnit: z.number().nullable().describe("Of the scan's file; by the fit where no unit is"),
  heightM: z.number().nullable().describe("Of the scan as it stands, along the person's up axis"),
  up: axis.nullable().describe("Axis of the file nearest to the person's up"),
  facing: axis.nullable().describe("Axis of the file nearest to where the chest points"),
  headingDeg: z.number().nullable().describe("Of the chest about +y: 0 is +z, 90 is +x"),
  axesSource: z.enum(["fit", "pictures", "none"]),
  vertices: z.int().nullable(),
  triangles: z.int().nullable(),
  fit: fit.nullable(),
});

/** How long rendering will take and how much it will write. */
export const estimateSchema = open({
  views: z.int().describe("Views of the whole"),
  size: z.int().positive().describe("Pixels a side"),
  secondsPerView: z.number().describe("Of one view of the subjects tried"),
  bytesPerView: z.number(),
  secondsPerSubject: z.number().describe("Loading and preparing a subject"),
  workers: z.int().positive(),
  seconds: z.number().describe("Of the whole with so many workers; measured, so it varies"),
  bytes: z.number(),
  tried: z.array(z.string()).describe("Ids of the subjects tried"),
});

/** `inspect --json`. */
export const inspectSchema = open({
  schema: z.literal(INSPECT_SCHEMA),
  dataset: open({ name: z.string(), format: z.string(), evidence: z.string() }),
  summary: open({
    good: z.int(),
    warning: z.int(),
    bad: z.int(),
    fits: z.record(z.enum(FIT_VERDICTS), z.int()).describe("Subjects by verdict on their fit"),
    faults: z.record(z.string(), z.int()).describe("Subjects by code of their faults"),
  }),
  overview: overviewSchema,
  estimate: estimateSchema.nullable().describe("Null where it was not asked for or nothing drew"),
  subjects: z.array(subject),
});

/** The whole report. */
export type InspectReport = z.infer<typeof inspectSchema>;

/** What is said of one subject. */
export type SubjectReport = z.infer<typeof subject>;

/** See {@linkcode estimateSchema}. */
export type RenderEstimate = z.infer<typeof estimateSchema>;

/** What is said of a subject's fit. */
export type FitVerdict = SubjectReport["fitVerdict"];

const OF_FIT = /^(?:fit-|left-right-swapped$|hands-convention$)/;

/** The verdict on a fit by the subject's faults; `checked`: a body was laid on the scan. */
export function fitVerdictOf(
  faults: readonly Pick<Fault, "code" | "severity">[],
  { checked }: { checked: boolean },
): FitVerdict {
  if (faults.some(({ code }) => code === "fit-missing")) return "missing";
  if (!checked) return "unchecked";
  const ofFit = faults.filter(({ code }) => OF_FIT.test(code));
  if (ofFit.some(({ severity }) => severity === "bad")) return "bad";
  return ofFit.length > 0 ? "warning" : "good";
}

/** Counts verdicts and faults. */
export function summaryOf(reports: readonly SubjectReport[]): InspectReport["summary"] {
  const verdict = (wanted: string) => reports.filter((one) => one.verdict === wanted).length;
  const faults: { [code: string]: number } = {};
  for (const report of reports) {
    for (const code of new Set(report.faults.map((fault) => fault.code))) {
      faults[code] = (faults[code] ?? 0) + 1;
    }
  }
  const fits = Object.fromEntries(
    FIT_VERDICTS.map((
      wanted,
    ) => [wanted, reports.filter(({ fitVerdict }) => fitVerdict === wanted).length]),
  ) as InspectReport["summary"]["fits"];
  return {
    good: verdict("good"),
    warning: verdict("warning"),
    bad: verdict("bad"),
    fits,
    faults,
  };
}
