/** Reads results files, writes leaderboard.json and report.html. */
import { basename, dirname, join } from "../core/work/path.ts";
import { hashFile } from "../core/work/hash.ts";
import { portablePath } from "../core/work/paths.ts";
import { type Progress, SILENT } from "../core/work/progress.ts";
import { writeWhole } from "../core/work/scratch.ts";
import { readJson } from "../core/work/schema.ts";
import { buildLeaderboard, type Leaderboard, leaderboardJson } from "./leaderboard.ts";
import { buildReport } from "./report/mod.ts";
import type { Locate } from "./report/mod.ts";
import { type Results, resultsSchema } from "./results.ts";

/** How the report is made. */
export interface WriteReportOptions {
  title?: string | undefined;
  /** The line that makes it again. */
  command?: string | undefined;
  workers?: number;
  progress?: Progress;
  locate?: Locate | undefined;
}

/**
 * Writes `leaderboard.json` and `report.html` into `out`.
 *
 * @param files Results files.
 * @throws {InputError} If a file is no results file, or the files cannot share a leaderboard.
 */
export async function writeReport(
  out: string,
  files: readonly string[],
  { title, command, workers = 0, progress = SILENT, locate }: WriteReportOptions = {},
): Promise<{ leaderboard: Leaderboard; notes: string[] }> {
  const placed = await Promise.all(files.map(async (file) => ({
    results: await readResults(file),
    folder: dirname(file),
  })));
  const sources = await Promise.all(files.map(async (file) => ({
    path: portablePath(file, out),
    ...await hashFile(file),
  })));
  const leaderboard = buildLeaderboard(placed.map(({ results }) => results), { sources });
  const subjects = new Set(placed.flatMap(({ results }) => results.rows.map((row) => row.subject)));
  progress.start({ title: "report", total: subjects.size, done: 0 });
  let last = performance.now();
  const { html, notes } = await buildReport({ leaderboard, results: placed }, {
    title,
    command,
    workers,
    locate,
    onSubject(done) {
      const seconds = (performance.now() - last) / 1000;
      last = performance.now();
      progress.item({ id: `subject ${done}`, status: "done", seconds });
    },
  });
  progress.end();
  await writeWhole(join(out, "leaderboard.json"), leaderboardJson(leaderboard));
  await writeWhole(join(out, "report.html"), html);
  return { leaderboard, notes };
}

/**
 * Reads a results file.
 *
 * @throws {InputError} If it is not one.
 */
export async function readResults(file: string): Promise<Results> {
  return await readJson(resultsSchema, file, { what: basename(file) });
}
