/** A data set at a glance in words: the lines of `inspect`, `dataset info` and the contact sheet. */
import type { Overview } from "../overview.ts";
import type { InspectReport, RenderEstimate } from "./report.ts";

/** One line: what it is about, and what is said. */
export interface OverviewRow {
  name: string;
  text: string;
}

/** What there is to say besides the counts. */
export interface OverviewExtras {
  summary?: InspectReport["summary"];
  estimate?: RenderEstimate | null | undefined;
}

/** Says what a data set holds and lacks. What there is none of is left out. */
export function overviewRows(
  overview: Overview,
  { summary, estimate }: OverviewExtras = {},
): OverviewRow[] {
  const { subjects, people, files, bytes, attributes, missing, notes, broken } = overview;
  const rows: OverviewRow[] = [{
    name: "subjects",
    text: `${subjects}${people === subjects ? "" : ` of ${people} people`}`,
  }];
  const say = (name: string, ...texts: (string | undefined)[]) => {
    const text = texts.filter((one) => one !== undefined && one !== "").join("; ");
    if (text !== "") rows.push({ name, text });
  };
  say("not opened", pairs(broken));
  for (const [name, values] of Object.entries(attributes)) say(name, pairs(values, " × "));
  say("scans", pairs(overview.scans), `unit: ${pairs(overview.units)}`);
  say(
    "with",
    `texture ${overview.withTexture}, fit ${overview.withFit}` +
      `${overview.withFit === 0 ? "" : ` (${pairs(overview.fitKinds)})`}, ` +
      `keypoints ${overview.withKeypoints}`,
  );
  say("missing", someOf(missing));
  say("notes", someOf(notes));
  if (summary !== undefined) {
    say("fits", pairs(summary.fits));
    say("faults", pairs(summary.faults));
  }
  say("on disk", `${files} files, ${size(bytes)}`);
  if (estimate) say("rendering", estimateText(estimate));
  return rows;
}

/** `14 views at 2048²: about 20 s with 2 workers, 92 MB (2.10 s a view, by h01, h02)`. */
export function estimateText(estimate: RenderEstimate): string {
  const { views, seconds, bytes, secondsPerView, workers, tried } = estimate;
  const time = seconds < 120
    ? `${seconds.toFixed(0)} s`
    : seconds < 7200
    ? `${(seconds / 60).toFixed(0)} min`
    : `${(seconds / 3600).toFixed(1)} h`;
  return `${views} views at ${estimate.size}²: about ${time} with ${workers} ` +
    `worker${workers === 1 ? "" : "s"}, ${size(bytes)} (${secondsPerView.toFixed(2)} s a view, ` +
    `by ${tried.join(", ")})`;
}

function pairs(counts: { [key: string]: number }, between = " "): string {
  return Object.entries(counts).filter(([, count]) => count > 0)
    .map(([key, count]) => `${count}${between}${key}`).join(", ");
}

function someOf(named: Overview["missing"]): string {
  return Object.entries(named).map(([name, { count, some }]) =>
    `${name} of ${count} (${some.join(", ")}${count > some.length ? ", …" : ""})`
  ).join(", ");
}

function size(bytes: number): string {
  return bytes < 1e9
    ? `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`
    : `${(bytes / 1e9).toFixed(1)} GB`;
}
