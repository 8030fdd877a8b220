/// <reference lib="dom" />
/** Two methods, subject by subject: who is better where, by how much, and whether that is noise. */
import { fixed, pText, signed } from "../format.ts";
import { type Filter, narrows, subjectScores } from "./board_model.ts";
import { el, one, replace, svg } from "./dom.ts";
import type { BoardData, PageData } from "./page_data.ts";
import { compare } from "./sort_rows.ts";
import { intervalOf } from "./statistics.ts";

/** What is compared. */
export interface Comparison {
  a: string;
  b: string;
  key: string;
}

/** One subject that both methods completed. */
export interface PairedDifference {
  /** Index into the page's subjects. */
  subject: number;
  a: number;
  b: number;
  difference: number;
}

/** Rows shown at first. */
const FIRST_ROWS = 12;
const STRIP = { width: 640, height: 64, pad: 44 };

/** The differences a − b of the subjects that both completed, largest first. */
export function pairedDifferences(
  data: PageData,
  board: BoardData,
  options: Comparison & { filter: Filter },
): PairedDifference[] {
  const { a, b, key, filter } = options;
  const k = board.keys.indexOf(key);
  const valuesOf = (name: string) => {
    const method = board.methods.findIndex((m) => m.name === name);
    return new Map(
      subjectScores(data, board, { method, filter }).map((s) => [s.subject, s.values[k]]),
    );
  };
  const left = valuesOf(a), right = valuesOf(b);
  const pairs: PairedDifference[] = [];
  for (const [subject, x] of left) {
    const y = right.get(subject);
    if (x === null || y === null || y === undefined) continue;
    pairs.push({ subject, a: x, b: y, difference: x - y });
  }
  return pairs.sort((p, q) =>
    Math.abs(q.difference) - Math.abs(p.difference) || compare(p.subject, q.subject)
  );
}

/** Draws the comparison into its section. */
export function drawComparison(
  data: PageData,
  board: BoardData,
  options: Comparison & { filter: Filter; everything?: boolean },
): void {
  const target = one("#compare .comparison");
  if (target === undefined) return;
  const { a, b, key, filter } = options;
  const info = data.keys[key];
  const pairs = pairedDifferences(data, board, options);
  if (a === b) return replace(target, el("p", { class: "note" }, "Choose two different methods."));
  if (pairs.length === 0) {
    return replace(target, el("p", { class: "note" }, "No subject was completed by both methods."));
  }
  const reach = Math.max(...pairs.map(({ difference }) => Math.abs(difference)), 1e-12);
  const shown = options.everything ? pairs : pairs.slice(0, FIRST_ROWS);
  const rest = pairs.length - shown.length;
  const more = el("button", { type: "button", class: "plain-button" }, `Show ${rest} more`);
  more.addEventListener(
    "click",
    () => drawComparison(data, board, { ...options, everything: true }),
  );
  const aBetterLeft = info.better !== "higher";
  const digits = info.digits;
  replace(
    target,
    el("p", { class: "verdict" }, verdict(data, board, { ...options, pairs })),
    strip(pairs, { reach, info, a, b, level: data.level }),
    el(
      "div",
      { class: "scroll", tabindex: 0, role: "region", "aria-label": "Differences by subject" },
      el(
        "table",
        { class: "plain differences" },
        el(
          "thead",
          {},
          el(
            "tr",
            {},
            el("th", { scope: "col" }, "Subject"),
            el("th", { scope: "col", class: "number" }, a),
            el("th", { scope: "col", class: "number" }, b),
            el("th", { scope: "col", class: "number" }, "Difference ", el("small", {}, info.unit)),
            el(
              "th",
              { scope: "col", class: "axis" },
              el("span", {}, `${aBetterLeft ? a : b} better`),
              el("span", {}, `${aBetterLeft ? b : a} better`),
            ),
          ),
        ),
        el(
          "tbody",
          {},
          ...shown.map((pair) => {
            const subject = data.subjects[pair.subject];
            const at = 50 + 50 * pair.difference / reach;
            return el(
              "tr",
              {},
              el(
                "th",
                { scope: "row" },
                subject.shown
                  ? el("a", { href: `#subject=${subject.id}` }, subject.name)
                  : subject.name,
              ),
              el("td", { class: "number" }, fixed(pair.a, digits)),
              el("td", { class: "number" }, fixed(pair.b, digits)),
              el("td", { class: "number" }, signed(pair.difference, digits)),
              el(
                "td",
                { class: "axis" },
                el(
                  "span",
                  { class: "bar centred", "aria-hidden": "true" },
                  el("i", { class: "zero" }),
                  el("i", {
                    class: "range",
                    style: `left:${Math.min(50, at)}%;right:${100 - Math.max(50, at)}%`,
                  }),
                  el("i", { class: "dot", style: `left:${at}%` }),
                ),
              ),
            );
          }),
        ),
      ),
    ),
    rest > 0 ? more : undefined,
  );
  if (narrows(filter)) {
    target.prepend(
      el("p", { class: "note" }, "Filtered: only the subjects and views chosen above."),
    );
  }
}

