/** The report: a leaderboard and what is behind it as one page that opens from disk. */
import type { MemoryLimit } from "../../core/work/memory.ts";
import { type Job, runJobs } from "../../core/work/pool.ts";
import type { Board, Leaderboard } from "../leaderboard.ts";
import type { LeaderboardChanges } from "../leaderboard_changes.ts";
import { mergeResults } from "../merge_results.ts";
import { hasAnything, pageData, subjectData } from "./client_data.ts";
import { Page } from "./components/page.tsx";
import { type EmbedScans, mayEmbed } from "./embed_scans.ts";
import { chooseSubjects, MOST_SUBJECTS } from "./choose_subjects.ts";
import { pageShell } from "./page_shell.tsx";
import {
  nameOf,
  reportData,
  type ReportModel,
  startBoard,
  type SubjectKey,
  subjectKeys,
  type SubjectModel,
} from "./report_data.ts";
import { type AssetOptions, NO_ASSETS, type SubjectAssets } from "./subject_assets.ts";
import { type Locate, type PlacedResults, planSubject, workOf } from "./subject_plan.ts";
import type { SubjectJob } from "./subject_task.ts";
import { readTimings } from "./timings.ts";
import type { Verified } from "./verified.ts";

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
  pictures?: Omit<AssetOptions, "maxMm" | "embedScan" | "meshBytes" | "only"> | undefined;
  /** Largest mesh in the page, bytes; 0: none. Default: 60,000. */
  meshBytes?: number | undefined;
  /** Whose scans' shapes are copied into the page. Default: `open`. */
  embedScans?: EmbedScans | undefined;
  /** The most subjects with a card: see {@linkcode chooseSubjects}. Default: {@linkcode MOST_SUBJECTS}. */
  mostSubjects?: number | undefined;
  /** Where files are that are not where the results say. */
  locate?: Locate | undefined;
  /** Threads that draw; 0, the default, draws in this one. The page is the same. */
  workers?: number | undefined;
  /** What the process may use: fewer threads, and subjects that do not fit have no pictures. */
  memory?: MemoryLimit | undefined;
  /** Told after each subject was drawn. */
  onSubject?: ((done: number, all: number) => void) | undefined;
  /**
   * Whether the page shows what `timing.json` says: seconds, memory, machine. Default: true. These
   * differ from run to run, so a page that must have the same bytes leaves them out.
   */
  timings?: boolean | undefined;
  /** What a verification said of the results. */
  verified?: Verified | undefined;
  /** What moved since another leaderboard, and what that one is called. */
  changes?: { since: LeaderboardChanges; than: string } | undefined;
  /** Subjects stand in files of their own: the file of one, by its id on the page. */
  link?: ((id: string) => string) | undefined;
}

/** The page, and the leaderboard it was made from. */
export interface Report {
  /** The whole file: nothing beside it is needed. */
  html: string;
  leaderboard: Leaderboard;
  /** What is shown, for pages of single subjects. */
  model: ReportModel;
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
  const pool = mergeResults(results);
  const heat = heatOf(leaderboard, options.maxMm);
  const keys = chooseSubjects(subjectKeys(pool), {
    pool,
    leaderboard,
    most: options.mostSubjects ?? MOST_SUBJECTS,
  });
  const { assets, notes } = await makeAssets(keys, { placed, leaderboard, options });
  const timings = await readTimings(options.timings === false ? [] : placed, options.locate);
  const model = reportData(leaderboard, {
    results,
    keys,
    heat,
    title: options.title,
    command: options.command,
    assets: (key) => assets.get(nameOf(key)),
    timing: timings.of,
    environments: timings.environments,
    verified: options.verified,
    link: options.link,
  });
  const shown = options.link === undefined ? model.subjects.filter(hasAnything) : [];
  const data = new Map<string, unknown>([
    ["page-data", pageData(model, pool)],
    ...shown.map((subject) => [`subject-${subject.id}`, subjectData(subject)] as const),
  ]);
  const html = await pageShell({
    title: `${model.title} · scan2score`,
    body: <Page model={model} changes={options.changes} />,
    data,
    viewer: shown.some(hasMesh),
  });
  return { html, leaderboard, model, notes };
}

/** The colours of the error pictures: their range and the alignment they show. */
export function heatOf(
  leaderboard: Leaderboard,
  maxMm: number | undefined,
): { maxMm: number; alignment: string } {
  const { board } = startBoard(leaderboard.boards.map((board) => ({ board })));
  return { maxMm: maxMm ?? errorRangeMm(board), alignment: board.alignment };
}

function hasMesh({ assets: { models } }: SubjectModel): boolean {
  return models.scan !== undefined || Object.keys(models.methods).length > 0;
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

/** Makes the assets of all subjects, each in a job. */
async function makeAssets(
  keys: readonly SubjectKey[],
  { placed, leaderboard, options }: {
    placed: readonly PlacedResults[];
    leaderboard: Leaderboard;
    options: ReportOptions;
  },
): Promise<{ assets: Map<string, SubjectAssets>; notes: string[] }> {
  const jobs: (Job<SubjectJob> & { key: SubjectKey })[] = [];
  for (const key of keys) {
    const payload = await subjectJob(key, { placed, leaderboard, options });
    if (payload === undefined) continue;
    // Nothing is written, so there is no scratch folder.
    jobs.push({
      key,
      group: nameOf(key),
      payload,
      ...workOf(payload.plan),
      scratch: () => Promise.resolve(""),
    });
  }
  const assets = new Map<string, SubjectAssets>();
  const notes = new Map<string, string[]>();
  let done = 0;
  await runJobs(new URL("./subject_task.ts", import.meta.url), jobs, (i, result) => {
    const { group: name, key } = jobs[i];
    if (result.ok) {
      const made = result.outcome.result as unknown as SubjectAssets;
      assets.set(name, made);
      notes.set(name, made.notes.map((note) => `${key.subject}: ${note}`));
    } else {
      const scan = { note: `No pictures: ${result.reason}` };
      assets.set(name, { ...NO_ASSETS, pictures: { scan, methods: {} } });
      notes.set(name, [`${key.subject}: ${result.reason}`]);
    }
    options.onSubject?.(++done, jobs.length);
    return Promise.resolve();
  }, { workers: options.workers ?? 0, memory: options.memory });
  return { assets, notes: jobs.flatMap(({ group }) => notes.get(group) ?? []) };
}

/** What a worker needs to show a subject; undefined where no results file has a folder. */
export async function subjectJob(
  key: SubjectKey,
  { placed, leaderboard, options }: {
    placed: readonly PlacedResults[];
    leaderboard: Leaderboard;
    options: ReportOptions & Pick<AssetOptions, "only">;
  },
): Promise<SubjectJob | undefined> {
  const { board } = startBoard(leaderboard.boards.map((board) => ({ board })));
  const { protocol, alignment } = board;
  const plan = planSubject(placed, { key, protocol, alignment, locate: options.locate });
  if (plan === undefined) return undefined;
  return {
    plan,
    options: {
      ...options.pictures,
      maxMm: heatOf(leaderboard, options.maxMm).maxMm,
      ...(options.only === undefined ? {} : { only: options.only }),
      ...(options.meshBytes === undefined ? {} : { meshBytes: options.meshBytes }),
      embedScan: await mayEmbed(plan, options.embedScans ?? "open"),
    },
  };
}
