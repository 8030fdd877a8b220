/** Examines all subjects of a data set, one core a subject. */
import { type JobResult, runJobs } from "../../core/work/pool.ts";
import { CancelledError, InputError } from "../../core/work/errors.ts";
import type { MemoryLimit } from "../../core/work/memory.ts";
import { join } from "../../core/work/path.ts";
import { type Progress, SILENT } from "../../core/work/progress.ts";
import { entryName } from "../../core/work/scratch.ts";
import type { Fault, FaultCode } from "../../datasets/check/fault.ts";
import {
  fitVerdictOf,
  INSPECT_SCHEMA,
  type InspectReport,
  type SubjectReport,
  summaryOf,
} from "../../datasets/check/report.ts";
import { scanPlace } from "../../datasets/load.ts";
import { overviewOf } from "../../datasets/overview.ts";
import { estimateRender } from "../../render/estimate.ts";
import type { ViewAngles } from "../../render/view_names.ts";
import type { Dataset } from "../../datasets/subject.ts";
import { type InspectPayload, PICTURE_NAME } from "./inspect_task.ts";

/** How a data set is examined. */
export interface InspectOptions {
  bodyFile?: string | undefined;
  /** Whether pictures are wanted, for a contact sheet. Default: no. */
  pictures?: "yes" | "no";
  /** What rendering is estimated for. Absent: no estimate is made. */
  estimate?: { size: number; views: readonly ViewAngles[] } | undefined;
  /** Threads. Default: 1. */
  workers?: number;
  /** What the process may use; a subject that does not fit is a failed row. */
  memory?: MemoryLimit | undefined;
  progress?: Progress;
  signal?: AbortSignal | undefined;
}

/** What was found. */
export interface Inspection {
  report: InspectReport;
  /** WebP pictures by subject. */
  pictures: Map<string, Uint8Array>;
}

/**
 * Examines every subject, those that could not be opened included; sorted by id.
 *
 * @throws {CancelledError} If the signal fired.
 */
export async function inspectDataset(
  dataset: Dataset,
  options: InspectOptions = {},
): Promise<Inspection> {
  const { bodyFile, workers = 1, memory, progress = SILENT, signal } = options;
  const { subjects } = dataset, picture = options.pictures === "yes";
  const reports: SubjectReport[] = dataset.broken.map(brokenReport);
  const pictures = new Map<string, Uint8Array>();
  const folder = await Deno.makeTempDir({ prefix: "scan2score-inspect-" });
  const roomOf = (id: string) => join(folder, entryName(id));
  const finished = async (index: number, result: JobResult) => {
    const { id } = subjects[index], { seconds } = result;
    reports.push(result.ok ? result.outcome.result as never : failedReport(id, result.reason));
    const drawn = await Deno.readFile(join(roomOf(id), PICTURE_NAME)).catch(() => undefined);
    if (drawn !== undefined) pictures.set(id, drawn);
    await Deno.remove(roomOf(id), { recursive: true });
    progress.item(
      result.ok
        ? { id, status: "done", seconds }
        : { id, status: "failed", seconds, reason: result.reason },
    );
  };
  progress.start({ title: "inspect", total: subjects.length, done: 0 });
  try {
    const jobs = subjects.map((subject) => ({
      group: subject.id,
      payload: { subject, bodyFile, picture } satisfies InspectPayload,
      holds: { use: "inspect", meshes: [[scanPlace(subject)]] } as const,
      scratch: async () => {
        await Deno.mkdir(roomOf(subject.id));
        return roomOf(subject.id);
      },
    }));
    const threads = subjects.length > 1 && workers > 1 ? workers : 0;
    const module = new URL("./inspect_task.ts", import.meta.url);
    await runJobs(module, jobs, finished, { workers: threads, memory, signal });
  } finally {
    progress.end();
    await Deno.remove(folder, { recursive: true });
  }
  if (signal?.aborted) throw new CancelledError();
  reports.sort((a, b) => a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
  const estimate = await estimateOf(dataset, options);
  const { name, format, evidence } = dataset;
  return {
    report: {
      schema: INSPECT_SCHEMA,
      dataset: { name, format, evidence },
      summary: summaryOf(reports),
      overview: await overviewOf(dataset),
      estimate,
      subjects: reports.map((report) => portable(report, dataset.folder)),
    },
    pictures,
  };
}

/** What rendering will take; null where nothing can be drawn. */
async function estimateOf(
  { subjects }: Dataset,
  { estimate, bodyFile, workers = 1, memory }: InspectOptions,
): Promise<InspectReport["estimate"]> {
  if (estimate === undefined || subjects.length === 0) return null;
  const { size, views } = estimate;
  try {
    const found = await estimateRender({ subjects, views, bodyFile, options: { size } }, {
      workers,
      memory,
    });
    return found.bytes > 0 ? found : null;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return null; // a scan that cannot even be hashed: its faults say so
  }
}

/** Without the folder that the data set happens to be in: reports are passed on. */
function portable(report: SubjectReport, folder: string): SubjectReport {
  const short = (text: string) => text.replaceAll(`${folder}/`, "");
  return {
    ...report,
    faults: report.faults.map((fault) => ({ ...fault, text: short(fault.text) })),
    notes: report.notes.map(short),
  };
}

function brokenReport({ id, code, text, hint }: Dataset["broken"][number]): SubjectReport {
  const severity = code === "fit-missing" ? "warning" : "bad";
  return unread(id, { code, severity, text, ...(hint === undefined ? {} : { hint }) });
}

function failedReport(id: string, reason: string): SubjectReport {
  const code: FaultCode = "check-failed";
  return unread(id, { code, severity: "bad", text: `the scan could not be examined: ${reason}` });
}

function unread(id: string, fault: Fault): SubjectReport {
  return {
    id,
    verdict: fault.severity,
    faults: [fault],
    missing: [],
    fitVerdict: fitVerdictOf([fault], { checked: false }),
    notes: [],
    unit: null,
    unitSource: "guess",
    metresPerUnit: null,
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
