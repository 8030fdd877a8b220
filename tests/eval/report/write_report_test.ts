import assert from "node:assert/strict";
import { join } from "node:path";
import { leaderboardChanges } from "../../../eval/leaderboard_changes.ts";
import { buildLeaderboard } from "../../../eval/leaderboard.ts";
import { isOpenLicence } from "../../../eval/report/embed_scans.ts";
import { redactResults } from "../../../eval/report/redaction.ts";
import { type Results, resultsJson } from "../../../eval/results.ts";
import { writeReport } from "../../../eval/write_report.ts";
import { syntheticResults } from "../_synthetic.ts";
import { writeDataset } from "./_dataset.ts";

const SMALL = { pictures: { heightPx: 48 } };

async function withResults(
  body: (folder: string, file: string, results: Results) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const results = await writeDataset(folder), file = join(folder, "results.json");
    await Deno.writeTextFile(file, resultsJson(results));
    await body(folder, file, results);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("writeReport() splits into a small page and one file a subject that need each other by link alone", async () => {
  await withResults(async (folder, file) => {
    const out = join(folder, "split");
    const { notes } = await writeReport(out, [file], { split: true, ...SMALL });
    assert.deepEqual(notes, []);
    const main = await Deno.readTextFile(join(out, "report.html"));
    assert.match(main, /<a class="open" href="subjects\/s-0\.html"/);
    assert.ok(!main.includes('id="viewer-script"'), "the viewer is where the meshes are");
    const subject = await Deno.readTextFile(join(out, "subjects", "s-1.html"));
    assert.match(subject, /<a href="\.\.\/report\.html">/);
    assert.match(subject, /data-alone="s-1"/);
    const json = /<script type="application\/json" id="subject-s-1">([^]*?)<\/script>/.exec(
      subject,
    );
    const data = JSON.parse(json![1]);
    assert.deepEqual(data.methods.map(({ name }: { name: string }) => name), ["tight", "loose"]);
    assert.match(subject, /the mask is empty/);
  });
});

Deno.test("writeReport() copies no scan unless it is told to, or the licence is open", async () => {
  await withResults(async (folder, file) => {
    const modelOf = async (embedScans?: "all" | "none") => {
      await writeReport(join(folder, "out"), [file], { embedScans, ...SMALL });
      const html = await Deno.readTextFile(join(folder, "out", "report.html"));
      const json = /<script type="application\/json" id="subject-s-0">([^]*?)<\/script>/.exec(html);
      return JSON.parse(json![1]).scan.model;
    };
    assert.equal(await modelOf(), undefined);
    assert.ok((await modelOf("all")).bytes > 0);
    assert.equal(await modelOf("none"), undefined);
  });
});

Deno.test("isOpenLicence() knows open ones by their SPDX names, and no others", () => {
  for (const open of ["CC0-1.0", "cc-by-4.0", "CC BY-SA 4.0", "own", "public domain"]) {
    assert.ok(isOpenLicence(open), open);
  }
  for (
    const closed of ["CC-BY-NC-4.0", "CC-BY-ND-4.0", "research only", "", "THuman2.0 agreement"]
  ) {
    assert.ok(!isOpenLicence(closed), closed);
  }
});

Deno.test("writeReport() redacts: no name, file, hash, picture or reason is left", async () => {
  await withResults(async (folder, file, results) => {
    const out = join(folder, "redacted");
    await writeReport(out, [file], { redact: true, command: `report ${file}` });
    for (const name of ["report.html", "leaderboard.json"]) {
      const text = await Deno.readTextFile(join(out, name));
      for (
        const secret of [
          "rounder",
          "the mask is empty",
          folder,
          "data:image/webp",
          ...results.inputs.map(({ sha256 }) => sha256),
          ...results.inputs.map(({ path }) => path),
        ]
      ) assert.ok(!text.includes(secret), `${name} holds ${secret}`);
      assert.ok(text.includes("subject 1"));
    }
  });
});

Deno.test("redactResults() keeps every score, and one subject's number in all files of a data set", () => {
  const one = syntheticResults({ subjects: ["b", "a"] });
  const two = syntheticResults({
    subjects: ["c", "a"],
    methods: [{ name: "other", chamferCm: 2 }],
  });
  const [first, second] = redactResults([one, two]);
  assert.deepEqual(first.rows.map(({ scores }) => scores), one.rows.map(({ scores }) => scores));
  const nameOf = (results: Results, redacted: Results, subject: string) =>
    redacted.rows[results.rows.findIndex((row) => row.subject === subject)].subject;
  assert.equal(nameOf(one, first, "a"), "subject 1");
  assert.equal(nameOf(two, second, "a"), "subject 1");
  assert.equal(nameOf(two, second, "c"), "subject 3");
});

Deno.test("leaderboardChanges() says nothing of a leaderboard and itself", () => {
  const board = buildLeaderboard([syntheticResults()], { resamples: 200 });
  const { scores, others, compared } = leaderboardChanges(board, board);
  assert.deepEqual([scores, others], [[], []]);
  assert.equal(compared, 2 * 4 * 7);
});

Deno.test("leaderboardChanges() tells a move from noise, and names what came and went", () => {
  const results = syntheticResults();
  const before = buildLeaderboard([results], { resamples: 200 });
  const changed = structuredClone(results);
  for (const row of changed.rows) {
    if (row.method === "inflate") row.scores.aligned.chamfer_cm! /= 4;
    if (row.method === "2k2k") row.scores.aligned.chamfer_cm! *= 1.001;
  }
  changed.rows = changed.rows.filter(({ method }) => method !== "body");
  changed.methods = changed.methods.filter(({ name }) => name !== "body");
  const after = buildLeaderboard([changed], { resamples: 200 });
  const { scores, others } = leaderboardChanges(before, after);
  const told = scores.map(({ method, key, direction, noise }) =>
    `${method} ${key} ${direction} ${noise}`
  );
  assert.deepEqual(told, ["inflate chamfer_cm better beyond", "2k2k chamfer_cm worse within"]);
  const texts = others.map(({ about, text }) => `${about}: ${text}`);
  assert.ok(texts.includes("body, suite-1, aligned, open people, test split: the method is gone"));
  assert.ok(texts.includes("inflate, suite-1, aligned, open people, test split: place 2, now 1"));
});

Deno.test("writeReport() shows what moved since an older leaderboard, and a verification", async () => {
  await withResults(async (folder, file, results) => {
    const old = join(folder, "old");
    await writeReport(old, [file], SMALL);
    const changed = structuredClone(results);
    for (const row of changed.rows) {
      if (row.method === "tight") row.scores.aligned.chamfer_cm! += 5;
    }
    const newer = join(folder, "newer.json"), verified = join(folder, "verified.jsonl");
    await Deno.writeTextFile(newer, resultsJson(changed));
    await Deno.writeTextFile(
      verified,
      '{"event":"start"}\n{"artifact":"results.json","kind":"results","files":7,"scores":63,' +
        '"findings":[],"unchecked":[]}\n',
    );
    await Deno.utime(verified, new Date(0), new Date("2026-05-04T03:02:00Z"));
    const { changes } = await writeReport(join(folder, "new"), [newer], {
      against: join(old, "leaderboard.json"),
      verified,
      ...SMALL,
    });
    assert.equal(changes!.scores.filter(({ noise }) => noise === "beyond").length, 1);
    const html = await Deno.readTextFile(join(folder, "new", "report.html"));
    const text = html.replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ");
    assert.ok(text.includes("Since leaderboard.json"));
    assert.ok(text.includes("1 beyond noise"));
    assert.ok(
      text.includes("as of 2026-05-04 03:02 UTC: 7 files and 63 scores are what is recorded"),
    );
  });
});
