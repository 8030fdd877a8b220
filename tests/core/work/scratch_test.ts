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
  await Deno.writeTextFile(join(dead, "lock"), "");
  await Deno.writeTextFile(join(dead, "half.ply"), "ply");
  const mine = await Scratch.open(work);
  const other = await Scratch.open(work);
  await assert.rejects(Deno.stat(dead));
  assert.ok(await Deno.stat(mine.folder));
  await other[Symbol.asyncDispose]();
  assert.ok(await Deno.stat(mine.folder));
  await mine[Symbol.asyncDispose]();
  await assert.rejects(Deno.stat(join(work, "scratch")));
  await Deno.remove(work, { recursive: true });
});
