/// <reference lib="dom" />
/** The ranked table, with the columns and the subjects that the reader chose. */
import { count, fixed } from "../format.ts";
import { type Filter, narrows, NO_FILTER, subjectCount, subjectScores } from "./board_model.ts";
import { all, el, one, replace } from "./dom.ts";
import type { BoardData, PageData } from "./page_data.ts";
import { headCell, type Score, scoreCell, spanOf } from "./score_cells.ts";
import { sortColumn } from "./sort_rows.ts";
import { intervalOf } from "./statistics.ts";
import type { TextTable } from "./table_text.ts";

/** What the table shows. */
export interface TableChoice {
  columns: readonly string[];
  filter: Filter;
}

/** Keys of the columns, where a body part is chosen: those of the part. */
export function keysShown(data: PageData, board: BoardData, choice: TableChoice): string[] {
  const { part } = choice.filter;
  if (part === "") return choice.columns.filter((key) => board.keys.includes(key));
  return board.keys.filter((key) => data.keys[key].part === part);
}

/** Scores of a method under the filter: the leaderboard's own where nothing is left out. */
function scoresOf(
  data: PageData,
  board: BoardData,
  options: { method: number; filter: Filter; keys: readonly string[] },
) {
  const { method, filter, keys } = options;
  const perSubject = subjectScores(data, board, options);
  const at = keys.map((key) => board.keys.indexOf(key));
  const valuesOf = (k: number) =>
    perSubject.map(({ values }) => values[k]).filter((value) => value !== null);
  const own = !narrows(filter);
  const scores = at.map((k): Score | undefined => {
    if (own) {
      const score = board.scores[method][k];
      return score === null ? undefined : { mean: score[0], low: score[1], high: score[2] };
    }
    const values = valuesOf(k);
    return values.length === 0 ? undefined : intervalOf(values, data.level);
  });
  const done = perSubject.filter(({ failed }) => !failed).length;
  return { scores, ticks: at.length === 0 ? [] : valuesOf(at[0]), perSubject, done };
}

/** Everything that the table says under a choice. */
function measure(data: PageData, board: BoardData, choice: TableChoice) {
  const keys = keysShown(data, board, choice), { filter } = choice;
  const methods = board.methods.map((_, method) => scoresOf(data, board, { method, filter, keys }));
  const wanted = subjectCount(data, board, filter);
  const ranked = board.methods.map(({ usesTruth }, m) => !usesTruth && methods[m].done === wanted);
  const best = keys.map((key, k) =>
    bestOf(methods.map(({ scores }) => scores[k]), ranked, data.keys[key].better)
  );
  return { keys, methods, wanted, ranked, best };
}

/** Draws the table's score columns anew. */
export function drawTable(data: PageData, board: BoardData, choice: TableChoice): void {
  const table = tableOf(board);
  if (table === undefined) return;
  const { filter } = choice;
  const { keys, methods, wanted, ranked, best } = measure(data, board, choice);
  const heads = table.tHead!.rows[0];
  const sorted = one<HTMLTableCellElement>("th[aria-sort]", heads);
  const order = sorted?.getAttribute("aria-sort") as "ascending" | "descending" | null;
  const sortedKey = sorted?.dataset.key;
  for (const cell of all("[data-key]", heads)) cell.remove();
  heads.append(...keys.map((key, k) => headCell(key, data.keys[key], { main: k === 0 })));
  const spans = keys.map((key, k) =>
    spanOf(
      methods.flatMap(({ scores }) => scores[k] ?? []),
      data.keys[key],
      k === 0 ? methods.flatMap(({ ticks }) => ticks) : [],
    )
  );
  for (const row of all<HTMLTableRowElement>("tbody tr", table)) {
    const m = board.methods.findIndex(({ name }) => name === row.dataset.method);
    for (const cell of all("td[data-key]", row)) cell.remove();
    const { scores, ticks } = methods[m];
    row.append(...keys.map((key, k) => {
      const winner = best[k];
      const isTied = winner !== undefined && winner !== m && ranked[m] &&
        withinNoise(data, board, { a: m, b: winner, key, filter });
      return scoreCell(key, scores[k], {
        key: data.keys[key],
        span: spans[k],
        main: k === 0,
        best: winner === m,
        tied: isTied,
        ticks: k === 0 ? ticks : [],
        worst: k === 0 && !narrows(filter) ? board.worst[m][key] : undefined,
      });
    }));
    const place = one("td.place", row)!;
    place.classList.toggle("moot", narrows(filter) || filter.part !== "");
  }
  if (order !== null && sorted !== undefined) {
    const head = sortedKey === undefined
      ? sorted
      : all<HTMLTableCellElement>("[data-key]", heads).find((c) => c.dataset.key === sortedKey);
    if (head !== undefined) sortColumn(head, order);
  }
  say(table, { data, board, filter, shown: wanted });
}

