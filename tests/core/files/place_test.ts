import assert from "node:assert/strict";
import { join } from "node:path";
import { readAll } from "../../../core/files/source.ts";
import {
  archiveOf,
  hashPlace,
  hasPlace,
  isArchive,
  openPlace,
  placeEntries,
  placeFiles,
  placeOf,
  readPlaceText,
} from "../../../core/files/place.ts";
import { encodeTar } from "../../../core/files/tar_write.ts";
import { encodeZip } from "../../../core/files/zip_write.ts";
import { InputError } from "../../../core/work/errors.ts";
import { sha256 } from "../../../core/work/hash.ts";

const text = (value: string) => new TextEncoder().encode(value);
const FILES: [string, Uint8Array][] = [
  ["set/0001/a.obj", text("v 0 0 0\n")],
  ["set/0001/tex/skin.png", text("not really")],
  ["set/0002/a.obj", text("v 1 0 0\n")],
  ["set/.DS_Store", text("x")],
  ["top.txt", text("hello")],
];

/** The same files in a folder, a zip and a tar archive. */
async function inEach(work: (root: string, what: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [path, data] of FILES) {
      await Deno.mkdir(join(folder, "disk", path, ".."), { recursive: true });
      await Deno.writeFile(join(folder, "disk", path), data);
    }
    await Deno.writeFile(join(folder, "set.zip"), encodeZip(FILES, { level: 6 }));
    await Deno.writeFile(join(folder, "set.tar"), encodeTar(FILES));
    for (const root of ["disk", "set.zip!", "set.tar!"]) await work(join(folder, root), root);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("places look alike on a disk, in a zip and in a tar archive", async () => {
  await inEach(async (root, what) => {
    assert.deepEqual(await placeEntries(root), { files: ["top.txt"], folders: ["set"] }, what);
    assert.deepEqual(
      await placeEntries(join(root, "set")),
      { files: [".DS_Store"], folders: ["0001", "0002"] },
      what,
    );
    assert.deepEqual(await placeEntries(join(root, "none")), { files: [], folders: [] }, what);
    assert.deepEqual(await placeEntries(join(root, "top.txt")), { files: [], folders: [] }, what);
    const paths = FILES.map(([path]) => path).filter((path) => !path.includes(".DS")).sort();
    assert.deepEqual(await placeFiles(root), paths, what);
    assert.deepEqual(await placeFiles(root, 0), ["top.txt"], what);
    assert.equal(await readPlaceText(join(root, "top.txt")), "hello", what);
    const skin = join(root, "set", "0001", "tex", "skin.png");
    assert.ok(await hasPlace(skin) && !await hasPlace(join(root, "set")), what);
    assert.deepEqual(await hashPlace(skin), { bytes: 10, sha256: sha256("not really") }, what);
    const { folder, name } = await placeOf(join(root, "set", "0001", "a.obj"));
    assert.equal(name, "a.obj");
    assert.ok(await folder.has("tex/skin.png"), what);
    assert.equal((await readAll(await folder.open(name))).length, 8, what);
    await assert.rejects(folder.open("../0002/a.obj"), InputError, what);
    await assert.rejects(openPlace(join(root, "none")), InputError, what);
    await assert.rejects(readPlaceText(join(root, "top.txt"), { maxBytes: 3 }), /5 bytes/, what);
  });
});

Deno.test("archiveOf() splits a place at its archive only", () => {
  const cases: [string, string | undefined, string?][] = [
    ["/x/a.zip!/b/c.obj", "/x/a.zip", "b/c.obj"],
    ["/x/a.tar.gz!", "/x/a.tar.gz", ""],
    ["/x/a.TGZ!/b", "/x/a.TGZ", "b"],
    ["/x/a.zip", undefined],
    ["/x/wow!/b", undefined],
  ];
  for (const [place, archive, inner] of cases) {
    assert.deepEqual(archiveOf(place), archive === undefined ? undefined : { archive, inner });
  }
});

Deno.test("an archive that was written again is read again", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "a.zip");
    await Deno.writeFile(path, encodeZip([["x", text("one")]]));
    assert.ok(await isArchive(path));
    assert.equal(await readPlaceText(`${path}!/x`), "one");
    await Deno.writeFile(path, encodeZip([["x", text("second")]]));
    assert.equal(await readPlaceText(`${path}!/x`), "second");
    await Deno.writeFile(path, text("no archive at all"));
    assert.ok(!await isArchive(path));
    await assert.rejects(readPlaceText(`${path}!/x`), InputError);
    await assert.rejects(openPlace(join(folder, "gone.zip!/x")), /no such file/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
