/** Everything the page shows, as plain data: made from results and leaderboard, drawn by components. */
import type { FileRecord } from "../../core/work/hash.ts";
import type { Board, Leaderboard } from "../leaderboard.ts";
import { mergeResults, type PooledRow, type ResultsPool } from "../merge_results.ts";
import { compareText, type ProtocolRecord, type Results, type Scores } from "../results.ts";
import { type Cell, gatherSubjects } from "../subject_table.ts";
import { NO_ASSETS, type SubjectAssets } from "./subject_assets.ts";
import type { Timing } from "./timings.ts";
import type { Verified } from "./verified.ts";

/** A picture inside the page. */
export interface Picture {
  /** A `data:` URL. */
  src: string;
  width: number;
  height: number;
}

/** What is drawn of one method on one subject; absent where it could not be. */
export interface MethodPictures {
  normal?: Picture;
  normalBack?: Picture;
  /** Distances to the scan. */
  error?: Picture;
  errorBack?: Picture;
  depth?: Picture;
  depthBack?: Picture;
  /** Angles between normals. */
  angle?: Picture;
  angleBack?: Picture;
  /** Differences of depths. */
  depthError?: Picture;
  depthErrorBack?: Picture;
  /** Why pictures are missing. */
  note?: string;
}

/** What is drawn of one subject. */
export interface SubjectPictures {
  input?: Picture;
  scan: MethodPictures;
  /** By the method's name on the boards. */
  methods: Readonly<Record<string, MethodPictures>>;
}

/** Which picture of which subject. */
export interface SubjectKey {
  dataset: string;
  subject: string;
  /** The view that is shown; absent where methods made one mesh a subject. */
  view?: string;
}

/** One board with what the page adds to it. */
export interface BoardModel {
  /** Names it in the page's own markup. */
  id: string;
  board: Board;
  protocol: ProtocolRecord;
  /** By method: the rank key's value of every completed subject, in the board's order. */
  spread: Readonly<Record<string, readonly number[]>>;
}

/** One method's scores on one subject, on one board. */
export interface SubjectResult {
  method: string;
  usesTruth: boolean;
  state: Cell["state"];
  scores: Scores;
  reasons: readonly string[];
  warnings: readonly string[];
}

/** One subject. */
export interface SubjectModel extends SubjectKey {
  /** Names it in links: `#s-3`. */
  id: string;
  views: readonly string[];
  /** By board id. */
  results: Readonly<Record<string, readonly SubjectResult[]>>;
  assets: SubjectAssets;
  /** Seconds and memory of inference, by method. */
  timings: Readonly<Record<string, Timing>>;
  /** The file that shows it, where that is another one. */
  link?: string | undefined;
}

/** Where the numbers come from. */
export interface ProvenanceModel {
  command?: string;
  verified?: Verified | undefined;
  /** What methods ran on, by name. */
  environments: ReadonlyMap<string, string>;
  /** Warnings of all rows: the text and how often. */
  warnings: readonly (readonly [text: string, times: number])[];
  sources: readonly Omit<FileRecord, "role">[];
  datasets: readonly { name: string; suites: readonly string[]; inputs: Results["inputs"] }[];
}

/** The whole page. */
export interface ReportModel {
  title: string;
  leaderboard: Leaderboard;
  boards: readonly BoardModel[];
  /** The board that is shown first: the one that ranks. */
  start: BoardModel;
  subjects: readonly SubjectModel[];
  /** How many subjects were scored: more than `subjects` where the page shows some of them. */
  scored: number;
  heat: { maxMm: number; alignment: string };
  provenance: ProvenanceModel;
  /** Subjects are asked for when they are opened: a served page. */
  onDemand: boolean;
}

