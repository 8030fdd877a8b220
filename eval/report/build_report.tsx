/** The report: a leaderboard and what is behind it as one page that opens from disk. */
import { runJobs } from "../../core/work/pool.ts";
import type { Board, Leaderboard } from "../leaderboard.ts";
import { mergeResults } from "../merge_results.ts";
import { Page } from "./components/page.tsx";
import { pageShell } from "./page_shell.tsx";
import type { PictureOptions } from "./pictures.ts";
import {
  reportData,
  startBoard,
  type SubjectKey,
  subjectKeys,
  type SubjectPictures,
} from "./report_data.ts";
import { type Locate, type PlacedResults, planSubject } from "./subject_plan.ts";
import type { SubjectJob } from "./subject_task.ts";

/** What a report is made from. */
export interface ReportInput {
  leaderboard: Leaderboard;
  /** The results that the leaderboard was built from, in the same order, and where they stand. */
  results: readonly PlacedResults[];
}

/** How a report is made. */
export interface ReportOptions {
  /** Heading; default: the data set's name. */
  title?: string | undefined;
  /** The line that makes the results again. */
  command?: string | undefined;
  /** Distance at the end of the colours, millimetres; default: {@linkcode errorRangeMm}. */
  maxMm?: number | undefined;
  pictures?: Omit<PictureOptions, "maxMm"> | undefined;
  /** Where files are that are not where the results say. */
  locate?: Locate | undefined;
  /** Threads that draw; 0, the default, draws in this one. The page is the same. */
  workers?: number | undefined;
  /** Told after each subject was drawn. */
  onSubject?: ((done: number, all: number) => void) | undefined;
}

/** The page, and the leaderboard it was made from. */
export interface Report {
  /** The whole file: nothing beside it is needed. */
  html: string;
  leaderboard: Leaderboard;
  /** Subjects that could not be drawn, and why; the page says the same. */
  notes: string[];
}

/**
 * Builds the page. The same input gives the same bytes.
 *
 * @throws {InputError} If the results cannot share a page (see `buildLeaderboard`).
 */
export async function buildReport(
  input: ReportInput,
  options: ReportOptions = {},
): Promise<Report> {
  const { leaderboard, results: placed } = input;
  const results = placed.map(({ results }) => results);
  const { board } = startBoard(leaderboard.boards.map((board) => ({ board })));
  const heat = { maxMm: options.maxMm ?? errorRangeMm(board), alignment: board.alignment };
  const keys = subjectKeys(mergeResults(results));
  const { pictures, notes } = await drawAll(keys, { placed, board, maxMm: heat.maxMm, options });
  const model = reportData(leaderboard, {
    results,
    heat,
    title: options.title,
    command: options.command,
    pictures: (key) => pictures.get(nameOf(key)) ?? { scan: {}, methods: {} },
  });
  const html = pageShell(`${model.title} · scan2score`, <Page model={model} />);
  return { html, leaderboard, notes };
}

/**
 * A round end for the error colours: at least 1½ times the mean distance from the worst prediction to the
 * scan, so that the best methods keep contrast and the worst ones show where they are worst.
 */
export function errorRangeMm(board: Board): number {
  const means = board.entries.map((entry) => entry.scores.p2s_cm?.mean ?? 0);
  const wanted = 1.5 * 10 * Math.max(...means, 0);
  const ends = [1, 2, 5, 10, 20, 30, 50, 100, 200];
  return ends.find((end) => end >= wanted) ?? 500;
}

async function drawAll(
  keys: readonly SubjectKey[],
  context: {
    placed: readonly PlacedResults[];
    board: Board;
    maxMm: number;
    options: ReportOptions;
  },
): Promise<{ pictures: Map<string, SubjectPictures>; notes: string[] }> {
  const { placed, board, maxMm, options } = context;
  const { protocol, alignment } = board;
  const jobs = keys.flatMap((key) => {
    const plan = planSubject(placed, { key, protocol, alignment, locate: options.locate });
    const payload = { plan: plan!, options: { ...options.pictures, maxMm } } satisfies SubjectJob;
    const scratch = () => Promise.resolve(""); // nothing is written
    return plan === undefined ? [] : [{ key, group: nameOf(key), payload, scratch }];
  });
  const pictures = new Map<string, SubjectPictures>();
  const notes = new Map<string, string>();
  let done = 0;
  await runJobs(new URL("./subject_task.ts", import.meta.url), jobs, (i, result) => {
    const name = jobs[i].group;
    if (result.ok) {
      pictures.set(name, result.outcome.result as unknown as SubjectPictures);
    } else {
      pictures.set(name, { scan: { note: `No pictures: ${result.reason}` }, methods: {} });
      notes.set(name, `${jobs[i].key.subject}: ${result.reason}`);
    }
    options.onSubject?.(++done, jobs.length);
    return Promise.resolve();
  }, { workers: options.workers ?? 0 });
  return { pictures, notes: jobs.flatMap(({ group }) => notes.get(group) ?? []) };
}

function nameOf({ dataset, subject }: SubjectKey): string {
  return JSON.stringify([dataset, subject]);
}
