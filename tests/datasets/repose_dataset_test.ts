import assert from "node:assert/strict";
import { FIXTURES } from "../../core/work/paths.ts";
import { join } from "../../core/work/path.ts";
import { poseBody } from "../../body/forward.ts";
import { loadBody, loadScan } from "../../datasets/load.ts";
import { openDataset } from "../../datasets/open.ts";
import { reposeDataset } from "../../datasets/repose_dataset.ts";

Deno.test("reposeDataset() writes a data set whose fits go with its scans, the same each time", async () => {
  const { subjects } = await openDataset(join(FIXTURES, "humans"));
  const chosen = subjects.filter(({ id }) => id === "h13"), out = await Deno.makeTempDir();
  try {
    const folders = [join(out, "a"), join(out, "b")];
    const made = [];
    for (const folder of folders) {
      made.push(
        await reposeDataset(folder, { subjects: chosen, poses: 1, seed: 7 }, { workers: 1 }),
      );
    }
    const manifests = await Promise.all(
      folders.map((folder) => Deno.readTextFile(join(folder, "manifest.json"))),
    );
    assert.equal(manifests[0], manifests[1]);
    const item = made[0].manifest!.items[0];
    assert.equal((item.result as { synthetic: boolean }).synthetic, true);
    const [subject] = (await openDataset(folders[0])).subjects;
    assert.equal(subject.id, "h13_r00");
    assert.equal(subject.attributes?.synthetic_pose_of, "h13");
    const { model, fit } = await loadBody(subject), { vertices } = poseBody(model, fit);
    const { mesh } = await loadScan(subject, { textures: "skip" });
    const height = (points: ArrayLike<number>) => {
      let low = Infinity, high = -Infinity;
      for (let i = 1; i < points.length; i += 3) {
        low = Math.min(low, points[i]);
        high = Math.max(high, points[i]);
      }
      return [low, high];
    };
    // Shoes stand below the bare feet, hair above the head: a few centimetres.
    const scan = height(mesh.positions), body = height(vertices);
    assert.ok(Math.abs(scan[0]) < 1e-3, `the lowest point is at ${scan[0]} m`);
    assert.ok(Math.abs(scan[0] - body[0]) < 0.06 && Math.abs(scan[1] - body[1]) < 0.06);
  } finally {
    await Deno.remove(out, { recursive: true });
  }
});

Deno.test("reposeDataset() draws poses from whom it is told", async () => {
  const { subjects } = await openDataset(join(FIXTURES, "humans"));
  const one = (wanted: string) => subjects.filter(({ id }) => id === wanted);
  const out = await Deno.makeTempDir();
  try {
    const poseFrom = async (name: string, posesOf?: typeof subjects) => {
      const job = { subjects: one("h13"), posesOf, poses: 1, seed: 7 };
      await reposeDataset(join(out, name), job, { workers: 1 });
      const made = await openDataset(join(out, name));
      assert.deepEqual(made.subjects.map(({ id }) => id), ["h13_r00"]);
      return [...made.subjects[0].fit!.fit.bodyPose];
    };
    const own = await poseFrom("own");
    assert.deepEqual(await poseFrom("same", one("h13")), own);
    assert.notDeepEqual(await poseFrom("other", one("h01")), own);
  } finally {
    await Deno.remove(out, { recursive: true });
  }
});
