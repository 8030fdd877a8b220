import assert from "node:assert/strict";
import fc from "fast-check";
import { parseWith } from "../../core/work/schema.ts";
import {
  type Board,
  buildLeaderboard,
  type Leaderboard,
  leaderboardJson,
  leaderboardSchema,
} from "../../eval/leaderboard.ts";
import type { ResultRow, Results } from "../../eval/results.ts";
import { fakeSha256, syntheticResults } from "./_synthetic.ts";

/** Results of one protocol from a table: method → subject → Chamfer; null is a failure. */
function table(
  cells: Record<string, Record<string, number | null>>,
  options: { usesTruth?: readonly string[]; view?: string } = {},
): Results {
  const base = syntheticResults({ methods: [], subjects: [] });
  const rows = Object.entries(cells).flatMap(([method, subjects]) =>
    Object.entries(subjects).map(([subject, value]): ResultRow => ({
      method,
      subject,
      view: options.view ?? "y000",
      protocol: "suite-1",
      warnings: [],
      ...(value === null
        ? { status: "failed", reason: "no surface", scores: {} }
        : { status: "ok", scores: { none: { chamfer_cm: value, nc: 1 - value / 100 } } }),
    }))
  );
  const usesTruth = new Set(options.usesTruth ?? []);
  const methods = Object.keys(cells).map((name) => ({ name, usesTruth: usesTruth.has(name) }));
  return { ...base, methods, rows };
}

const QUICK = { resamples: 500 };

function boardOf(results: Results | Results[]): Board {
  return buildLeaderboard([results].flat(), QUICK).boards[0];
}

function entryOf(board: Board, method: string) {
  const entry = board.entries.find((entry) => entry.method === method);
  assert.ok(entry !== undefined, method);
  return entry;
}

Deno.test("buildLeaderboard() has a board for each alignment, none first, aligned ranking", () => {
  const { boards } = buildLeaderboard([syntheticResults()], QUICK);
  assert.deepEqual(
    boards.map(({ protocol, alignment, ranking }) => [protocol, alignment, ranking]),
    [["suite-1", "none", false], ["suite-1", "aligned", true]],
  );
  assert.equal(boards[0].rankKey, "chamfer_cm");
  assert.equal(boards[0].columns[0], "chamfer_cm");
});

Deno.test("buildLeaderboard() starts with the first protocol asked for", () => {
  const results = syntheticResults();
  const second = { ...results.protocols[0], id: "aaa-first-by-name" };
  results.protocols.push(second);
  results.rows.push(...results.rows.map((row) => ({ ...row, protocol: second.id })));
  const { boards } = buildLeaderboard([results], QUICK);
  assert.deepEqual(boards.map((board) => board.protocol), [
    "suite-1",
    "suite-1",
    "aaa-first-by-name",
    "aaa-first-by-name",
  ]);
});

Deno.test("buildLeaderboard() ranks by a protocol's first board where its own has no scores", () => {
  const results = table({ m: { a: 1 } });
  results.protocols[0].rank = { alignment: "icp", key: "chamfer_cm" };
  assert.deepEqual(buildLeaderboard([results], QUICK).boards.map((b) => b.ranking), [true]);
});

Deno.test("buildLeaderboard() gives plain means and orders by them", () => {
  const board = boardOf(table({ worse: { a: 3, b: 5 }, best: { a: 1, b: 2 } }));
  assert.deepEqual(board.entries.map((entry) => entry.method), ["best", "worse"]);
  assert.equal(entryOf(board, "worse").scores.chamfer_cm.mean, 4);
  assert.deepEqual(entryOf(board, "best").scores.chamfer_cm, { mean: 1.5, low: 1, high: 2, n: 2 });
  assert.deepEqual(board.entries.map((entry) => [entry.place, entry.rank]), [
    [1, [1, 1]],
    [2, [2, 2]],
  ]);
});

Deno.test("buildLeaderboard() orders by the better direction of the rank key", () => {
  const results = table({ low: { a: 10, b: 20 }, high: { a: 1, b: 2 } });
  results.protocols[0].rank = { alignment: "none", key: "nc" };
  const board = boardOf(results);
  assert.deepEqual(board.entries.map((entry) => entry.method), ["high", "low"]);
  assert.equal(board.entries[0].place, 1);
});

Deno.test("buildLeaderboard() shows methods that use truth and never ranks them", () => {
  const board = boardOf(table({ cheat: { a: 0, b: 0 }, fair: { a: 2, b: 3 } }, {
    usesTruth: ["cheat"],
  }));
  const [cheat, fair] = board.entries;
  assert.deepEqual([cheat.method, cheat.place, cheat.rank], ["cheat", null, null]);
  assert.deepEqual([fair.method, fair.place, fair.rank], ["fair", 1, [1, 1]]);
});

