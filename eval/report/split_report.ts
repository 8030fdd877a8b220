/** A report as a folder: one page with the tables, one with more detail for each subject. */
import { type Job, runJobs } from "../../core/work/pool.ts";
import { mergeResults } from "../merge_results.ts";
import {
  buildReport,
  type Report,
  type ReportInput,
  type ReportOptions,
  subjectJob,
} from "./build_report.tsx";
import type { SubjectModel } from "./report_data.ts";
import { workOf } from "./subject_plan.ts";
import type { SubjectJob } from "./subject_task.ts";
import type { SubjectAssets } from "./subject_assets.ts";
import { subjectPage } from "./subject_page.tsx";

/** Pictures and meshes of the pages of single subjects. */
export const SPLIT_DEFAULTS = Object.freeze({
  heightPx: 2048,
  supersample: 1,
  meshBytes: 350_000,
});

/** Pictures of the main page: small, they only lead to the others. */
const THUMBNAILS = { heightPx: 256, maps: "few", quality: 72 } as const;

/** Takes a file of the folder. */
export type TakeFile = (path: string, html: string) => Promise<void>;

/**
 * Builds the folder's files and hands them on one by one: `report.html` first, then
 * `subjects/<id>.html`, so that no more than one subject is held at a time.
 *
 * @throws {InputError} As `buildReport`.
 */
export async function splitReport(
  input: ReportInput,
  options: ReportOptions,
  take: TakeFile,
): Promise<Report> {
  const { leaderboard, results: placed } = input;
  const link = (id: string) => `subjects/${id}.html`;
  const report = await buildReport(input, {
    ...options,
    pictures: THUMBNAILS,
    meshBytes: 0,
    onSubject: undefined,
    link,
  });
  await take("report.html", report.html);
  const { model } = report, notes = [...report.notes];
  const pool = mergeResults(placed.map(({ results }) => results));
  const { heightPx, supersample, meshBytes } = SPLIT_DEFAULTS;
  const large = {
    ...options,
    pictures: { heightPx, supersample, ...options.pictures },
    meshBytes: options.meshBytes ?? meshBytes,
  };
  const jobs: (Job<SubjectJob> & { subject: SubjectModel })[] = [];
  for (const subject of model.subjects) {
    const payload = await subjectJob(subject, { placed, leaderboard, options: large });
    if (payload === undefined) continue;
    jobs.push({
      group: subject.id,
      payload,
      subject,
      ...workOf(payload.plan),
      scratch: () => Promise.resolve(""),
    });
  }
  let done = 0;
  const written = new Set<string>();
  await runJobs(new URL("./subject_task.ts", import.meta.url), jobs, async (i, result) => {
    const { subject } = jobs[i];
    options.onSubject?.(++done, jobs.length);
    // What could not be drawn is on the main page, and among its notes.
    if (!result.ok) return;
    const assets = result.outcome.result as unknown as SubjectAssets;
    written.add(subject.id);
    await take(
      link(subject.id),
      await subjectPage(model, { ...subject, assets }, { pool, back: "../report.html" }),
    );
  }, { workers: options.workers ?? 0, memory: options.memory });
  for (const subject of model.subjects) {
    if (written.has(subject.id)) continue;
    await take(
      link(subject.id),
      await subjectPage(model, subject, { pool, back: "../report.html" }),
    );
  }
  return { ...report, notes };
}
