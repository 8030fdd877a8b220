import assert from "node:assert/strict";
import { UsageError } from "../../../core/work/errors.ts";
import { FIXTURES } from "../../../core/work/paths.ts";
import { DiskFolder } from "../../../core/files/disk.ts";
import { placeFiles } from "../../../core/files/place.ts";
import { openDataset } from "../../../datasets/open.ts";
import type { Subject } from "../../../datasets/subject.ts";
import { readViewSubject } from "../../../datasets/views.ts";
import { convertViews } from "../../../render/layouts/convert.ts";
import { checkConversion, CONVERSIONS, sourceOf } from "../../../render/layouts/convert_sources.ts";
import { convertToSuite } from "../../../render/layouts/convert_to_suite.ts";
import { LAYOUTS } from "../../../render/layouts/layouts.ts";
import { readSuiteView } from "../../../render/layouts/suite_reader.ts";
import { prepareSubject } from "../../../render/subject_scene.ts";
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

/** Files of two folders are the same, but for records of how they were made. */
async function sameFiles(a: string, b: string, others = /^(?:manifest|timing)\.json$/) {
  const files = async (folder: string) =>
    (await placeFiles(folder)).filter((name) => !others.test(name));
  assert.deepEqual(await files(b), await files(a));
  for (const file of await files(a)) {
    assert.deepEqual(
      await Deno.readFile(`${b}/${file}`),
      await Deno.readFile(`${a}/${file}`),
      file,
    );
  }
}

Deno.test("convertToSuite() brings shards back, the same bytes as were rendered", async () => {
  await inFolder(async (folder) => {
    const subjects = await people();
    await renderDataset(`${folder}/suite`, { subjects, views: VIEWS, options: { size: 32 } });
    const shards = { layout: "webdataset", set: "S" } as const;
    await convertViews(`${folder}/suite`, `${folder}/shards`, shards);
    assert.equal(await sourceOf(`${folder}/shards`), "webdataset");
    const options = { source: "webdataset", scans: subjects } as const;
    const run = await convertToSuite(`${folder}/shards`, `${folder}/back`, options);
    assert.deepEqual([run.failed, run.done], [0, 8]);
    await sameFiles(`${folder}/suite`, `${folder}/back`);
    const again = await convertToSuite(`${folder}/shards`, `${folder}/back`, options);
    assert.deepEqual([again.done, again.skipped], [0, 8]);
  });
});

for (const camera of ["persp50", "ortho"] as const) {
  Deno.test(`convertToSuite() brings 2k2k back (${camera}): camera, colours, depth within its step`, async () => {
    await inFolder(async (folder) => {
      const subjects = (await people()).slice(0, 1), views = VIEWS.slice(0, 2);
      const options = { size: 64, camera, layout: "2k2k", set: "S" };
      await renderDataset(`${folder}/2k2k`, { subjects, views, options });
      assert.equal(await sourceOf(`${folder}/2k2k`), "2k2k");
      const to = { source: "2k2k", scans: subjects } as const;
      const run = await convertToSuite(`${folder}/2k2k`, `${folder}/back`, to);
      assert.equal(run.failed, 0);
      const view = await readSuiteView(new DiskFolder(`${folder}/back/h01/y-10`));
      assert.ok(view.normal === undefined && view.keypoints !== undefined);
      const { framing } = await readViewSubject(`${folder}/back/h01/subject.json`);
      // 2K2K's parallel rays go through the window's edges: drawn again from the same camera.
      const scene = await prepareSubject(subjects[0], {
        needs: { textures: true, body: false, keypoints: false },
      });
      const drawn = await scene.backend.draw(scene.prepared.scan, view.camera, {
        maps: ["depth", "depth_back", "mask", "color"],
      });
      assert.deepEqual(view.mask, drawn.mask);
      // 1/32 pixel of N/(2 tan 25°) pixels in a unit of 2.8 radii; slanted rays only shorten it.
      const stepM = 2.8 * framing.radiusM * 2 * Math.tan(Math.PI * 25 / 180) / 64 / 32;
      let colors = 0;
      for (let pixel = 0; pixel < 64 * 64; pixel++) {
        for (const map of ["depth", "depth_back"] as const) {
          const off = Math.abs(view[map]![pixel] - drawn[map]![pixel]);
          assert.ok(off <= 0.51 * stepM, `${map} of pixel ${pixel} is ${off} m off`);
        }
        if (drawn.color![4 * pixel + 3] !== 255) continue;
        colors++;
        const rgba = (picture: Uint8Array) => [...picture.subarray(4 * pixel, 4 * pixel + 4)];
        assert.deepEqual(rgba(view.color!), rgba(drawn.color!));
      }
      assert.ok(colors > 100, `${colors} whole pixels`);
      if (camera === "ortho") return;
      // And there again: nothing is lost by a second time.
      await convertViews(`${folder}/back`, `${folder}/again`, { layout: "2k2k", set: "S" });
      await sameFiles(`${folder}/2k2k`, `${folder}/again`);
    });
  });
}

