import assert from "node:assert/strict";
import { fileSource } from "../../core/files/disk.ts";
import { readExr } from "../../core/files/exr.ts";
import { readImage } from "../../core/files/image.ts";
import { readNpy } from "../../core/files/npy.ts";
import { openNpz } from "../../core/files/npz.ts";
import { readMeshFile } from "../../core/files/mesh_file.ts";
import type { Manifest } from "../../core/work/manifest.ts";
import type { Progress } from "../../core/work/progress.ts";
import { FIXTURES } from "../../core/work/paths.ts";
import { join } from "../../core/work/path.ts";
import { openDataset } from "../../datasets/open.ts";
import { openPredictions } from "../../eval/predictions.ts";
import { inferViews } from "../../inference/infer.ts";
import { methodNamed } from "../../inference/methods.ts";
import { viewPlaces } from "../../inference/view_places.ts";
import { renderDataset } from "../../render/render_dataset.ts";
import { viewsOf } from "../../render/view_names.ts";
import { readSuiteView } from "../../render/layouts/suite_reader.ts";
import { DiskFolder } from "../../core/files/disk.ts";
import { refuses } from "../core/files/_help.ts";
import { filesBelow, GOLDEN, tinyModel, withFolder } from "./twoktwok/_tiny.ts";

const METHOD = methodNamed("2k2k");

/** Views of one bundled person at 192², in a folder of their own; `turns` in degrees. */
async function renderViews(folder: string, turns: readonly number[]): Promise<string> {
  const { subjects } = await openDataset(join(FIXTURES, "humans"));
  const out = join(folder, "views");
  await renderDataset(out, {
    subjects: subjects.filter(({ id }) => id === "h02"),
    views: viewsOf(turns, [0]),
    bodyFile: undefined,
    options: {
      layout: "suite",
      size: 192,
      camera: "persp50",
      backend: "cpu",
      maps: ["color", "shaded", "normal", "depth", "mask", "keypoints"],
      normals: "smooth",
      supersample: 1,
      seed: 0,
    },
  });
  return out;
}

async function manifestOf(folder: string): Promise<Manifest> {
  return JSON.parse(await Deno.readTextFile(join(folder, "manifest.json")));
}

