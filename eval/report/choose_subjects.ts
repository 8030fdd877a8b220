/** Which subjects get a card, where there are more than a page can hold. */
import type { Leaderboard } from "../leaderboard.ts";
import type { ResultsPool } from "../merge_results.ts";
import { compareText } from "../results.ts";
import { gatherSubjects } from "../subject_table.ts";
import { rowsOf, startBoard, type SubjectKey } from "./report_data.ts";

/** The most subjects with a card in one file, where nothing else is said. */
export const MOST_SUBJECTS = 500;

/**
 * Of more than `most` subjects takes as many, evenly from the best to the worst of the first method on the
 * board that is shown first, both ends included; who failed counts as worst. The others count in all
 * tables as before.
 *
 * @returns In the order of `keys`; all of them where they are no more than `most`.
 */
export function chooseSubjects<K extends SubjectKey>(
  keys: readonly K[],
  { pool, leaderboard, most }: { pool: ResultsPool; leaderboard: Leaderboard; most: number },
): K[] {
  if (keys.length <= most) return [...keys];
  const { board } = startBoard(leaderboard.boards.map((board) => ({ board })));
  const method = board.entries[0]?.method;
  const { cells } = gatherSubjects(rowsOf(pool, board), board.alignment);
  const scoreOf = new Map(
    (cells.get(method) ?? []).map((cell) => [cell.subject, cell.scores[board.rankKey] ?? null]),
  );
  const error = (key: K) =>
    key.dataset === board.dataset ? scoreOf.get(key.subject) ?? Infinity : Infinity;
  const ranked = keys.map((key) => ({ key, error: error(key) })).sort((a, b) =>
    (a.error === b.error ? 0 : a.error - b.error) || compareText(a.key.subject, b.key.subject)
  );
  const step = (ranked.length - 1) / Math.max(1, most - 1);
  const chosen = new Set(
    Array.from({ length: most }, (_, i) => ranked[Math.round(i * step)].key),
  );
  return keys.filter((key) => chosen.has(key));
}
