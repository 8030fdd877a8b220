/** Reads results files, writes leaderboard.json and report.html. */
import { z } from "zod";
import { basename, dirname, join } from "../core/work/path.ts";
import { hashFile } from "../core/work/hash.ts";
import { portablePath } from "../core/work/paths.ts";
import { type Progress, SILENT } from "../core/work/progress.ts";
import { writeWhole } from "../core/work/scratch.ts";
import { readJsonList } from "../core/work/json_list.ts";
import { open, parseWith, readJson } from "../core/work/schema.ts";
import {
  buildLeaderboard,
  type Leaderboard,
  leaderboardJson,
  leaderboardSchema,
} from "./leaderboard.ts";
import { type LeaderboardChanges, leaderboardChanges } from "./leaderboard_changes.ts";
import { buildReport } from "./report/mod.ts";
import type { EmbedScans, Locate, ReportOptions } from "./report/mod.ts";
import { redactResults } from "./report/redaction.ts";
import { splitReport } from "./report/split_report.ts";
import { readVerified } from "./report/verified.ts";
import { checkResults, type ResultRow, type Results, resultsSchema } from "./results.ts";

/** How the report is made. */
export interface WriteReportOptions {
  title?: string | undefined;
  /** The line that makes it again. */
  command?: string | undefined;
  workers?: number;
  memory?: ReportOptions["memory"];
  progress?: Progress;
  locate?: Locate | undefined;
  /** A folder with one page a subject, larger meshes and 2K maps, instead of one file. */
  split?: boolean | undefined;
  /** The most subjects with a card in one file. Default: 500; a folder has a page for each. */
  mostSubjects?: number | undefined;
  /** Leaves out what tells who the subjects are: ids, pictures, meshes, files, reasons. */
  redact?: boolean | undefined;
  /** Whose scans' shapes are copied into the page. Default: those under an open licence. */
  embedScans?: EmbedScans | undefined;
  /** Whether measured seconds and memory are shown: see {@linkcode ReportOptions}. Default: true. */
  timings?: boolean | undefined;
  /** How pictures are made. */
  pictures?: ReportOptions["pictures"];
  /** An older leaderboard.json to compare with. */
  against?: string | undefined;
  /** What `verify --json` printed, saved to a file. */
  verified?: string | undefined;
}

/** What was written. */
export interface WrittenReport {
  leaderboard: Leaderboard;
  /** Subjects that could not be drawn, and why. */
  notes: string[];
  /** What moved since the older leaderboard. */
  changes?: LeaderboardChanges;
}

/**
 * Writes `leaderboard.json` and `report.html` into `out`, with `split` also `subjects/*.html`.
 *
 * @param files Results files.
 * @throws {InputError} If a file is no results file, or the files cannot share a leaderboard.
 */
export async function writeReport(
  out: string,
  files: readonly string[],
  options: WriteReportOptions = {},
): Promise<WrittenReport> {
  const { title, workers = 0, memory, progress = SILENT, locate, redact = false } = options;
  const read = await Promise.all(files.map(readResults));
  const shown = redact ? redactResults(read) : read;
  const placed = shown.map((results, i) => ({
    results,
    ...(redact ? {} : { folder: dirname(files[i]) }),
  }));
  const sources = await Promise.all(files.map(async (file) => ({
    path: redact ? basename(file) : portablePath(file, out),
    ...await hashFile(file),
  })));
  const leaderboard = buildLeaderboard(shown, { sources });
  const older = options.against;
  const changes = older === undefined
    ? undefined
    : leaderboardChanges(await readLeaderboard(older), leaderboard);
  const subjects = new Set(shown.flatMap(({ rows }) => rows.map((row) => row.subject)));
  progress.start({ title: "report", total: subjects.size, done: 0 });
  let last = performance.now();
  const reportOptions: ReportOptions = {
    title,
    command: redact ? undefined : options.command,
    workers,
    memory,
    mostSubjects: options.mostSubjects ?? (options.split ? Infinity : undefined),
    locate,
    embedScans: options.embedScans,
    pictures: options.pictures,
    timings: options.timings,
    ...(options.verified === undefined ? {} : { verified: await readVerified(options.verified) }),
    ...(changes === undefined ? {} : { changes: { since: changes, than: basename(older!) } }),
    onSubject(done) {
      const seconds = (performance.now() - last) / 1000;
      last = performance.now();
      progress.item({ id: `subject ${done}`, status: "done", seconds });
    },
  };
  const input = { leaderboard, results: placed };
  await writeWhole(join(out, "leaderboard.json"), leaderboardJson(leaderboard));
  let notes: string[];
  if (options.split) {
    const take = (path: string, html: string) => writeWhole(join(out, path), html);
    notes = (await splitReport(input, reportOptions, take)).notes;
  } else {
    const report = await buildReport(input, reportOptions);
    await writeWhole(join(out, "report.html"), report.html);
    notes = report.notes;
  }
  progress.end();
  return { leaderboard, notes, ...(changes === undefined ? {} : { changes }) };
}

/**
 * Reads a leaderboard.
 *
 * @throws {InputError} If it is not one.
 */
export async function readLeaderboard(file: string): Promise<Leaderboard> {
  return await readJson(leaderboardSchema, file, { what: basename(file) });
}

/**
 * Reads a results file.
 *
 * @throws {InputError} If it is not one.
 */
export async function readResults(file: string): Promise<Results> {
  const what = basename(file);
  const { size } = await Deno.stat(file).catch(() => ({ size: 0 })); // what is missing is told below
  if (size <= LONG_FILE_BYTES) return await readJson(resultsSchema, file, { what });
  return await readLongResults(file);
}

/** Files that are longer are read row by row: a text cannot hold twice as much. */
const LONG_FILE_BYTES = 1 << 28;

/**
 * Reads a results file row by row, in as little memory as its rows take.
 *
 * @throws {InputError} If it is not one.
 */
export async function readLongResults(file: string): Promise<Results> {
  const what = basename(file), rows: ResultRow[] = [];
  const take = (row: unknown) => void rows.push(row as ResultRow);
  const head = await readJsonList(file, "rows", { what, take });
  // The list was there, and once.
  parseWith(open({ rows: z.array(z.unknown()).max(0) }), head, { what, file });
  const results = { ...head as Results, rows };
  checkResults(results, { what, file });
  return results;
}
