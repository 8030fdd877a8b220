import assert from "node:assert/strict";
import { bytesSource } from "../../../core/files/source.ts";
import { sha256 } from "../../../core/work/hash.ts";
import { CancelledError } from "../../../core/work/errors.ts";
import type { Widths } from "../../../inference/twoktwok/architecture.ts";
import {
  importCheckpoint,
  type ImportOptions,
} from "../../../inference/twoktwok/import_checkpoint.ts";
import { describeModel, modelHash, verifyModel } from "../../../inference/twoktwok/model_info.ts";
import { openModel } from "../../../inference/twoktwok/model_json.ts";
import { stateEntries, valueCount } from "../../../inference/twoktwok/state_dict.ts";
import { refuses } from "../../core/files/_help.ts";
import { writeCheckpoint, type WrittenTensor } from "./_checkpoint.ts";
import {
  filesBelow,
  TINY_PIPELINE,
  TINY_WIDTHS,
  tinyCheckpoint,
  tinyCheckpointBytes,
  tinyModel,
  withFolder,
} from "./_tiny.ts";

const TINY: ImportOptions = { widths: TINY_WIDTHS, pipeline: TINY_PIPELINE };

/** As narrow as networks get, for checkpoints made here. */
const NARROW: Widths = { normal: [2, 2, 2, 2], depth: [2, 2, 2, 2, 2], refine: [2, 2] };
const NARROW_OPTIONS: ImportOptions = { widths: NARROW, pipeline: TINY_PIPELINE, parity: "none" };

/** A checkpoint of narrow networks: all values lie in two storages. */
function narrowCheckpoint(
  change: (tensors: Record<string, WrittenTensor>, floats: Float32Array) => void = () => {},
  steps = 0n,
): Uint8Array {
  const entries = stateEntries(NARROW);
  const floats = new Float32Array(
    entries.reduce((sum, e) => sum + (e.dtype === "float32" ? valueCount(e) : 0), 0),
  );
  const tensors: Record<string, WrittenTensor> = {};
  let offset = 0;
  for (const entry of entries) {
    if (entry.dtype === "int64") {
      tensors[entry.key] = { storage: "1", shape: [] };
      continue;
    }
    tensors[entry.key] = { storage: "0", offset, shape: entry.shape };
    const one = /running_var$|\.[124]\.weight$/.test(entry.key) && entry.shape.length === 1;
    floats.fill(one ? 1 : 0.1, offset, offset += valueCount(entry));
  }
  change(tensors, floats);
  return writeCheckpoint({ storages: { "0": floats, "1": BigInt64Array.of(steps) }, tensors });
}

const importNarrow = (folder: string, bytes: Uint8Array, options: ImportOptions = {}) =>
  importCheckpoint(bytesSource("narrow.pth.tar", bytes), folder, { ...NARROW_OPTIONS, ...options });

Deno.test("importCheckpoint() makes a model folder that verifies", async () => {
  await withFolder(async (folder) => {
    const json = await importCheckpoint(tinyCheckpoint(), folder, TINY);
    assert.deepEqual(await filesBelow(folder), [
      "arm.onnx",
      "coarse_depth.onnx",
      "coarse_normal.onnx",
      "face.onnx",
      "leg.onnx",
      "model.json",
      "refine.onnx",
      "shoe.onnx",
      "upper.onnx",
    ]);
    assert.equal(json.name, "tiny");
    assert.equal(json.source!.sha256, sha256(tinyCheckpointBytes()));
    assert.deepEqual((await openModel(folder)).json, json);
    assert.deepEqual(
      (await verifyModel(folder)).map(({ fault }) => fault),
      Array(8).fill(undefined),
    );
    // Folding moves nothing but float32 rounding, which untrained narrow layers enlarge.
    for (const { difference, magnitude } of Object.values(json.parity!)) {
      assert.ok(difference < 1e-4 * magnitude, `${difference} of ${magnitude}`);
    }
    const description = await describeModel(folder);
    const parameters = stateEntries(TINY_WIDTHS).filter(({ kind }) => kind === "parameter");
    assert.equal(description.parameters, parameters.reduce((sum, e) => sum + valueCount(e), 0));
    assert.equal(description.refined, true);
  });
});

Deno.test("importCheckpoint() writes the same bytes every time", async () => {
  await withFolder(async (folder) => {
    const first = await importNarrow(`${folder}/a`, narrowCheckpoint());
    const second = await importNarrow(`${folder}/b`, narrowCheckpoint());
    assert.deepEqual(second, first);
    assert.equal(modelHash(first), modelHash(second));
  });
});

Deno.test("importCheckpoint() stores half the bytes as float16, cast back at load", async () => {
  await withFolder(async (folder) => {
    const json = await importCheckpoint(tinyCheckpoint(), folder, {
      ...TINY,
      precision: "float16",
    });
    const wide = (await tinyModel(`${folder}/wide`)).json;
    assert.ok(json.nets.upper.bytes < 0.85 * wide.nets.upper.bytes);
    assert.ok((await verifyModel(folder)).every(({ fault }) => fault === undefined));
    for (const [net, { difference, magnitude }] of Object.entries(json.parity!)) {
      // Weights rounded to 11 bits: each of some twenty layers moves by up to 1e-3.
      assert.ok(difference > 0 && difference < 4e-2 * magnitude, `${net}: ${difference}`);
    }
  });
});

