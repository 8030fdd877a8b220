/** Every two methods of a board, compared on the subjects that both completed. */
import type { Cell } from "./subject_table.ts";
import type { BoardStatistics } from "./_board.ts";
import type { LeaderboardEntry, LeaderboardPair } from "./leaderboard.ts";
import { describeKey } from "./keys.ts";
import { differences } from "./statistics/bootstrap.ts";
import { requiredSubjects } from "./statistics/required_subjects.ts";
import { holmCorrection } from "./statistics/holm.ts";

/**
 * Compares all pairs under the given keys. The p-values of one key are corrected in two families:
 * pairs of methods that do not use truth (the claims a board makes), and pairs with one that does.
 */
export function comparePairs(
  board: {
    entries: readonly LeaderboardEntry[];
    cells: ReadonlyMap<string, readonly Cell[]>;
    keys: readonly string[];
  },
  statistics: BoardStatistics,
): LeaderboardPair[] {
  const { entries, cells, keys } = board;
  const pairs: LeaderboardPair[] = [];
  for (const key of keys) {
    if (describeKey(key).better === undefined) continue;
    const families: LeaderboardPair[][] = [[], []];
    for (const [i, a] of entries.entries()) {
      for (const b of entries.slice(i + 1)) {
        const pair = compare(key, { a, b, cells, statistics });
        if (pair !== undefined) families[Number(a.usesTruth || b.usesTruth)].push(pair);
      }
    }
    for (const family of families) {
      const corrected = holmCorrection(family.map((pair) => pair.pUncorrected));
      for (const [k, pair] of family.entries()) pairs.push({ ...pair, p: corrected[k] });
    }
  }
  return pairs;
}

function compare(
  key: string,
  options: {
    a: LeaderboardEntry;
    b: LeaderboardEntry;
    cells: ReadonlyMap<string, readonly Cell[]>;
    statistics: BoardStatistics;
  },
): LeaderboardPair | undefined {
  const { a, b, cells, statistics } = options;
  const other = cells.get(b.method)!;
  const left: number[] = [], right: number[] = [];
  for (const [i, cell] of cells.get(a.method)!.entries()) {
    const x = cell.scores[key] ?? null, y = other[i].scores[key] ?? null;
    if (x === null || y === null) continue;
    left.push(x), right.push(y);
  }
  if (left.length === 0) return undefined;
  const sign = describeKey(key).better === "higher" ? 1 : -1;
  const wins = { a: 0, b: 0 };
  for (const [i, x] of left.entries()) {
    if (sign * (x - right[i]) > 0) wins.a++;
    else if (x !== right[i]) wins.b++;
  }
  const difference = differences(left, right);
  const p = statistics.tester.p(difference);
  return {
    a: a.method,
    b: b.method,
    key,
    difference: statistics.resampler.interval(difference),
    wins,
    p,
    pUncorrected: p,
    neededSubjects: requiredSubjects(difference),
  };
}
