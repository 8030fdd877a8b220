/** A contact sheet: one page with a picture, a verdict and the faults of every subject. */
import { overviewRows } from "./overview_rows.ts";
import { centimetres } from "./words.ts";
import type { InspectReport, SubjectReport } from "./report.ts";

/**
 * Makes the page: self-contained, works offline, everything that comes from the data set escaped.
 *
 * @param pictures WebP by subject id.
 */
export function contactSheet(
  report: InspectReport,
  pictures: ReadonlyMap<string, Uint8Array>,
): string {
  const { dataset, summary, subjects } = report;
  const worstFirst = [...subjects].sort((a, b) => rank(a) - rank(b));
  const counts = `${summary.good} good, ${summary.warning} with warnings, ${summary.bad} bad`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${escapeHtml(dataset.name)}: ${counts}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>${escapeHtml(dataset.name)}</h1>
<p>${subjects.length} subjects: ${counts}. ${escapeHtml(dataset.format)} (${
    escapeHtml(dataset.evidence)
  }).</p>
<table>
${
    overviewRows(report.overview, { summary, estimate: report.estimate }).map(({ name, text }) =>
      `<tr><th scope="row">${escapeHtml(name)}</th><td>${escapeHtml(text)}</td></tr>`
    ).join("\n")
  }
</table>
<p class="key">Front, right side and back of each scan; the fitted body in <b class="wire">blue</b>, where it sticks out of the scan in <b class="out">red</b>.</p>
</header>
<main>
${worstFirst.map((subject) => card(subject, pictures.get(subject.id))).join("\n")}
</main>
</body>
</html>
`;
}

function rank({ verdict }: SubjectReport): number {
  return ["bad", "warning", "good"].indexOf(verdict);
}

function card(subject: SubjectReport, picture: Uint8Array | undefined): string {
  const { id, verdict, faults, missing, notes } = subject, name = escapeHtml(id);
  const shown = picture === undefined
    ? '<div class="none">no picture</div>'
    : `<img alt="${name} from the front, the right and behind" src="data:image/webp;base64,${picture.toBase64()}">`;
  const list = faults.map(({ code, severity, text, hint }) =>
    `<li class="${severity}"><code>${escapeHtml(code)}</code> ${escapeHtml(text)}${
      hint === undefined ? "" : ` <i>${escapeHtml(hint)}</i>`
    }</li>`
  );
  const lacks = missing.length === 0
    ? []
    : [`<li>missing: ${missing.map(escapeHtml).join(", ")}</li>`];
  const more = notes.map((text) => `<li>${escapeHtml(text)}</li>`);
  return `<section class="${verdict}">
<h2>${name} <span>${verdict}</span></h2>
${shown}
<p>${escapeHtml(factsOf(subject))}</p>
<ul>${[...list, ...lacks, ...more].join("")}</ul>
</section>`;
}

/** Size, axes and distances in one line. */
export function factsOf({ unit, heightM, up, facing, triangles, fit }: SubjectReport): string {
  const facts: string[] = [];
  if (triangles !== null) facts.push(`${triangles} triangles`);
  if (heightM !== null) {
    facts.push(
      `${heightM.toFixed(2)} m tall${unit === null || unit === "m" ? "" : `, file in ${unit}`}`,
    );
  }
  if (up !== null && facing !== null) facts.push(`up ${up}, faces ${facing}`);
  if (fit !== null) {
    facts.push(
      `body ${centimetres(fit.medianM)} under the surface (95 %: ${centimetres(fit.p95M)}), ` +
        `${(100 * fit.outsideShare).toFixed(1)} % of it outside`,
    );
  }
  return facts.join(" · ");
}

/** Text as HTML shows it. */
export function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replaceAll(/[&<>"']/g, (c) => entities[c]);
}

const STYLE = `
:root { color-scheme: light; font: 15px/1.45 system-ui, sans-serif; color: #1b1f24; background: #fff; }
body { margin: 0 auto; max-width: 96rem; padding: 1.5rem; }
h1 { font-size: 1.5rem; margin: 0; }
header p { margin: .3rem 0; }
header table { border-collapse: collapse; margin: .6rem 0; font-size: .93rem; }
th { text-align: left; font-weight: 600; vertical-align: top; padding: .1rem 1rem .1rem 0; white-space: nowrap; }
td { padding: .1rem 0; overflow-wrap: anywhere; }
.key { color: #57606a; }
.wire { color: #006eff; } .out { color: #e03500; }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(22rem, 1fr)); gap: 1rem; margin-top: 1.2rem; }
section { border: 1px solid #d0d7de; border-top: 4px solid #2da44e; border-radius: 6px; padding: .6rem .8rem; overflow-wrap: anywhere; }
section.warning { border-top-color: #d4a72c; }
section.bad { border-top-color: #cf222e; }
h2 { font-size: 1rem; margin: 0 0 .4rem; display: flex; justify-content: space-between; }
h2 span { font-weight: 400; color: #57606a; }
img { width: 100%; height: 15rem; object-fit: contain; background: #fafafa; }
.none { height: 15rem; display: grid; place-items: center; background: #f6f8fa; color: #57606a; }
section p { margin: .4rem 0; font-size: .87rem; color: #57606a; }
ul { margin: 0; padding-left: 1.1rem; font-size: .9rem; }
li.bad code { color: #cf222e; } li.warning code { color: #8a6100; }
i { color: #57606a; }
`;
