import assert from "node:assert/strict";
import { random } from "../../../core/work/random.ts";
import { decodeModel } from "../../../inference/onnx/format.ts";
import { writeOnnx } from "../../../inference/onnx/write.ts";
import { PUBLISHED_WIDTHS } from "../../../inference/twoktwok/architecture.ts";
import type { ModelFolder } from "../../../inference/twoktwok/model_json.ts";
import { netGraph } from "../../../inference/twoktwok/net_graph.ts";
import { stateEntries, valueCount } from "../../../inference/twoktwok/state_dict.ts";
import { readNet } from "../../../inference/twoktwok/nets.ts";
import { refineDepth, unrefinedDepth } from "../../../inference/twoktwok/refine.ts";
import { tileGraph } from "../../../inference/twoktwok/refine_graph.ts";
import type { RefineMaps } from "../../../inference/twoktwok/refine_tiles.ts";
import { refuses } from "../../core/files/_help.ts";
import { differing, TINY_PIPELINE, tinyModel, withFolder } from "./_tiny.ts";

const SESSION = { threads: 1 };

/** A model of the published refinement network with random weights. */
async function publishedRefinement(folder: string): Promise<ModelFolder> {
  const shapes = new Map(stateEntries(PUBLISHED_WIDTHS, ["refine"]).map((e) => [e.key, e]));
  const graph = netGraph("refine", [PUBLISHED_WIDTHS, (key) => {
    const { shape } = shapes.get(key)!, source = random(2, key);
    const spread = shape.length === 4 ? Math.sqrt(2 / (shape[1] * shape[2] * shape[3])) : 0.1;
    const centre = shape.length === 4 || key.endsWith("bias") || key.endsWith("mean") ? 0 : 1;
    const values = Float32Array.from(
      { length: valueCount({ shape }) },
      () => centre + spread * (2 * source.float() - 1),
    );
    return Promise.resolve(values);
  }]);
  const { bytes, sha256 } = await writeOnnx(`${folder}/refine.onnx`, graph);
  const inputs = graph.input.map(({ name }) => name);
  const entry = { file: "refine.onnx", bytes, sha256, parameters: 0, inputs };
  const { json } = await tinyModel(`${folder}/tiny`);
  return { folder, json: { ...json, nets: { refine: entry } } };
}

/** A blob of random normals and depths in the middle of a canvas of 256, background around it. */
function blob(radiusPx: number): RefineMaps {
  const side = 256, plane = side * side, coarse = side / 8, source = random(1, "blob");
  const normal = new Float32Array(6 * plane), depth = new Float32Array(2 * coarse * coarse);
  depth.fill(6, 0, coarse * coarse);
  const inside = (r: number, c: number) => Math.hypot(r - 110.5, c - 140.5) < radiusPx;
  for (let i = 0; i < plane; i++) {
    if (!inside(Math.floor(i / side), i % side)) continue;
    for (let k = 0; k < 6; k++) normal[k * plane + i] = source.float();
  }
  for (let i = 0; i < coarse * coarse; i++) {
    if (!inside(8 * Math.floor(i / coarse) + 4, 8 * (i % coarse) + 4)) continue;
    depth[i] = 1.8 + 0.1 * source.float();
    depth[coarse * coarse + i] = 2.2 + 0.1 * source.float();
  }
  return { normal, depth, side };
}

Deno.test("refineDepth() in tiles is the whole network, bit for bit", async () => {
  await withFolder(async (folder) => {
    const model = await publishedRefinement(folder), maps = blob(1000);
    const run = (tilePx: number | "whole" | "auto") =>
      refineDepth(maps, model, { session: SESSION, tilePx, background: "each" });
    const whole = await run("whole");
    assert.equal(whole.tiles, 1);
    for (const tilePx of [128, 96, 40, "auto"] as const) {
      const tiled = await run(tilePx);
      for (const name of ["front", "back", "mask"] as const) {
        assert.equal(differing(tiled[name], whole[name]), 0, `${name} with tiles of ${tilePx}`);
      }
    }
  });
});

