/**
 * `leaderboard.json`: methods compared under one protocol, one alignment and one data set a board.
 * The rules (who is ranked, what a failure costs, how intervals are made) stand in
 * `docs/formats.md`.
 */
import { z } from "zod";
import type { FileRecord } from "../core/work/hash.ts";
import type { Json } from "../core/work/json.ts";
import { withDefaults } from "../core/work/options.ts";
import { anyJson, open, parseWith } from "../core/work/schema.ts";
import { sealedJson } from "../core/work/seal.ts";
import { SUITE_VERSION } from "../core/work/version.ts";
import { buildBoard } from "./_board.ts";
import { mergeResults } from "./merge_results.ts";
import { describeKey } from "./keys.ts";
import { betterSchema, compareText, methodSchema, protocolRecordSchema } from "./results.ts";
import type { Results } from "./results.ts";
import { BOOTSTRAP_DEFAULTS } from "./statistics/bootstrap.ts";
import { PERMUTATION_DEFAULTS, SignFlipTester } from "./statistics/permutation.ts";
import { Resampler } from "./statistics/resampler.ts";

/** Value of `schema` in `leaderboard.json`. */
export const LEADERBOARD_SCHEMA = "scan2score/leaderboard-1";

/** A mean over subjects with its interval. */
export const intervalSchema = open({
  mean: z.number(),
  low: z.number().nullable().describe("null for fewer than two subjects"),
  high: z.number().nullable(),
  n: z.int().nonnegative().describe("Subjects in the mean"),
});

/** One method on one board. */
export const entrySchema = open({
  method: z.string(),
  usesTruth: z.boolean(),
  place: z.int().positive().nullable().describe("Place by mean among the ranked; null: not ranked"),
  rank: z.array(z.int().positive()).length(2).nullable()
    .describe("[best, worst] place in 95 % of the resamples; null: not ranked"),
  n: z.int().nonnegative().describe("Subjects completed: what the means are over"),
  failed: z.int().nonnegative().describe("Subjects with a failed view"),
  missing: z.int().nonnegative().describe("Subjects without a row for every view"),
  asked: z.int().nonnegative()
    .describe("Subjects that were asked of it, where not all: the others are among the missing")
    .optional(),
  warned: z.int().nonnegative().describe("Subjects with a warning"),
  scores: z.record(z.string(), intervalSchema).describe("By key, over the n subjects completed"),
  worstCase: z.record(z.string(), intervalSchema)
    .describe("Where n is less than what was asked: with the worst value of the board for the rest")
    .optional(),
});

/** Two methods on the subjects that both completed. */
export const pairSchema = open({
  a: z.string(),
  b: z.string(),
  key: z.string(),
  difference: intervalSchema.describe("a - b"),
  wins: open({ a: z.int().nonnegative(), b: z.int().nonnegative() })
    .describe("Subjects on which each is better; ties count for neither"),
  p: z.number().describe("Paired sign-flip test, two-sided, Holm-corrected in its family"),
  pUncorrected: z.number(),
  neededSubjects: z.int().positive().nullable()
    .describe("Subjects that would find this difference four times out of five at 5 %").optional(),
});

/** One protocol, alignment and data set. */
export const boardSchema = open({
  protocol: z.string(),
  alignment: z.string(),
  dataset: z.string(),
  subjects: z.array(z.string()).describe("Ids of all subjects any method was scored on"),
  views: z.int().nonnegative().describe("Pairs of subject and view"),
  rankKey: z.string().describe("Score that orders and ranks"),
  ranking: z.boolean().describe("This is the board that the protocol ranks by"),
  columns: z.array(z.string()).describe("The scores to show first"),
  entries: z.array(entrySchema).describe("Best first; methods with failures after the others"),
  pairs: z.array(pairSchema),
  samplerNoise: open({
    key: z.string(),
    relative: z.number().describe("Of one item's score, as a share of it"),
    ofMean: z.number().describe("Of a mean over the board's subjects, as a share of it"),
  }).describe(
    "How far the sampler's seed alone moves the score that ranks: standard deviation, as measured " +
      "on one bundled person; absent where it was not",
  ).optional(),
  published: z.array(anyJson).describe("Numbers from papers, never merged with measured ones"),
});