Deno.test("2k2k turns a view into maps, its own files, stages, a mesh and a report", async () => {
  await withFolder(async (folder) => {
    const views = await viewPlaces(await renderViews(folder, [0]));
    const { folder: model } = await tinyModel(join(folder, "model"));
    const out = join(folder, "out"), stagesFolder = join(folder, "stages");
    const job = { method: METHOD, views, settings: { model }, stagesFolder };
    const notes: string[] = [], stages: string[] = [];
    const progress: Progress = {
      start() {},
      item() {},
      end() {},
      note: (text) => void notes.push(text),
      stage: ({ stage, done }) => void (done === 0 && stages.push(stage)),
    };
    const summary = await inferViews(out, job, { progress });
    assert.equal(summary.done, 1);
    assert.match(notes.join(), /nothing says that the model "tiny" was trained.*is no result/);
    assert.ok(stages.includes("normals: arm") && stages.includes("refine"), stages.join());

    // Every file of the item is in the manifest, and the report says what came out.
    const [item] = (await manifestOf(out)).items;
    const paths = item.outputs.map(({ path }) => path);
    assert.deepEqual(
      (await filesBelow(out)).filter((path) => !path.startsWith(".work")),
      [...paths, "manifest.json", "predictions.json", "timing.json"].sort(),
    );
    const own = ["depth", "depth_back", "confidence"].map((name) => `h02/y000/${name}.exr`);
    const theirs = ["depth/h02_y000_front.png", "output_plys/h02_y000.ply"];
    const wanted = ["h02/y000.ply", ...own, ...theirs.map((path) => `2k2k/${path}`)];
    for (const path of wanted) assert.ok(paths.includes(path), path);
    const report = item.result as Record<string, Record<string, unknown>>;
    assert.equal(report.weights, "unknown");
    assert.equal(report.result, false);
    assert.equal(typeof report.consistency.maskIou, "number");
    assert.equal(report.meshing.faces as number > 0, true);
    assert.match(item.warnings.join(), /nothing says that this model was trained/);
    assert.ok(item.inputs.some(({ role, path }) => role === "model" && /model\.json$/.test(path)));

    // Predictions never pass for 2K2K's own.
    const predictions = JSON.parse(await Deno.readTextFile(join(out, "predictions.json")));
    assert.equal(predictions.method.name, "2k2k (weights not known to be trained)");
    assert.equal(predictions.method.trainedOn, undefined);
    assert.equal(predictions.untrained, true);
    await refuses(openPredictions(out), /Cannot score .*nothing says .* was trained/);
    assert.deepEqual(predictions.items, [{ mesh: "h02/y000.ply", subject: "h02", view: "y000" }]);

    // Our maps are a view's maps on the canvas, and the mesh stands where they say: round the scan.
    const maps = await readSuiteView(new DiskFolder(join(out, "h02", "y000")));
    assert.equal(maps.camera.width, 256);
    assert.equal(maps.depth!.length, 256 * 256);
    const { channels } = await readExr(await fileSource(join(out, "h02/y000/confidence.exr")));
    const { depth, depth_back: back, mask } = maps;
    for (let i = 0; i < 256 * 256; i++) {
      assert.equal(mask![i] > 0, depth![i] > 0);
      if (mask![i] === 0) assert.equal(back![i] + channels.Y![i], 0);
      else assert.ok(depth![i] <= back![i] && channels.Y![i] <= 1);
    }
    const { mesh } = await readMeshFile(join(out, "h02/y000.ply"));
    assert.ok(mesh.positions.every((v) => Math.abs(v) < 10));

    // The second run has nothing to do, unless stages are gone or the model is another.
    assert.deepEqual(await doneAndSkipped(out, job), [0, 1]);
    await Deno.remove(join(stagesFolder, "stages.json"));
    assert.deepEqual(await doneAndSkipped(out, job), [1, 0]);
    assert.equal((await readNpy(await fileSource(join(stagesFolder, "mask.npy")))).shape[2], 256);
    const file = join(model, "model.json");
    const json = await Deno.readTextFile(file);
    await Deno.writeTextFile(file, json.replace('"weights":', '"remark": 1,\n  "weights":'));
    assert.deepEqual(await doneAndSkipped(out, job), [1, 0]);
  });
});

async function doneAndSkipped(out: string, job: Parameters<typeof inferViews>[1]) {
  const { done, skipped } = await inferViews(out, job);
  return [done, skipped];
}

Deno.test("2k2k without a mesher ends after the maps; stages of several views have folders", async () => {
  await withFolder(async (folder) => {
    const root = await renderViews(folder, [0, 30]);
    const views = await viewPlaces(root);
    const { folder: model } = await tinyModel(join(folder, "model"));
    const out = join(folder, "out"), stagesFolder = join(folder, "stages");
    const options = { mesher: "none", outputs: [] };
    const job = { method: METHOD, views, options, settings: { model }, stagesFolder };
    const { done } = await inferViews(out, job, { workers: 2 });
    assert.equal(done, 2);
    assert.deepEqual(
      (await filesBelow(out)).filter((path) => !path.startsWith(".work")),
      ["manifest.json", "predictions.json", "timing.json"],
    );
    const predictions = JSON.parse(await Deno.readTextFile(join(out, "predictions.json")));
    assert.deepEqual(predictions.items, []);
    for (const view of ["y000", "y030"]) {
      const files = await filesBelow(join(stagesFolder, "h02", view));
      assert.equal(files.length, 24);
    }
    // One view's folder, or one person's, can be named directly.
    assert.deepEqual(await viewPlaces(join(root, "h02")), views);
    assert.deepEqual(await viewPlaces(join(root, "h02", "y030")), [views[1]]);
  });
});