Deno.test("refineDepth() shares background tiles, bit for bit", async () => {
  await withFolder(async (folder) => {
    const model = await publishedRefinement(folder), maps = blob(30);
    const run = (background: "share" | "each") =>
      refineDepth(maps, model, { session: SESSION, tilePx: 32, background });
    const [shared, each] = [await run("share"), await run("each")];
    assert.equal(each.computed, 64);
    // The blob reaches 30 + 24 pixels: at most 5 × 5 tiles; one more for each of the 9 kinds.
    assert.ok(shared.computed <= 25 + 9, `${shared.computed} computed`);
    for (const name of ["front", "back", "mask"] as const) {
      assert.equal(differing(shared[name], each[name]), 0, name);
    }
  });
});

Deno.test("refineDepth() stops between tiles when it is told", async () => {
  await withFolder(async (folder) => {
    const model = await tinyModel(folder), stop = new AbortController();
    let done = 0;
    const run = refineDepth(blob(30), model, {
      session: SESSION,
      tilePx: 64,
      background: "each",
      signal: stop.signal,
      progress: (tiles) => {
        done = tiles;
        if (tiles === 2) stop.abort();
      },
    });
    await assert.rejects(run, { name: "CancelledError" });
    assert.equal(done, 2);
  });
});

Deno.test("tileGraph() pads at the picture's borders alone", async () => {
  await withFolder(async (folder) => {
    const model = await tinyModel(folder), bytes = await readNet(model, "refine");
    const graph = decodeModel(await tileGraph(bytes, [true, false, false, true], "refine"), "tile");
    const convolutions = graph.node.filter(({ opType }) => opType === "Conv").map(
      ({ attribute }) => {
        const list = (name: string) => attribute.find((a) => a.name === name)!.ints!.join();
        return `${list("kernel_shape")} ${list("pads")}`;
      },
    );
    const count = (text: string) => convolutions.filter((found) => found === text).length;
    assert.equal(count("3,3 1,0,0,1"), 9);
    assert.equal(count("1,1 0,0,0,0"), 3);
    // Three doublings of four 2 × 2 convolutions keep their size and are cut afterwards.
    for (const pads of ["1,1,0,0", "1,0,0,1", "0,1,1,0", "0,0,1,1"]) {
      assert.equal(count(`2,2 ${pads}`), 3);
    }
    assert.equal(graph.node.filter(({ opType }) => opType === "Slice").length, 3);
    // A network with another kernel cannot be tiled so.
    await refuses(
      tileGraph(await readNet(model, "refine").then(withKernel5), [true, true, true, true], "x"),
      /expected 1,1, 3,3 padded by 1, or a doubling/,
    );
  });
});

/** Changes the kernel_shape attributes of 3, 3 into 5, 5. */
function withKernel5(bytes: Uint8Array): Uint8Array {
  const out = bytes.slice(), name = new TextEncoder().encode("kernel_shape");
  for (let at = 0; at < out.length; at++) {
    if (!name.every((byte, i) => out[at + i] === byte)) continue;
    // ints follow as field 8, packed or one by one.
    for (let i = at + name.length; i < at + name.length + 8; i++) if (out[i] === 3) out[i] = 5;
  }
  return out;
}

Deno.test("unrefinedDepth() scales depths up and cuts them by the mask", () => {
  const pipeline = { ...TINY_PIPELINE, canvasPx: 32, coarsePx: 4 };
  const output = new Float32Array(3 * 16);
  output.fill(1.9, 0, 16);
  output.fill(2.1, 16, 32);
  for (let i = 32; i < 48; i++) output[i] = i % 4 < 2 ? 5 : -5;
  const { front, back, mask } = unrefinedDepth(output, pipeline);
  for (let c = 0; c < 32; c++) {
    const inside = c < 16;
    assert.ok(Math.abs(front[32 * 7 + c] - (inside ? 1.9 : 6)) < 1e-6, `column ${c}`);
    assert.ok(Math.abs(back[32 * 7 + c] - (inside ? 2.1 : 0)) < 1e-6);
    assert.equal(mask[32 * 7 + c] > 0.5, inside);
  }
});