/** What the page is assembled from, beside the leaderboard. */
export interface ReportDataOptions {
  results: readonly Results[];
  /** The subjects that are shown. Default: all. */
  keys?: readonly (SubjectKey & { views: string[] })[] | undefined;
  /** What is shown of a subject. */
  assets?: ((key: SubjectKey) => SubjectAssets | undefined) | undefined;
  /** What a method took for a subject. */
  timing?: ((method: string, key: SubjectKey) => Timing | undefined) | undefined;
  heat: { maxMm: number; alignment: string };
  title?: string | undefined;
  command?: string | undefined;
  /** The file of a subject, by its id on the page. */
  link?: ((id: string) => string) | undefined;
  verified?: Verified | undefined;
  environments?: ReadonlyMap<string, string> | undefined;
  onDemand?: boolean | undefined;
}

/** An entry of a record; nothing for names that every object has, as `__proto__`. */
export function entryOf<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/** Assembles the page's data. */
export function reportData(leaderboard: Leaderboard, options: ReportDataOptions): ReportModel {
  const { results, heat, command } = options;
  const pool = mergeResults(results);
  const boards = leaderboard.boards.map((board, i): BoardModel => {
    const cells = gatherSubjects(rowsOf(pool, board), board.alignment).cells;
    const spread = Object.fromEntries(
      Array.from(cells, ([method, own]) => [
        method,
        own.map((cell) => cell.scores[board.rankKey] ?? null).filter((value) => value !== null),
      ]),
    );
    const protocol = leaderboard.protocols.find((protocol) => protocol.id === board.protocol)!;
    return { id: `b-${i}`, board, protocol, spread };
  });
  const start = startBoard(boards);
  const all = subjectKeys(pool), rows = rowsBySubject(pool);
  const subjects = (options.keys ?? all).map(({ views, ...key }, i): SubjectModel => ({
    ...key,
    id: `s-${i}`,
    link: options.link?.(`s-${i}`),
    views,
    results: Object.fromEntries(
      boards.filter(({ board }) => board.dataset === key.dataset)
        .map(({ id, board }) => [id, resultsOf(rows.get(nameOf(key))!, { board, order: start })]),
    ),
    assets: options.assets?.(key) ?? NO_ASSETS,
    timings: Object.fromEntries(
      pool.methods.flatMap(({ name }) => {
        const timing = options.timing?.(name, key);
        return timing === undefined ? [] : [[name, timing]];
      }),
    ),
  }));
  return {
    title: options.title ?? defaultTitle(leaderboard),
    leaderboard,
    boards,
    start,
    subjects,
    scored: all.length,
    heat,
    onDemand: options.onDemand ?? false,
    provenance: {
      ...(command === undefined ? {} : { command }),
      verified: options.verified,
      environments: options.environments ?? new Map(),
      warnings: warningCounts(pool),
      sources: leaderboard.sources,
      datasets: pool.datasets.map((name) => {
        const files = results.filter((file) => file.dataset.name === name);
        return {
          name,
          suites: [...new Set(files.map((file) => file.suite))],
          inputs: uniqueInputs(files.flatMap((file) => file.inputs)),
        };
      }),
    },
  };
}

/** The board to show first: the first protocol's ranking board, else the first board. */
export function startBoard<B extends { board: Board }>(boards: readonly B[]): B {
  const first = boards[0];
  return boards.find(({ board }) => board.ranking && board.protocol === first.board.protocol) ??
    first;
}

/**
 * Every subject that was scored, with the view that the page shows of it: yaw 0 where there is one,
 * else the first by name.
 */
export function subjectKeys(pool: ResultsPool): (SubjectKey & { views: string[] })[] {
  const keys = new Map<string, SubjectKey & { views: string[] }>();
  for (const row of pool.rows) {
    const name = nameOf(row);
    const key = keys.get(name) ?? { dataset: row.dataset, subject: row.subject, views: [] };
    keys.set(name, key);
    if (row.view !== undefined && !key.views.includes(row.view)) key.views.push(row.view);
  }
  const sorted = [...keys.values()].sort((a, b) =>
    pool.datasets.indexOf(a.dataset) - pool.datasets.indexOf(b.dataset) ||
    compareText(a.subject, b.subject)
  );
  return sorted.map((key) => {
    const views = key.views.toSorted(compareText);
    const view = views.includes("y000") ? "y000" : views[0];
    return { ...key, views, ...(view === undefined ? {} : { view }) };
  });
}

