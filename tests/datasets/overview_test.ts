import assert from "node:assert/strict";
import { openDataset } from "../../datasets/open.ts";
import { overviewOf } from "../../datasets/overview.ts";
import { inFolder, without, writeFiles } from "../miniatures/files.ts";
import { thuman, twoKTwoK, xHumans } from "../miniatures/layouts.ts";

Deno.test("overviewOf() counts people, splits, units, fits and what is missing", async () => {
  const { files } = await xHumans();
  await inFolder(async (folder) => {
    await writeFiles(folder, without(files, /SMPL\/mesh-f00002/));
    const found = await overviewOf(await openDataset(folder));
    assert.deepEqual([found.subjects, found.people, found.withFit, found.withTexture], [
      3,
      2,
      2,
      3,
    ]);
    assert.deepEqual(found.attributes.split, { train: 2, test: 1 });
    assert.deepEqual(found.units, { m: 3 });
    assert.deepEqual(found.notes["fit-missing"], { count: 1, some: ["00016-Take1-f00002"] });
    assert.deepEqual(found.scans, { ".pkl": 3 });
    assert.deepEqual(found.missing.fit, { count: 1, some: ["00016-Take1-f00002"] });
    assert.equal(found.missing["body model"].count, 2);
  });
});

Deno.test("overviewOf() sums the bytes of the files that subjects name, each once", async () => {
  const { files } = await thuman("smpl");
  await inFolder(async (folder) => {
    await writeFiles(folder, { ...files, "notes.txt": "of no subject" });
    const found = await overviewOf(await openDataset(folder));
    const bytes = Object.values(files).reduce((sum, data) => sum + data.length, 0);
    assert.deepEqual([found.files, found.bytes], [Object.keys(files).length, bytes]);
    assert.deepEqual(found.units, { "own scale": 3 });
    assert.deepEqual(found.attributes.release, { "THuman2.0": 2, "THuman2.1": 1 });
  });
});

Deno.test("overviewOf() counts broken subjects by code", async () => {
  const { files } = await thuman("smpl");
  const twice = { ...files, "more/0000/0000.obj": files["data/0000/0000.obj"] };
  await inFolder(async (folder) => {
    await writeFiles(folder, twice);
    const found = await overviewOf(await openDataset(folder));
    assert.deepEqual(found.broken, { "duplicate-id": 1 });
  });
});

Deno.test("overviewOf() tells keypoints of some from keypoints of all", async () => {
  const { files } = await twoKTwoK();
  await inFolder(async (folder) => {
    await writeFiles(folder, without(files, /Joint3D\/2K2K\/00003/));
    const found = await overviewOf(await openDataset(folder));
    assert.equal(found.withKeypoints, 2);
    assert.deepEqual(found.notes["keypoints-missing"], { count: 1, some: ["00003"] });
  });
});
