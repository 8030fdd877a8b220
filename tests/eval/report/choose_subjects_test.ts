import assert from "node:assert/strict";
import { buildLeaderboard } from "../../../eval/leaderboard.ts";
import { mergeResults } from "../../../eval/merge_results.ts";
import { buildReport } from "../../../eval/report/build_report.tsx";
import { chooseSubjects } from "../../../eval/report/choose_subjects.ts";
import { subjectKeys } from "../../../eval/report/report_data.ts";
import type { Results } from "../../../eval/results.ts";
import { syntheticResults } from "../_synthetic.ts";

/** Nine subjects a to i whose errors grow with the letter; all methods failed on some. */
function nine(failed = ""): Results {
  const names = [..."abcdefghi"];
  const results = syntheticResults({ subjects: names });
  for (const row of results.rows) {
    for (const table of Object.values(row.scores)) {
      for (const key of Object.keys(table)) table[key] = 1 + names.indexOf(row.subject);
    }
    if (failed.includes(row.subject)) {
      row.status = "failed";
      row.scores = {};
    }
  }
  return results;
}

Deno.test("chooseSubjects() takes subjects evenly from best to worst, both ends included", () => {
  const chosen = (most: number, failed?: string) => {
    const results = nine(failed), leaderboard = buildLeaderboard([results], { resamples: 20 });
    const pool = mergeResults([results]);
    return chooseSubjects(subjectKeys(pool), { pool, leaderboard, most })
      .map(({ subject }) => subject).join("");
  };
  assert.equal(chosen(9), "abcdefghi");
  assert.equal(chosen(100), "abcdefghi");
  assert.equal(chosen(3), "aei");
  assert.equal(chosen(5), "acegi");
  assert.equal(chosen(1), "a");
  // a b c e [f] g h i d: who failed is worst.
  assert.equal(chosen(3, "d"), "adf");
});

Deno.test("buildReport() shows as many subjects as asked for, and says so; tables count all", async () => {
  const results = nine(), leaderboard = buildLeaderboard([results], { resamples: 20 });
  const page = async (mostSubjects: number) =>
    (await buildReport({ leaderboard, results: [{ results }] }, { mostSubjects })).html;
  const [whole, some] = [await page(9), await page(4)];
  const cards = (html: string) => html.match(/<article class="subject"/g)!.length;
  assert.equal(cards(whole), 9);
  assert.equal(cards(some), 4);
  assert.match(some, /4 of 9 subjects are shown, evenly from the best to the worst of/);
  assert.doesNotMatch(whole, /subjects are shown/);
  // Filters and comparisons would be of the shown ones alone.
  assert.match(whole, /name="subjects"/);
  assert.doesNotMatch(some, /name="subjects"/);
  const table = (html: string) => /<table[\s\S]*?<\/table>/.exec(html)![0];
  assert.equal(table(some), table(whole));
});
