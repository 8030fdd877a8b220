import assert from "node:assert/strict";
import { hashFile } from "../../core/work/hash.ts";
import { croissantOf } from "../../datasets/croissant.ts";
import { openDataset } from "../../datasets/open.ts";
import { archiveOf, inFolder, writeFiles } from "../miniatures/files.ts";
import { humman } from "../miniatures/layouts.ts";

interface Described {
  name: string;
  license?: string;
  conformsTo: string;
  distribution: { "@id": string; sha256: string; contentSize: string }[];
  recordSet: { field: { "@id": string }[]; data: Record<string, unknown>[] }[];
}

Deno.test("croissantOf() names every file of every subject with its sum, relative to the folder", async () => {
  const { files, subjects } = await humman();
  await inFolder(async (folder) => {
    await writeFiles(folder, files);
    const dataset = await openDataset(folder);
    const json = await croissantOf(dataset, { license: "CC0-1.0" }) as unknown as Described;
    assert.equal(json.conformsTo, "http://mlcommons.org/croissant/1.1");
    assert.equal(json.license, "CC0-1.0");
    assert.equal(json.distribution.length, 2 * 4); // mesh, library, picture, fit
    for (const file of json.distribution) {
      assert.ok(!file["@id"].startsWith("/") && !file["@id"].includes(".."), file["@id"]);
      const { sha256, bytes } = await hashFile(`${folder}/${file["@id"]}`);
      assert.deepEqual([file.sha256, file.contentSize], [sha256, `${bytes} B`]);
    }
    const [{ field, data }] = json.recordSet;
    assert.deepEqual(data.map((record) => record["subjects/id"]), subjects);
    for (const record of data) assert.deepEqual(Object.keys(record), field.map((f) => f["@id"]));
  });
});

Deno.test("croissantOf() describes an archive as its folder", async () => {
  const { files } = await humman();
  await inFolder(async (folder) => {
    await Deno.writeFile(`${folder}/d.zip`, archiveOf(files, "zip", "d"));
    await writeFiles(`${folder}/d`, files);
    const ids = async (path: string) => {
      const json = await croissantOf(await openDataset(path)) as unknown as Described;
      return json.distribution.map((file) => file["@id"].replace(/^d\//, ""));
    };
    assert.deepEqual(await ids(`${folder}/d.zip`), await ids(`${folder}/d`));
  });
});
