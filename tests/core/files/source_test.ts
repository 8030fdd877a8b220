import assert from "node:assert/strict";
import { join } from "node:path";
import { DiskFolder, fileSource } from "../../../core/files/disk.ts";
import {
  bytesSource,
  cleanPath,
  type Folder,
  MemoryFolder,
  partOf,
  readAll,
  subfolder,
} from "../../../core/files/source.ts";
import { bytesOf, refuses } from "./_help.ts";

async function inTempFolder(run: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempDir();
  try {
    await run(path);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

async function textOf(folder: Folder, path: string): Promise<string> {
  return new TextDecoder().decode(await readAll(await folder.open(path)));
}

Deno.test("cleanPath() keeps what lies inside and refuses what leads out", () => {
  const inside = { "a/b": "a/b", "./a//b/": "a/b", "a/../b": "b", "a\\b": "a/b", "..a": "..a" };
  for (const [path, clean] of Object.entries(inside)) assert.equal(cleanPath(path), clean);
  for (const path of ["", ".", "..", "../a", "a/../../b", "/a", "C:\\a", "c:/a", "a\0b", "\\\\h"]) {
    assert.equal(cleanPath(path), undefined, JSON.stringify(path));
  }
});

Deno.test("bytesSource() gives ranges and refuses those beyond its end", async () => {
  const source = bytesSource("x", Uint8Array.of(1, 2, 3, 4));
  assert.deepEqual([...await source.slice(1, 3)], [2, 3]);
  assert.throws(() => source.slice(2, 5), RangeError);
  assert.throws(() => source.slice(3, 2), RangeError);
  assert.throws(() => source.slice(-1, 2), RangeError);
  const part = partOf(source, "part", 1, 2);
  assert.deepEqual([...await readAll(part)], [2, 3]);
  assert.throws(() => part.slice(0, 3), RangeError);
});

Deno.test("a memory folder and a disk folder list and open the same", async () => {
  await inTempFolder(async (path) => {
    const files = { "b/c.txt": "deep", "a.txt": "top", "b/a.txt": "other" };
    for (const [name, text] of Object.entries(files)) {
      await Deno.mkdir(join(path, "b"), { recursive: true });
      await Deno.writeTextFile(join(path, name), text);
    }
    for (const folder of [new MemoryFolder(files), new DiskFolder(path)]) {
      assert.deepEqual(await folder.list(), ["a.txt", "b/a.txt", "b/c.txt"]);
      assert.equal(await textOf(folder, "b/c.txt"), "deep");
      assert.equal(await textOf(folder, "b/../a.txt"), "top");
      assert.equal(await folder.has("b/a.txt"), true);
      assert.equal(await folder.has("b"), false);
      assert.equal(await folder.has("../a.txt"), false);
      await refuses(folder.open("none.txt"), /Cannot open "none.txt": no such file/);
      await refuses(folder.open("../a.txt"), /leads out of its folder/);
      const inner = subfolder(folder, "b");
      assert.deepEqual(await inner.list(), ["a.txt", "c.txt"]);
      assert.equal(await textOf(inner, "a.txt"), "other");
      await refuses(inner.open("../a.txt"), /leads out of its folder/);
    }
  });
});

Deno.test("DiskFolder follows links inside and refuses links that lead outside", async () => {
  await inTempFolder(async (path) => {
    const root = join(path, "root");
    await Deno.mkdir(join(root, "real"), { recursive: true });
    await Deno.writeTextFile(join(path, "secret.txt"), "secret");
    await Deno.writeTextFile(join(root, "real", "a.txt"), "inside");
    await Deno.symlink(join(path, "secret.txt"), join(root, "out.txt"));
    await Deno.symlink(path, join(root, "up"));
    await Deno.symlink(join(root, "real"), join(root, "linked"));
    await Deno.symlink(root, join(root, "real", "cycle"));
    const folder = new DiskFolder(root);
    const listed = await folder.list();
    assert.ok(listed.includes("linked/a.txt") && listed.includes("real/a.txt"), listed.join());
    assert.ok(listed.includes("out.txt"), "a link that leads out is listed, not hidden");
    assert.equal(await textOf(folder, "linked/a.txt"), "inside");
    assert.equal(await folder.has("out.txt"), false);
    await refuses(folder.open("out.txt"), /link that leads out of its folder/);
    await refuses(folder.open("up/secret.txt"), /link that leads out of its folder/);
  });
});

Deno.test("fileSource() notices that a file was replaced while it is read", async () => {
  await inTempFolder(async (path) => {
    const file = join(path, "a.bin");
    await Deno.writeFile(file, new Uint8Array(100));
    const source = await fileSource(file);
    assert.equal((await source.slice(10, 20)).length, 10);
    await Deno.writeFile(file, new Uint8Array(50));
    await refuses(source.slice(0, 10), /it changed while it was being read/);
    await refuses(fileSource(path), /it is a folder, expected a file/);
    await refuses(fileSource(join(path, "none")), /no such file/);
  });
});

Deno.test("MemoryFolder refuses paths that lead out when it is made", () => {
  assert.throws(() => new MemoryFolder({ "../a": bytesOf("x") }), /leads out of its folder/);
});
