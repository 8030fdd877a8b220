/** Plots of a board: cumulative errors, cost, parts, and how far its intervals can be trusted. */
import { describeKey } from "../../keys.ts";
import type { Board } from "../../leaderboard.ts";
import { calibrationOf } from "../calibration.ts";
import { fixed } from "../format.ts";
import { PART_NAMES, partOfKey, shortTitle } from "../key_parts.ts";
import { HISTOGRAM } from "../models/distance_summary.ts";
import { type BoardModel, entryOf, type ReportModel } from "../report_data.ts";
import { Chart, EndLabels, Line, n } from "./chart.tsx";

/** Lines that one picture can hold. */
const MOST_LINES = 8;

/** Subjects from which on intervals can be looked into. */
const LEAST_SUBJECTS = 4;

/** All plots that the data allow; nothing where they allow none. */
export function Plots({ model }: { model: ReportModel }) {
  const curves = cumulativeCurves(model);
  const plots = model.boards.map((board) => ({
    board,
    parts: partBars(board.board),
    cost: costs(model, board),
  }));
  const any = curves.length > 0 || model.start.board.subjects.length >= LEAST_SUBJECTS ||
    plots.some(({ parts, cost }) => parts.length > 0 || cost.length > 0);
  if (!any) return null;
  return (
    <section id="plots">
      <h2>Plots</h2>
      <div class="plots">
        {curves.length > 0 && <CumulativePlot curves={curves} model={model} />}
        {plots.map(({ board, parts, cost }) => (
          <div class="plot-group" data-board={board.id} hidden={board !== model.start}>
            {cost.length > 0 && <CostPlot board={board} cost={cost} measure="seconds" />}
            {cost.some(({ rssMB }) =>
              rssMB !== undefined
            ) && <CostPlot board={board} cost={cost} measure="rssMB" />}
            {parts.length > 0 && <PartPlot board={board.board} parts={parts} />}
            <CalibrationPlot board={board} />
          </div>
        ))}
      </div>
    </section>
  );
}

interface Curve {
  method: string;
  points: (readonly [mm: number, share: number])[];
}

/** For each method the share of its surface within a distance, averaged over subjects. */
function cumulativeCurves(model: ReportModel): Curve[] {
  const { stepMm, endMm } = HISTOGRAM;
  const bins = Math.round(endMm / stepMm);
  return model.start.board.entries.slice(0, MOST_LINES).flatMap(({ method }) => {
    const own = model.subjects.filter((s) => s.dataset === model.start.board.dataset)
      .flatMap(({ assets }) => entryOf(assets.distances, method) ?? []);
    if (own.length === 0) return [];
    const points = Array.from({ length: bins + 1 }, (_, i) => {
      const shares = own.map(({ p2s }) => {
        const total = p2s.reduce((sum, value) => sum + value, 0);
        const inside = p2s.slice(1 + bins - i, 1 + bins + i).reduce((sum, v) => sum + v, 0);
        return inside / total;
      });
      return [i * stepMm, 100 * shares.reduce((sum, v) => sum + v, 0) / own.length] as const;
    });
    return [{ method, points }];
  });
}

function CumulativePlot({ curves, model }: { curves: readonly Curve[]; model: ReportModel }) {
  const reach = Math.min(HISTOGRAM.endMm, model.heat.maxMm);
  const label = "Share of the prediction within a distance of the scan. " +
    curves.map(({ method, points }) => `${method}: ${fixed(points[10][1], 0)} % within 10 mm`)
      .join("; ");
  return (
    <figure>
      <figcaption>
        <b>Cumulative error</b> share of the prediction that lies within a distance of the scan
        {model.heat.alignment === "none" ? "" : `, after alignment “${model.heat.alignment}”`}; mean
        over subjects
      </figcaption>
      <Chart
        label={label}
        x={{ title: "distance, mm", min: 0, max: reach }}
        y={{ title: "%", min: 0, max: 100 }}
      >
        {(frame) => (
          <>
            {curves.map(({ points }, i) => (
              <Line points={points.filter(([mm]) => mm <= reach)} frame={frame} series={i} />
            ))}
            <EndLabels
              frame={frame}
              ends={curves.map(({ method, points }, series) => ({
                text: method,
                y: points.filter(([mm]) => mm <= reach).at(-1)![1],
                series,
              }))}
            />
          </>
        )}
      </Chart>
    </figure>
  );
}

