/// <reference lib="dom" />
/** The legend of the 3D view: the colours with their distances, for the range chosen. */
import { bytesOf, el, replace } from "./dom.ts";
import type { PageData } from "./page_data.ts";

/** The colour that a distance has, as the shader looks it up. */
export function colorAt(
  data: PageData,
  distanceMm: number,
  options: { maxMm: number; isSigned: boolean },
): [number, number, number] {
  const { maxMm, isSigned } = options;
  const table = bytesOf(isSigned ? data.colors.diverging : data.colors.sequential);
  const at = isSigned ? 0.5 + 0.5 * distanceMm / maxMm : Math.abs(distanceMm) / maxMm;
  const i = Math.min(255, Math.floor((0.5 + 255 * Math.min(1, Math.max(0, at))) / 256 * 256));
  return [table[3 * i], table[3 * i + 1], table[3 * i + 2]];
}

/** Draws the legend. */
export function drawLegend(
  target: HTMLElement,
  data: PageData,
  options: { maxMm: number; isSigned: boolean },
): void {
  const { maxMm, isSigned } = options;
  const start = isSigned ? -maxMm : 0,
    ticks = isSigned ? [-1, -0.5, 0, 0.5, 1] : [0, 0.25, 0.5, 0.75, 1];
  const stops = Array.from({ length: 17 }, (_, i) => {
    const [r, g, b] = colorAt(data, start + (maxMm - start) * i / 16, options);
    return `rgb(${r} ${g} ${b}) ${(100 * i / 16).toFixed(2)}%`;
  });
  const number = (value: number) => String(Number(value.toPrecision(3))).replace("-", "−");
  replace(
    target,
    el(
      "div",
      {},
      el("span", {
        class: "gradient",
        style: `background:linear-gradient(to right, ${stops.join(", ")})`,
      }),
      el(
        "ol",
        {},
        ...ticks.map((tick, i) => {
          const text = number(tick * maxMm);
          const end = i === ticks.length - 1 ? `≥ ${text} mm` : tick === -1 ? `≤ ${text}` : text;
          return el(
            "li",
            { style: `left:${100 * (isSigned ? (tick + 1) / 2 : tick)}%` },
            end,
          );
        }),
      ),
    ),
  );
  target.setAttribute(
    "aria-label",
    isSigned
      ? `Colours: ${number(maxMm)} mm inside the scan to ${number(maxMm)} mm outside`
      : `Colours: distance to the scan from 0 to ${number(maxMm)} mm or more`,
  );
}
