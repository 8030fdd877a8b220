/** What moved between two leaderboards, and whether it moved beyond noise. */
import { describeKey } from "./keys.ts";
import type { Board, Leaderboard, LeaderboardEntry } from "./leaderboard.ts";

/** One mean that is not what it was. */
export interface ScoreChange {
  protocol: string;
  alignment: string;
  dataset: string;
  method: string;
  key: string;
  before: number;
  after: number;
  /** Which way is better decides; `neither` for counts and flags. */
  direction: "better" | "worse" | "neither";
  /**
   * `beyond`: each mean lies outside the other's interval. `within`: not so. `unknown`: one of them
   * has no interval.
   */
  noise: "beyond" | "within" | "unknown";
}

/** Something else that is not what it was, in a sentence. */
export interface OtherChange {
  /** The board or the method it is about. */
  about: string;
  text: string;
}

/** Everything that changed. */
export interface LeaderboardChanges {
  /** The rank key of each board first, then the other columns; beyond noise first. */
  scores: ScoreChange[];
  others: OtherChange[];
  /** Means that were compared. */
  compared: number;
}

const ORDER = { beyond: 0, unknown: 1, within: 2 } as const;

/**
 * Compares the columns of boards of one protocol, alignment and data set. Intervals of both
 * leaderboards are over subjects, so for the same subjects the rule is cautious: a change that both
 * intervals exclude is called beyond noise, smaller ones may still be real.
 */
export function leaderboardChanges(before: Leaderboard, after: Leaderboard): LeaderboardChanges {
  const scores: ScoreChange[] = [], others: OtherChange[] = [];
  let compared = 0;
  if (before.suite !== after.suite) {
    others.push({ about: "scan2score", text: `version ${before.suite}, now ${after.suite}` });
  }
  for (const protocol of after.protocols) {
    const old = before.protocols.find(({ id }) => id === protocol.id);
    if (old !== undefined && JSON.stringify(old) !== JSON.stringify(protocol)) {
      others.push({ about: protocol.id, text: "its constants are not what they were" });
    }
  }
  for (const board of after.boards) {
    const about = nameOf(board);
    const old = before.boards.find((other) => nameOf(other) === about);
    if (old === undefined) {
      others.push({ about, text: "a new board" });
      continue;
    }
    others.push(...otherChanges(old, board));
    for (const entry of board.entries) {
      const was = old.entries.find(({ method }) => method === entry.method);
      if (was === undefined) continue;
      for (const key of board.columns) {
        const change = scoreChange(board, { was, now: entry, key });
        if (change === undefined) continue;
        compared++;
        if (change.before !== change.after) scores.push(change);
      }
    }
  }
  for (const board of before.boards) {
    if (!after.boards.some((other) => nameOf(other) === nameOf(board))) {
      others.push({ about: nameOf(board), text: "the board is gone" });
    }
  }
  scores.sort((a, b) => ORDER[a.noise] - ORDER[b.noise]);
  return { scores, others, compared };
}

function scoreChange(
  board: Board,
  { was, now, key }: { was: LeaderboardEntry; now: LeaderboardEntry; key: string },
): ScoreChange | undefined {
  const a = was.scores[key], b = now.scores[key];
  if (a === undefined || b === undefined) return undefined;
  const { better } = describeKey(key);
  const lower = b.mean < a.mean;
  const known = a.low !== null && a.high !== null && b.low !== null && b.high !== null;
  const apart = known && (b.mean < a.low! || b.mean > a.high!) &&
    (a.mean < b.low! || a.mean > b.high!);
  return {
    protocol: board.protocol,
    alignment: board.alignment,
    dataset: board.dataset,
    method: now.method,
    key,
    before: a.mean,
    after: b.mean,
    direction: better === undefined
      ? "neither"
      : lower === (better === "lower")
      ? "better"
      : "worse",
    noise: !known ? "unknown" : apart ? "beyond" : "within",
  };
}

function otherChanges(old: Board, board: Board): OtherChange[] {
  const about = nameOf(board), changes: OtherChange[] = [];
  const gone = old.subjects.filter((subject) => !board.subjects.includes(subject)).length;
  const come = board.subjects.filter((subject) => !old.subjects.includes(subject)).length;
  if (gone + come > 0) {
    changes.push({ about, text: `${come} subjects more, ${gone} fewer: means are over others` });
  }
  for (const entry of board.entries) {
    const was = old.entries.find(({ method }) => method === entry.method);
    const say = (text: string) => changes.push({ about: `${entry.method}, ${about}`, text });
    if (was === undefined) say("a new method");
    else {
      if (was.place !== entry.place) {
        say(`place ${was.place ?? "none"}, now ${entry.place ?? "none"}`);
      }
      if (was.failed !== entry.failed) say(`${was.failed} failed, now ${entry.failed}`);
      if (was.n !== entry.n) say(`${was.n} subjects completed, now ${entry.n}`);
    }
  }
  for (const { method } of old.entries) {
    if (!board.entries.some((entry) => entry.method === method)) {
      changes.push({ about: `${method}, ${about}`, text: "the method is gone" });
    }
  }
  return changes;
}

function nameOf({ protocol, alignment, dataset }: Board): string {
  return `${protocol}, ${alignment}, ${dataset}`;
}
