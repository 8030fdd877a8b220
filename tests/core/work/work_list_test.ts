import assert from "node:assert/strict";
import { join } from "node:path";
import { writeManifest } from "../../../core/work/manifest.ts";
import type { Progress } from "../../../core/work/progress.ts";
import {
  filesUnder,
  type Item,
  runWork,
  shardOf,
  type WorkList,
} from "../../../core/work/work_list.ts";
import type { DoublePayload } from "./_double_task.ts";

const MODULE = new URL("./_double_task.ts", import.meta.url);

async function inTemporaryFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function item(value: number, more: Partial<DoublePayload> = {}): Item<DoublePayload> {
  const name = `n${value}`;
  return {
    id: name,
    inputs: [{ role: "number", path: name, bytes: 1, sha256: String(value).padStart(64, "0") }],
    payload: { name, value, ...more },
  };
}

function listIn(out: string, items: Item<DoublePayload>[], options = {}): WorkList<DoublePayload> {
  return { title: "double", module: MODULE, out, work: join(out, ".work"), options, items };
}

/** Every file of an artifact with its bytes, the work folder left out; plus the manifest's items. */
async function bytesOf(folder: string): Promise<string> {
  const parts: string[] = [];
  for (const path of await filesUnder(folder)) {
    if (path.includes(".work")) continue;
    parts.push(path.slice(folder.length), await Deno.readTextFile(path));
  }
  return parts.join("\n");
}

const HEAD = { kind: "views" as const, command: "double", options: {}, files: [] };
const NUMBERS = [1, 2, 3, 4, 5, 6, 7];

Deno.test("runWork() writes the same bytes for any number of workers and shards", async () => {
  const versions: string[] = [];
  for (
    const { workers, shards } of [{ workers: 1, shards: 1 }, { workers: 3, shards: 1 }, {
      workers: 1,
      shards: 3,
    }]
  ) {
    await inTemporaryFolder(async (out) => {
      for (let index = 0; index < shards; index++) {
        const { records, missing } = await runWork(listIn(out, NUMBERS.map((n) => item(n))), {
          workers,
          shard: shards > 1 ? { index, count: shards } : undefined,
        });
        assert.equal(missing.length === 0, index === shards - 1);
        if (missing.length === 0) await writeManifest(out, HEAD, records);
      }
      versions.push(await bytesOf(out));
    });
  }
  assert.equal(versions[1], versions[0]);
  assert.equal(versions[2], versions[0]);
  assert.match(versions[0], /n7\/second\.txt\n14/);
});

Deno.test("runWork() skips what is done and redoes what is stale or damaged", async () => {
  await inTemporaryFolder(async (out) => {
    const first = await runWork(listIn(out, [item(1), item(2), item(3)]));
    assert.deepEqual([first.done, first.skipped], [3, 0]);

    const notes: string[] = [];
    const progress: Progress = { start() {}, item() {}, note: (n) => void notes.push(n), end() {} };
    const again = await runWork(listIn(out, [item(1), item(2), item(3)]), { progress });
    assert.deepEqual([again.done, again.skipped, notes.length], [0, 3, 0]);

    await Deno.truncate(join(out, "n2", "second.txt"), 1); // torn by someone
    const changed = { ...item(3), inputs: [{ ...item(3).inputs[0], sha256: "f".repeat(64) }] };
    const third = await runWork(listIn(out, [item(1), item(2), changed]), { progress });
    assert.deepEqual([third.done, third.skipped], [2, 1]);
    assert.equal(notes.length, 2);
    assert.equal(await Deno.readTextFile(join(out, "n2", "second.txt")), "4\n");
  });
});

Deno.test("runWork() turns a failing item into a record, keeps the rest and tries it again", async () => {
  await inTemporaryFolder(async (out) => {
    const { records, failed, done } = await runWork(
      listIn(out, [item(1, { fail: true }), item(2)]),
    );
    assert.deepEqual([failed, done], [1, 1]);
    const [bad, good] = records;
    assert.equal(bad.status, "failed");
    assert.equal(bad.reason, "Cannot double 1: it is odd");
    assert.equal(bad.hint, "take an even one");
    assert.equal(good.status, "ok");
    // Nothing of the failed item is under a final name.
    assert.deepEqual((await filesUnder(out)).filter((path) => path.includes("/n1/")), []);
    const again = await runWork(listIn(out, [item(1), item(2)]));
    assert.deepEqual([again.failed, again.done, again.skipped], [0, 1, 1]);
  });
});

Deno.test("runWork() removes files that a redone item no longer has", async () => {
  await inTemporaryFolder(async (out) => {
    await runWork(listIn(out, [{ ...item(1, { extraFile: true }), options: { extra: true } }]));
    assert.ok(await Deno.stat(join(out, "n1", "third.txt")));
    await runWork(listIn(out, [item(1)]));
    await assert.rejects(Deno.stat(join(out, "n1", "third.txt")));
  });
});

