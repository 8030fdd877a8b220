import assert from "node:assert/strict";
import { decodeModel, FLOAT16, FLOAT32, OPSET } from "../../../inference/onnx/format.ts";
import { GraphBuilder } from "../../../inference/onnx/graph_builder.ts";
import { openSession } from "../../../inference/onnx/session.ts";
import { encodeOnnx, writeOnnx } from "../../../inference/onnx/write.ts";
import { refuses } from "../../core/files/_help.ts";

/** y = 2 x + (10, 20), one value a channel. */
function scaleAndShift(weights: "float32" | "float16") {
  const g = new GraphBuilder("scale", { weights });
  const x = g.input("x", ["n", 2, "h", "w"]);
  const w = g.weight("w", [2, 2, 1, 1], () => Float32Array.of(2, 0, 0, 2));
  const b = g.weight("b", [2], () => Float32Array.of(10, 20));
  const y = g.node("Conv", [x, w, b], { kernel_shape: [1, 1], pads: [0, 0, 0, 0] });
  g.output(y, "y", ["n", 2, "h", "w"]);
  return g.finish();
}

for (const weights of ["float32", "float16"] as const) {
  Deno.test(`encodeOnnx() writes a graph that the runtime computes, ${weights} weights`, async () => {
    await using session = await openSession(await encodeOnnx(scaleAndShift(weights)));
    assert.deepEqual(session.inputs.map(({ name, dims }) => [name, dims.length]), [["x", 4]]);
    const { y } = await session.run({
      x: { data: Float32Array.of(1, 2, 3, 4), dims: [1, 2, 1, 2] },
    });
    assert.deepEqual([...y.data], [12, 14, 26, 28]);
    assert.deepEqual([...y.dims], [1, 2, 1, 2]);
  });
}

Deno.test("decodeModel() returns what was encoded", async () => {
  const graph = scaleAndShift("float32");
  const found = decodeModel(await encodeOnnx(graph), "scale.onnx");
  assert.equal(found.name, "scale");
  assert.deepEqual(found.input, [{ name: "x", dataType: FLOAT32, dims: ["n", 2, "h", "w"] }]);
  assert.deepEqual(found.node.map(({ opType, input, output }) => [opType, input, output]), [
    ["Conv", ["x", "w", "b"], ["conv"]],
    ["Identity", ["conv"], ["y"]],
  ]);
  assert.deepEqual(found.node[0].attribute.map(({ name, ints }) => [name, ints]), [
    ["kernel_shape", [1, 1]],
    ["pads", [0, 0, 0, 0]],
  ]);
  const [w] = found.initializer;
  assert.deepEqual(w.dims, [2, 2, 1, 1]);
  assert.deepEqual([...new Float32Array(w.rawData.slice().buffer)], [2, 0, 0, 2]);
});

Deno.test("decodeModel() of a re-encoded model is the same bytes", async () => {
  const bytes = await encodeOnnx(scaleAndShift("float16"));
  const { initializer, ...graph } = decodeModel(bytes, "scale.onnx");
  assert.deepEqual(initializer.map(({ dataType }) => dataType), [FLOAT16, FLOAT16]);
  const again = await encodeOnnx({
    ...graph,
    initializer: initializer.map(({ rawData, ...tensor }) => ({
      ...tensor,
      bytes: rawData.length,
      make: () => rawData,
    })),
  });
  assert.deepEqual(again, bytes);
});

Deno.test("encodeOnnx() states its operator set", async () => {
  const bytes = await encodeOnnx(scaleAndShift("float32"));
  // opset_import: field 8, 4 bytes: domain "" is field 1, version is field 2.
  const text = [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
  assert.ok(text.includes(`42040a0010${OPSET.toString(16)}`), text.slice(0, 80));
});

Deno.test("writeOnnx() writes the bytes of encodeOnnx() and their hash", async () => {
  const path = await Deno.makeTempFile({ suffix: ".onnx" });
  try {
    const { bytes, sha256 } = await writeOnnx(path, scaleAndShift("float32"));
    const written = await Deno.readFile(path);
    assert.deepEqual(written, await encodeOnnx(scaleAndShift("float32")));
    assert.equal(bytes, written.length);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", written));
    assert.equal(sha256, digest.toHex());
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("encodeOnnx() refuses a constant of another length than it said", async () => {
  const g = new GraphBuilder("short");
  g.weight("w", [3], () => Float32Array.of(1, 2));
  await assert.rejects(encodeOnnx(g.finish()), /constant "w" has 8 bytes, expected 12/);
});

Deno.test("weight() refuses values beyond float16", async () => {
  const g = new GraphBuilder("large", { weights: "float16" });
  g.weight("w", [2], () => Float32Array.of(1, 1e6));
  await assert.rejects(encodeOnnx(g.finish()), /found 1000000, expected at most 65504/);
});

Deno.test("decodeModel() refuses bytes that are no model", async () => {
  const read = (bytes: Uint8Array) => Promise.resolve().then(() => decodeModel(bytes, "x.onnx"));
  await refuses(read(Uint8Array.of(255, 255, 255)), /Cannot read an ONNX graph/);
  await refuses(read(new Uint8Array(0)), /it holds no graph/);
});
