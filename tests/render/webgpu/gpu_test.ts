import assert from "node:assert/strict";
import { MachineError } from "../../../core/work/errors.ts";
import { adapterFacts, describeAdapter } from "../../../render/webgpu/adapter_facts.ts";
import { Gpu } from "../../../render/webgpu/gpu.ts";
import { fakeGpu } from "./_fake_gpu.ts";

const isMachineError = (reason: RegExp) => (error: unknown) =>
  error instanceof MachineError && reason.test(error.message) && error.hint !== undefined;

Deno.test("Gpu.open() says what to do where there is no adapter", async () => {
  for (
    const source of [
      { requestAdapter: () => Promise.resolve(null) },
      { requestAdapter: () => Promise.reject(new Error("no loader")) },
    ]
  ) {
    await assert.rejects(Gpu.open(source), isMachineError(/found no graphics adapter/));
  }
});

Deno.test("Gpu.open() names the adapter that gives no device", async () => {
  const fake = fakeGpu();
  const adapter = await fake.requestAdapter();
  adapter!.requestDevice = () => Promise.reject(new Error("out of contexts"));
  await assert.rejects(
    Gpu.open({ requestAdapter: () => Promise.resolve(adapter) }),
    isMachineError(/adapter "Fake 3000" gives no device: out of contexts/),
  );
});

Deno.test("Gpu.open() asks for all the memory an adapter offers", async () => {
  const fake = fakeGpu({
    limits: { maxBufferSize: 2 ** 33, maxStorageBufferBindingSize: 2 ** 32 },
  });
  using gpu = await Gpu.open(fake);
  assert.deepEqual(fake.descriptor!.requiredLimits, {
    maxBufferSize: 2 ** 33,
    maxStorageBufferBindingSize: 2 ** 32,
    maxTextureDimension2D: 8192,
  });
  assert.equal(gpu.facts.bufferBytes, 2 ** 32);
});

Deno.test("Gpu.guard() does one thing at a time, in order, and goes on after one that throws", async () => {
  using gpu = await Gpu.open(fakeGpu());
  const log: string[] = [];
  const slow = gpu.guard(async () => {
    log.push("slow begins");
    await new Promise((resolve) => setTimeout(resolve, 5));
    log.push("slow ends");
    return 1;
  });
  const wrong = gpu.guard(() => Promise.reject(new RangeError("asked for nonsense")));
  const quick = gpu.guard(() => Promise.resolve(log.push("quick")));
  await assert.rejects(wrong, /^RangeError: asked for nonsense$/);
  assert.equal(await slow, 1);
  await quick;
  assert.deepEqual(log, ["slow begins", "slow ends", "quick"]);
});

for (const kind of ["validation", "out-of-memory", "internal"] as const) {
  Deno.test(`Gpu.guard() trusts nothing after an error of kind ${kind}`, async () => {
    using gpu = await Gpu.open(fakeGpu({ errors: { [kind]: "no room\nfor 3 buffers" } }));
    const reason = /on "Fake 3000": no room for 3 buffers, expected no fault/;
    await assert.rejects(gpu.guard(() => Promise.resolve("maps")), isMachineError(reason));
    await assert.rejects(gpu.guard(() => Promise.resolve("maps")), isMachineError(reason));
  });
}

Deno.test("Gpu.guard() gives the loss, not what failed because of it, as the reason", async () => {
  const fake = fakeGpu();
  using gpu = await Gpu.open(fake);
  const drawing = gpu.guard(() => {
    fake.lose("driver was reset");
    return Promise.reject(new Error("cannot map"));
  });
  await assert.rejects(
    drawing,
    isMachineError(/the device was lost \(unknown: driver was reset\)/),
  );
});

Deno.test("Gpu.guard() refuses to work once the device was given back", async () => {
  const gpu = await Gpu.open(fakeGpu());
  gpu[Symbol.dispose]();
  await assert.rejects(gpu.guard(() => Promise.resolve()), RangeError);
});

Deno.test("adapterFacts() tells software from a GPU", async () => {
  const kindOf = async (info: Record<string, unknown>) =>
    adapterFacts((await fakeGpu({ info }).requestAdapter())!);
  assert.equal((await kindOf({ description: "NVIDIA H100" })).kind, "GPU");
  assert.equal((await kindOf({ description: "llvmpipe (LLVM 15)" })).kind, "software");
  assert.equal(
    (await kindOf({ description: "Some card", isFallbackAdapter: true })).kind,
    "software",
  );
  assert.equal((await kindOf({ description: "", vendor: "4318" })).name, "vendor 4318, device 0");
  assert.equal(
    describeAdapter(await kindOf({ description: "NVIDIA H100" })),
    "NVIDIA H100 (a GPU; buffers to 128 MiB, pictures to 8192 px)",
  );
});
