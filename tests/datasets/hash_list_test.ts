import assert from "node:assert/strict";
import { insideArchive } from "../../core/files/place.ts";
import {
  compareHashes,
  hashListOf,
  hashListText,
  parseHashList,
} from "../../datasets/hash_list.ts";
import { archiveOf, inFolder, writeFiles } from "../miniatures/files.ts";

const FILES = { "a/one.txt": "1", "a/b/two.txt": "2", "three.txt": "3", ".hidden": "x" };
// printf 1 | sha256sum
const ONE = "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b";

Deno.test("hashListOf() lists all but hidden files as sha256sum does, and the text goes round", async () => {
  await inFolder(async (folder) => {
    await writeFiles(folder, FILES);
    const lines = await hashListOf(folder);
    assert.deepEqual(lines.map(({ path }) => path), ["a/b/two.txt", "a/one.txt", "three.txt"]);
    assert.equal(lines[1].sha256, ONE);
    const text = hashListText(lines);
    assert.match(text, new RegExp(`^${ONE}  a/one.txt$`, "m"));
    assert.deepEqual(parseHashList(text, "list"), lines);
    assert.deepEqual(parseHashList(`# a remark\n\n${ONE} *./a/one.txt\n`, "list"), [lines[1]]);
    assert.throws(() => parseHashList("no sum here\n", "list"), /line 1 is no sum and path/);
  });
});

Deno.test("compareHashes() names what changed, what is missing, what is new", async () => {
  await inFolder(async (folder) => {
    await writeFiles(folder, FILES);
    const list = await hashListOf(folder);
    assert.deepEqual(await compareHashes(folder, list), {
      checked: 3,
      changed: [],
      missing: [],
      extra: [],
    });
    await writeFiles(folder, { "three.txt": "4", "new.txt": "5" });
    await Deno.remove(`${folder}/a/one.txt`);
    const found = await compareHashes(folder, list);
    assert.deepEqual(found, {
      checked: 3,
      changed: ["three.txt"],
      missing: ["a/one.txt"],
      extra: ["new.txt"],
    });
  });
});

Deno.test("hashListOf() gives an archive's files the sums of the unpacked ones", async () => {
  await inFolder(async (folder) => {
    await writeFiles(`${folder}/data`, FILES);
    await Deno.writeFile(`${folder}/x.tar`, archiveOf(FILES, "tar", "data"));
    const inside = await hashListOf(insideArchive(`${folder}/x.tar`));
    const outside = await hashListOf(folder, { skip: /\.tar$/ });
    assert.deepEqual(inside, outside);
  });
});