Deno.test("runWork() keeps items of earlier calls with the same options in its records", async () => {
  await inTemporaryFolder(async (out) => {
    await runWork(listIn(out, [item(1)]));
    const second = await runWork(listIn(out, [item(2)]));
    assert.deepEqual(second.records.map((record) => record.id), ["n1", "n2"]);
    const other = await runWork(listIn(out, [item(2)], { size: 7 }));
    assert.deepEqual(other.records.map((record) => record.id), ["n2"]);
    assert.deepEqual(other.foreign, ["n1"]);
  });
});

Deno.test("runWork() leaves no half-done file when it is cancelled, and goes on afterwards", async () => {
  await inTemporaryFolder(async (out) => {
    const controller = new AbortController();
    const items = [item(1), item(2), item(3, { waitMs: 60_000 })];
    setTimeout(() => controller.abort(), 400);
    await assert.rejects(
      runWork(listIn(out, items), { workers: 2, signal: controller.signal }),
      /Cancelled/,
    );
    assert.deepEqual((await filesUnder(out)).filter((path) => path.includes("/n3/")), []);
    const { records, missing } = await runWork(listIn(out, [item(1), item(2), item(3)]));
    assert.deepEqual([records.length, missing.length], [3, 0]);
    // Its own scratch is gone, and so is that of the cancelled run.
    assert.deepEqual((await filesUnder(out)).filter((path) => path.includes("scratch")), []);
  });
});

Deno.test("runWork() of a killed process's folder finishes with the bytes of an undisturbed run", async () => {
  const script = `
    import { runWork } from ${
    JSON.stringify(import.meta.resolve("../../../core/work/work_list.ts"))
  };
    const [out, killAfterMs] = Deno.args;
    const items = [1, 2, 3, 4].map((value) => ({
      id: "n" + value,
      inputs: [{ role: "number", path: "n" + value, bytes: 1, sha256: String(value).padStart(64, "0") }],
      payload: { name: "n" + value, value, waitMs: 150 },
    }));
    setTimeout(() => Deno.kill(Deno.pid, "SIGKILL"), Number(killAfterMs));
    await runWork({ title: "double", module: new URL(${JSON.stringify(MODULE.href)}), out,
      work: out + "/.work", options: {}, items });
  `;
  await inTemporaryFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "killed.ts"), script);
    const versions: string[] = [];
    for (const killAfterMs of [80, 230, 380]) {
      const out = join(folder, `out${killAfterMs}`);
      // By its name: the permission is for the `deno` on the path, which may be npm's.
      await new Deno.Command("deno", {
        args: ["run", "--no-prompt", "-A", "--no-lock", "--config", "deno.json"]
          .concat(join(folder, "killed.ts"), out, String(killAfterMs)),
        cwd: new URL("../../../", import.meta.url).pathname,
        stdout: "null",
        stderr: "null",
      }).output();
      const { records } = await runWork(listIn(out, [1, 2, 3, 4].map((n) => item(n))));
      await writeManifest(out, HEAD, records);
      versions.push(await bytesOf(out));
    }
    assert.equal(new Set(versions).size, 1);
    assert.match(versions[0], /n4\/second\.txt\n8/);
  });
});

Deno.test("shardOf() deals every item to exactly one shard", () => {
  const items = NUMBERS.map((n) => ({ id: `n${n}`, group: `g${n >> 1}` }));
  const shards = [0, 1, 2].map((index) => shardOf(items, { index, count: 3 }));
  assert.deepEqual(shards.flat().map((one) => one.id).sort(), items.map((one) => one.id));
  const groups = shards.map((shard) => new Set(shard.map((one) => one.group)));
  assert.equal(groups.reduce((n, set) => n + set.size, 0), 4, "a group stays whole");
  assert.deepEqual(shardOf(items, undefined), items);
});

Deno.test("shardOf() deals by weight: the heaviest stand alone", () => {
  // Bytes of the scans: 100, 1, 1, 1, 60, 40 MB. Two shards: 100 + 1 + ... and 60 + 40 + ...
  const items = [100, 1, 1, 1, 60, 40].map((mb, i) => ({
    id: `s${i}`,
    inputs: [{ bytes: mb * 1e6 }],
  }));
  const shards = [0, 1].map((index) => shardOf(items, { index, count: 2 }).map(({ id }) => id));
  assert.ok(shards[0].includes("s0") && !shards[0].includes("s4") && !shards[0].includes("s5"));
  assert.deepEqual(shards[1].slice(-2), ["s4", "s5"]);
  assert.equal(shards.flat().length, 6);
  // More shards than groups: some have nothing.
  assert.deepEqual(shardOf(items, { index: 6, count: 7 }), []);
});