/** The whole file. */
export const leaderboardSchema = open({
  schema: z.literal(LEADERBOARD_SCHEMA),
  suite: z.string().describe("Version of scan2score that made it"),
  sources: z.array(open({ path: z.string(), bytes: z.int(), sha256: z.string() }))
    .describe("The results files it was made from"),
  statistics: open({
    resamples: z.int(),
    level: z.number(),
    seed: z.int(),
    permutationsExactUpTo: z.int(),
    permutationDraws: z.int(),
  }),
  protocols: z.array(protocolRecordSchema),
  methods: z.array(methodSchema),
  keys: z.record(
    z.string(),
    open({ title: z.string(), unit: z.string(), better: betterSchema.optional() }),
  ),
  boards: z.array(boardSchema).describe("First: the first protocol asked for, alignment none"),
});

/** A mean over subjects with its interval. */
export type ScoreInterval = z.infer<typeof intervalSchema>;
/** One method on one board. */
export type LeaderboardEntry = z.infer<typeof entrySchema>;
/** Two methods on the subjects that both completed. */
export type LeaderboardPair = z.infer<typeof pairSchema>;
/** One protocol, alignment and data set. */
export type Board = z.infer<typeof boardSchema>;
/** `leaderboard.json`. */
export type Leaderboard = z.infer<typeof leaderboardSchema>;

/** How a leaderboard is made. */
export interface LeaderboardOptions {
  /** Times the subjects are resampled. */
  resamples?: number;
  /** Share of the resamples an interval keeps. */
  level?: number;
  /** Seed of resampling and permutation. */
  seed?: number;
  /** The results files, as the leaderboard names them. */
  sources?: readonly Omit<FileRecord, "role">[];
}

/** 10,000 resamples, 95 %. */
export const LEADERBOARD_DEFAULTS: Readonly<Required<LeaderboardOptions>> = Object.freeze({
  ...BOOTSTRAP_DEFAULTS,
  sources: [],
});

/**
 * Compares the methods of one or more results files.
 *
 * @throws {InputError} If the files cannot share a table: a protocol with other constants, another
 * scan under the same id, two different rows of one item.
 */
export function buildLeaderboard(
  results: readonly Results[],
  options: LeaderboardOptions = {},
): Leaderboard {
  const { sources, ...statistics } = withDefaults(LEADERBOARD_DEFAULTS, options);
  const pool = mergeResults(results);
  const tools = {
    resampler: new Resampler(statistics),
    tester: new SignFlipTester({ seed: statistics.seed }),
    level: statistics.level,
  };
  const boards = pool.protocols.flatMap((protocol) =>
    pool.datasets.flatMap((dataset) => {
      const rows = pool.rows.filter((row) =>
        row.protocol === protocol.id && row.dataset === dataset
      );
      const alignments = alignmentsOf(rows);
      const wanted = protocol.rank?.alignment ?? "none";
      const ranking = alignments.includes(wanted) ? wanted : alignments[0];
      const { methods } = pool;
      return alignments.map((alignment) => {
        const input = { protocol, dataset, alignment, methods, rows };
        return buildBoard({ ...input, ranking: alignment === ranking }, tools);
      });
    })
  );
  const keys = new Set(boards.flatMap((b) => b.entries.flatMap((e) => Object.keys(e.scores))));
  return {
    schema: LEADERBOARD_SCHEMA,
    suite: SUITE_VERSION,
    sources: sources.map(({ path, bytes, sha256 }) => ({ path, bytes, sha256 })),
    statistics: {
      ...statistics,
      permutationsExactUpTo: PERMUTATION_DEFAULTS.exactUpTo,
      permutationDraws: PERMUTATION_DEFAULTS.draws,
    },
    protocols: pool.protocols,
    methods: pool.methods,
    keys: Object.fromEntries(
      [...keys].sort(compareText).map((key) => {
        const { title, unit, better } = describeKey(key);
        return [key, { title, unit, ...(better === undefined ? {} : { better }) }];
      }),
    ),
    boards,
  };
}

/**
 * The bytes of `leaderboard.json`: checked, keys sorted, full precision.
 *
 * @throws {InputError} If the value does not fit the schema.
 */
export function leaderboardJson(leaderboard: Leaderboard): string {
  const checked = parseWith(leaderboardSchema, leaderboard, { what: "the leaderboard to write" });
  return sealedJson(checked as { [key: string]: Json });
}

/** `none` first, then the others by name; `none` alone where every row failed. */
function alignmentsOf(rows: readonly { scores: Record<string, unknown> }[]): string[] {
  if (rows.length === 0) return [];
  const names = new Set(rows.flatMap((row) => Object.keys(row.scores)));
  if (names.size === 0) return ["none"];
  return [...names].sort((a, b) =>
    Number(b === "none") - Number(a === "none") || compareText(a, b)
  );
}
