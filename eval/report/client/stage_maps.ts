/// <reference lib="dom" />
/** Maps of a subject from the front and from behind: of the scan, of each method, and how they differ. */
import { el, one, replace } from "./dom.ts";
import type { PageData, SubjectData } from "./page_data.ts";

/** Rows of the table of maps: slot of the picture and what it shows. */
const MAPS: readonly (readonly [slot: string, title: string])[] = [
  ["normal", "Normals"],
  ["angle", "Angle between normals"],
  ["depth", "Depth"],
  ["depthError", "Difference of depth"],
  ["error", "Distance to the scan"],
];

/** Draws the maps of one side. Pictures of the gallery are taken from there. */
export function drawMaps(
  target: HTMLElement,
  options: { data: PageData; subject: SubjectData; side: "front" | "back" },
): void {
  const { data, subject, side } = options;
  const card = document.getElementById(subject.id);
  const sources = (who: string, own: Record<string, string>) => (slot: string) =>
    own[slot] ??
      one<HTMLImageElement>(
        `[data-who="${CSS.escape(who)}"][data-slot="${slot}"] img`,
        card ?? document.createElement("div"),
      )?.src;
  const columns = [
    { who: "scan", src: sources("scan", subject.scan.pictures) },
    ...subject.methods.map(({ name, pictures }) => ({ who: name, src: sources(name, pictures) })),
  ];
  const rows = MAPS.flatMap(([name, title]) => {
    const slot = side === "front" ? name : `${name}Back`;
    const cells = columns.map(({ who, src }) => {
      const source = src(slot);
      if (source === undefined) return el("td");
      const label = `${title.toLowerCase()}, ${side}`;
      return el(
        "td",
        {},
        el(
          "button",
          { type: "button", "data-who": who, "data-slot": slot, "data-label": label },
          el("img", {
            src: source,
            alt: `${data.subjects.find(({ id }) => id === subject.id)?.name}, ${who}: ${label}`,
            loading: "lazy",
          }),
        ),
      );
    });
    if (cells.every((cell) => cell.childElementCount === 0)) return [];
    return [el("tr", {}, el("th", { scope: "row" }, title), ...cells)];
  });
  if (rows.length === 0) {
    return replace(target, el("p", { class: "note" }, "This file was made without pictures."));
  }
  replace(
    target,
    el(
      "table",
      { class: "maps" },
      el(
        "thead",
        {},
        el(
          "tr",
          {},
          el("td"),
          ...columns.map(({ who }) => el("th", { scope: "col" }, who)),
        ),
      ),
      el("tbody", {}, ...rows),
    ),
  );
}
