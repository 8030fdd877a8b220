import assert from "node:assert/strict";
import { join } from "node:path";
import { InputError } from "../../core/work/errors.ts";
import { openPredictions } from "../../eval/predictions.ts";

/** Opens a folder with the given empty files. */
async function open(files: Record<string, string>) {
  const folder = await Deno.makeTempDir();
  try {
    const place = join(folder, "method");
    for (const [path, text] of Object.entries(files)) {
      const file = join(place, ...path.split("/"));
      await Deno.mkdir(join(file, ".."), { recursive: true });
      await Deno.writeTextFile(file, text);
    }
    const [set] = await openPredictions(place);
    return {
      ...set,
      items: set.entries.map(({ subject, view, meshFile }) =>
        `${subject}/${view ?? ""} ${meshFile!.slice(place.length + 1).replaceAll("\\", "/")}`
      ),
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const HEADER = JSON.stringify({
  schema: "scan2score/predictions-1",
  method: { name: "m" },
  usesTruth: false,
  frame: "scan",
  unit: "m",
});

Deno.test("PIFuHD's names give subject and view, in centimetres of the scan's frame", async () => {
  const { items, header, notes } = await open({
    "recon/result_rp_ben_posed_001_0_0_00.obj": "",
    "recon/result_rp_ben_posed_001_270_0_00.obj": "",
    "recon/result_0505_90_0_00.obj": "",
  });
  assert.deepEqual(items, [
    "0505/y090 recon/result_0505_90_0_00.obj",
    "rp_ben_posed_001/y000 recon/result_rp_ben_posed_001_0_0_00.obj",
    "rp_ben_posed_001/y270 recon/result_rp_ben_posed_001_270_0_00.obj",
  ]);
  assert.deepEqual([header.unit, header.frame], ["cm", "scan"]);
  assert.ok(notes.some((text) => text.includes("PIFuHD")));
});

Deno.test("ICON's and ECON's names need a predictions.json that says frame and unit", async () => {
  const files = { "obj/0505_120_0_recon.obj": "", "obj/0505_120_0_full.obj": "" };
  await assert.rejects(
    open(files),
    (error) =>
      error instanceof InputError && error.message.includes("ICON and ECON") &&
      error.hint!.includes('"frame": "icon"'),
  );
  const { items, notes } = await open({ ...files, "predictions.json": HEADER });
  assert.deepEqual(items, ["0505/y120 obj/0505_120_0_full.obj"]); // the last stage
  assert.ok(notes.includes("1 earlier stages of the same items were passed over"));
});

Deno.test("SiTH's names give the subject, in metres of the scan's frame", async () => {
  const { items, header, notes } = await open({ "meshes/0017_reco.obj": "" });
  assert.deepEqual(items, ["0017/ meshes/0017_reco.obj"]);
  assert.deepEqual([header.unit, header.frame], ["m", "scan"]);
  assert.ok(notes.some((text) => text.includes("its own evaluator aligns them")));
});

Deno.test("2K2K's output folder is read by name", async () => {
  const { items } = await open({ "output_objs/0502.obj": "", "predictions.json": HEADER });
  assert.deepEqual(items, ["0502/ output_objs/0502.obj"]);
});

Deno.test("names of the suite stay what they are", async () => {
  const { items } = await open({ "h02/y000.ply": "", "h04.obj": "", "predictions.json": HEADER });
  assert.deepEqual(items, ["h02/y000 h02/y000.ply", "h04/ h04.obj"]);
});
