import assert from "node:assert/strict";
import { fileSource } from "../../../core/files/disk.ts";
import { readImage } from "../../../core/files/image.ts";
import { readNpy } from "../../../core/files/npy.ts";
import { openNpz } from "../../../core/files/npz.ts";
import { consistencyJson } from "../../../inference/twoktwok/consistency.ts";
import { depth16 } from "../../../inference/twoktwok/clouds.ts";
import { prepareInput } from "../../../inference/twoktwok/front_end.ts";
import { importCheckpoint } from "../../../inference/twoktwok/import_checkpoint.ts";
import { openModel } from "../../../inference/twoktwok/model_json.ts";
import { runNetwork } from "../../../inference/twoktwok/network.ts";
import { runTwoKTwoK } from "../../../inference/twoktwok/run.ts";
import { stableJson } from "../../../core/work/json.ts";
import { stageTensors } from "../../../inference/twoktwok/stages.ts";
import { refuses } from "../../core/files/_help.ts";
import {
  differing,
  filesBelow,
  GOLDEN,
  publishedView,
  TINY_PIPELINE,
  TINY_WIDTHS,
  tinyCheckpoint,
  tinyModel,
  tinyPerson,
  withFolder,
} from "./_tiny.ts";

const SIDE = 256;

/** Values of a tensor at the places that the golden file keeps: every third pixel of full maps. */
function kept(data: Float32Array, side: number): Float32Array {
  if (side !== SIDE) return data;
  const channels = data.length / (SIDE * SIDE), n = 85;
  return Float32Array.from({ length: channels * n * n }, (_, i) => {
    const channel = Math.floor(i / (n * n)), r = Math.floor(i / n) % n, c = i % n;
    return data[(channel * SIDE + 3 * r + 1) * SIDE + 3 * c + 1];
  });
}

for (const shape of ["square", "portrait"] as const) {
  // The portrait is padded, scaled from 225 to 256, and lacks a heel, a toe, a finger, half an eye.
  Deno.test(`runNetwork() agrees with an independent PyTorch run, ${shape} picture`, async () => {
    await withFolder(async (folder) => {
      const model = await tinyModel(folder), person = await tinyPerson(shape);
      const input = prepareInput(person, TINY_PIPELINE, { quirks: "published" });
      const maps = await runNetwork(input, model, { tilePx: 64 });
      const golden = await openNpz(await fileSource(`${GOLDEN}${shape}/stages.npz`));
      // Shares of the range. Inputs agree exactly; float32 rounding grows through the untrained
      // networks to 1e-4 here, and may grow to another multiple on another processor. A mask is the
      // sigmoid of a number up to ten times as far off.
      const tolerances: Record<string, number> = {
        network_input: 0,
        part_affine: 0,
        coarse_normal: 2e-4,
        normal: 4e-4,
        occupancy: 1e-6,
        coarse_depth_front: 4e-4 * 6,
        coarse_depth_back: 4e-4 * 6,
        coarse_mask: 1e-5,
        depth_front: 4e-4 * 6,
        depth_back: 4e-4 * 6,
        mask: 4e-3,
      };
      const tensors = stageTensors(input, maps, TINY_PIPELINE);
      for (const [name, tolerance] of Object.entries(tolerances)) {
        const { shape: sizes, make } = tensors.find((tensor) => tensor.name === name)!;
        const found = kept(make(), sizes.at(-1)!), wanted = (await golden.read(name)).data;
        assert.equal(found.length, wanted.length, name);
        let worst = 0;
        for (let i = 0; i < found.length; i++) {
          worst = Math.max(worst, Math.abs(found[i] - Number(wanted[i])));
        }
        assert.ok(worst <= tolerance, `${name} is off by ${worst}`);
      }
    });
  });
}

Deno.test("runNetwork() gives the same bits for every number of threads and tile size", async () => {
  await withFolder(async (folder) => {
    const model = await tinyModel(folder), person = await tinyPerson("square");
    const input = prepareInput(person, TINY_PIPELINE);
    const first = await runNetwork(input, model, { threads: 1, tilePx: "whole" });
    const second = await runNetwork(input, model, { threads: 2, memory: "low", tilePx: 96 });
    assert.equal(differing(first.normal, second.normal), 0);
    assert.equal(differing(first.fine.front, second.fine.front), 0);
    assert.equal(differing(first.fine.mask, second.fine.mask), 0);
  });
});

