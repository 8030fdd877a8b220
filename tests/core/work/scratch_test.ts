import assert from "node:assert/strict";
import { join } from "node:path";
import { Scratch, writeWhole } from "../../../core/work/scratch.ts";

Deno.test("writeWhole() replaces a file and leaves no temporary one", async () => {
  const folder = await Deno.makeTempDir();
  await writeWhole(join(folder, "a", "x.json"), "one");
  await writeWhole(join(folder, "a", "x.json"), "two");
  assert.deepEqual([...Deno.readDirSync(join(folder, "a"))].map((e) => e.name), ["x.json"]);
  assert.equal(await Deno.readTextFile(join(folder, "a", "x.json")), "two");
  await Deno.remove(folder, { recursive: true });
});

Deno.test("writeWhole() says what the file system refused and keeps the old file", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(join(folder, "file"), "old");
  await assert.rejects(
    writeWhole(join(folder, "file", "below"), "new"),
    /Cannot write the file: .*(folder|directory|exists)/i,
  );
  assert.equal(await Deno.readTextFile(join(folder, "file")), "old");
  await Deno.remove(folder, { recursive: true });
});

Deno.test("Scratch clears folders of dead processes and spares living ones", async () => {
  const work = await Deno.makeTempDir();
  const dead = join(work, "scratch", "dead");
  await Deno.mkdir(dead, { recursive: true });
  await Deno.writeTextFile(`${dead}.lock`, "");
  await Deno.writeTextFile(join(dead, "half.ply"), "ply");
  const mine = await Scratch.open(work);
  const other = await Scratch.open(work);
  await assert.rejects(Deno.stat(dead));
  await assert.rejects(Deno.stat(`${dead}.lock`));
  assert.ok(await Deno.stat(mine.folder));
  await other[Symbol.asyncDispose]();
  assert.ok(await Deno.stat(mine.folder));
  await mine[Symbol.asyncDispose]();
  await assert.rejects(Deno.stat(join(work, "scratch")));
  await Deno.remove(work, { recursive: true });
});

Deno.test("Scratch clears a folder whose owner died before its lock was made, or after it was gone", async () => {
  const work = await Deno.makeTempDir();
  await Deno.mkdir(join(work, "scratch", "no-lock"), { recursive: true });
  await Deno.writeTextFile(join(work, "scratch", "only.lock"), "");
  const mine = await Scratch.open(work);
  const names = [...Deno.readDirSync(join(work, "scratch"))].map(({ name }) => name).sort();
  assert.equal(names.length, 2, names.join(" "));
  assert.equal(names[0] + ".lock", names[1]);
  await mine[Symbol.asyncDispose]();
  await Deno.remove(work, { recursive: true });
});

Deno.test("writeWhole() uses up what a killed process left, and spares what another one writes", async () => {
  const folder = await Deno.makeTempDir(), path = join(folder, "x.json");
  await Deno.writeTextFile(
    `${path}.tmp`,
    "half of what a killed process wrote, longer than the new",
  );
  await writeWhole(path, "new");
  assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["x.json"]);
  assert.equal(await Deno.readTextFile(path), "new");

  function* slowly() {
    yield new TextEncoder().encode("one ");
    // While this file is being written, another writer of the same path comes and goes.
    other = writeWhole(path, "other");
    yield new TextEncoder().encode("whole");
  }
  let other: Promise<void> | undefined;
  await writeWhole(path, slowly());
  await other;
  assert.match(await Deno.readTextFile(path), /^(one whole|other)$/);
  assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["x.json"]);
  await Deno.remove(folder, { recursive: true });
});
