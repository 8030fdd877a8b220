import assert from "node:assert/strict";
import { bytesSource } from "../../../core/files/source.ts";
import { openCheckpoint } from "../../../inference/twoktwok/checkpoint.ts";
import { refuses } from "../../core/files/_help.ts";
import { writeCheckpoint, type WrittenCheckpoint } from "./_checkpoint.ts";
import { tinyCheckpoint } from "./_tiny.ts";

const open = (spec: WrittenCheckpoint) =>
  openCheckpoint(bytesSource("made.pth.tar", writeCheckpoint(spec)));

/** 0, 1, 2, … */
const counting = (count: number) => Float32Array.from({ length: count }, (_, i) => i);

Deno.test("openCheckpoint() reads what PyTorch wrote", async () => {
  const checkpoint = await openCheckpoint(tinyCheckpoint());
  assert.equal(checkpoint.tensors.size, 1504);
  assert.equal(checkpoint.epoch, 0);
  const weight = checkpoint.tensors.get("refine.depth1.up.1.weight")!;
  assert.deepEqual(weight.shape, [4, 2, 3, 3]);
  const values = await checkpoint.read("refine.depth1.up.1.weight");
  assert.equal(values.length, 72);
  assert.ok(values.every((v) => Number.isFinite(v) && Math.abs(v) < 2));
  assert.equal(await checkpoint.readScalar("refine.depth1.up.2.num_batches_tracked"), 0);
});

Deno.test("read() gives every tensor of a shared storage its own values", async () => {
  const checkpoint = await open({
    storages: { "0": counting(10) },
    tensors: {
      a: { storage: "0", shape: [2, 2] },
      b: { storage: "0", offset: 4, shape: [3] },
      c: { storage: "0", offset: 9, shape: [] },
    },
  });
  assert.deepEqual([...await checkpoint.read("a")], [0, 1, 2, 3]);
  assert.deepEqual([...await checkpoint.read("b")], [4, 5, 6]);
  assert.deepEqual([...await checkpoint.read("c")], [9]);
});

Deno.test("read() follows strides: transposed, every other, repeated", async () => {
  const checkpoint = await open({
    storages: { "0": counting(12) },
    tensors: {
      // 3 × 4 in memory, seen as 4 × 3.
      transposed: { storage: "0", shape: [4, 3], strides: [1, 4] },
      sparse: { storage: "0", offset: 1, shape: [5], strides: [2] },
      repeated: { storage: "0", offset: 7, shape: [2, 2], strides: [0, 1] },
      single: { storage: "0", offset: 3, shape: [1, 1, 2], strides: [99, 55, 1] },
    },
  });
  assert.deepEqual([...await checkpoint.read("transposed")], [
    0,
    4,
    8,
    1,
    5,
    9,
    2,
    6,
    10,
    3,
    7,
    11,
  ]);
  assert.deepEqual([...await checkpoint.read("sparse")], [1, 3, 5, 7, 9]);
  assert.deepEqual([...await checkpoint.read("repeated")], [7, 8, 7, 8]);
  assert.deepEqual([...await checkpoint.read("single")], [3, 4]);
});

Deno.test("openCheckpoint() removes every module. from names and takes any device", async () => {
  for (const device of ["cpu", "cuda:0", "cuda:7", "mps", "meta-of-the-future"]) {
    const checkpoint = await open({
      storages: { "0": counting(1) },
      tensors: { "module.net.module.weight": { storage: "0", shape: [1] } },
      device,
    });
    assert.deepEqual([...checkpoint.tensors.keys()], ["net.weight"]);
    assert.equal(checkpoint.epoch, 3);
  }
});

Deno.test("openCheckpoint() refuses two names that become one", async () => {
  await refuses(
    open({
      storages: { "0": counting(1) },
      tensors: {
        "module.a": { storage: "0", shape: [1] },
        "a": { storage: "0", shape: [1] },
      },
    }),
    /two of its tensors are "a"/,
  );
});

Deno.test("openCheckpoint() does not read storages", async () => {
  const bytes = writeCheckpoint({
    storages: { "0": counting(1 << 20) },
    tensors: { a: { storage: "0", shape: [4] } },
  });
  let read = 0;
  const inner = bytesSource("made", bytes);
  const checkpoint = await openCheckpoint({
    ...inner,
    slice(start, end) {
      read += end - start;
      return inner.slice(start, end);
    },
  });
  assert.ok(read < 200_000, `${read} bytes read`);
  assert.deepEqual([...await checkpoint.read("a")], [0, 1, 2, 3]);
  assert.ok(read < 210_000, `${read} bytes read`);
});

Deno.test("read() refuses a tensor beyond its storage, by name", async () => {
  const storages = { "0": counting(10) };
  const read = async (tensor: WrittenCheckpoint["tensors"][string]) =>
    await (await open({ storages, tensors: { far: tensor } })).read("far");
  const past = /Cannot read the tensor "far": it ends at value \d+ of a storage of 10/;
  await refuses(read({ storage: "0", offset: 9, shape: [2] }), past);
  await refuses(read({ storage: "0", shape: [2, 2], strides: [9, 1] }), past);
  await refuses(read({ storage: "0", shape: [2], strides: [2 ** 30] }), past);
  await refuses(
    read({ storage: "0", shape: [2 ** 30], strides: [0] }),
    /expected at most 33554432/,
  );
});

Deno.test("read() refuses other kinds of numbers", async () => {
  const checkpoint = await open({
    storages: { "0": new Float64Array(2) },
    tensors: { wide: { storage: "0", shape: [2] } },
  });
  await refuses(checkpoint.read("wide"), /its values are float64, expected float32/);
  await refuses(checkpoint.readScalar("wide"), /its values are float64, expected int64/);
  await refuses(checkpoint.read("none"), /it has no tensor "none"/);
});

Deno.test("openCheckpoint() says what a file is instead", async () => {
  const read = (bytes: Uint8Array) => openCheckpoint(bytesSource("x.pth.tar", bytes));
  await refuses(read(new Uint8Array(0)), /it is no zip archive/);
  await refuses(read(new Uint8Array(512)), /it is no zip archive/);
  await refuses(read(Uint8Array.of(0x80, 2, 0x8a, 10, 0x6c)), /it is PyTorch's old format/);
  const tensors = { a: { storage: "0", shape: [1] } };
  await refuses(
    open({
      storages: { "0": counting(1) },
      tensors,
      extra: { "made/byteorder": new TextEncoder().encode("big") },
    }),
    /its byte order is "big", expected little/,
  );
  await refuses(open({ storages: { "0": counting(1) }, tensors: {} }), /it holds no tensors/);
});
