/** From any data set to views: rendered, opened again, and called stale once a source changed. */
import assert from "node:assert/strict";
import { boundsOf } from "../../core/geometry/mesh.ts";
import { DiskFolder } from "../../core/files/disk.ts";
import { openDataset } from "../../datasets/open.ts";
import { loadScan } from "../../datasets/load.ts";
import { readSuiteView } from "../../render/layouts/suite_reader.ts";
import { renderDataset } from "../../render/render_dataset.ts";
import { archiveOf, inFolder, writeFiles } from "../miniatures/files.ts";
import { capeRaw, type Miniature, miniatures, thuman } from "../miniatures/layouts.ts";
import { BODY_FILE } from "../miniatures/people.ts";

const VIEWS = [{ yawDeg: 0, pitchDeg: 0 }];

async function rendered(path: string, out: string, { smpl }: Miniature) {
  const { subjects } = await openDataset(path);
  const [subject] = subjects;
  const summary = await renderDataset(out, {
    subjects: [subject],
    views: VIEWS,
    ...(smpl ? { bodyFile: BODY_FILE } : {}),
    options: { size: 32 },
  });
  const failed = summary.records.filter(({ status }) => status === "failed");
  assert.deepEqual(failed.map(({ reason }) => reason), []);
  return { subject, summary };
}

/** Data sets that differ in how scans are read, stand or get their keypoints. */
const FORMATS = ["thuman2", "2k2k", "renderpeople", "cape", "x-humans", "humman", "mapped"];

Deno.test("renderDataset() draws people of data sets of all kinds, upright and whole", async () => {
  const all = (await miniatures()).filter(({ format }) => FORMATS.includes(format));
  for (const miniature of all) {
    await inFolder(async (folder) => {
      await writeFiles(`${folder}/data`, miniature.files);
      const { subject } = await rendered(`${folder}/data`, `${folder}/out`, miniature);
      const view = await readSuiteView(new DiskFolder(`${folder}/out/${subject.id}/y000`));
      const rows = new Set<number>(), columns = new Set<number>();
      view.mask!.forEach((value, i) => {
        if (value > 0) rows.add(Math.floor(i / 32)), columns.add(i % 32);
      });
      const { format } = miniature;
      assert.ok(rows.size > 20 && rows.size > 1.15 * columns.size, `${format} stands`);
      assert.equal(view.body_normal !== undefined, miniature.smpl, `${format}: body map`);
      // Keypoints of the data set, or of its fit.
      if (!miniature.smpl) return;
      const [, noseV] = view.keypoints!.body25, heelV = view.keypoints!.body25[3 * 21 + 1];
      assert.ok(noseV < 12 && heelV > 20, `${format}: nose at ${noseV}, heel at ${heelV}`);
      const again = await openDataset(`${folder}/out`);
      assert.deepEqual([again.format, again.broken], ["suite-views", []]);
      const { min, max } = boundsOf((await loadScan(again.subjects[0])).mesh);
      assert.ok(Math.hypot(...[0, 1, 2].map((k) => max[k] - min[k])) > 1.4, `${format}: metres`);
    });
  }
});

Deno.test("renderDataset() gives the same bytes from an archive as from its folder", async () => {
  const miniature = await thuman("smpl");
  await inFolder(async (folder) => {
    await writeFiles(`${folder}/data`, miniature.files);
    await Deno.writeFile(`${folder}/data.zip`, archiveOf(miniature.files, "zip", "x"));
    const one = await rendered(`${folder}/data`, `${folder}/a`, miniature);
    const two = await rendered(`${folder}/data.zip`, `${folder}/b`, miniature);
    const hashes = ({ summary }: typeof one) =>
      summary.records.filter(({ id }) => id.includes("/"))
        .flatMap(({ outputs }) => outputs.map(({ path, sha256 }) => `${path} ${sha256}`));
    assert.deepEqual(hashes(two), hashes(one));
    const inputs = two.summary.records.at(-1)!.inputs.map(({ path }) => path);
    assert.ok(inputs.some((path) => path.includes("data.zip!/")), inputs.join());
  });
});

Deno.test("views of an outdated scan, fit, texture or body are called stale by name", async () => {
  const miniature = await thuman("smpl");
  const sources = {
    scan: "data/0000/0000.obj",
    fit: "THuman2.0_smpl/0000_smpl.pkl",
    'texture "material0.jpeg"': "data/0000/material0.jpeg",
  };
  await inFolder(async (folder) => {
    const data = `${folder}/data`;
    await writeFiles(data, miniature.files);
    await rendered(data, `${folder}/out`, miniature);
    for (const [what, path] of Object.entries(sources)) {
      const before = await Deno.readFile(`${data}/${path}`);
      await Deno.writeFile(`${data}/${path}`, before.toReversed());
      const { broken } = await openDataset(`${folder}/out`);
      assert.deepEqual(broken.map(({ id, code }) => [id, code]), [["0000", "stale"]]);
      assert.ok(broken[0].text.includes(`the ${what} of "0000": it changed since`), broken[0].text);
      await Deno.writeFile(`${data}/${path}`, before);
    }
    assert.deepEqual((await openDataset(`${folder}/out`)).broken, []);
  });
});

Deno.test("renderDataset() redoes views of a changed fit, and only those", async () => {
  const miniature = await capeRaw();
  await inFolder(async (folder) => {
    const data = `${folder}/data`, out = `${folder}/out`;
    await writeFiles(data, miniature.files);
    const render = async () => {
      const { subjects } = await openDataset(data);
      const job = { subjects, views: VIEWS, bodyFile: BODY_FILE, options: { size: 16 } };
      const { done, skipped } = await renderDataset(out, job);
      return [done, skipped];
    };
    assert.deepEqual(await render(), [4, 0]); // two people: a view and a file each
    assert.deepEqual(await render(), [0, 4]);
    const [first, second] = Object.keys(miniature.files).filter((path) => path.endsWith(".npz"));
    await Deno.copyFile(`${data}/${second}`, `${data}/${first}`);
    assert.deepEqual(await render(), [2, 2]);
  });
});