/** The whole comparison in a sentence or two. */
function verdict(
  data: PageData,
  board: BoardData,
  { a, b, key, pairs, filter }: Comparison & { pairs: PairedDifference[]; filter: Filter },
): string {
  const info = data.keys[key];
  const own = intervalOf(pairs.map(({ difference }) => difference), data.level);
  const known = narrows(filter)
    ? undefined
    : board.pairs.find((pair) =>
      pair.key === key && (pair.a === a && pair.b === b || pair.a === b && pair.b === a)
    );
  const sign = known?.a === b ? -1 : 1;
  const [low, high] = known === undefined
    ? [own.low, own.high]
    : sign === 1
    ? [known.low, known.high]
    : [known.high === null ? null : -known.high, known.low === null ? null : -known.low];
  const better = info.better === "higher" ? 1 : -1;
  const wins = pairs.filter(({ difference }) => better * difference > 0).length;
  const unit = info.unit === "" ? "" : ` ${info.unit}`;
  const interval = low === null || high === null
    ? ""
    : ` (${Math.round(100 * data.level)} %: ${signed(low, info.digits)} to ${
      signed(high, info.digits)
    })`;
  const rate = info.better === undefined
    ? ""
    : ` ${a} is better on ${wins} of ${pairs.length} subjects (${
      Math.round(100 * wins / pairs.length)
    } %).`;
  const test = known === undefined
    ? " No test: the leaderboard has none for this choice."
    : ` Paired sign-flip test, Holm-corrected: p ${
      known.p < 0.001 ? pText(known.p) : `= ${pText(known.p)}`
    }${known.p <= 0.05 ? "." : ": within noise."}`;
  return `${info.title}, ${a} − ${b}: ${signed(own.mean, info.digits)}${unit}${interval}.` +
    `${rate}${test}`;
}

/** All differences on one axis: dots, their mean and its interval. */
function strip(
  pairs: readonly PairedDifference[],
  { reach, info, a, b, level }: {
    reach: number;
    info: PageData["keys"][string];
    a: string;
    b: string;
    level: number;
  },
): SVGElement {
  const { width, height, pad } = STRIP;
  const x = (value: number) => width / 2 + (width / 2 - pad) * value / reach;
  const { mean, low, high } = intervalOf(pairs.map(({ difference }) => difference), level);
  // Dots that would hide each other stand in rows.
  const rows: number[] = [];
  const dots = pairs.toSorted((p, q) => p.difference - q.difference).map(({ difference }) => {
    const at = x(difference);
    let row = rows.findIndex((last) => at - last >= 7);
    if (row < 0 && rows.length < 5) row = rows.length;
    if (row < 0) row = 0;
    rows[row] = at;
    const lift = (row % 2 === 0 ? 1 : -1) * Math.ceil(row / 2) * 7;
    return svg("circle", { cx: at, cy: height / 2 - 6 + lift, r: 3, class: "point" });
  });
  const label = `Differences ${a} − ${b} of ${pairs.length} subjects, from ${
    signed(Math.min(...pairs.map((p) => p.difference)), info.digits)
  } to ${signed(Math.max(...pairs.map((p) => p.difference)), info.digits)} ${info.unit}`;
  return svg(
    "svg",
    { viewBox: `0 0 ${width} ${height}`, class: "strip", role: "img", "aria-label": label },
    svg("line", {
      x1: pad / 2,
      x2: width - pad / 2,
      y1: height - 18,
      y2: height - 18,
      class: "axis",
    }),
    svg("line", { x1: width / 2, x2: width / 2, y1: 4, y2: height - 14, class: "zero" }),
    low === null || high === null ? undefined : svg("line", {
      x1: x(low),
      x2: x(high),
      y1: height - 18,
      y2: height - 18,
      class: "interval",
    }),
    ...dots,
    svg("circle", { cx: x(mean), cy: height - 18, r: 4.5, class: "mean" }),
    ...[-reach, 0, reach].map((value) =>
      svg(
        "text",
        { x: x(value), y: height - 3, "text-anchor": "middle" },
        value === 0 ? "0" : `${signed(value, info.digits)} ${info.unit}`,
      )
    ),
  );
}
