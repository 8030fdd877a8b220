/** A leaderboard as a table in the terminal. */
import Table from "cli-table3";
import type { Board, Leaderboard } from "../eval/leaderboard.ts";

/** The board's first columns, best method first, with 95 % intervals under the ranking one. */
export function boardTable(board: Board, leaderboard: Leaderboard): string {
  const columns = board.columns.slice(0, 6);
  const head = [
    "rank",
    "method",
    ...columns.map((key) => {
      const { better } = leaderboard.keys[key] ?? {};
      return `${key}${better === "lower" ? " ↓" : better === "higher" ? " ↑" : ""}`;
    }),
    "n",
    "failed",
  ];
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  for (const entry of board.entries) {
    const { rank } = entry;
    const place = rank === null
      ? "–"
      : rank[0] === rank[1]
      ? `${rank[0]}`
      : `${rank[0]}–${rank[1]}`;
    table.push([
      place,
      entry.usesTruth ? `${entry.method} (uses truth)` : entry.method,
      ...columns.map((key) => {
        const score = entry.scores[key];
        if (score === undefined) return "";
        const text = score.mean.toPrecision(3);
        const ranks = key === board.rankKey && score.low !== null && score.high !== null;
        return ranks
          ? `${text} [${score.low!.toPrecision(3)}, ${score.high!.toPrecision(3)}]`
          : text;
      }),
      entry.asked === undefined ? String(entry.n) : `${entry.n} of ${board.subjects.length}`,
      String(entry.failed),
    ]);
  }
  return `${board.protocol}, ${board.alignment}, ${board.dataset}\n${table.toString()}`;
}
