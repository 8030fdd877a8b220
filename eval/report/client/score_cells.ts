/// <reference lib="dom" />
/** Cells of the ranked table, as the server draws them, for columns that the reader chose. */
import { fixed } from "../format.ts";
import { el } from "./dom.ts";
import type { KeyData } from "./page_data.ts";

/** A mean and its interval. */
export interface Score {
  mean: number;
  low: number | null;
  high: number | null;
}

/** The values that a column's bars span. */
export interface Span {
  low: number;
  high: number;
}

/** The span of a column: from 0 for errors, from just below the least for agreements. */
export function spanOf(scores: readonly Score[], key: KeyData, ticks: readonly number[]): Span {
  const values = scores.flatMap(({ mean, low, high }) => [mean, low ?? mean, high ?? mean]);
  const high = Math.max(...values, ...ticks, Number.MIN_VALUE);
  if (key.better !== "higher") return { low: Math.min(0, ...values, ...ticks), high };
  const low = Math.min(...values, ...ticks, high);
  return { low: low - 0.1 * (high - low || 1), high };
}

/** A column's head. */
export function headCell(id: string, key: KeyData, options: { main: boolean }): HTMLElement {
  const arrow = key.better === undefined ? "" : key.better === "lower" ? "↓" : "↑";
  const unit = [key.unit, arrow].filter(Boolean).join(" ");
  const first = key.better === "higher" ? "descending" : "ascending";
  return el(
    "th",
    {
      scope: "col",
      class: options.main ? "number main" : "number",
      title: key.text || id,
      "data-key": id,
    },
    el("button", { type: "button", "data-sort-by": first }, key.title, el("small", {}, unit)),
  );
}

/** A score's cell: number, interval, bar. */
export function scoreCell(
  id: string,
  score: Score | undefined,
  options: {
    key: KeyData;
    span: Span;
    main: boolean;
    best: boolean;
    tied: boolean;
    ticks: readonly number[];
    /** The mean with the board's worst value where it failed. */
    worst: number | undefined;
  },
): HTMLElement {
  const { key, span, main, best, tied, ticks, worst } = options;
  const kind = main ? "number main" : "number";
  if (score === undefined) return el("td", { class: kind, "data-key": id }, "–");
  const at = (value: number) => {
    const share = (value - span.low) / (span.high - span.low || 1);
    return `${(100 * Math.min(1, Math.max(0, share))).toFixed(2)}%`;
  };
  const low = score.low ?? score.mean, high = score.high ?? score.mean;
  const mark = best ? "value best" : tied ? "value tied" : "value";
  return el(
    "td",
    { class: kind, "data-key": id, "data-sort": score.mean },
    el("span", { class: mark }, fixed(score.mean, key.digits)),
    main && score.low !== null
      ? el("span", { class: "ci" }, `${fixed(low, key.digits)}–${fixed(high, key.digits)}`)
      : undefined,
    el(
      "span",
      {
        class: "bar",
        "aria-hidden": "true",
        title: `${fixed(low, key.digits)}–${fixed(high, key.digits)}`,
      },
      ...ticks.map((value) => el("i", { class: "tick", style: `left:${at(value)}` })),
      el("i", { class: "range", style: `left:${at(low)};right:calc(100% - ${at(high)})` }),
      el("i", { class: "dot", style: `left:${at(score.mean)}` }),
    ),
    worst === undefined ? undefined : el(
      "small",
      { class: "worst", title: "with the board’s worst value where it failed" },
      `worst case ${fixed(worst, key.digits)}`,
    ),
  );
}
