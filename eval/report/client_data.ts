/** What the page's script gets: scores, and what is behind each subject. */
import { BODY_PARTS } from "../../body/parts.ts";
import { describeKey } from "../keys.ts";
import { entryOf, rowsOf } from "./report_data.ts";
import type { MethodPictures, ReportModel, SubjectModel } from "./report_data.ts";
import type { BoardData, KeyData, MethodData, PageData, SubjectData } from "./client/page_data.ts";
import { colorBytes, ERROR_COLORS, SIGNED_COLORS } from "./color_maps.ts";
import { PART_NAMES, partOfKey, shortTitle } from "./key_parts.ts";
import { HISTOGRAM, PERCENTILES } from "./models/distance_summary.ts";
import type { ResultsPool } from "../merge_results.ts";
import { compareText } from "../results.ts";
import type { BoardModel } from "./report_data.ts";

/** Digits that count in the page's copy of a score; the files beside it have them all. */
const DIGITS = 6;

/** Pictures that the gallery shows: a subject's page takes them from there. */
const IN_GALLERY: ReadonlySet<string> = new Set(["normal", "normalBack", "error", "errorBack"]);

/** Where subjects are found that are not in the page, and whether anything of them can be opened. */
export interface ClientDataOptions {
  /** An address with `{id}` in it, for a served page. */
  subjectSource?: string | undefined;
  /** The same of their pictures, where they come later. */
  picturesSource?: string | undefined;
}

/** The scores of all boards as the page's script reads them. */
export function pageData(
  model: ReportModel,
  pool: ResultsPool,
  options: ClientDataOptions = {},
): PageData {
  const keys: Record<string, KeyData> = {};
  const boards = model.boards.map((board) => boardData(board, { model, pool, keys }));
  return {
    keys,
    boards,
    subjects: model.subjects.map((subject) => ({
      id: subject.id,
      name: subject.subject,
      dataset: subject.dataset,
      shown: options.subjectSource !== undefined || hasAnything(subject),
    })),
    level: model.leaderboard.statistics.level,
    maxMm: model.heat.maxMm,
    parts: [...BODY_PARTS],
    regions: PART_NAMES,
    percentiles: PERCENTILES,
    histogram: HISTOGRAM,
    colors: {
      sequential: colorBytes(ERROR_COLORS).toBase64(),
      diverging: colorBytes(SIGNED_COLORS).toBase64(),
    },
    ...(options.subjectSource === undefined ? {} : { subjectSource: options.subjectSource }),
    ...(options.picturesSource === undefined ? {} : { picturesSource: options.picturesSource }),
  };
}

/** Whether a subject has more to show than its scores. */
export function hasAnything({ assets }: SubjectModel): boolean {
  return Object.keys(assets.models.methods).length > 0 || assets.models.scan !== undefined ||
    Object.keys(assets.pictures.scan).length > 0;
}

function boardData(
  { id, board }: BoardModel,
  { model, pool, keys }: { model: ReportModel; pool: ResultsPool; keys: Record<string, KeyData> },
): BoardData {
  const own = [...new Set(board.entries.flatMap((entry) => Object.keys(entry.scores)))]
    .sort(compareText);
  const known = new Set(own);
  for (const key of own) {
    const { title, unit, better, digits, text } = describeKey(key), part = partOfKey(key, known);
    keys[key] = {
      title: part === undefined ? title : shortTitle(key, known),
      unit,
      digits,
      text,
      ...(better === undefined ? {} : { better }),
      ...(part === undefined ? {} : { part: part.part }),
    };
  }
  const rows = rowsOf(pool, board);
  const views = [...new Set(rows.flatMap((row) => row.view ?? []))].sort(compareText);
  const shown = new Map(
    model.subjects.flatMap((s, i) => s.dataset === board.dataset ? [[s.subject, i] as const] : []),
  );
  const subjects = board.subjects.filter((name) => shown.has(name));
  const indexOf = new Map(subjects.map((name, i) => [name, i]));
  return {
    id,
    protocol: board.protocol,
    alignment: board.alignment,
    dataset: board.dataset,
    rankKey: board.rankKey,
    columns: board.columns,
    keys: own,
    methods: board.entries.map(({ method, usesTruth }) => ({ name: method, usesTruth })),
    subjects: subjects.map((name) => shown.get(name)!),
    views,
    rows: board.entries.map(({ method }) =>
      rows.filter((row) => row.method === method && indexOf.has(row.subject)).map((row) => {
        const scores = row.scores[board.alignment];
        return [
          indexOf.get(row.subject)!,
          row.view === undefined ? -1 : views.indexOf(row.view),
          row.status === "failed" || scores === undefined
            ? null
            : own.map((key) => rounded(scores[key] ?? null)),
        ];
      })
    ),
    scores: board.entries.map((entry) =>
      own.map((key) => {
        const score = entry.scores[key];
        return score === undefined
          ? null
          : [rounded(score.mean)!, rounded(score.low), rounded(score.high)];
      })
    ),
    worst: board.entries.map(({ worstCase }) =>
      Object.fromEntries(
        Object.entries(worstCase ?? {}).map(([key, { mean }]) => [key, rounded(mean)!]),
      )
    ),
    pairs: board.pairs.map(({ a, b, key, difference: { mean, low, high }, wins, p }) => ({
      a,
      b,
      key,
      mean: rounded(mean)!,
      low: rounded(low),
      high: rounded(high),
      wins: { a: wins.a, b: wins.b },
      p,
    })),
  };
}

/**
 * Everything of one subject beside its scores. Pictures that the page's gallery shows are left out,
 * unless `all` are asked for.
 */
export function subjectData(
  subject: SubjectModel,
  { all = false }: { all?: boolean } = {},
): SubjectData {
  const { assets, results } = subject;
  const names = [...new Set(Object.values(results).flatMap((own) => own.map((r) => r.method)))];
  return {
    id: subject.id,
    ...(subject.view === undefined ? {} : { view: subject.view }),
    scan: {
      pictures: picturesOf(assets.pictures.scan, all),
      ...(assets.models.scan === undefined ? {} : { model: assets.models.scan }),
      ...(assets.pictures.scan.note === undefined ? {} : { note: assets.pictures.scan.note }),
    },
    ...(assets.models.body === undefined ? {} : { body: assets.models.body }),
    methods: names.map((name): MethodData => {
      const pictures = entryOf(assets.pictures.methods, name) ?? {};
      const model = entryOf(assets.models.methods, name);
      const distances = entryOf(assets.distances, name), timing = entryOf(subject.timings, name);
      return {
        name,
        usesTruth: Object.values(results).flat().some((r) => r.method === name && r.usesTruth),
        pictures: picturesOf(pictures, all),
        ...(model === undefined ? {} : { model }),
        ...(distances === undefined ? {} : { distances }),
        ...(timing === undefined ? {} : { timing }),
        remarks: Object.fromEntries(
          Object.entries(results).flatMap(([board, list]) => {
            const own = list.find((result) => result.method === name);
            if (own === undefined) return [];
            const { state, reasons, warnings } = own;
            return [[board, { state, reasons: [...reasons], warnings: [...warnings] }]];
          }),
        ),
        ...(pictures.note === undefined ? {} : { note: pictures.note }),
      };
    }),
    notes: assets.notes,
  };
}

function picturesOf(pictures: MethodPictures, all: boolean): Record<string, string> {
  return Object.fromEntries(
    Object.entries(pictures).flatMap(([slot, picture]) =>
      typeof picture === "string" || (!all && IN_GALLERY.has(slot)) ? [] : [[slot, picture.src]]
    ),
  );
}

function rounded(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(DIGITS));
}
