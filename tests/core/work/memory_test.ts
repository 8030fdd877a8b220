import assert from "node:assert/strict";
import { fitInto, type MemoryLimit } from "../../../core/work/memory.ts";
import { type JobResult, runJobs } from "../../../core/work/pool.ts";

/** A PLY that has a header for so many triangles, and a hole of the right length after it. */
async function withPly(millions: number, use: (place: string) => Promise<void>): Promise<void> {
  const faces = millions * 1e6, vertices = faces / 2;
  const header = `ply\nformat binary_little_endian 1.0\nelement vertex ${vertices}\n` +
    "property float x\nproperty float y\nproperty float z\n" +
    `element face ${faces}\nproperty list uchar int vertex_indices\nend_header\n`;
  const file = await Deno.makeTempFile({ suffix: ".ply" });
  try {
    await Deno.writeTextFile(file, header);
    await Deno.truncate(file, header.length + 12 * vertices + 13 * faces);
    await use(file);
  } finally {
    await Deno.remove(file);
  }
}

const within = (bytes: number): MemoryLimit => ({ bytes, beyond: "fails" });

Deno.test("fitInto() takes fewer workers for larger meshes", async () => {
  await withPly(10, async (mesh) => {
    const holding = { use: "render", meshes: [[{ mesh }]] } as const;
    const count = async (bytes: number) => (await fitInto(within(bytes), [holding], 8)).workers;
    assert.equal(await count(4e9), 1);
    assert.equal(await count(12e9), 3);
    assert.equal(await count(100e9), 8); // no more than asked
  });
  const { workers } = await fitInto(within(4e9), [{ use: "render", meshes: [[]] }], 8);
  assert.equal(workers, 7);
});

Deno.test("fitInto() counts networks, and nothing for work of which nothing is known", async () => {
  const { workers } = await fitInto(within(2e9), [{ use: "infer", meshes: [] }], 8);
  assert.equal(workers, 2); // (2 - 0.25) / 0.7
  assert.equal((await fitInto(within(2e9), [undefined], 8)).workers, 8);
});

Deno.test("fitInto() adds up what a worker holds at once", async () => {
  await withPly(10, async (mesh) => {
    const one = [{ mesh }];
    const count = async (...meshes: { mesh: string }[][]) =>
      (await fitInto(within(12e9), [{ use: "eval", meshes }], 8)).workers;
    assert.equal(await count(one), 4);
    assert.equal(await count(one, one), 2);
    assert.equal(await count([...one, ...one]), 4); // one after the other
  });
});

Deno.test("fitInto() says what does not fit, and what is needed, and goes on without it", async () => {
  await withPly(10, async (mesh) => {
    const large = { use: "render", meshes: [[{ mesh }]] } as const;
    const small = { use: "render", meshes: [] } as const;
    const { workers, tooLarge } = await fitInto(within(2e9), [small, large, small], 8);
    assert.equal(workers, 3);
    assert.deepEqual([...tooLarge.keys()], [1]);
    assert.match(
      tooLarge.get(1)!.message,
      /^Cannot render within 2\.0 GB: about 3\.8 GB are needed: ".*\.ply" has about 10\.0 million triangles$/,
    );
    assert.match(tooLarge.get(1)!.hint!, /--memory/);
  });
});

Deno.test("fitInto() tries everything with one worker where the limit is no order", async () => {
  await withPly(10, async (mesh) => {
    const limit = { bytes: 2e9, beyond: "is tried" } as const;
    const { workers, tooLarge } = await fitInto(limit, [{ use: "eval", meshes: [[{ mesh }]] }], 8);
    assert.equal(workers, 1);
    assert.equal(tooLarge.size, 0);
  });
});

Deno.test("fitInto() leaves unreadable files to those who read them", async () => {
  const holding = { use: "render", meshes: [[{ mesh: "/no/such/file.ply" }]] } as const;
  const { workers, tooLarge } = await fitInto(within(4e9), [holding], 2);
  assert.equal(workers, 2);
  assert.equal(tooLarge.size, 0);
});

Deno.test("runJobs() fails what does not fit into the memory, and does the rest", async () => {
  await withPly(10, async (mesh) => {
    const module = new URL("./_thread_task.ts", import.meta.url);
    const scratch = () => Promise.resolve("");
    const holds = { use: "eval", meshes: [[{ mesh }]] } as const;
    const jobs = [
      { group: "a", payload: { ms: 0 }, scratch, holds },
      { group: "b", payload: { ms: 0 }, scratch },
    ];
    const results = new Map<number, JobResult>();
    const take = (index: number, result: JobResult) => {
      results.set(index, result);
      return Promise.resolve();
    };
    await runJobs(module, jobs, take, { workers: 0, memory: within(1e9) });
    const first = results.get(0)!;
    assert.ok(!first.ok);
    assert.match(first.reason, /^Cannot eval within 1\.0 GB: about 2\.\d GB are needed/);
    assert.match(first.hint!, /--memory/);
    assert.ok(results.get(1)!.ok);
    // With more memory it is done.
    await runJobs(module, jobs, take, { workers: 0, memory: within(4e9) });
    assert.ok(results.get(0)!.ok);
  });
});
