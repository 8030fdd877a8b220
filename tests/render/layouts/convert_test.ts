import assert from "node:assert/strict";
import { FIXTURES } from "../../../core/work/paths.ts";
import { placeFiles } from "../../../core/files/place.ts";
import { openDataset } from "../../../datasets/open.ts";
import { convertViews } from "../../../render/layouts/convert.ts";
import { renderDataset } from "../../../render/render_dataset.ts";
import { yawViews } from "../../../render/layouts/layout.ts";

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const VIEWS = yawViews(-10, 10, 10);

async function people() {
  const { subjects } = await openDataset(`${FIXTURES}/humans`);
  return subjects.filter(({ id }) => ["h01", "h02"].includes(id));
}

Deno.test("convertViews() writes the very bytes that render --layout writes", async () => {
  await inFolder(async (folder) => {
    const subjects = await people();
    const job = { subjects, views: VIEWS };
    await renderDataset(`${folder}/suite`, { ...job, options: { size: 48 } });
    for (const layout of ["2k2k", "webdataset"] as const) {
      const options = { size: 48, layout, set: "S" };
      await renderDataset(`${folder}/${layout}`, { ...job, options });
      const run = await convertViews(`${folder}/suite`, `${folder}/to-${layout}`, {
        layout,
        set: "S",
      });
      assert.equal(run.failed, 0);
      const files = await placeFiles(`${folder}/${layout}`);
      assert.deepEqual(await placeFiles(`${folder}/to-${layout}`), files);
      for (const file of files.filter((name) => !/^(?:manifest|timing)\.json$/.test(name))) {
        const a = await Deno.readFile(`${folder}/${layout}/${file}`);
        const b = await Deno.readFile(`${folder}/to-${layout}/${file}`);
        assert.deepEqual(b, a, `${layout}: ${file}`);
      }
    }
  });
});

Deno.test("convertViews() goes on where it was stopped, and says which map is missing", async () => {
  await inFolder(async (folder) => {
    const subjects = (await people()).slice(0, 1), views = VIEWS.slice(0, 1);
    await renderDataset(`${folder}/suite`, { subjects, views, options: { size: 16 } });
    const options = { layout: "2k2k", set: "S" } as const;
    await convertViews(`${folder}/suite`, `${folder}/out`, options);
    const again = await convertViews(`${folder}/suite`, `${folder}/out`, options);
    assert.deepEqual([again.done, again.skipped], [0, 1]);
    await Deno.remove(`${folder}/suite/h01/y-10/shaded.png`);
    await assert.rejects(
      convertViews(`${folder}/suite`, `${folder}/out2`, options),
      /"h01\/y-10" to 2k2k: it has no shaded\.png/,
    );
    await assert.rejects(convertViews(folder, `${folder}/out3`, options), /found no views/);
  });
});

Deno.test("renderDataset() writes any layout with the same bytes for one worker and for two", async () => {
  await inFolder(async (folder) => {
    const job = { subjects: await people(), views: VIEWS.slice(0, 1) };
    const options = { size: 16, layout: "icon", set: "S" };
    await renderDataset(`${folder}/one`, { ...job, options }, { workers: 1 });
    await renderDataset(`${folder}/two`, { ...job, options }, { workers: 2 });
    const files = (await placeFiles(`${folder}/one`)).filter((name) => name !== "timing.json");
    assert.ok(files.includes("S/all.txt") && files.includes("manifest.json"));
    for (const file of files) {
      assert.deepEqual(
        await Deno.readFile(`${folder}/two/${file}`),
        await Deno.readFile(`${folder}/one/${file}`),
        file,
      );
    }
  });
});