Deno.test("buildLeaderboard() counts a failed subject, does not rank, and shows the worst case", () => {
  const board = boardOf(table({
    fails: { a: 1, b: null, c: 1 },
    other: { a: 2, b: 7, c: 3 },
  }));
  assert.deepEqual(board.entries.map((entry) => entry.method), ["other", "fails"]);
  const fails = entryOf(board, "fails");
  assert.deepEqual([fails.n, fails.failed, fails.missing], [2, 1, 0]);
  assert.deepEqual([fails.place, fails.rank], [null, null]);
  assert.equal(fails.scores.chamfer_cm.mean, 1);
  assert.equal(fails.scores.chamfer_cm.n, 2);
  assert.equal(fails.worstCase?.chamfer_cm.mean, (1 + 7 + 1) / 3, "the worst of any method: 7");
  assert.equal(fails.worstCase?.nc.mean, (0.99 + 0.93 + 0.99) / 3);
  assert.equal(entryOf(board, "other").worstCase, undefined);
  assert.deepEqual(board.subjects, ["a", "b", "c"]);
});

Deno.test("buildLeaderboard() takes a score that is null for one subject as incomplete", () => {
  const results = table({ gap: { a: 1, b: 2 }, whole: { a: 3, b: 4 } });
  results.rows.find((row) => row.method === "gap")!.scores.none.chamfer_cm = null;
  const gap = entryOf(boardOf(results), "gap");
  assert.deepEqual([gap.n, gap.scores.chamfer_cm.n, gap.scores.nc.n], [2, 1, 2]);
  assert.equal(gap.rank, null);
  assert.deepEqual(Object.keys(gap.worstCase ?? {}), ["chamfer_cm"]);
});

Deno.test("buildLeaderboard() does not rank a method that was not scored on every subject", () => {
  const board = boardOf([table({ all: { a: 1, b: 2 } }), table({ some: { a: 1 } })]);
  const some = entryOf(board, "some");
  assert.deepEqual([some.n, some.failed, some.missing, some.rank], [1, 0, 1, null]);
});

Deno.test("buildLeaderboard() averages views within a subject before subjects", () => {
  const front = table({ m: { a: 1, b: 10 } });
  const side = table({ m: { a: 3 } }, { view: "y030" });
  const board = boardOf([front, side]);
  assert.equal(board.views, 3);
  // (mean of 1 and 3) and 10, not the mean of three rows.
  assert.equal(entryOf(board, "m").scores.chamfer_cm.mean, 6);
});

Deno.test("buildLeaderboard() calls a subject missing where a method lacks a view others have", () => {
  const front = table({ whole: { a: 1 }, part: { a: 1 } });
  const side = table({ whole: { a: 1 } }, { view: "y030" });
  const board = boardOf([front, side]);
  assert.deepEqual([entryOf(board, "part").missing, entryOf(board, "part").n], [1, 0]);
  assert.equal(entryOf(board, "whole").n, 1);
});

Deno.test("buildLeaderboard() lets a mesh without a view answer for all views", () => {
  const results = table({ whole: { a: 1 }, views: { a: 2 } });
  delete results.rows[0].view;
  const board = boardOf([results, table({ views: { a: 4 } }, { view: "y030" })]);
  assert.equal(entryOf(board, "whole").n, 1);
  assert.equal(entryOf(board, "views").scores.chamfer_cm.mean, 3);
});

Deno.test("buildLeaderboard() gives no interval and every place from one subject", () => {
  const board = boardOf(table({ x: { a: 1 }, y: { a: 2 } }));
  assert.deepEqual(entryOf(board, "x").scores.chamfer_cm, { mean: 1, low: null, high: null, n: 1 });
  assert.deepEqual(entryOf(board, "x").rank, [1, 2]);
  assert.deepEqual(board.pairs[0].p, 1);
});

Deno.test("buildLeaderboard() pairs methods on shared subjects with sign, wins and exact p", () => {
  const cells = (add: number) =>
    Object.fromEntries(["a", "b", "c", "d", "e", "f"].map((id, i) => [id, i + add]));
  const board = boardOf(table({ near: cells(1), far: cells(3) }));
  const [pair] = board.pairs.filter((pair) => pair.key === "chamfer_cm");
  assert.deepEqual([pair.a, pair.b], ["near", "far"]);
  assert.deepEqual(pair.difference, { mean: -2, low: -2, high: -2, n: 6 });
  assert.deepEqual(pair.wins, { a: 6, b: 0 });
  assert.equal(pair.pUncorrected, 2 ** -5);
  assert.equal(pair.p, 2 ** -5, "one pair: nothing to correct");
});

