/** Numbers from papers: beside the measured ones, never among them. */
import type { Board } from "../../leaderboard.ts";
import { describeKey } from "../../keys.ts";
import { fixed } from "../format.ts";

/** One published row, as far as it is understood; what is not stays out. */
export interface PublishedRow {
  method: string;
  source: string;
  /** The protocol's or the table's name for what was measured on. */
  dataset: string;
  caution: string;
  scores: Readonly<Record<string, number>>;
}

/** Reads `published` of a board: forms that are not known are left out. */
export function publishedRows(board: Board): PublishedRow[] {
  return board.published.flatMap((entry): PublishedRow[] => {
    if (typeof entry !== "object" || entry === null || Array.isArray(entry)) return [];
    const record = entry as Record<string, unknown>;
    const text = (...names: string[]) =>
      names.map((name) => record[name]).find((value) => typeof value === "string") as
        | string
        | undefined;
    const method = text("method", "name");
    const scores = Object.entries((record.scores ?? record.values ?? {}) as object)
      .flatMap(([key, value]): [string, number][] => {
        const number = typeof value === "object" && value !== null
          ? (value as { mean?: unknown; value?: unknown }).mean ??
            (value as { value?: unknown }).value
          : value;
        return typeof number === "number" ? [[key, number]] : [];
      });
    if (method === undefined || scores.length === 0) return [];
    return [{
      method,
      source: text("source", "paper", "citation") ?? "source not given",
      dataset: text("dataset", "on") ?? "",
      caution: text("caution", "note", "notes") ?? "",
      scores: Object.fromEntries(scores),
    }];
  });
}

/** The table of published numbers of a board. */
export function Published({ board }: { board: Board }) {
  const rows = publishedRows(board);
  if (rows.length === 0) return null;
  const keys = [...new Set(rows.flatMap((row) => Object.keys(row.scores)))];
  return (
    <details class="more published" open>
      <summary>Published numbers ({rows.length})</summary>
      <div class="scroll" tabIndex={0} role="region" aria-label="Published numbers">
        <table class="plain">
          <thead>
            <tr>
              <th scope="col">Method</th>
              {keys.map((key) => {
                const { title, unit } = describeKey(key);
                return (
                  <th scope="col" class="number" title={key}>
                    {title} <small>{unit}</small>
                  </th>
                );
              })}
              <th scope="col">On</th>
              <th scope="col">Source</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr title={[row.source, row.caution].filter(Boolean).join(". ")}>
                <th scope="row">{row.method}</th>
                {keys.map((key) => (
                  <td class="number">{fixed(row.scores[key], describeKey(key).digits)}</td>
                ))}
                <td>{row.dataset}</td>
                <td>
                  {row.source}
                  {row.caution !== "" && <small class="caution">{row.caution}</small>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="note">
        As papers print them, on their data and by their code: to look at, not to rank with.
      </p>
    </details>
  );
}