Deno.test("convertToSuite() does again what a changed keypoints file makes stale, as render does", async () => {
  await inFolder(async (folder) => {
    const views = VIEWS.slice(0, 1), keypointsFile = `${folder}/points.json`;
    await Deno.writeTextFile(keypointsFile, "first");
    const subjects = (await people()).slice(0, 1).map((one) => ({ ...one, keypointsFile }));
    const options = { size: 16, layout: "2k2k", set: "S" };
    const render = () => renderDataset(`${folder}/2k2k`, { subjects, views, options });
    const to = { source: "2k2k", scans: subjects } as const;
    const convert = () => convertToSuite(`${folder}/2k2k`, `${folder}/back`, to);
    await render();
    await convert();
    await Deno.writeTextFile(keypointsFile, "second");
    const redone = await convert();
    assert.deepEqual([redone.done, redone.skipped], [2, 0], "the view and what is said of it");
    const { inputs } = redone.manifest!.items.find(({ id }) => id === "h01")!;
    assert.deepEqual(inputs.map(({ role }) => role), ["scan", "fit", "body", "keypoints"]);
    assert.equal((await render()).done, 1);
    const unchanged = await convert();
    assert.deepEqual([unchanged.done, unchanged.skipped], [0, 2]);
  });
});

Deno.test("convertToSuite() refuses scans that are not those that were rendered", async () => {
  await inFolder(async (folder) => {
    const [h01, h02] = await people(), views = VIEWS.slice(0, 1);
    await renderDataset(`${folder}/2k2k`, {
      subjects: [h01],
      views,
      options: { size: 16, layout: "2k2k", set: "S" },
    });
    const convert = (scans: Subject[]) =>
      convertToSuite(`${folder}/2k2k`, `${folder}/out`, { source: "2k2k", scans });
    await assert.rejects(convert([h02]), /the scans have no subject of this name/);
    await assert.rejects(convert([{ ...h02, id: "h01" }]), /rendered from another scan/);
  });
});

Deno.test("sourceOf() and checkConversion() name what a layout lacks", async () => {
  await inFolder(async (folder) => {
    await assert.rejects(sourceOf(folder), /found no views/);
    await Deno.mkdir(`${folder}/PARAM/h01`, { recursive: true });
    await assert.rejects(sourceOf(folder), /layout pifu: its files lack color_back, depth/);
  });
  for (const { name } of LAYOUTS) {
    for (const source of ["suite", "2k2k", "webdataset"] as const) {
      const check = () => checkConversion(source, name);
      if (CONVERSIONS[source].includes(name)) check();
      else assert.throws(check, UsageError, `${source} to ${name}`);
    }
  }
  assert.throws(() => checkConversion("suite", "icon"), /T_normal_F and T_normal_B, and vis/);
  assert.throws(() => checkConversion("2k2k", "webdataset"), /convert to suite first/);
  assert.throws(() => checkConversion("suite", "suite"), /in layout suite already/);
  assert.throws(() => checkConversion("suite", "nonsense"), /no such layout/);
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