Deno.test("importCheckpoint() names missing, unknown and misshapen keys", async () => {
  await withFolder(async (folder) => {
    const make = (change: Parameters<typeof narrowCheckpoint>[0]) =>
      importNarrow(folder, narrowCheckpoint(change));
    await refuses(
      make((tensors) => {
        delete tensors["refine.merge3_2.bias"];
        delete tensors["img2normal_face.Conv1.conv.0.weight"];
      }),
      /2 keys are missing: img2normal_face\.Conv1\.conv\.0\.weight, refine\.merge3_2\.bias/,
    );
    await refuses(
      make((tensors) => {
        tensors["surprise.weight"] = { storage: "0", shape: [1] };
      }),
      /1 key is unknown: surprise\.weight/,
    );
    await refuses(
      make((tensors) => {
        tensors["refine.merge3_2.weight"].shape = [3, 2, 3, 3];
      }),
      /1 key is of another shape or type: refine\.merge3_2\.weight \(found 3 × 2 × 3 × 3 float32, expected 3 × 2 × 1 × 1 float32\)/,
    );
    await refuses(
      make((tensors) => {
        for (const key of Object.keys(tensors).slice(0, 100)) delete tensors[key];
      }),
      /100 keys are missing: .* and 95 more/,
    );
    assert.deepEqual(await filesBelow(folder), []);
  });
});

Deno.test("importCheckpoint() of the published widths refuses other networks", async () => {
  await withFolder(async (folder) => {
    await refuses(importCheckpoint(tinyCheckpoint(), folder), /keys are of another shape or type/);
  });
});

Deno.test("importCheckpoint() of a phase 1 file makes a model without refinement", async () => {
  await withFolder(async (folder) => {
    const bytes = narrowCheckpoint((tensors) => {
      for (const key of Object.keys(tensors)) if (key.startsWith("refine.")) delete tensors[key];
    });
    const json = await importNarrow(folder, bytes);
    assert.equal(json.pipeline.refine, "none");
    assert.equal("refine" in json.nets, false);
    assert.equal((await describeModel(folder)).refined, false);
  });
});

Deno.test("importCheckpoint() refuses half of the refinement", async () => {
  await withFolder(async (folder) => {
    const bytes = narrowCheckpoint((tensors) => {
      for (const key of Object.keys(tensors)) {
        if (key.startsWith("refine.") && key !== "refine.merge3_2.bias") delete tensors[key];
      }
    });
    await refuses(importNarrow(folder, bytes), /89 keys are missing/);
  });
});

Deno.test("importCheckpoint() tells trained weights by their step counters", async () => {
  await withFolder(async (folder) => {
    const judged = async (bytes: Uint8Array, options: ImportOptions = {}) =>
      (await importNarrow(folder, bytes, options)).weights;
    assert.equal(await judged(narrowCheckpoint()), "unknown");
    assert.equal(await judged(narrowCheckpoint(undefined, 1000n)), "trained");
    assert.equal(await judged(narrowCheckpoint(), { weights: "trained" }), "trained");
    assert.equal(
      await judged(narrowCheckpoint(undefined, 1000n), { weights: "unknown" }),
      "unknown",
    );
  });
});

Deno.test("importCheckpoint() refuses values that are not finite, by name", async () => {
  await withFolder(async (folder) => {
    const bytes = narrowCheckpoint((tensors, floats) => {
      floats[tensors["refine.depth2.up.1.weight"].offset! + 3] = NaN;
    });
    await refuses(
      importNarrow(folder, bytes),
      /value 3 of "refine\.depth2\.up\.1\.weight" is NaN, expected finite numbers/,
    );
    assert.deepEqual(await filesBelow(folder), []);
  });
});

Deno.test("importCheckpoint() refuses statistics that make folding meaningless", async () => {
  await withFolder(async (folder) => {
    const bytes = narrowCheckpoint((tensors, floats) => {
      floats[tensors["refine.depth1.up.2.running_var"].offset!] = -2;
    });
    await refuses(
      importNarrow(folder, bytes, { parity: "probe" }),
      /folding its normalisation moves its output by Infinity/,
    );
  });
});

Deno.test("importCheckpoint() leaves the old model alone when it is cancelled", async () => {
  await withFolder(async (folder) => {
    const json = await importNarrow(folder, narrowCheckpoint());
    const files = await filesBelow(folder);
    const stop = new AbortController();
    const again = importNarrow(folder, narrowCheckpoint(undefined, 1n), {
      signal: stop.signal,
      progress: (_net, done) => done === 3 && stop.abort(),
    });
    await assert.rejects(again, CancelledError);
    assert.deepEqual(await filesBelow(folder), files);
    assert.deepEqual((await openModel(folder)).json, json);
  });
});

Deno.test("verifyModel() names the network that was changed", async () => {
  await withFolder(async (folder) => {
    await importNarrow(folder, narrowCheckpoint());
    const path = `${folder}/leg.onnx`, bytes = await Deno.readFile(path);
    bytes[bytes.length - 1] ^= 1;
    await Deno.writeFile(path, bytes);
    const faults = (await verifyModel(folder)).filter(({ fault }) => fault !== undefined);
    assert.deepEqual(faults.map(({ net }) => net), ["leg"]);
    assert.match(faults[0].fault!, /its hash is not the one in model.json/);
    await Deno.remove(path);
    await refuses(verifyModel(folder), /"leg.onnx" has no bytes/);
  });
});
