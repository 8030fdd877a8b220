import assert from "node:assert/strict";
import { InputError } from "../../core/work/errors.ts";
import { workersFor } from "../../tools/_memory.ts";

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

Deno.test("workersFor() takes fewer workers for larger meshes", async () => {
  await withPly(10, async (mesh) => {
    const count = (memory: number) => workersFor("render", [[{ mesh }]], { workers: 8, memory });
    assert.equal(await count(4e9), 1);
    assert.equal(await count(12e9), 3);
    assert.equal(await count(100e9), 8); // no more than asked
  });
  const count = await workersFor("render", [[]], { workers: 8, memory: 4e9 });
  assert.equal(count, 7);
});

Deno.test("workersFor() adds up what a worker holds at once", async () => {
  await withPly(10, async (mesh) => {
    const memory = 12e9, one = [{ mesh }], flags = { workers: 8, memory };
    assert.equal(await workersFor("eval", [one], flags), 4);
    assert.equal(await workersFor("eval", [one, one], flags), 2);
    assert.equal(await workersFor("eval", [[...one, ...one]], flags), 4); // one after the other
  });
});

Deno.test("workersFor() says what does not fit, and what is needed", async () => {
  await withPly(10, async (mesh) => {
    const memory = 2e9;
    await assert.rejects(workersFor("render", [[{ mesh }]], { memory }), (error: Error) => {
      assert.ok(error instanceof InputError);
      assert.match(
        error.message,
        /^Cannot render within 2\.0 GB: about 3\.8 GB are needed: ".*\.ply" has about 10\.0 million triangles/,
      );
      assert.match(error.hint!, /--memory/);
      return true;
    });
  });
});

Deno.test("workersFor() takes as many workers as asked where no limit is given", async () => {
  await withPly(10, async (mesh) => {
    assert.equal(await workersFor("render", [[{ mesh }]], { workers: 5 }), 5);
  });
});

Deno.test("workersFor() leaves unreadable files to those who read them", async () => {
  const flags = { workers: 2, memory: 4e9 };
  assert.equal(await workersFor("render", [[{ mesh: "/no/such/file.ply" }]], flags), 2);
});