/** A name for maps: subjects of two data sets may share an id. */
export function nameOf({ dataset, subject }: Pick<SubjectKey, "dataset" | "subject">): string {
  return JSON.stringify([dataset, subject]);
}

function rowsBySubject({ rows }: ResultsPool): Map<string, PooledRow[]> {
  const found = new Map<string, PooledRow[]>();
  for (const row of rows) {
    const name = nameOf(row), own = found.get(name);
    if (own === undefined) found.set(name, [row]);
    else own.push(row);
  }
  return found;
}

/** What each method did on the subject whose rows these are. */
function resultsOf(
  subjectRows: readonly PooledRow[],
  options: { board: Board; order: BoardModel },
): SubjectResult[] {
  const { board, order } = options;
  const rows = subjectRows.filter(({ protocol }) => protocol === board.protocol);
  const { cells } = gatherSubjects(rows, board.alignment);
  const place = new Map(order.board.entries.map((entry, i) => [entry.method, i]));
  return board.entries.toSorted((a, b) =>
    (place.get(a.method) ?? Infinity) - (place.get(b.method) ?? Infinity)
  ).map(({ method, usesTruth }) => {
    const cell = cells.get(method)?.[0];
    const own = rows.filter((row) => row.method === method);
    return {
      method,
      usesTruth,
      state: cell?.state ?? "missing",
      scores: cell?.scores ?? {},
      reasons: byView(own, (row) => row.status === "failed" ? [row.reason ?? "failed"] : []),
      warnings: byView(own, (row) => row.warnings),
    };
  });
}

/** The most views that are named before a text that several share. */
const MOST_NAMED = 3;

/** Texts of a subject's rows, each once, after the views that have it. */
function byView(
  rows: readonly PooledRow[],
  textsOf: (row: PooledRow) => readonly string[],
): string[] {
  const viewsOf = new Map<string, string[]>();
  for (const row of rows) {
    for (const text of textsOf(row)) {
      const views = viewsOf.get(text) ?? [];
      viewsOf.set(text, views);
      if (row.view !== undefined) views.push(row.view);
    }
  }
  return Array.from(viewsOf, ([text, views]) => {
    if (views.length === 0 || rows.length === 1) return text;
    if (views.length <= MOST_NAMED) return `${views.join(", ")}: ${text}`;
    return `${views.slice(0, MOST_NAMED - 1).join(", ")} and ${
      views.length - MOST_NAMED + 1
    } more views: ${text}`;
  });
}

/** The rows of a board. */
export function rowsOf(pool: ResultsPool, board: Board): PooledRow[] {
  return pool.rows.filter((row) =>
    row.protocol === board.protocol && row.dataset === board.dataset
  );
}

/** How often each warning was given, most frequent first. Numbers in it do not make another one. */
function warningCounts(pool: ResultsPool): [text: string, times: number][] {
  const counts = new Map<string, { text: string; times: number }>();
  for (const text of pool.rows.flatMap(({ warnings }) => warnings)) {
    const kind = text.replaceAll(/\d+(\.\d+)?/g, "0");
    const known = counts.get(kind);
    if (known === undefined) counts.set(kind, { text, times: 1 });
    else known.times++;
  }
  return [...counts.values()].map(({ text, times }): [string, number] => [text, times])
    .sort((a, b) => b[1] - a[1] || compareText(a[0], b[0]));
}

function uniqueInputs(inputs: Results["inputs"]): Results["inputs"] {
  const unique = new Map(
    inputs.map((input) => [`${input.role}\n${input.path}\n${input.sha256}`, input]),
  );
  return [...unique.values()].sort((a, b) =>
    compareText(a.role, b.role) || compareText(a.path, b.path)
  );
}

function defaultTitle(leaderboard: Leaderboard): string {
  const datasets = [...new Set(leaderboard.boards.map((board) => board.dataset))];
  return `Leaderboard: ${datasets.length === 1 ? datasets[0] : `${datasets.length} data sets`}`;
}
