import assert from "node:assert/strict";
import { buildTree } from "../../core/geometry/bvh.ts";
import { closestPoints } from "../../core/geometry/closest.ts";
import { boundsOf } from "../../core/geometry/mesh.ts";
import { transformPoint, transformPoints } from "../../core/geometry/transform.ts";
import { InputError } from "../../core/work/errors.ts";
import { poseBody } from "../../body/forward.ts";
import { jointIndex } from "../../body/joints.ts";
import { loadBody, loadScan } from "../../datasets/load.ts";
import { openDataset, READERS } from "../../datasets/open.ts";
import type { Dataset, Subject } from "../../datasets/subject.ts";
import { archiveOf, inFolder, writeFiles } from "../miniatures/files.ts";
import { type Miniature, miniatures } from "../miniatures/layouts.ts";
import { BODY_FILE } from "../miniatures/people.ts";

const all = await miniatures();

/** Scans are readable, of a person's size, upright, and their body lies in them. */
async function checkSubject(subject: Subject, { smpl }: Miniature): Promise<void> {
  const { mesh, notes } = await loadScan(subject);
  assert.deepEqual(notes.filter(({ code }) => code.endsWith("-missing")), [], subject.id);
  const { min, max } = boundsOf({ positions: transformPoints(subject.upright, mesh.positions) });
  const height = max[1] - min[1];
  assert.ok(height > 1.4 && height < 2.2, `${subject.id} is ${height} m high`);
  assert.ok(height > 2 * (max[2] - min[2]), `${subject.id} stands`);
  if (!smpl) return;
  const { model, fit } = await loadBody(subject, { bodyFile: BODY_FILE, scan: mesh });
  const { vertices, joints } = poseBody(model, fit);
  using tree = buildTree(mesh);
  const distances = closestPoints(tree, vertices).distance.sort();
  assert.ok(distances[distances.length >> 1] < 0.03, `${subject.id}: the body lies in the scan`);
  const at = (name: "l_shoulder" | "r_shoulder" | "head" | "pelvis") => {
    const j = 3 * jointIndex(model.kind, name);
    return transformPoint(subject.upright, [joints[j], joints[j + 1], joints[j + 2]]);
  };
  assert.ok(at("head")[1] > at("pelvis")[1] + 0.3, `${subject.id}: the head is up`);
  assert.ok(at("l_shoulder")[0] > at("r_shoulder")[0] + 0.15, `${subject.id} faces +z`);
}

function checkDataset(found: Dataset, wanted: Miniature): void {
  assert.equal(found.format, wanted.format);
  assert.deepEqual(found.broken, []);
  assert.deepEqual(found.subjects.map(({ id }) => id), wanted.subjects);
  assert.notEqual(found.evidence, "");
}

for (const miniature of all) {
  const fits = miniature.smpl ? "SMPL fits" : "scans";
  Deno.test(`openDataset() reads ${miniature.format} (${fits}): units, frames, fits, textures`, async () => {
    await inFolder(async (folder) => {
      await writeFiles(folder, { ...miniature.files, ".DS_Store": "\0\0\0\x01Bud1" });
      const dataset = await openDataset(folder);
      checkDataset(dataset, miniature);
      for (const subject of dataset.subjects) await checkSubject(subject, miniature);
    });
  });
}

for (const kind of ["zip", "tar"] as const) {
  Deno.test(`openDataset() reads every layout out of a ${kind} without unpacking it`, async () => {
    for (const miniature of all) {
      await inFolder(async (folder) => {
        const file = `${folder}/data.${kind}`;
        const files = { ...miniature.files, ".DS_Store": "\0" };
        await Deno.writeFile(file, archiveOf(files, kind, "some folder"));
        const dataset = await openDataset(file);
        checkDataset(dataset, miniature);
        if (miniature.format !== "mapped") assert.equal(dataset.name, "data");
        await checkSubject(dataset.subjects[0], miniature);
        const names = Array.from(Deno.readDirSync(folder), ({ name }) => name);
        assert.deepEqual(names, [`data.${kind}`], "nothing else was written");
      });
    }
  });
}

Deno.test("loadBody() tells THuman2.1's convention from THuman2.0's, subject by subject", async () => {
  const { files } = all.find(({ format, smpl }) => format === "thuman2" && smpl)!;
  await inFolder(async (folder) => {
    await writeFiles(folder, files);
    const { subjects } = await openDataset(folder);
    const notes: (string | undefined)[] = [];
    for (const subject of subjects) {
      const { mesh } = await loadScan(subject);
      notes.push((await loadBody(subject, { bodyFile: BODY_FILE, scan: mesh })).note);
    }
    assert.deepEqual(subjects.map(({ id }) => id), ["0000", "0525", "0530"]);
    assert.deepEqual(notes.slice(0, 2), [undefined, undefined]);
    assert.match(notes[2]!, /^fit-convention: .*"scale after translation.*not as documented/);
    assert.deepEqual(subjects[2].attributes, { release: "THuman2.1" });
  });
});

Deno.test("openDataset() takes --format by force, and names the formats it knows", async () => {
  const [first] = all;
  await inFolder(async (folder) => {
    await writeFiles(folder, first.files);
    // Folders <id>/<id>.obj are 2K2K's as well as THuman2.0's.
    assert.equal((await openDataset(folder, { format: "2k2k" })).format, "2k2k");
    await assert.rejects(openDataset(folder, { format: "humman" }), (error) => {
      assert.ok(error instanceof InputError);
      assert.match(error.message, /as humman: found no scan of that layout/);
      return true;
    });
    await assert.rejects(openDataset(folder, { format: "nonsense" }), (error) => {
      assert.ok(
        error instanceof InputError && /thuman2.*x-humans|x-humans.*thuman2/.test(error.hint!),
      );
      return true;
    });
  });
});

Deno.test("openDataset() says why a file or an empty folder is no data set", async () => {
  await inFolder(async (folder) => {
    await assert.rejects(openDataset(folder), /in no layout that the suite knows/);
    await Deno.writeTextFile(`${folder}/a.txt`, "hello");
    await assert.rejects(openDataset(`${folder}/a.txt`), /it is a file, expected a folder/);
  });
});

Deno.test("every layout has a miniature, and every miniature its own reader", () => {
  const tested = new Set(all.map(({ format }) => format));
  // Views need a rendered set: tests/datasets/views_test.ts. Plain meshes: faults_test.ts.
  const rest = READERS.map(({ format }) => format).filter((format) => !tested.has(format));
  assert.deepEqual(rest, ["suite-views", "meshes"]);
});
