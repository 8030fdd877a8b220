/** Examines all subjects of a data set, one core a subject. */
import { type JobResult, runJobs } from "../../core/work/pool.ts";
import { CancelledError } from "../../core/work/errors.ts";
import { join } from "../../core/work/path.ts";
import { type Progress, SILENT } from "../../core/work/progress.ts";
import { entryName } from "../../core/work/scratch.ts";
import type { Fault, FaultCode } from "../../datasets/check/fault.ts";
import {
  INSPECT_SCHEMA,
  type InspectReport,
  type SubjectReport,
} from "../../datasets/check/report.ts";
import type { Dataset } from "../../datasets/subject.ts";
import { type InspectPayload, PICTURE_NAME } from "./inspect_task.ts";

/** How a data set is examined. */
export interface InspectOptions {
  bodyFile?: string | undefined;
  /** Whether pictures are wanted, for a contact sheet. Default: no. */
  pictures?: "yes" | "no";
  /** Threads. Default: 1. */
  workers?: number;
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
  const { bodyFile, workers = 1, progress = SILENT, signal } = options;
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
      scratch: async () => {
        await Deno.mkdir(roomOf(subject.id));
        return roomOf(subject.id);
      },
    }));
    const threads = subjects.length > 1 && workers > 1 ? workers : 0;
    const module = new URL("./inspect_task.ts", import.meta.url);
    await runJobs(module, jobs, finished, { workers: threads, signal });
  } finally {
    progress.end();
    await Deno.remove(folder, { recursive: true });
  }
  if (signal?.aborted) throw new CancelledError();
  reports.sort((a, b) => a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
  const count = (verdict: string) => reports.filter((r) => r.verdict === verdict).length;
  const { name, format, evidence } = dataset;
  return {
    report: {
      schema: INSPECT_SCHEMA,
      dataset: { name, format, evidence },
      summary: { good: count("good"), warning: count("warning"), bad: count("bad") },
      subjects: reports.map((report) => portable(report, dataset.folder)),
    },
    pictures,
  };
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
