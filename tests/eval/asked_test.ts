/** Methods that were asked for some subjects only: no rows for the others, and never ranked. */
import assert from "node:assert/strict";
import type { Dataset } from "../../datasets/subject.ts";
import { openDataset } from "../../datasets/open.ts";
import { evaluate } from "../../eval/evaluate.ts";
import { buildLeaderboard } from "../../eval/leaderboard.ts";
import { openPredictions } from "../../eval/predictions.ts";
import { buildReport } from "../../eval/report/build_report.tsx";
import { verify } from "../../eval/verify.ts";
import { inFolder } from "../miniatures/files.ts";

/** A tetrahedron of a metre, moved. */
function tetrahedron(x: number): string {
  return [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]
    .map(([a, b, c]) => `v ${a + x} ${b} ${c}\n`).join("") +
    "f 1 3 2\nf 1 2 4\nf 2 3 4\nf 3 1 4\n";
}

/** Three scans, `whole` predicted for all, `part` as given; what `evaluate` makes of them. */
async function scored(folder: string, part: { only?: string[]; meshes: string[] }) {
  const ids = ["a", "b", "c"];
  for (const name of ["scans", "whole", "part"]) await Deno.mkdir(`${folder}/${name}`);
  for (const id of ids) {
    await Deno.writeTextFile(`${folder}/scans/${id}.obj`, tetrahedron(0));
    await Deno.writeTextFile(`${folder}/whole/${id}.obj`, tetrahedron(0.02));
  }
  for (const id of part.meshes) {
    await Deno.writeTextFile(`${folder}/part/${id}.obj`, tetrahedron(0.01));
  }
  const sets = [...await openPredictions(`${folder}/whole`)];
  await Deno.writeTextFile(
    `${folder}/part/predictions.json`,
    JSON.stringify({
      schema: "scan2score/predictions-1",
      method: { name: "part" },
      usesTruth: false,
      frame: "scan",
      unit: "m",
      ...(part.only === undefined ? {} : { only: part.only }),
      items: part.meshes.map((id) => ({ subject: id, mesh: `${id}.obj` })),
    }),
  );
  sets.push(...await openPredictions(`${folder}/part`));
  const truth: Dataset = await openDataset(`${folder}/scans`);
  const file = `${folder}/results.json`;
  const { results } = await evaluate(file, {
    truth,
    sets,
    protocols: [{ id: "icon-2022", changes: {} }],
    seed: 0,
  });
  const rows = results!.rows.filter(({ method }) => method === "part");
  const board = buildLeaderboard([results!], { resamples: 100 }).boards[0];
  const entry = board.entries.find(({ method }) => method === "part")!;
  return { file, results: results!, rows, board, entry, notes: sets[1].notes };
}

Deno.test("evaluate() gives a method no rows for subjects that were not asked of it", async () => {
  await inFolder(async (folder) => {
    const { file, results, rows, board, entry, notes } = await scored(folder, {
      only: ["a", "b"],
      meshes: ["a", "b"],
    });
    assert.deepEqual(rows.map(({ subject, status }) => [subject, status]), [
      ["a", "ok"],
      ["b", "ok"],
    ]);
    assert.deepEqual(results.methods.map(({ only }) => only), [undefined, ["a", "b"]]);
    assert.match(notes.join(), /part was asked for 2 subjects only/);
    // Better than `whole` where it was asked, and still not ranked; nothing failed.
    assert.deepEqual(board.entries.map(({ method, place }) => [method, place]), [
      ["whole", 1],
      ["part", null],
    ]);
    const { n, asked, failed, missing, rank, worstCase } = entry;
    assert.deepEqual({ n, asked, failed, missing, rank, worstCase }, {
      n: 2,
      asked: 2,
      failed: 0,
      missing: 1,
      rank: null,
      worstCase: undefined,
    });
    assert.ok(board.pairs.every(({ difference }) => difference.n === 2), "on shared subjects");
    const [checked] = await verify(file);
    assert.deepEqual([checked.findings, checked.unchecked], [[], []]);
    const { html } = await buildReport({
      leaderboard: buildLeaderboard([results], { resamples: 20 }),
      results: [{ results }],
    });
    assert.match(html, /Not asked for this subject/);
    assert.doesNotMatch(html, /no prediction was scored for this subject<\/p>/);
  });
});

Deno.test("evaluate() fails a subject that was asked for and has no prediction", async () => {
  await inFolder(async (folder) => {
    const { rows, entry } = await scored(folder, { only: ["a", "b"], meshes: ["a"] });
    assert.deepEqual(rows.map(({ subject, status }) => [subject, status]), [
      ["a", "ok"],
      ["b", "failed"],
    ]);
    assert.deepEqual([entry.n, entry.asked, entry.failed, entry.missing], [1, 2, 1, 1]);
    assert.ok(Object.values(entry.worstCase!).every(({ n }) => n === 2), "over what was asked");
  });
});

Deno.test("evaluate() fails every subject without a prediction where nothing says what was asked", async () => {
  await inFolder(async (folder) => {
    const { rows, entry } = await scored(folder, { meshes: ["a"] });
    assert.deepEqual(rows.map(({ status }) => status), ["ok", "failed", "failed"]);
    assert.deepEqual([entry.asked, entry.failed, entry.missing], [undefined, 2, 0]);
  });
});

Deno.test("evaluate() scores what is there, asked for or not", async () => {
  await inFolder(async (folder) => {
    const { rows, entry } = await scored(folder, { only: ["a"], meshes: ["a", "c"] });
    assert.deepEqual(rows.map(({ subject, status }) => [subject, status]), [
      ["a", "ok"],
      ["c", "ok"],
    ]);
    assert.deepEqual([entry.n, entry.asked], [2, 2]);
  });
});

Deno.test("buildLeaderboard() takes together what was asked of a method in several files", async () => {
  await inFolder(async (folder) => {
    const { results } = await scored(folder, { only: ["a", "b"], meshes: ["a", "b"] });
    const of = (only: string[] | undefined, subjects: string[]) => ({
      ...results,
      methods: results.methods.map(({ only: _, ...method }) =>
        method.name === "part" && only !== undefined ? { ...method, only } : method
      ),
      rows: results.rows.filter((r) => r.method === "whole" || subjects.includes(r.subject)),
    });
    const entryOf = (files: Parameters<typeof buildLeaderboard>[0]) => {
      const { boards, methods } = buildLeaderboard(files, { resamples: 100 });
      const entry = boards[0].entries.find(({ method }) => method === "part")!;
      return { only: methods.find(({ name }) => name === "part")!.only, asked: entry.asked };
    };
    assert.deepEqual(entryOf([of(["a"], ["a"]), of(["b"], ["b"])]), { only: ["a", "b"], asked: 2 });
    assert.deepEqual(entryOf([of(undefined, ["a"]), of(["b"], ["b"])]), {
      only: undefined,
      asked: undefined,
    });
  });
});
