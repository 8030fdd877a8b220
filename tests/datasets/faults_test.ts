/** The classic faults of data sets, each put into a miniature, and what is said about it. */
import assert from "node:assert/strict";
import { scaling } from "../../core/geometry/transform.ts";
import { scaleFit } from "../../body/fit.ts";
import { checkScanFile } from "../../datasets/check/check_scan.ts";
import { checkSubject } from "../../datasets/check/check_subject.ts";
import { loadScan } from "../../datasets/load.ts";
import { openDataset } from "../../datasets/open.ts";
import { declaredAxes } from "../../datasets/subject.ts";
import { type Files, inFolder, without, writeFiles } from "../miniatures/files.ts";
import { capeIcon, humman, mapped, thuman, twoKTwoK, xHumans } from "../miniatures/layouts.ts";
import { array, BODY_FILE, moved, openPeople, pad } from "../miniatures/people.ts";
import { encodeNpz } from "../../core/files/npz.ts";
import { encodePly } from "../../core/files/ply_write.ts";
import { objText } from "../miniatures/pictures.ts";

/** Opens files as a data set. */
async function opened(files: Files, work: (folder: string) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    await writeFiles(folder, files);
    await work(folder);
  });
}

async function faultsOf(folder: string, id: string): Promise<string[]> {
  const { subjects } = await openDataset(folder);
  const subject = subjects.find((one) => one.id === id)!;
  const { report } = await checkSubject(subject, { bodyFile: BODY_FILE });
  return report.faults.map(({ code }) => code);
}

Deno.test("a missing texture is named, and the geometry still read", async () => {
  const { files } = await thuman("smpl");
  await opened(without(files, /0525\/material0\.jpeg$/), async (folder) => {
    const { subjects } = await openDataset(folder);
    const codes = async (subject: typeof subjects[0]) =>
      (await checkScanFile(subject)).faults.map(({ code }) => code);
    assert.deepEqual(await codes(subjects[0]), []);
    assert.deepEqual(await codes(subjects[1]), ["texture-missing"]);
    assert.ok((await loadScan(subjects[1])).mesh.indices.length > 3000);
  });
});

Deno.test("a missing material library is made up for by the data set's custom, with a note", async () => {
  const { files } = await thuman("smpl");
  await opened(without(files, /0000\/material0\.mtl$/), async (folder) => {
    const { subjects } = await openDataset(folder);
    const { mesh, notes } = await loadScan(subjects[0]);
    assert.equal(mesh.materials?.[0].texture?.width, 16);
    assert.ok(notes.some(({ code }) => code === "texture-by-convention"));
  });
});

Deno.test("a missing fit is a note that names the file, and a fault", async () => {
  const { files } = await humman();
  await opened(without(files, /smpl_params\/000006/), async (folder) => {
    const { subjects } = await openDataset(folder);
    assert.equal(subjects[1].fit, undefined);
    const [note] = subjects[1].notes;
    assert.deepEqual([note.code, /smpl_params\/000006\.npz/.test(note.text)], [
      "fit-missing",
      true,
    ]);
    assert.ok((await faultsOf(folder, "p000438_a000040-000006")).includes("fit-missing"));
  });
});

Deno.test("an unreadable fit is a note with the reason, and the scan stays", async () => {
  const { files } = await humman();
  const broken = { ...files, "p000438_a000040/smpl_params/000000.npz": "not an npz" };
  await opened(broken, async (folder) => {
    const { subjects, broken } = await openDataset(folder);
    assert.deepEqual(broken, []);
    assert.deepEqual(subjects[0].notes.map(({ code }) => code), ["fit-unreadable"]);
    assert.equal(subjects[0].fit, undefined);
  });
});

Deno.test("a fit of wrong scale (old THuman2.0 fits) is told from a right one", async () => {
  const { files } = await capeIcon(), { people, model } = await openPeople();
  const id = "00096-shirtshort-soccer-000160";
  // As the fits before May 2024: another scale, the body far from the scan.
  const wrong = scaleFit(moved(people[0], model, scaling(1)).fit, 1 / 1.6);
  const changed = {
    ...files,
    [`cape/smpl/${id}.npz`]: encodeNpz({
      betas: array([10], pad(wrong.betas, 10)),
      pose: array([72], [...wrong.globalOrient, ...wrong.bodyPose]),
      transl: array([3], wrong.transl),
      scale: array([1], [wrong.scale]),
    }),
  };
  await opened(changed, async (folder) => {
    assert.deepEqual(await faultsOf(folder, "03375-longlong-box_trial1-000190"), [
      "texture-missing",
    ]);
    assert.ok((await faultsOf(folder, id)).includes("fit-scale"));
  });
});

Deno.test("a lying scan of a data set that says +y up is found", async () => {
  const { files, subjects } = await mapped(); // z up, told by the fits
  const map = JSON.parse(files["dataset.json"] as string);
  const claims = { ...files, "dataset.json": JSON.stringify({ ...map, stands: "front" }) };
  await opened(claims, async (folder) => {
    assert.ok((await faultsOf(folder, subjects[0])).includes("up-axis"));
  });
});