interface Cost {
  method: string;
  series: number;
  seconds: number;
  rssMB?: number;
}

/** What methods took, averaged over the board's subjects. */
function costs(model: ReportModel, { board }: BoardModel): Cost[] {
  return board.entries.flatMap(({ method, scores }, series): Cost[] => {
    const own = model.subjects.filter(({ dataset }) => dataset === board.dataset)
      .flatMap(({ timings }) => entryOf(timings, method) ?? []);
    if (own.length === 0 || scores[board.rankKey] === undefined) return [];
    const memory = own.flatMap(({ rssMB }) => rssMB ?? []);
    return [{
      method,
      series,
      seconds: own.reduce((sum, t) => sum + t.seconds, 0) / own.length,
      ...(memory.length === 0 ? {} : { rssMB: Math.max(...memory) }),
    }];
  });
}

function CostPlot(
  { board: { board }, cost, measure }: {
    board: BoardModel;
    cost: readonly Cost[];
    measure: "seconds" | "rssMB";
  },
) {
  const info = describeKey(board.rankKey);
  const known = cost.filter((c) => c[measure] !== undefined);
  const scoreOf = (method: string) =>
    board.entries.find((entry) => entry.method === method)!.scores[board.rankKey];
  const values = known.map((c) => c[measure]!);
  const top = Math.max(...known.map(({ method }) => scoreOf(method).high ?? scoreOf(method).mean));
  const [title, about] = measure === "seconds"
    ? ["Error and time", "mean seconds a subject"]
    : ["Error and memory", "largest process, MB"];
  const label = `${title}. ` +
    known.map((c) =>
      `${c.method}: ${fixed(scoreOf(c.method).mean, info.digits)} ${info.unit} at ${
        Number(c[measure]!.toPrecision(3))
      } ${measure === "seconds" ? "s" : "MB"}`
    ).join("; ");
  return (
    <figure>
      <figcaption>
        <b>{title}</b> {info.title} against {about}, as the machine that ran it took
      </figcaption>
      <Chart
        label={label}
        x={{
          title: measure === "seconds" ? "seconds" : "MB",
          min: Math.min(...values) / 1.6,
          max: Math.max(...values) * 1.6,
          log: true,
        }}
        y={{ title: [info.title, info.unit].filter(Boolean).join(", "), min: 0, max: 1.05 * top }}
      >
        {(frame) =>
          known.map(({ method, series, ...c }) => {
            const { mean, low, high } = scoreOf(method), x = n(frame.x(c[measure]!));
            return (
              <g class={`mark c${series % 8}`}>
                {low !== null && high !== null && (
                  <line x1={x} x2={x} y1={n(frame.y(low))} y2={n(frame.y(high))} />
                )}
                <circle cx={x} cy={n(frame.y(mean))} r={4} />
                <text x={n(frame.x(c[measure]!) + 8)} y={n(frame.y(mean) + 4)}>{method}</text>
              </g>
            );
          })}
      </Chart>
    </figure>
  );
}

interface PartRow {
  part: string;
  key: string;
  values: { method: string; mean: number; low: number | null; high: number | null }[];
}

/** The rank key of every part that the board has it for. */
function partBars(board: Board): PartRow[] {
  const keys = new Set(board.entries.flatMap((entry) => Object.keys(entry.scores)));
  const ofRank = [...keys].flatMap((key) => {
    const part = partOfKey(key, keys);
    return part === undefined ? [] : [{ key, ...part }];
  });
  const base = [board.rankKey, "p2s_cm", "s2p_cm"].find((key) =>
    ofRank.some((part) => part.base === key)
  );
  return ofRank.filter((part) => part.base === base).map(({ key, part }) => ({
    part,
    key,
    values: board.entries.slice(0, MOST_LINES).flatMap(({ method, scores }) => {
      const score = scores[key];
      return score === undefined
        ? []
        : [{ method, mean: score.mean, low: score.low, high: score.high }];
    }),
  })).filter(({ values }) => values.length > 0)
    .sort((a, b) => PART_NAMES.indexOf(a.part) - PART_NAMES.indexOf(b.part));
}

