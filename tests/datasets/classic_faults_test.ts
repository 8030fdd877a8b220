/** Every layout with every classic fault that it can have: the others are still read, and it is named. */
import assert from "node:assert/strict";
import { lyingFaults } from "../../datasets/check/axis_faults.ts";
import { checkScanFile, checkSize } from "../../datasets/check/check_scan.ts";
import { inMetres } from "../../datasets/load.ts";
import { openDataset } from "../../datasets/open.ts";
import { declaredAxes } from "../../datasets/subject.ts";
import { CLASSIC_FAULTS } from "../miniatures/classic_faults.ts";
import { type Files, inFolder, writeFiles } from "../miniatures/files.ts";
import { miniatures } from "../miniatures/layouts.ts";

/** What is said of a data set and its subjects, as codes. */
async function told(files: Files): Promise<{ subjects: string[]; codes: Set<string> }> {
  const codes = new Set<string>();
  const add = (list: readonly { code: string }[]) => list.forEach(({ code }) => codes.add(code));
  let subjects: string[] = [];
  await inFolder(async (folder) => {
    await writeFiles(folder, files);
    const dataset = await openDataset(folder);
    subjects = dataset.subjects.map(({ id }) => id);
    add(dataset.broken);
    for (const subject of dataset.subjects) {
      add(subject.notes);
      const { faults, scan } = await checkScanFile(subject);
      add(faults);
      add(scan!.notes);
      const { faults: ofSize, metres } = checkSize(scan!.mesh, subject);
      add(ofSize);
      if (metres === undefined) continue;
      add(lyingFaults(inMetres(scan!.mesh, metres), { axes: declaredAxes(subject) }));
    }
  });
  return { subjects, codes };
}

for (const miniature of await miniatures()) {
  const { format, smpl, subjects } = miniature;
  Deno.test(`classic faults of ${format} (${smpl ? "SMPL fits" : "scans"}) are named`, async () => {
    const plain = await told(miniature.files);
    assert.deepEqual(plain.subjects, subjects);
    for (const { name, put, named } of CLASSIC_FAULTS) {
      const files = await put(miniature);
      if (files === undefined) continue;
      const { subjects: found, codes } = await told(files);
      assert.equal(found.length, subjects.length, `${name}: the subjects are still read`);
      const fresh = [...codes].filter((code) => !plain.codes.has(code));
      if (named.length === 0) assert.deepEqual(fresh, [], name);
      else assert.ok(named.some((code) => fresh.includes(code)), `${name}: found ${fresh}`);
    }
  });
}