Deno.test("runTwoKTwoK() says that weights of unknown training may mean nothing", async () => {
  await withFolder(async (folder) => {
    const person = await tinyPerson("square"), seen: string[] = [];
    const result = await runTwoKTwoK(person, publishedView(person), {
      model: (await tinyModel(folder)).folder,
      stage: (name, work) => {
        seen.push(name);
        return work();
      },
    });
    assert.equal(result.weights, "unknown");
    assert.equal(result.refined, true);
    assert.match(result.warnings[0], /nothing says that this model was trained/);
    assert.deepEqual(seen, [
      "prepare",
      "coarse normals",
      ...["face", "upper", "arm", "leg", "shoe"].map((net) => `normals: ${net}`),
      "coarse depth",
      "blend",
      "refine",
      "decode",
    ]);
    const { maps, consistency } = result;
    assert.equal(maps.pixels, maps.front.filter((depth) => depth > 0).length);
    assert.ok(maps.front.every((depth, i) => depth <= maps.back[i] + 1e-7));
    assert.ok(consistency.partCoverage > 0.9 && consistency.guessedShare === 0);
    assert.match(stableJson(consistencyJson(consistency)), /"frontBehindBack"/);
  });
});

Deno.test("runTwoKTwoK() writes every named tensor and the published program's files", async () => {
  await withFolder(async (folder) => {
    const model = await tinyModel(`${folder}/model`), person = await tinyPerson("portrait");
    const { published, network, input } = await runTwoKTwoK(person, publishedView(person), {
      model,
      stagesFolder: `${folder}/stages`,
      publishedFiles: { folder: `${folder}/files`, name: "one" },
    });
    const parts = Array.from({ length: 12 }, (_, i) => `part_normal_${i}`);
    const names = ["network_input", "part_affine", "coarse_normal", ...parts];
    names.push("coarse_depth_front", "coarse_depth_back", "coarse_mask", "normal", "occupancy");
    names.push("depth_front", "depth_back", "mask");
    assert.deepEqual(
      await filesBelow(`${folder}/stages`),
      [...names.map((name) => `${name}.npy`), "stages.json"].sort(),
    );
    const list = JSON.parse(await Deno.readTextFile(`${folder}/stages/stages.json`));
    assert.deepEqual(Object.keys(list.tensors).sort(), names.toSorted());
    assert.deepEqual(list.tensors.part_affine, [12, 2, 3]);
    const read = async (name: string) =>
      await readNpy(await fileSource(`${folder}/stages/${name}.npy`));
    assert.deepEqual((await read("part_affine")).shape, [12, 2, 3]);
    assert.deepEqual((await read("part_normal_3")).shape, [1, 6, 48, 32]);
    const normal = await read("normal");
    assert.deepEqual(normal.shape, [1, 6, SIDE, SIDE]);
    assert.equal(normal.dtype, "f4");
    assert.equal(differing(normal.data as Float32Array, network.normal), 0);
    const picture = await read("network_input");
    assert.deepEqual(picture.shape, [1, 3, SIDE, SIDE]);
    assert.equal(picture.data[SIDE * SIDE + 77], input.rgb[3 * 77 + 1]);

    assert.deepEqual(await filesBelow(`${folder}/files`), published!.files.toSorted());
    const front = await readImage(await fileSource(`${folder}/files/depth/one_front.png`));
    const steps = depth16(network.fine, TINY_PIPELINE);
    assert.deepEqual(front.data, steps.front);
    const normals = await readImage(await fileSource(`${folder}/files/normal/one_back.png`));
    const at = 3 * SIDE * SIDE + 100 * SIDE + 128;
    const byte = Math.min(255, Math.round(255 * network.normal[at]));
    assert.equal(normals.data[3 * (100 * SIDE + 128)], byte);
    const ply = await Deno.readFile(`${folder}/files/output_plys/one.ply`);
    const head = new TextDecoder().decode(ply.subarray(0, 300));
    assert.match(head, new RegExp(`element vertex ${published!.points}\n`));
    assert.match(head, /property float z\nproperty uchar red/);
  });
});

Deno.test("runTwoKTwoK() runs a phase 1 model to its coarse depth", async () => {
  await withFolder(async (folder) => {
    const person = await tinyPerson("square"), { json } = await tinyModel(folder);
    const { refine: _none, ...nets } = json.nets;
    const model = {
      folder,
      json: { ...json, nets, pipeline: { ...json.pipeline, refine: "none" as const } },
    };
    const result = await runTwoKTwoK(person, publishedView(person), { model });
    assert.equal(result.refined, false);
    assert.ok(result.maps.pixels > 1000);
    assert.ok(result.warnings.some((text) => text.includes("no refinement")));
  });
});

