/** Axes, lines and points as SVG: colours come from the style sheet, text stays text. */
import type { ComponentChildren } from "preact";

/** The drawing area, in the units of the view box. */
const BOX = { width: 440, height: 280, left: 48, right: 100, top: 26, bottom: 40 } as const;

/** One axis. */
export interface Axis {
  title: string;
  min: number;
  max: number;
  /** Powers of ten are equally far apart. */
  log?: boolean;
  text?: (value: number) => string;
}

/** Where values lie in the picture. */
export interface Frame {
  x: (value: number) => number;
  y: (value: number) => number;
}

/** Axes with round ticks, and what is drawn over them. */
export function Chart(
  { label, x, y, children, wide = false }: {
    label: string;
    x: Axis;
    y: Axis;
    children: (frame: Frame) => ComponentChildren;
    wide?: boolean;
  },
) {
  const { width, height, left, top, bottom } = BOX;
  const right = wide ? 12 : BOX.right;
  const across = scale(x, left, width - right), up = scale(y, height - bottom, top);
  return (
    <svg viewBox={`0 0 ${width} ${height}`} class="chart" role="img" aria-label={label}>
      {ticksOf(y).map((value) => (
        <g>
          <line class="grid" x1={left} x2={width - right} y1={n(up(value))} y2={n(up(value))} />
          <text x={left - 6} y={n(up(value) + 4)} text-anchor="end">
            {(y.text ?? String)(value)}
          </text>
        </g>
      ))}
      {ticksOf(x).map((value) => (
        <g>
          <line
            class="tick"
            x1={n(across(value))}
            x2={n(across(value))}
            y1={height - bottom}
            y2={height - bottom + 4}
          />
          <text x={n(across(value))} y={height - bottom + 17} text-anchor="middle">
            {(x.text ?? String)(value)}
          </text>
        </g>
      ))}
      <line class="axis" x1={left} x2={width - right} y1={height - bottom} y2={height - bottom} />
      <text class="title" x={(left + width - right) / 2} y={height - 6} text-anchor="middle">
        {x.title}
      </text>
      <text class="title" x={0} y={10} text-anchor="start">{y.title}</text>
      {children({ x: across, y: up })}
    </svg>
  );
}

/** A line through points. */
export function Line(
  { points, frame, series }: {
    points: readonly (readonly [x: number, y: number])[];
    frame: Frame;
    series: number;
  },
) {
  const path = points.map(([x, y], i) => `${i === 0 ? "M" : "L"}${n(frame.x(x))} ${n(frame.y(y))}`);
  return <path class={`line c${series % 8}`} d={path.join("")} />;
}

/** Names at the right ends of lines, moved apart where they would lie on each other. */
export function EndLabels(
  { ends, frame }: {
    ends: readonly { text: string; y: number; series: number }[];
    frame: Frame;
  },
) {
  const placed = ends.map((end) => ({ ...end, at: frame.y(end.y) })).sort((a, b) => a.at - b.at);
  for (let i = 1; i < placed.length; i++) {
    placed[i].at = Math.max(placed[i].at, placed[i - 1].at + 13);
  }
  const over = (placed.at(-1)?.at ?? 0) - (BOX.height - BOX.bottom);
  if (over > 0) { for (const label of placed) label.at -= over; }
  return (
    <>
      {placed.map(({ text, at, series }) => (
        <text class={`name c${series % 8}`} x={BOX.width - BOX.right + 6} y={n(at + 4)}>
          {text.length > 15 ? `${text.slice(0, 14)}…` : text}
        </text>
      ))}
    </>
  );
}

/** Coordinates with a tenth of a unit. */
export function n(value: number): string {
  return String(Math.round(10 * value) / 10);
}

function scale({ min, max, log = false }: Axis, from: number, to: number) {
  const f = log ? Math.log10 : (value: number) => value;
  const low = f(min), span = f(max) - low || 1;
  return (value: number) => from + (to - from) * (f(value) - low) / span;
}

/** Round values inside an axis: four to seven, or the powers of ten. */
export function ticksOf({ min, max, log = false }: Axis): number[] {
  if (log) {
    const ticks: number[] = [];
    for (let e = Math.floor(Math.log10(min)); 10 ** e <= max; e++) {
      for (const factor of Math.log10(max / min) > 2.2 ? [1] : [1, 2, 5]) {
        const value = Number((factor * 10 ** e).toPrecision(3));
        if (value >= min && value <= max) ticks.push(value);
      }
    }
    return ticks;
  }
  const rough = (max - min) / 5, power = 10 ** Math.floor(Math.log10(rough || 1));
  const step = [1, 2, 2.5, 5, 10].map((f) => f * power).find((s) => s >= rough) ?? power;
  const ticks: number[] = [];
  for (let i = Math.ceil(min / step - 1e-9); i * step <= max + 1e-9 * step; i++) {
    ticks.push(Number((i * step).toPrecision(6)));
  }
  return ticks;
}
