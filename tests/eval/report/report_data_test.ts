import assert from "node:assert/strict";
import { buildLeaderboard } from "../../../eval/leaderboard.ts";
import { mergeResults } from "../../../eval/merge_results.ts";
import { reportData, subjectKeys } from "../../../eval/report/report_data.ts";
import { syntheticResults } from "../_synthetic.ts";

const heat = { maxMm: 50, alignment: "aligned" };

Deno.test("subjectKeys() shows the front view where there is one, else the first by name", () => {
  const pool = mergeResults([
    syntheticResults({ subjects: ["b", "a"], views: ["y030", "y-30", "y000"], dataset: "one" }),
    syntheticResults({ subjects: ["c"], views: ["y030", "y-30"], dataset: "two" }),
  ]);
  assert.deepEqual(subjectKeys(pool), [
    { dataset: "one", subject: "a", views: ["y-30", "y000", "y030"], view: "y000" },
    { dataset: "one", subject: "b", views: ["y-30", "y000", "y030"], view: "y000" },
    { dataset: "two", subject: "c", views: ["y-30", "y030"], view: "y-30" },
  ]);
});

Deno.test("reportData() gives a subject's mean over its views and names the view of a failure", () => {
  const results = syntheticResults({
    subjects: ["a"],
    views: ["y000", "y030"],
    failures: { "inflate/a/y030": "no mask" },
  });
  const model = reportData(buildLeaderboard([results], { resamples: 50 }), {
    results: [results],
    heat,
  });
  const [subject] = model.subjects;
  const of = (method: string) =>
    subject.results[model.start.id].find((result) => result.method === method)!;
  assert.deepEqual(of("inflate").reasons, ["y030: no mask"]);
  assert.equal(of("inflate").state, "failed");
  const rows = results.rows.filter((row) => row.method === "body");
  const mean = (rows[0].scores.aligned.nc! + rows[1].scores.aligned.nc!) / 2;
  assert.equal(of("body").scores.nc, mean);
});

Deno.test("reportData() says once what several views share", () => {
  const views = ["y000", "y010", "y020", "y030", "y040"];
  const results = syntheticResults({ subjects: ["a"], views });
  for (const row of results.rows) {
    if (row.method !== "body") continue;
    row.warnings = ["not at rest"];
    if (row.view === "y010" || row.view === "y040") row.warnings.push("at its bound");
  }
  const model = reportData(buildLeaderboard([results], { resamples: 50 }), {
    results: [results],
    heat,
  });
  const { warnings } = model.subjects[0].results[model.start.id]
    .find((result) => result.method === "body")!;
  assert.deepEqual(warnings, [
    "y000, y010 and 3 more views: not at rest",
    "y010, y040: at its bound",
  ]);
});

Deno.test("reportData() starts at the ranking board and keeps the methods in its order", () => {
  const results = syntheticResults();
  const leaderboard = buildLeaderboard([results], { resamples: 50 });
  const model = reportData(leaderboard, { results: [results], heat });
  assert.equal(model.start.board.alignment, "aligned");
  const order = model.start.board.entries.map((entry) => entry.method);
  for (const subject of model.subjects) {
    for (const list of Object.values(subject.results)) {
      assert.deepEqual(list.map((result) => result.method), order);
    }
  }
  assert.deepEqual(model.start.spread.body.length, 8);
});