Deno.test("2k2k prepares a photo as the published program does", async () => {
  await withFolder(async (folder) => {
    const { folder: model } = await tinyModel(join(folder, "model"));
    const golden = join(GOLDEN, "portrait"), stagesFolder = join(folder, "stages");
    const photo = {
      id: "portrait",
      path: join(golden, "picture.png"),
      maskFile: join(golden, "mask.png"),
      keypointsFile: join(golden, "keypoints.json"),
    };
    await inferViews(join(folder, "out"), {
      method: METHOD,
      views: [],
      photos: [photo],
      options: { quirks: "published", mesher: "none" },
      settings: { model },
      stagesFolder,
    });
    const npz = await openNpz(await fileSource(join(golden, "stages.npz")));
    for (const name of ["part_affine", "network_input"]) {
      const wanted = (await npz.read(name)).data;
      const { data, shape } = await readNpy(await fileSource(join(stagesFolder, `${name}.npy`)));
      // The golden file keeps every third pixel of full maps.
      const found = shape.length === 4
        ? Array.from({ length: wanted.length }, (_, i) => {
          const plane = Math.floor(i / 7225), r = Math.floor(i / 85) % 85, c = i % 85;
          return data[(plane * 256 + 3 * r + 1) * 256 + 3 * c + 1];
        })
        : data;
      assert.deepEqual(Array.from(found), Array.from(wanted, Number), name);
    }
    const predictions = JSON.parse(
      await Deno.readTextFile(join(folder, "out", "predictions.json")),
    );
    assert.equal(predictions.frame, "camera");
    const depth = await readImage(
      await fileSource(join(folder, "out/2k2k/depth/portrait_front.png")),
    );
    assert.ok(depth.data instanceof Uint16Array);
  });
});

Deno.test("2k2k leaves nothing half-written when it is cancelled", async () => {
  await withFolder(async (folder) => {
    const views = await viewPlaces(await renderViews(folder, [0]));
    const { folder: model } = await tinyModel(join(folder, "model"));
    for (const at of ["normals: leg", "refine", "stages", "published files", "mesh"]) {
      const out = join(folder, "out"), stagesFolder = join(folder, "stages");
      const controller = new AbortController();
      const progress: Progress = {
        start() {},
        item() {},
        end() {},
        note() {},
        stage: ({ stage, done, total }) => {
          if (stage === at && (stage !== "refine" || done > 1 && done < total)) controller.abort();
        },
      };
      await assert.rejects(
        inferViews(
          out,
          { method: METHOD, views, settings: { model, tilePx: 64 }, stagesFolder },
          { progress, signal: controller.signal },
        ),
        { name: "CancelledError" },
      );
      // The list of what is to be done is whole from the start.
      assert.deepEqual(await filesBelow(out), [".work/list.json"], at);
      const stages = await filesBelow(stagesFolder).catch(() => []);
      // The stages are put in place at once when all are written; never a part of them.
      assert.ok(stages.length === 0 || stages.length === 24, `${at}: ${stages.length}`);
    }
  });
});

Deno.test("2k2k refuses a model that is damaged, missing or cannot run here, by name", async () => {
  await withFolder(async (folder) => {
    const views = await viewPlaces(await renderViews(folder, [0]));
    const { folder: model } = await tinyModel(join(folder, "model"));
    const out = join(folder, "out");
    const run = (settings: { model?: string }, options = {}) =>
      inferViews(out, { method: METHOD, views, settings, options });
    await refuses(run({}), /there is no model, expected --model DIR/);
    await refuses(run({ model: join(folder, "none") }), /Cannot read the model: no such file/);
    await refuses(run({ model }, { provider: "abacus" }), /Cannot run on "abacus".*cpu/);
    const bytes = await Deno.readFile(join(model, "leg.onnx"));
    bytes[bytes.length >> 1] ^= 1;
    await Deno.writeFile(join(model, "leg.onnx"), bytes);
    const { failed, records } = await run({ model });
    assert.equal(failed, 1);
    assert.match(records[0].reason!, /network "leg": its hash is not the one in model\.json/);
    await Deno.truncate(join(model, "leg.onnx"), 100);
    await refuses(run({ model }), /"leg\.onnx" has 100 bytes, expected/);
  });
});
