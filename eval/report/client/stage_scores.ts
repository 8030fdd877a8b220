/// <reference lib="dom" />
/** Scores of one subject: every key by every method, by part, with time, memory and what was noted. */
import { fixed } from "../format.ts";
import { NO_FILTER, subjectScores } from "./board_model.ts";
import { el } from "./dom.ts";
import type { BoardData, PageData, SubjectData } from "./page_data.ts";

/** A table of keys × methods; the columns of the board first, then the rest, then parts. */
export function scoreTable(
  data: PageData,
  options: { board: BoardData; subject: SubjectData },
): HTMLElement {
  const { board, subject } = options;
  const index = data.subjects.findIndex(({ id }) => id === subject.id);
  const values = board.methods.map((_, method) =>
    subjectScores(data, board, { method, filter: NO_FILTER })
      .find((scores) => scores.subject === index)?.values
  );
  const order = (key: string) =>
    (data.keys[key].part === undefined ? 0 : 1e6) +
    (board.columns.includes(key) ? board.columns.indexOf(key) : 1000 + board.keys.indexOf(key));
  const keys = board.keys.toSorted((a, b) => order(a) - order(b));
  const row = (key: string) => {
    const info = data.keys[key], k = board.keys.indexOf(key);
    const own = values.map((list) => list?.[k] ?? null);
    const best = bestOf(own, info.better);
    const arrow = info.better === undefined ? "" : info.better === "lower" ? "↓" : "↑";
    return el(
      "tr",
      {},
      el(
        "th",
        { scope: "row", title: info.text || key },
        `${info.part === undefined ? info.title : `${info.title}, ${info.part}`} `,
        el("small", {}, [info.unit, arrow].filter(Boolean).join(" ")),
      ),
      ...own.map((value) =>
        el(
          "td",
          { class: value !== null && value === best ? "number best" : "number" },
          fixed(value, info.digits),
        )
      ),
    );
  };
  const timings = board.methods.map(({ name }) =>
    subject.methods.find((method) => method.name === name)?.timing
  );
  const hasTimings = timings.some((timing) => timing !== undefined);
  return el(
    "table",
    { class: "plain" },
    el(
      "thead",
      {},
      el(
        "tr",
        {},
        el("th", { scope: "col" }, "Score"),
        ...board.methods.map(({ name }) => el("th", { scope: "col", class: "number" }, name)),
      ),
    ),
    el(
      "tbody",
      {},
      ...keys.filter((key) =>
        values.some((list) => (list?.[board.keys.indexOf(key)] ?? null) !== null)
      )
        .map(row),
      ...(hasTimings
        ? [
          el(
            "tr",
            {},
            el("th", { scope: "row" }, "Time ", el("small", {}, "s")),
            ...timings.map((t) => el("td", { class: "number" }, fixed(t?.seconds, 2))),
          ),
          el(
            "tr",
            {},
            el("th", { scope: "row" }, "Memory ", el("small", {}, "MB, of the process")),
            ...timings.map((t) => el("td", { class: "number" }, fixed(t?.rssMB, 0))),
          ),
        ]
        : []),
    ),
  );
}

/** Failures and warnings of a subject on a board, method by method. */
export function remarks(subject: SubjectData, board: BoardData): HTMLElement | undefined {
  const lines = subject.methods.flatMap(({ name, remarks, note }) => {
    const { state, reasons, warnings } = remarks[board.id] ??
      { state: "ok", reasons: [], warnings: [] };
    const failed = reasons.length > 0
      ? reasons.map((reason) => ({ kind: "failed", text: `failed: ${reason}` }))
      : state === "missing"
      ? [{ kind: "failed", text: "no prediction was scored for this subject" }]
      : [];
    return [
      ...failed,
      ...warnings.map((text) => ({ kind: "warning", text })),
      ...(note === undefined ? [] : [{ kind: "warning", text: note }]),
    ].map(({ kind, text }) => el("li", { class: kind }, el("b", {}, name), ` ${text}`));
  });
  lines.push(...subject.notes.map((note) => el("li", { class: "warning" }, note)));
  return lines.length === 0 ? undefined : el("ul", { class: "remarks" }, ...lines);
}

function bestOf(values: readonly (number | null)[], better: "lower" | "higher" | undefined) {
  const known = values.filter((value) => value !== null);
  if (better === undefined || known.length < 2) return undefined;
  return better === "lower" ? Math.min(...known) : Math.max(...known);
}
