/** Scans in archives, and scans whose files are no meshes of their own, as the truth of `eval`. */
import assert from "node:assert/strict";
import { writeMesh } from "../../core/files/mesh_file.ts";
import { loadScan } from "../../datasets/load.ts";
import { openDataset } from "../../datasets/open.ts";
import type { Dataset } from "../../datasets/subject.ts";
import { evaluate } from "../../eval/evaluate.ts";
import { openPredictions } from "../../eval/predictions.ts";
import { loadScene } from "../../eval/report/load_scene.ts";
import { planSubject } from "../../eval/report/subject_plan.ts";
import type { Results } from "../../eval/results.ts";
import { verify } from "../../eval/verify.ts";
import { archiveOf, type Files, inFolder, writeFiles } from "../miniatures/files.ts";
import { capeRaw, thuman } from "../miniatures/layouts.ts";
import { BODY_FILE } from "../miniatures/people.ts";

/** Scores the first scan, as a prediction of itself, against the data set at `truth`. */
async function scoreItself(
  folder: string,
  truth: Dataset,
): Promise<{ file: string; results: Results; id: string }> {
  const [subject] = truth.subjects, { mesh } = await loadScan(subject, { textures: "skip" });
  await Deno.mkdir(`${folder}/mine`);
  await writeMesh(`${folder}/mine/${subject.id}.ply`, mesh);
  const file = `${folder}/results.json`;
  const { results } = await evaluate(file, {
    truth: { ...truth, subjects: [subject] },
    sets: await openPredictions(`${folder}/mine`),
    protocols: [{ id: "suite-1", changes: { samples: 500 } }],
    seed: 1,
  });
  return { file, results: results!, id: subject.id };
}

function p2sCm(results: Results): number {
  const [row] = results.rows;
  assert.deepEqual([row.status, row.reason], ["ok", undefined]);
  return row.scores.none.p2s_cm!;
}

async function sceneOf(folder: string, { results, id }: { results: Results; id: string }) {
  return await loadScene(
    planSubject([{ results, folder }], {
      key: { dataset: results.dataset.name, subject: id },
      protocol: "suite-1",
      alignment: "none",
    })!,
  );
}

async function written(folder: string, files: Files, kind: "folder" | "zip"): Promise<string> {
  if (kind === "folder") {
    await writeFiles(`${folder}/data`, files);
    return `${folder}/data`;
  }
  await Deno.writeFile(`${folder}/data.zip`, archiveOf(files, "zip"));
  return `${folder}/data.zip`;
}

for (const kind of ["folder", "zip"] as const) {
  Deno.test(`evaluate() and verify() take CAPE's vertices and triangles in a ${kind}`, async () => {
    const { files } = await capeRaw();
    await inFolder(async (folder) => {
      const truth = await openDataset(await written(folder, files, kind));
      const run = await scoreItself(folder, truth);
      assert.ok(p2sCm(run.results) < 1e-4);
      assert.ok(run.results.inputs.some(({ role }) => role === "faces"));
      const [checked] = await verify(run.file);
      assert.deepEqual([checked.findings, checked.unchecked], [[], []]);
      assert.ok(checked.scores > 0);
      const moved = await verify(run.file, { truth: truth.folder.replace(/!.*$/, "") });
      assert.deepEqual([moved[0].findings, moved[0].unchecked], [[], []]);
      const { scan } = await sceneOf(folder, run);
      assert.equal(scan.indices.length, (await loadScan(truth.subjects[0])).mesh.indices.length);
    });
  });
}

Deno.test("loadScene() shows scans of a scale of their own in metres, with the body they were scored with", async () => {
  const { files } = await thuman("smpl");
  await inFolder(async (folder) => {
    const truth = await openDataset(await written(folder, files, "zip"));
    for (const { fit } of truth.subjects) fit!.bodyFile = BODY_FILE;
    const run = await scoreItself(folder, truth), scene = await sceneOf(folder, run);
    const { mesh } = await loadScan(truth.subjects[0], { textures: "skip" });
    assert.deepEqual(scene.scan.positions, mesh.positions);
    const heights = [scene.scan, scene.body!.mesh].map(({ positions }) => {
      const y = positions.filter((_, i) => i % 3 === 1);
      return y.reduce((a, b) => Math.max(a, b)) - y.reduce((a, b) => Math.min(a, b));
    });
    assert.ok(Math.abs(heights[0] - heights[1]) < 0.1, `${heights} m`);
  });
});
