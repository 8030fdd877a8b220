import assert from "node:assert/strict";
import { lanesOf } from "../../inference/lanes.ts";
import type { Method } from "../../inference/method.ts";
import { methodNamed } from "../../inference/methods.ts";

const OPEN_MODEL = new URL("../../fixtures/models/open-2k", import.meta.url).pathname;

Deno.test("lanesOf() gives every core a view, and spare cores to the networks", async () => {
  const job = { method: methodNamed("2k2k"), settings: { model: OPEN_MODEL } };
  assert.deepEqual(await lanesOf(job, { cores: 2, items: 3 }), { workers: 2, threads: 1 });
  assert.deepEqual(await lanesOf(job, { cores: 8, items: 3 }), { workers: 3, threads: 2 });
  assert.deepEqual(await lanesOf(job, { cores: 2, items: 1 }), { workers: 1, threads: 2 });
  assert.deepEqual(await lanesOf(job, { cores: 2, items: 0 }), { workers: 1, threads: 2 });
});

Deno.test("lanesOf() works on one view at a time where networks are large", async () => {
  const declare = () =>
    Promise.resolve({ version: "1", large: true as const, trainedOn: [], files: [], notes: [] });
  const method: Method = { ...methodNamed("inflate"), declare };
  assert.deepEqual(await lanesOf({ method }, { cores: 4, items: 9 }), { workers: 1, threads: 4 });
  assert.deepEqual(await lanesOf({ method: methodNamed("inflate") }, { cores: 4, items: 9 }), {
    workers: 4,
    threads: 1,
  });
});
