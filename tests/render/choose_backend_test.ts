import assert from "node:assert/strict";
import { InputError, MachineError, UsageError } from "../../core/work/errors.ts";
import { join } from "../../core/work/path.ts";
import { BACKEND_NAMES, openBackend } from "../../render/backends.ts";
import { CHOICE_FILE, chooseBackend, fasterBackend } from "../../render/choose_backend.ts";
import { renderDataset } from "../../render/render_dataset.ts";

const slowGpu = (name: string) =>
  Promise.resolve({ ms: name === "cpu" ? 10 : 20, by: "Fake 3000" });
const fastGpu = (name: string) => Promise.resolve({ ms: name === "cpu" ? 10 : 5, by: "Fake 3000" });

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "s2s_backend_" });
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("fasterBackend() takes the faster, and says both times and on what", async () => {
  assert.equal((await fasterBackend(slowGpu)).backend, "cpu");
  const { backend, says } = await fasterBackend(fastGpu);
  assert.equal(backend, "webgpu");
  assert.equal(
    says,
    "backend auto: webgpu; the first view takes 10 ms on cpu, 5 ms on webgpu (Fake 3000)",
  );
  const even = await fasterBackend(() => Promise.resolve({ ms: 7 }));
  assert.equal(even.backend, "cpu");
});

Deno.test("fasterBackend() falls back to the CPU where a device cannot draw, and says why", async () => {
  const { backend, says } = await fasterBackend((name) =>
    name === "cpu"
      ? Promise.resolve({ ms: 1 })
      : Promise.reject(new MachineError("Cannot draw with WebGPU: found no graphics adapter"))
  );
  assert.equal(backend, "cpu");
  assert.match(says, /backend auto: cpu; Cannot draw with WebGPU: found no graphics adapter/);
});

Deno.test("chooseBackend() keeps to a folder's first choice", async () => {
  await inFolder(async (folder) => {
    const options = { work: join(folder, ".work"), sharded: false };
    assert.equal((await chooseBackend(fastGpu, options)).backend, "webgpu");
    const again = await chooseBackend(slowGpu, options);
    assert.equal(again.backend, "webgpu");
    assert.match(again.says, /as this folder was begun/);
    await Deno.writeTextFile(join(options.work, CHOICE_FILE), '{"backend": "abacus"}');
    await assert.rejects(chooseBackend(slowGpu, options), InputError);
  });
});

Deno.test("renderDataset() refuses to let each shard choose a back-end", async () => {
  await inFolder(async (folder) => {
    await assert.rejects(
      chooseBackend(fastGpu, { work: folder, sharded: true }),
      (error) => error instanceof UsageError && /found backend "auto"/.test(error.message),
    );
    // Without a subject there is nothing to time.
    const { records } = await renderDataset(join(folder, "out"), {
      subjects: [],
      views: [],
      options: { backend: "auto" },
    });
    assert.deepEqual(records, []);
  });
});

Deno.test("openBackend() opens the CPU's once a thread", async () => {
  assert.deepEqual(BACKEND_NAMES, ["cpu", "webgpu"]);
  const backend = await openBackend("cpu");
  assert.equal(backend.name, "cpu");
  assert.equal(await openBackend("cpu"), backend);
});
