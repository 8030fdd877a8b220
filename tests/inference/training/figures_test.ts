import assert from "node:assert/strict";
import { FIXTURES } from "../../../core/work/paths.ts";
import { join } from "../../../core/work/path.ts";
import { loadScan } from "../../../datasets/load.ts";
import { openDataset } from "../../../datasets/open.ts";

const FOLDER = join(FIXTURES, "humans_train");

Deno.test("the training figures are all in their archives, and the splits name no others", async () => {
  const ids = new Set<string>();
  for (const n of [1, 2, 3]) {
    const { subjects } = await openDataset(join(FOLDER, `subjects_${n}.zip`));
    for (const { id } of subjects) ids.add(id);
    if (n > 1) continue;
    const { mesh } = await loadScan(subjects[0]);
    const triangles = mesh.indices.length / 3;
    assert.ok(triangles >= 78429 && triangles <= 170193, `${triangles} triangles`);
    assert.ok(mesh.materials!.every(({ texture }) => texture !== undefined));
  }
  assert.equal(ids.size, 110);
  const splits = new URL("../../../inference/training/splits/", import.meta.url);
  const parts = await Promise.all(
    ["train", "val_subject", "val_pose_outfit"].map(async (name) =>
      (await Deno.readTextFile(new URL(`${name}.txt`, splits))).trim().split(/\s+/)
    ),
  );
  assert.deepEqual(parts.flat().sort(), [...ids].sort(), "every figure is in one part");
});
