/// <reference lib="dom" />
/** Histograms and percentiles of one subject's distances. */
import { fixed } from "../format.ts";
import { el, svg } from "./dom.ts";
import type { MethodData, PageData } from "./page_data.ts";

const CHART = { width: 260, height: 96, foot: 16 };

/** A histogram of signed distances a method, to `maxMm` either way; each as high as its box. */
export function histograms(
  data: PageData,
  methods: readonly MethodData[],
  maxMm: number,
): HTMLElement {
  const { stepMm, endMm } = data.histogram;
  const reach = Math.min(endMm, Math.max(5, maxMm));
  const bins = Math.round(endMm / stepMm);
  const shown = Math.round(reach / stepMm);
  const rows = methods.flatMap(({ name, distances }) => {
    if (distances === undefined) return [];
    // Bins of the file: one below −end, 2 · bins, one from end on.
    const total = distances.p2s.reduce((sum, n) => sum + n, 0);
    const from = 1 + bins - shown, to = 1 + bins + shown;
    const inside = distances.p2s.slice(from, to).map((n) => n / total);
    const below = distances.p2s.slice(0, from).reduce((sum, n) => sum + n, 0) / total;
    const above = distances.p2s.slice(to).reduce((sum, n) => sum + n, 0) / total;
    return [{ name, inside, below, above }];
  });
  const { width, height, foot } = CHART;
  return el(
    "div",
    { class: "histograms" },
    ...rows.map(({ name, inside, below, above }) => {
      const bar = width / inside.length, full = height - foot - 2;
      const top = Math.max(...inside, 1e-9);
      const label = `${name}: ${percent(below)} of the prediction more than ${reach} mm inside ` +
        `the scan, ${percent(above)} more than ${reach} mm outside`;
      return el(
        "figure",
        {},
        el("figcaption", {}, el("b", {}, name)),
        svg(
          "svg",
          { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label },
          ...inside.map((share, i) => {
            const h = full * share / top;
            return svg("rect", {
              x: (bar * i).toFixed(2),
              width: Math.max(0.5, bar - 0.4).toFixed(2),
              y: (height - foot - h).toFixed(2),
              height: h.toFixed(2),
              class: i < inside.length / 2 ? "inner" : "outer",
            });
          }),
          svg("line", { x1: 0, x2: width, y1: height - foot, y2: height - foot, class: "axis" }),
          svg("line", { x1: width / 2, x2: width / 2, y1: 0, y2: height - foot, class: "zero" }),
          ...[[0, "start", `−${reach}`], [0.5, "middle", "0"], [1, "end", `+${reach} mm`]].map((
            [at, anchor, text],
          ) => svg("text", { x: width * Number(at), y: height - 3, "text-anchor": anchor }, text)),
        ),
        el("small", {}, `beyond: ${percent(below)} inside, ${percent(above)} outside`),
      );
    }),
  );
}

/** Percentiles of the unsigned distances, both directions, and time and memory. */
export function percentileTable(data: PageData, methods: readonly MethodData[]): HTMLElement {
  const measured = methods.filter(({ distances }) => distances !== undefined);
  const body = (direction: "p2s" | "s2p", text: string) =>
    data.percentiles.map((percent, i) =>
      el(
        "tr",
        {},
        el("th", { scope: "row" }, `${percent} % of ${text} within`),
        ...measured.map(({ distances }) =>
          el("td", { class: "number" }, fixed(distances!.percentilesMm[direction][i], 1))
        ),
      )
    );
  return el(
    "table",
    { class: "plain" },
    el(
      "thead",
      {},
      el(
        "tr",
        {},
        el("th", { scope: "col" }, "Distances, mm"),
        ...measured.map(({ name }) => el("th", { scope: "col", class: "number" }, name)),
      ),
    ),
    el("tbody", {}, ...body("p2s", "the prediction"), ...body("s2p", "the scan")),
  );
}

function percent(share: number): string {
  const value = 100 * share;
  return `${value > 0 && value < 0.1 ? "< 0.1" : value.toFixed(1)} %`;
}
