/** One board: the methods of one protocol, one alignment and one data set. */
import { type Cell, gatherSubjects } from "./subject_table.ts";
import { comparePairs } from "./_board_pairs.ts";
import type { Board, LeaderboardEntry, ScoreInterval } from "./leaderboard.ts";
import type { PooledRow } from "./merge_results.ts";
import { describeKey } from "./keys.ts";
import { compareText, type MethodRecord, type ProtocolRecord } from "./results.ts";
import { publishedOf } from "./published/mod.ts";
import type { SignFlipTester } from "./statistics/permutation.ts";
import { rankIntervals } from "./statistics/ranks.ts";
import { boardNoise } from "./statistics/sampler_noise.ts";
import type { Resampler } from "./statistics/resampler.ts";

/** What a board is made of. */
export interface BoardInput {
  protocol: ProtocolRecord;
  alignment: string;
  dataset: string;
  methods: readonly MethodRecord[];
  rows: readonly PooledRow[];
  /** Whether the protocol ranks by this board. */
  ranking: boolean;
}

/** Statistics of a board. */
export interface BoardStatistics {
  resampler: Resampler;
  tester: SignFlipTester;
  level: number;
}

/** Scores worth a column where a protocol has them, in this order. */
const COLUMNS: readonly string[] = [
  "p2s_cm",
  "s2p_cm",
  "normal_deg_visible",
  "detail_deg",
  "nc",
  "f_1cm",
  "iou",
];

/** Builds one board. */
export function buildBoard(input: BoardInput, statistics: BoardStatistics): Board {
  const { protocol, alignment, dataset } = input;
  const { resampler } = statistics;
  const present = new Set(input.rows.map((row) => row.method));
  const methods = input.methods.filter((method) => present.has(method.name));
  const { subjects, views, cells } = gatherSubjects(input.rows, alignment);
  const keys = [
    ...new Set([...cells.values()].flat().flatMap((cell) => Object.keys(cell.scores))),
  ].sort(compareText);
  const rankKey = rankKeyOf(protocol, keys);
  const worst = worstValues([...cells.values()].flat(), keys);
  const rankMeans = new Map<string, Float64Array>();

  const entries = methods.map((method): LeaderboardEntry => {
    const own = cells.get(method.name)!;
    const { only } = method;
    const asked = own.filter(({ subject, state }) =>
      only === undefined || only.includes(subject) || state !== "missing"
    );
    const n = own.filter((cell) => cell.state === "ok").length;
    const scores: Record<string, ScoreInterval> = {};
    const worstCase: Record<string, ScoreInterval> = {};
    for (const key of keys) {
      const values = own.map((cell) => cell.scores[key] ?? null);
      const known = values.filter((value) => value !== null);
      if (known.length > 0) {
        const means = resampler.means(known);
        scores[key] = resampler.interval(known, means);
        if (key === rankKey && known.length === subjects.length && !method.usesTruth) {
          rankMeans.set(method.name, means);
        }
      }
      const filler = worst[key];
      if (known.length < asked.length && filler !== undefined) {
        worstCase[key] = resampler.interval(asked.map((cell) => cell.scores[key] ?? filler));
      }
    }
    return {
      method: method.name,
      usesTruth: method.usesTruth,
      place: null,
      rank: null,
      n,
      failed: own.filter((cell) => cell.state === "failed").length,
      missing: own.filter((cell) => cell.state === "missing").length,
      ...(asked.length === own.length ? {} : { asked: asked.length }),
      warned: own.filter((cell) => cell.warned).length,
      scores,
      ...(Object.keys(worstCase).length === 0 ? {} : { worstCase }),
    };
  });

  const better = describeKey(rankKey).better ?? "lower";
  const sign = better === "higher" ? -1 : 1;
  const order = (entry: LeaderboardEntry) => {
    const score = entry.scores[rankKey];
    return score === undefined ? 2 : score.n < subjects.length ? 1 : 0;
  };
  entries.sort((a, b) =>
    order(a) - order(b) ||
    sign * ((a.scores[rankKey]?.mean ?? 0) - (b.scores[rankKey]?.mean ?? 0)) ||
    compareText(a.method, b.method)
  );
  rank(entries, { rankMeans, rankKey, better, level: statistics.level });

  const columns = columnsOf(protocol, keys, rankKey);
  const noise = boardNoise(protocol, { subjects: subjects.length });
  return {
    protocol: protocol.id,
    alignment,
    dataset,
    subjects,
    views,
    rankKey,
    ranking: input.ranking,
    columns,
    entries,
    pairs: comparePairs({ entries, cells, keys: columns }, statistics),
    ...(noise === undefined ? {} : { samplerNoise: { ...noise } }),
    published: publishedOf(protocol.id) as unknown as Board["published"],
  };
}

/** Sets place and rank interval of the entries that have resampled means. */
function rank(
  entries: LeaderboardEntry[],
  options: {
    rankMeans: Map<string, Float64Array>;
    rankKey: string;
    better: "lower" | "higher";
    level: number;
  },
): void {
  const { rankMeans, rankKey, better, level } = options;
  const ranked = entries.filter((entry) => rankMeans.has(entry.method));
  const intervals = rankIntervals(ranked.map((entry) => rankMeans.get(entry.method)!), {
    better,
    level,
  });
  for (const [i, entry] of ranked.entries()) {
    const mean = entry.scores[rankKey].mean;
    entry.place = 1 + ranked.findIndex((other) => other.scores[rankKey].mean === mean);
    // One subject cannot say how places vary: any place is possible.
    entry.rank = entry.n < 2 ? [1, ranked.length] : intervals[i];
  }
}

/** The worst value any method has on any subject, by key; nothing where neither way is worse. */
function worstValues(cells: readonly Cell[], keys: readonly string[]): Record<string, number> {
  const worst: Record<string, number> = {};
  for (const key of keys) {
    const better = describeKey(key).better;
    if (better === undefined) continue;
    for (const cell of cells) {
      const value = cell.scores[key] ?? null;
      if (value === null) continue;
      const known = worst[key] ?? value;
      worst[key] = better === "lower" ? Math.max(known, value) : Math.min(known, value);
    }
  }
  return worst;
}

/** What a protocol ranks by: its own word, else what its authors call Chamfer or P2S. */
function rankKeyOf(protocol: ProtocolRecord, keys: readonly string[]): string {
  const { rank, labels } = protocol;
  return rank?.key ?? labels.Chamfer ?? labels.P2S ?? Object.values(labels)[0] ?? keys[0] ?? "";
}

function columnsOf(protocol: ProtocolRecord, keys: readonly string[], rankKey: string): string[] {
  const own = Object.values(protocol.labels).filter((key) => !COLUMNS.includes(key));
  const wanted = [rankKey, ...own, ...COLUMNS];
  return [...new Set(wanted)].filter((key) => keys.includes(key));
}
