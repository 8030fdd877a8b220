/** Numbers from papers: beside the measured ones in a style of their own, never among them. */
import type { PublishedTable } from "../../published/mod.ts";
import type { Board } from "../../leaderboard.ts";
import { count } from "../format.ts";

/** How far the numbers can be trusted to be what was printed. */
const TRUST: Readonly<Record<string, string>> = {
  source: "from the authors’ own repository",
  paper: "from the paper’s text",
  note: "as a third party quotes it",
};

/** The published tables that a board carries. An entry of another form is left out. */
export function publishedTables(board: Board): PublishedTable[] {
  return (board.published as unknown[]).filter((entry): entry is PublishedTable => {
    const table = entry as Partial<PublishedTable> | null;
    return typeof table === "object" && table !== null && Array.isArray(table.columns) &&
      Array.isArray(table.rows) && typeof table.source === "string" &&
      Array.isArray(table.caution);
  });
}

/** The published tables of a board's protocol. */
export function Published({ board }: { board: Board }) {
  const tables = publishedTables(board);
  if (tables.length === 0) return null;
  return (
    <details class="more published">
      <summary>{count(tables.length, "published table")} under {board.protocol}</summary>
      <p class="note">
        As printed, on their data and by their code: to look at, not to rank with. Never merged with
        what was measured here.
      </p>
      {tables.map((table) => <Table table={table} />)}
    </details>
  );
}

function Table({ table }: { table: PublishedTable }) {
  const { source, trust, dataset, columns, rows, caution } = table;
  const about = [`${source} (${TRUST[trust] ?? trust})`, ...caution].join(". ");
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={`Published: ${source}, ${dataset}`}>
      <table class="plain" title={about}>
        <caption>
          <b>{dataset}</b> {source}, {TRUST[trust] ?? trust}
        </caption>
        <thead>
          <tr>
            <th scope="col">Method</th>
            {columns.map(({ label, unit, better, key }) => (
              <th scope="col" class="number" title={key === null ? "no key of ours" : key}>
                {label}{" "}
                <small>{[unit, better === "lower" ? "↓" : "↑"].filter(Boolean).join(" ")}</small>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ method, values }) => (
            <tr>
              <th scope="row">{method}</th>
              {values.map((value) => <td class="number" title={source}>{value ?? "–"}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
      {caution.length > 0 && (
        <ul class="caution note">
          {caution.map((text) => <li>{text}</li>)}
        </ul>
      )}
    </div>
  );
}