Deno.test("buildLeaderboard() corrects claims apart from pairs with a method that uses truth", () => {
  const ids = Array.from({ length: 8 }, (_, i) => `s${i}`);
  const cells = (add: number) => Object.fromEntries(ids.map((id, i) => [id, i + add]));
  const board = boardOf(
    table({ truth: cells(0), one: cells(1), two: cells(2), three: cells(3) }, {
      usesTruth: ["truth"],
    }),
  );
  const pairs = board.pairs.filter((pair) => pair.key === "chamfer_cm");
  assert.equal(pairs.length, 6);
  for (const pair of pairs) {
    assert.equal(pair.pUncorrected, 2 ** -7);
    // Three claims among one, two, three; three pairs with truth: each family has three tests.
    assert.equal(pair.p, 3 * 2 ** -7, `${pair.a} and ${pair.b}`);
  }
});

Deno.test("buildLeaderboard() finds no difference between a method and itself", () => {
  const cells = { a: 1, b: 2, c: 9 };
  const board = boardOf(table({ one: cells, same: cells }));
  assert.deepEqual(board.pairs[0].difference, { mean: 0, low: 0, high: 0, n: 3 });
  assert.equal(board.pairs[0].p, 1);
  assert.deepEqual(board.entries.map((entry) => entry.place), [1, 1], "a tie shares the place");
});

Deno.test("buildLeaderboard() keeps a board where everything failed", () => {
  const board = boardOf(table({ broken: { a: null, b: null } }));
  assert.equal(board.alignment, "none");
  const broken = entryOf(board, "broken");
  assert.deepEqual([broken.n, broken.failed, broken.rank, broken.scores], [0, 2, null, {}]);
  leaderboardJson(buildLeaderboard([table({ broken: { a: null } })], QUICK));
});

Deno.test("buildLeaderboard() merges files and tells versions of a method apart", () => {
  const one = table({ m: { a: 1 } }), two = table({ m: { a: 2 } });
  one.methods[0].version = "1", two.methods[0].version = "2";
  assert.deepEqual(boardOf([one, two]).entries.map((entry) => entry.method), ["m 1", "m 2"]);
  assert.equal(boardOf([one, one]).entries.length, 1, "the same rows twice are one");
});

Deno.test("buildLeaderboard() keeps data sets on boards of their own", () => {
  const other = syntheticResults({ dataset: "another" });
  const { boards } = buildLeaderboard([syntheticResults(), other], QUICK);
  assert.deepEqual(boards.map((board) => board.dataset), [
    "open people, test split",
    "open people, test split",
    "another",
    "another",
  ]);
});

Deno.test("buildLeaderboard() refuses files that cannot share a table", () => {
  const results = () => syntheticResults({ subjects: ["a"] });
  const constants = results();
  Object.assign(constants.protocols[0], { samples: 10 });
  assert.throws(() => boardOf([results(), constants]), {
    name: "InputError",
    message: /protocol "suite-1" has other constants/,
  });
  const scan = results();
  scan.inputs[0].sha256 = fakeSha256("another scan");
  assert.throws(() => boardOf([results(), scan]), /scan of "a" .* is not the same file/);
  const scores = results();
  scores.rows[0].scores.none.iou = 0;
  assert.throws(() => boardOf([results(), scores]), /a\/y000 by "oracle-depth" .* different rows/);
  const truth = results();
  truth.methods[0].usesTruth = false;
  assert.throws(() => boardOf([results(), truth]), /"oracle-depth" is described differently/);
  assert.throws(() => buildLeaderboard([]), /found no results/);
});

Deno.test("leaderboardJson() has equal bytes for rows in any order, and fits its schema", () => {
  const results = syntheticResults({ failures: { "inflate/h07": "no mask" } });
  const text = leaderboardJson(buildLeaderboard([results]));
  fc.assert(
    fc.property(fc.shuffledSubarray(results.rows, { minLength: results.rows.length }), (rows) => {
      assert.equal(leaderboardJson(buildLeaderboard([{ ...results, rows }])), text);
    }),
    { numRuns: 3 },
  );
  const read: Leaderboard = parseWith(leaderboardSchema, JSON.parse(text), { what: "it" });
  assert.equal(read.boards.length, 2);
  assert.deepEqual(read.keys.p2s_cm, { title: "P2S", unit: "cm", better: "lower" });
});
