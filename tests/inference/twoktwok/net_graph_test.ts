import assert from "node:assert/strict";
import { random } from "../../../core/work/random.ts";
import { openSession } from "../../../inference/onnx/session.ts";
import { encodeOnnx } from "../../../inference/onnx/write.ts";
import type { NetName, Widths } from "../../../inference/twoktwok/architecture.ts";
import { netGraph, phaseKernels } from "../../../inference/twoktwok/net_graph.ts";
import { compareProbes, probeNet } from "../../../inference/twoktwok/probe.ts";
import { stateEntries, valueCount } from "../../../inference/twoktwok/state_dict.ts";

const WIDTHS: Widths = { normal: [3, 4, 5, 6], depth: [2, 3, 4, 5, 6], refine: [3, 5] };

/** Seeded weights: kernels that keep the size of values, normalisations near the identity. */
function reader(net: NetName) {
  const shapes = new Map(stateEntries(WIDTHS, [net]).map((entry) => [entry.key, entry.shape]));
  return (key: string) => {
    const shape = shapes.get(key)!, source = random(7, key), kernel = shape.length === 4;
    const spread = kernel ? Math.sqrt(3 / (shape[1] * shape[2] * shape[3])) : 0.3;
    const centre = /running_var$/.test(key) || (!kernel && /weight$/.test(key)) ? 1 : 0;
    return Promise.resolve(Float32Array.from(
      { length: valueCount({ shape }) },
      () => centre + spread * (2 * source.float() - 1),
    ));
  };
}

for (const net of ["face", "coarse_normal", "coarse_depth", "refine"] as const) {
  Deno.test(`netGraph() computes the same folded and as described: ${net}`, async () => {
    const graph = (norms: "folded" | "unfolded") =>
      encodeOnnx(netGraph(net, [WIDTHS, reader(net)], { norms }));
    const plain = await probeNet(net, await graph("unfolded"));
    const { difference, magnitude } = compareProbes(
      plain,
      await probeNet(net, await graph("folded")),
    );
    assert.ok(magnitude > 0.1);
    // Float32 rounding through up to 25 layers.
    assert.ok(difference < 1e-5 * magnitude, `${difference} of ${magnitude}`);
  });
}

Deno.test("phaseKernels() add up the weights that fall on the same small pixel", () => {
  // 1 2 3
  // 4 5 6
  // 7 8 9
  const kernel = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);
  // Upper left pixel of a pair: rows −1 | 0 0 hold 1 | 2, 3 of them; likewise columns.
  assert.deepEqual([...phaseKernels(kernel, 0, 0)], [1, 5, 11, 28]);
  assert.deepEqual([...phaseKernels(kernel, 0, 1)], [3, 3, 24, 15]);
  assert.deepEqual([...phaseKernels(kernel, 1, 0)], [5, 16, 7, 17]);
  assert.deepEqual([...phaseKernels(kernel, 1, 1)], [12, 9, 15, 9]);
  for (const [down, right] of [[0, 0], [0, 1], [1, 0], [1, 1]]) {
    assert.equal(phaseKernels(kernel, down, right).reduce((a, b) => a + b, 0), 45);
  }
});

Deno.test("netGraph() takes any batch and any sides that are multiples of 8", async () => {
  const bytes = await encodeOnnx(netGraph("leg", [WIDTHS, reader("leg")]));
  await using session = await openSession(bytes);
  const run = async (batch: number, rows: number, columns: number, start = 0) => {
    const data = Float32Array.from(
      { length: batch * 6 * rows * columns },
      (_, i) => Math.sin(0.1 * (i + start)),
    );
    const out = await session.run({
      picture_and_normal: { data, dims: [batch, 6, rows, columns] },
    });
    assert.deepEqual([...out.normals.dims], [batch, 6, rows, columns]);
    return out.normals.data;
  };
  const both = await run(2, 16, 24), second = await run(1, 16, 24, 6 * 16 * 24);
  // A batch is its items one by one.
  const rest = both.subarray(6 * 16 * 24);
  assert.ok(second.every((value, i) => Math.abs(value - rest[i]) < 1e-5));
  assert.ok(both.every((value) => value >= 0), "kind U ends in a ReLU");
});