Deno.test("a lying scan is found where only +y up is said and fits tell the heading", async () => {
  const { files, subjects } = await mapped();
  const map = JSON.parse(files["dataset.json"] as string);
  const claims = { ...files, "dataset.json": JSON.stringify({ ...map, stands: "upright" }) };
  await opened(claims, async (folder) => {
    assert.ok((await faultsOf(folder, subjects[0])).includes("up-axis"));
  });
  const upright = await thuman("smpl"); // headings differ, all stand
  await opened(upright.files, async (folder) => {
    const { subjects: [subject] } = await openDataset(folder);
    assert.equal(declaredAxes(subject), "up");
    assert.deepEqual(await faultsOf(folder, subject.id), []);
  });
});

Deno.test("a THuman fit that is off is told to be replaced by the one of May 2024", async () => {
  const { files } = await thuman("smpl");
  await opened(files, async (folder) => {
    const { subjects: [subject] } = await openDataset(folder);
    const { candidates: _, ...fit } = subject.fit!;
    const off = { ...subject, fit: { ...fit, fit: scaleFit(fit.fit, 1 / 1.6) } };
    const { report } = await checkSubject(off, { bodyFile: BODY_FILE });
    const fault = report.faults.find(({ code }) => code === "fit-scale");
    assert.match(fault?.hint ?? "", /before 2024-05-14/);
  });
});

Deno.test("keypoints of some subjects only (909 of 1000) are counted by name", async () => {
  const { files } = await twoKTwoK();
  await opened(without(files, /Joint3D\/2K2K\/00002/), async (folder) => {
    const { subjects, evidence } = await openDataset(folder);
    assert.match(evidence, /3 scans .* 2 Joint3D/);
    const without = subjects.filter(({ keypoints }) => keypoints === undefined);
    assert.deepEqual(without.map(({ id }) => id), ["00002"]);
    assert.deepEqual(without[0].notes.map(({ code }) => code), ["keypoints-missing"]);
  });
});

Deno.test("broken keypoints are a note, not an abort", async () => {
  const { files } = await twoKTwoK();
  await opened({ ...files, "Joint3D/2K2K/00002.json": "{}" }, async (folder) => {
    const { subjects } = await openDataset(folder);
    assert.deepEqual(subjects[1].notes.map(({ code }) => code), ["keypoints-unreadable"]);
  });
});

Deno.test("of two subjects with one id the second is broken and both files are named", async () => {
  const { files } = await thuman("smpl");
  const again = { "more/0000/0000.obj": files["data/0000/0000.obj"] };
  await opened({ ...files, ...again }, async (folder) => {
    const { subjects, broken } = await openDataset(folder);
    assert.equal(subjects.length, 3);
    assert.deepEqual(broken.map(({ id, code, file }) => [id, code, file]), [
      ["0000", "duplicate-id", "more/0000/0000.obj"],
    ]);
    assert.match(broken[0].text, /data\/0000\/0000\.obj has the same id/);
  });
});

Deno.test("an OBJ named .ply is read as what it is, with a note", async () => {
  const { files } = await twoKTwoK(), { people } = await openPeople();
  const changed = { ...files, "obj/2K2K/00001/00001.ply": objText(people[0].mesh) };
  await opened(changed, async (folder) => {
    const { subjects } = await openDataset(folder);
    const { format, notes } = await loadScan(subjects[0]);
    assert.equal(format, "obj");
    assert.ok(notes.some(({ code }) => code === "misnamed"));
  });
});

Deno.test("hidden files (.DS_Store, ._*) are nobody's scans", async () => {
  const { files } = await xHumans();
  const junk: Files = { ".DS_Store": "\0", "00016/.DS_Store": "\0" };
  for (const path of Object.keys(files)) junk[path.replace(/([^/]+)$/, "._$1")] = "\0";
  await opened({ ...files, ...junk }, async (folder) => {
    const { subjects, broken } = await openDataset(folder);
    assert.deepEqual([subjects.length, broken.length], [3, 0]);
  });
});

Deno.test("plain folders of meshes are read last, their unit guessed by size", async () => {
  const { people, model } = await openPeople();
  const { mesh } = moved(people[0], model, scaling(100));
  await opened({ "someone.obj": objText(mesh), "other.ply": encodePly(mesh) }, async (folder) => {
    const { format, subjects } = await openDataset(folder);
    assert.equal(format, "meshes");
    assert.deepEqual(subjects.map(({ id, unit }) => [id, unit]), [["other", "cm"], [
      "someone",
      "cm",
    ]]);
  });
});

Deno.test("X-Humans takes shapes and genders from the person, not from the frame", async () => {
  const { files } = await xHumans();
  await opened(files, async (folder) => {
    const { subjects } = await openDataset(folder);
    const [first] = subjects;
    assert.ok(first.fit!.fit.betas.some((value) => value !== 0), "the mean shape");
    assert.equal(first.fit!.fit.gender, "male");
    assert.deepEqual(first.attributes, {
      person: "00016",
      split: "train",
      sequence: "Take1",
      frame: "f00001",
    });
  });
});