/** The table as text, rows in the order they have now. */
export function tableText(data: PageData, board: BoardData, choice: TableChoice): TextTable {
  const { keys, methods, wanted, best } = measure(data, board, choice);
  const rows = all<HTMLTableRowElement>("tbody tr", tableOf(board));
  return {
    title: `${board.protocol}, alignment ${board.alignment}, ${board.dataset}, ` +
      `${wanted} of ${count(board.subjects.length, "subject")}`,
    columns: keys.map((key) => {
      const { title, unit, better } = data.keys[key];
      return { title, unit, better };
    }),
    rows: rows.map((row) => {
      const m = board.methods.findIndex(({ name }) => name === row.dataset.method);
      const { scores, done } = methods[m];
      return {
        method: board.methods[m].name,
        note: [
          board.methods[m].usesTruth ? "uses truth" : "",
          done < wanted ? `${done} of ${wanted}` : "",
        ].filter(Boolean).join(", "),
        cells: keys.map((key, k) => {
          const { digits } = data.keys[key], score = scores[k];
          return {
            text: fixed(score?.mean, digits),
            low: fixed(score?.low, digits),
            high: fixed(score?.high, digits),
            best: best[k] === m,
          };
        }),
      };
    }),
  };
}

function tableOf(board: BoardData): HTMLTableElement | undefined {
  return one<HTMLTableElement>(`[data-board="${board.id}"] table.board`);
}

/**
 * Whether two methods are not separated: by the leaderboard's paired test, under a filter by the
 * interval of the differences that are left.
 */
function withinNoise(
  data: PageData,
  board: BoardData,
  { a, b, key, filter }: { a: number; b: number; key: string; filter: Filter },
): boolean {
  const names = [board.methods[a].name, board.methods[b].name];
  const known = board.pairs.find((pair) =>
    pair.key === key && names.includes(pair.a) && names.includes(pair.b)
  );
  if (known !== undefined && !narrows(filter)) return known.p > 0.05;
  const k = board.keys.indexOf(key);
  const [left, right] = [a, b].map((method) =>
    new Map(subjectScores(data, board, { method, filter }).map((s) => [s.subject, s.values[k]]))
  );
  const differences: number[] = [];
  for (const [subject, x] of left) {
    const y = right.get(subject) ?? null;
    if (x !== null && y !== null) differences.push(x - y);
  }
  if (differences.length < 2) return true;
  const { low, high } = intervalOf(differences, data.level);
  return low! <= 0 && 0 <= high!;
}

function bestOf(
  scores: readonly (Score | undefined)[],
  ranked: readonly boolean[],
  better: "lower" | "higher" | undefined,
): number | undefined {
  if (better === undefined) return undefined;
  const sign = better === "lower" ? 1 : -1;
  const known = scores.flatMap((score, m) => score !== undefined && ranked[m] ? [m] : []);
  if (known.length < 2) return undefined;
  return known.reduce((a, b) => sign * scores[a]!.mean <= sign * scores[b]!.mean ? a : b);
}

/** Says under the table what was left out. */
function say(
  table: HTMLTableElement,
  { data, board, filter, shown }: {
    data: PageData;
    board: BoardData;
    filter: Filter;
    shown: number;
  },
): void {
  const line = one(".filtered", table.closest("[data-board]")!);
  if (line === undefined) return;
  line.hidden = !narrows(filter) && filter.part === "";
  if (line.hidden) return replace(line);
  const parts: string[] = [];
  if (filter.part !== "") parts.push(`Scores of ${filter.part} only.`);
  if (narrows(filter)) {
    parts.push(
      `Means over ${shown} of ${count(board.subjects.length, "subject")}` +
        `${filter.view === "" ? "" : `, view ${filter.view}`}; ` +
        `${Math.round(100 * data.level)} % intervals from 1,000 resamples made in this page. ` +
        "Places are those of all subjects.",
    );
  }
  replace(line, el("strong", {}, "Filtered. "), parts.join(" "));
}

/** The choice that shows the leaderboard as it is. */
export function plainChoice(board: BoardData): TableChoice {
  return { columns: board.columns, filter: NO_FILTER };
}