Deno.test("runTwoKTwoK() guesses missing points sanely, or as published when asked", async () => {
  await withFolder(async (folder) => {
    const model = await tinyModel(folder), person = await tinyPerson("portrait");
    const run = (quirks: "none" | "published") =>
      runTwoKTwoK(person, publishedView(person), { model, quirks });
    const [sane, published] = [await run("none"), await run("published")];
    // The heel (19) takes the ankle, the small toe (18) the big one; a finger is left out and the
    // eye with one coordinate 0 stays where it is.
    assert.deepEqual(sane.input.guessedPoints, [18, 19]);
    assert.deepEqual(published.input.guessedPoints, [2, 18, 19, 28]);
    assert.ok(differing(sane.network.normal, published.network.normal) > 0);
    assert.match(sane.warnings.join(), /guessed: left small toe, left heel/);
  });
});

Deno.test("runTwoKTwoK() stops when it is told and leaves no files", async () => {
  await withFolder(async (folder) => {
    const model = await tinyModel(`${folder}/model`), person = await tinyPerson("square");
    const stop = new AbortController();
    const run = runTwoKTwoK(person, publishedView(person), {
      model,
      stagesFolder: `${folder}/stages`,
      signal: stop.signal,
      progress: () => stop.abort(),
    });
    await assert.rejects(run, { name: "CancelledError" });
    assert.equal((await filesBelow(folder)).some((path) => path.startsWith("stages")), false);
  });
});

Deno.test("runTwoKTwoK() refuses empty masks and masks of another size", async () => {
  await withFolder(async (folder) => {
    const model = await tinyModel(folder), person = await tinyPerson("square");
    const run = (mask: typeof person.mask) =>
      runTwoKTwoK({ ...person, mask }, publishedView(person), { model });
    const { width, height } = person.picture;
    await refuses(
      run({ width, height, data: new Uint8Array(width * height) }),
      /its mask is empty/,
    );
    await refuses(run({ width: 3, height: 3, data: new Uint8Array(9) }), /it has 3 × 3 pixels/);
  });
});

Deno.test("runTwoKTwoK() feeds a cue to the networks that name it", async () => {
  await withFolder(async (folder) => {
    const { json } = await tinyModel(folder);
    const model = { folder, json: { ...json, pipeline: { ...json.pipeline, cueChannels: 2 } } };
    const person = await tinyPerson("square"), view = publishedView(person);
    // These networks have no such input: it is offered and not taken.
    await runTwoKTwoK(person, view, { model });
    const short = runTwoKTwoK(person, view, { model, cue: new Float32Array(7) });
    await assert.rejects(short, /found 7 values, expected 2 × 1024/);
  });
});

Deno.test("openModel() names what is wrong with a pipeline", async () => {
  await withFolder(async (folder) => {
    const { json } = await tinyModel(folder);
    const write = (pipeline: unknown) =>
      Deno.writeTextFile(`${folder}/model.json`, JSON.stringify({ ...json, pipeline }));
    const broken: [object, RegExp][] = [
      [{ coarsePx: 48 }, /canvasPx 256 is not an even multiple of coarsePx 48/],
      [{ coarsePx: 64 }, /canvasPx is 4 × coarsePx, expected 8 ×/],
      [{ weightBlur: { taps: 4, sigmaPx: 1 } }, /weightBlur.taps is 4, expected odd/],
      [{ groups: [{ ...json.pipeline.groups[0], windowPx: [50, 40] }] }, /a side of 50/],
      [{ groups: [{ ...json.pipeline.groups[0], weightWindowPx: [46, 36] }] }, /a side of 46/],
      [{ groups: [{ ...json.pipeline.groups[0], net: "hat" }] }, /it has no network "hat"/],
    ];
    for (const [change, message] of broken) {
      await write({ ...json.pipeline, ...change });
      await refuses(openModel(folder), message);
    }
  });
});

Deno.test("a float16 model stays near its float32 twin", async () => {
  await withFolder(async (folder) => {
    const wide = await tinyModel(`${folder}/wide`), person = await tinyPerson("square");
    await importCheckpoint(tinyCheckpoint(), `${folder}/half`, {
      widths: TINY_WIDTHS,
      pipeline: TINY_PIPELINE,
      precision: "float16",
      parity: "none",
    });
    const run = async (path: string) =>
      (await runTwoKTwoK(person, publishedView(person), { model: path })).network;
    const [a, b] = [await run(wide.folder), await run(`${folder}/half`)];
    const off = a.normal.reduce((sum, v, i) => sum + Math.abs(v - b.normal[i]), 0) /
      a.normal.length;
    // Weights rounded to 11 bits move normals by a few thousandths.
    assert.ok(off > 1e-6 && off < 5e-3, `mean ${off}`);
  });
});