function PartPlot({ board, parts }: { board: Board; parts: readonly PartRow[] }) {
  const top = Math.max(...parts.flatMap(({ values }) => values.map((v) => v.high ?? v.mean)));
  const order = new Map(board.entries.map(({ method }, i) => [method, i]));
  const keys = new Set(board.entries.flatMap((entry) => Object.keys(entry.scores)));
  const { unit, digits } = describeKey(parts[0].key);
  return (
    <figure class="part-plot">
      <figcaption>
        <b>By body part</b> {shortTitle(parts[0].key, keys)} {unit === "" ? "" : `in ${unit}`}{" "}
        with intervals; the axis ends at {fixed(top, digits)}. Parts are those of the fitted body
      </figcaption>
      <div class="parts" role="img" aria-label={partLabel(parts)}>
        {parts.map(({ part, values }) => (
          <div>
            <span>{part}</span>
            <div>
              {values.map(({ method, mean, low, high }) => (
                <i class={`part c${order.get(method)! % 8}`} title={`${method}: ${fixed(mean, 3)}`}>
                  <i style={`width:${(100 * mean / top).toFixed(2)}%`} />
                  {low !== null && high !== null && (
                    <u
                      style={`left:${(100 * low / top).toFixed(2)}%;width:${
                        (100 * (high - low) / top).toFixed(2)
                      }%`}
                    />
                  )}
                </i>
              ))}
            </div>
          </div>
        ))}
      </div>
      <p class="series">
        {board.entries.slice(0, MOST_LINES).map(({ method }, i) => (
          <span class={`c${i % 8}`}>{method}</span>
        ))}
      </p>
    </figure>
  );
}

function partLabel(parts: readonly PartRow[]): string {
  return parts.map(({ part, values }) =>
    `${part}: ${values.map(({ method, mean }) => `${method} ${fixed(mean, 3)}`).join(", ")}`
  ).join("; ");
}

/** Coverage of the intervals of the ranked methods, pooled. */
function CalibrationPlot({ board: { board, spread } }: { board: BoardModel }) {
  const methods = board.entries.slice(0, MOST_LINES).filter(({ method }) =>
    (entryOf(spread, method)?.length ?? 0) >= LEAST_SUBJECTS
  );
  if (methods.length === 0) return null;
  const all = methods.map(({ method }) =>
    calibrationOf(spread[method], { seed: 0, purpose: method })
  );
  const mean = all[0].map(({ nominal }, k) =>
    [
      100 * nominal,
      100 * all.reduce((sum, own) => sum + own[k].actual, 0) / all.length,
    ] as const
  );
  const at95 = mean.find(([nominal]) => Math.abs(nominal - 95) < 1e-9)![1];
  const subjects = Math.max(...methods.map(({ method }) => spread[method].length));
  return (
    <figure>
      <figcaption>
        <b>Calibration of the intervals</b> of {subjects}{" "}
        subjects like these, a nominal 95 % interval holds the mean {fixed(at95, 0)} % of the time
      </figcaption>
      <Chart
        wide
        label={`Coverage of bootstrap intervals: ${
          mean.map(([nominal, actual]) => `${fixed(nominal, 0)} %: ${fixed(actual, 0)} %`).join(
            ", ",
          )
        }`}
        x={{ title: "nominal level, %", min: 50, max: 100 }}
        y={{ title: "held, %", min: 40, max: 100 }}
      >
        {(frame) => (
          <>
            <path
              class="ideal"
              d={`M${n(frame.x(50))} ${n(frame.y(50))}L${n(frame.x(100))} ${n(frame.y(100))}`}
            />
            <Line points={mean} frame={frame} series={0} />
            {mean.map(([nominal, actual]) => (
              <g class="mark c0">
                <circle cx={n(frame.x(nominal))} cy={n(frame.y(actual))} r={3} />
              </g>
            ))}
          </>
        )}
      </Chart>
    </figure>
  );
}
