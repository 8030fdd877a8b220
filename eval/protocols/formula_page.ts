/** The formula page of a protocol, as Markdown: made from the same object that computes. */
import type { Json } from "../../core/work/json.ts";
import { describeKey } from "../keys.ts";
import { publishedOf, type PublishedTable } from "../published/mod.ts";
import { SAMPLER_NOISE } from "../statistics/sampler_noise.ts";
import { PROTOCOLS } from "./registry.ts";
import type { Protocol } from "./protocol.ts";

/** One protocol's page. */
export function formulaPage(protocol: Protocol): string {
  const { id, version, title, labels, rank, alignments, constants, notes, formulas } = protocol;
  const label = Object.entries(labels).map(([name, key]) => `${name} is \`${key}\``).join(", ");
  const lines = [
    `## ${id}`,
    "",
    `${title}. Version ${version}.`,
    "",
    `Its authors' names: ${label}. Ranks by \`${rank.key}\`, alignment \`${rank.alignment}\`` +
    `${alignments.length > 1 ? ` (computed under ${alignments.join(", ")})` : ""}.`,
    "",
  ];
  const { quirks = [] } = protocol;
  if (quirks.length > 0) lines.push("Mind:", "", ...quirks.map((text) => `- ${text}`), "");
  lines.push("| key | better | formula |", "| --- | --- | --- |");
  for (const [keys, formula] of Object.entries(formulas)) {
    const first = keys.split(/[,;] /)[0];
    const names = keys.split(", ").map((key) => `\`${key}\``).join(", ");
    lines.push(`| ${names} | ${describeKey(first).better ?? ""} | ${cell(formula)} |`);
  }
  lines.push("", "| constant | value | what | source |", "| --- | --- | --- | --- |");
  for (const [name, value] of Object.entries(constants)) {
    const { text, source } = notes[name];
    lines.push(`| \`${name}\` | ${cell(valueText(value))} | ${cell(text)} | ${cell(source)} |`);
  }
  lines.push("");
  const noise = Object.hasOwn(SAMPLER_NOISE, id) ? SAMPLER_NOISE[id] : undefined;
  if (noise !== undefined) {
    const percent = Number((100 * noise.relative).toPrecision(2));
    lines.push(
      `With another seed \`${noise.key}\` of one person moves by ${percent} % (standard deviation ` +
        `over ${noise.seeds} seeds, \`tests/bench/protocol_noise.ts\`).`,
      "",
    );
  }
  const tables = publishedOf(id);
  if (tables.length > 0) {
    lines.push(`Published under it: ${tables.map(tableText).join("; ")}.`, "");
  }
  return lines.join("\n");
}

/** The whole document: `docs/protocols.md`. */
export function protocolsDocument(): string {
  const list = PROTOCOLS.map(({ id, title }) => `| [${id}](#${anchor(id)}) | ${cell(title)} |`);
  return [
    "# Protocols",
    "",
    "Made from the objects that compute the scores (`deno task docs:schemas`); checked by",
    "`deno task docs:check`. `scan2score protocols show ID` prints one page, `eval --protocol a,b`",
    "computes several in one pass over shared samples and trees.",
    "",
    "P is the prediction, G the scan, S(·) points drawn from a surface. A key has one direction and one",
    "unit: `p2s` is prediction → scan, `s2p` scan → prediction. A protocol is never changed once",
    "released: another constant is another version, and `--samples N` says so in the version.",
    "",
    "A mesh is refused by name where it has no triangle, no area, stray indices or coordinates that are",
    "not finite. Meshes without area in some triangles are scored: such triangles are met as the segment",
    "or point that they are, and give no samples.",
    "",
    "| protocol | |",
    "| --- | --- |",
    ...list,
    "",
    ...PROTOCOLS.map(formulaPage),
  ].join("\n");
}

function tableText({ source, dataset, rows }: PublishedTable): string {
  return `${source} (${dataset}, ${rows.length} methods)`;
}

function valueText(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Text that fits a cell of a table. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

/** As Markdown viewers make it from a heading. */
function anchor(heading: string): string {
  return heading.toLowerCase().replace(/[^a-z0-9\- ]/g, "").replaceAll(" ", "-");
}
