/** A table as text for a paper, a comment, a spreadsheet. */

/** What is copied. */
export interface TextTable {
  /** What the table is of. */
  title: string;
  /** Heads, with unit and arrow apart. */
  columns: { title: string; unit: string; better?: "lower" | "higher" | undefined }[];
  rows: {
    method: string;
    note: string;
    /** By column. `best` is the best of the ranked ones. */
    cells: { text: string; low: string; high: string; best: boolean }[];
  }[];
}

/** LaTeX with booktabs; the best number of a column is bold. */
export function latexTable({ title, columns, rows }: TextTable): string {
  const head = columns.map(({ title, unit, better }) => {
    const arrow = better === undefined
      ? ""
      : better === "lower"
      ? " $\\downarrow$"
      : " $\\uparrow$";
    return `${latex(title)}${unit === "" ? "" : ` (${latex(unit)})`}${arrow}`;
  });
  const body = rows.map(({ method, note, cells }) =>
    [
      `${latex(method)}${note === "" ? "" : ` {\\footnotesize (${latex(note)})}`}`,
      ...cells.map(({ text, best }) => best ? `\\textbf{${latex(text)}}` : latex(text)),
    ].join(" & ")
  );
  return [
    `% ${title.replaceAll(/[\r\n]/g, " ")}`,
    `\\begin{tabular}{l${"r".repeat(columns.length)}}`,
    "\\toprule",
    `Method & ${head.join(" & ")} \\\\`,
    "\\midrule",
    ...body.map((row) => `${row} \\\\`),
    "\\bottomrule",
    "\\end{tabular}",
    "",
  ].join("\n");
}

/** Markdown as GitHub reads it. */
export function markdownTable({ columns, rows }: TextTable): string {
  const head = columns.map(({ title, unit, better }) =>
    [title, unit, better === undefined ? "" : better === "lower" ? "↓" : "↑"].filter(Boolean)
      .join(" ")
  );
  const line = (cells: string[]) => `| ${cells.map(markdown).join(" | ")} |`;
  return [
    line(["Method", ...head]),
    `| --- | ${columns.map(() => "---: |").join(" ")}`,
    ...rows.map(({ method, note, cells }) =>
      `| ${markdown(method)}${note === "" ? "" : ` (${markdown(note)})`} | ${
        cells.map(({ text, best }) => best ? `**${text}**` : text).join(" | ")
      } |`
    ),
    "",
  ].join("\n");
}

/** Comma-separated values with intervals in columns of their own (RFC 4180). */
export function csvTable({ columns, rows }: TextTable): string {
  const head = columns.flatMap(({ title, unit }) => {
    const name = unit === "" ? title : `${title} (${unit})`;
    return [name, `${name} low`, `${name} high`];
  });
  const lines = [
    ["method", "note", ...head],
    ...rows.map(({ method, note, cells }) => [
      method,
      note,
      ...cells.flatMap(({ text, low, high }) => [text, low, high].map(plain)),
    ]),
  ];
  return lines.map((cells) => cells.map(csv).join(",")).join("\r\n") + "\r\n";
}

function latex(text: string): string {
  return text.replaceAll(
    /[\\{}$&#%_^~]/g,
    (char) => ({ "\\": "\\textbackslash{}", "^": "\\^{}", "~": "\\~{}" })[char] ?? `\\${char}`,
  )
    .replaceAll("−", "$-$").replaceAll("–", "--").replaceAll("°", "\\textdegree{}")
    .replaceAll("²", "\\textsuperscript{2}").replaceAll("×", "$\\times$");
}

function markdown(text: string): string {
  return text.replaceAll(/[\\|`*_<>[\]]/g, (char) => `\\${char}`).replaceAll(/[\r\n]/g, " ");
}

/** A number as programs read it. */
function plain(text: string): string {
  return text === "–" ? "" : text.replace("−", "-");
}

function csv(text: string): string {
  // A leading =, +, - or @ would be a formula in a spreadsheet; numbers keep their sign.
  const safe = /^[=+@\t\r]|^-(?![\d.])/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
