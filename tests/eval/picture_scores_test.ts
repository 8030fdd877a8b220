import assert from "node:assert/strict";
import { join } from "node:path";
import { writeMesh } from "../../core/files/mesh_file.ts";
import type { Mesh } from "../../core/geometry/mesh.ts";
import { InputError } from "../../core/work/errors.ts";
import { SUITE_ROOT } from "../../core/work/paths.ts";
import { readBodyFile } from "../../body/body_file.ts";
import { restShape } from "../../body/forward.ts";
import { openDataset } from "../../datasets/open.ts";
import { addPictures } from "../../eval/add_pictures.ts";
import { evaluate } from "../../eval/evaluate.ts";
import { describeKey } from "../../eval/keys.ts";
import { ERROR_JOINTS } from "../../eval/metrics/keypoint_error.ts";
import { openPerceptualModels } from "../../eval/perceptual_models.ts";
import { openPredictions } from "../../eval/predictions.ts";
import { readResults } from "../../eval/write_report.ts";
import { verify } from "../../eval/verify.ts";
import { GraphBuilder } from "../../inference/onnx/graph_builder.ts";
import { writeOnnx } from "../../inference/onnx/write.ts";
import { blob, moved } from "../core/geometry/_shapes.ts";

const PICTURE = [1, 3, "height", "width"];

/** Mean squared difference, under LPIPS' names. */
function lpips(names = ["a", "b", "distance"]) {
  const g = new GraphBuilder("lpips"), [a, b] = names.slice(0, 2).map((n) => g.input(n, PICTURE));
  const difference = g.node("Sub", [a, b]), square = g.node("Mul", [difference, difference]);
  const mean = g.node("GlobalAveragePool", [square]);
  const flat = g.node("Flatten", [mean]);
  g.output(g.node("ReduceMean", [flat], { keepdims: 0 }), names[2], []);
  return g.finish();
}

/** Means of squares of 32 pixels, as features. */
function features() {
  const g = new GraphBuilder("features");
  const pooled = g.node("AveragePool", [g.input("image", PICTURE)], {
    kernel_shape: [32, 32],
    strides: [32, 32],
  });
  g.output(g.node("Flatten", [pooled]), "features", [1, "count"]);
  return g.finish();
}

async function inFolder(use: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("openPerceptualModels() refuses folders without networks, and networks of other names", async () => {
  await inFolder(async (folder) => {
    const refuses = (text: RegExp) =>
      assert.rejects(
        openPerceptualModels(folder),
        (error) =>
          error instanceof InputError && text.test(error.message) &&
          error.hint!.includes("docs/formats.md"),
      );
    await refuses(/found neither/);
    await writeOnnx(join(folder, "lpips.onnx"), lpips(["x", "y", "z"]));
    await refuses(/takes x, y and gives z, expected a, b and distance/);
  });
});

/** A person in colours: the open body, red above, blue below. */
async function person(): Promise<Mesh> {
  const model = await readBodyFile(join(SUITE_ROOT, "fixtures", "humans", "open_body.npz"));
  const positions = Float32Array.from(restShape(model, { betas: new Float64Array(0) }));
  const colors = new Uint8Array(positions.length / 3 * 4);
  for (let v = 0; v < positions.length / 3; v++) {
    colors.set(positions[3 * v + 1] > 0 ? [200, 60, 50, 255] : [50, 60, 200, 255], 4 * v);
  }
  return { positions, indices: model.faces, colors };
}

Deno.test("eval compares pictures, with the user's networks LPIPS, FID and KID too", async () => {
  await inFolder(async (folder) => {
    const scan = await person();
    const place = async (name: string, mesh: Mesh, id = "s1") => {
      await Deno.mkdir(join(folder, name), { recursive: true });
      await writeMesh(join(folder, name, `${id}.ply`), mesh);
    };
    await place("scans", scan);
    await place("same", scan);
    // Grey, and 2 % wider.
    await place("wide", moved(scan, ([x, y, z]) => [1.02 * x, y, 1.02 * z]));
    await place("egg", moved(blob(3), (p) => p.map((v) => 0.4 * v))); // nobody
    await Deno.mkdir(join(folder, "networks"));
    await writeOnnx(join(folder, "networks", "lpips.onnx"), lpips());
    await writeOnnx(join(folder, "networks", "features.onnx"), features());

    const opened = await openDataset(join(folder, "scans"));
    const subjects = opened.subjects.map((subject) => ({ ...subject, unit: "m" as const }));
    const sets = (await Promise.all(
      ["same", "wide", "egg"].map((name) => openPredictions(join(folder, name))),
    )).flat();
    const file = join(folder, "results.json");
    const changes = { samples: 200, normalError: null };
    const protocols = [{ id: "pifuhd-2020", changes }];
    const { results } = await evaluate(file, {
      truth: { ...opened, subjects },
      sets,
      protocols,
      seed: 0,
    });
    await using models = await openPerceptualModels(join(folder, "networks"));
    await addPictures(file, results!, { subjects, models, sizePx: 176 });

    const { pictures } = await readResults(file);
    assert.equal(pictures!.alignment, "none");
    assert.deepEqual(pictures!.models.map(({ path }) => path), ["lpips.onnx", "features.onnx"]);
    const of = (name: string) => pictures!.methods.find(({ method }) => method === name)!;
    const same = of("same"), wide = of("wide"), egg = of("egg");
    for (const key of ["ssim_shape", "ms_ssim_shape", "ssim_color", "iou"]) {
      assert.ok(Math.abs(same.mean[key]! - 1) < 1e-9, key);
      if (key in wide.mean) assert.ok(wide.mean[key]! < 1, key);
      assert.ok(egg.mean[key] === undefined || egg.mean[key]! < wide.mean["iou"]!, key);
    }
    for (const key of ["lpips_shape", "lpips_color", "depth_rmse_mm", "keypoint_px"]) {
      assert.equal(same.mean[key], 0, key);
    }
    assert.equal(same.mean.psnr_shape_db, null); // infinite
    assert.ok(wide.mean.psnr_shape_db! > 15 && wide.mean.psnr_shape_db! < 40);
    assert.equal(wide.mean.normal_under_30_percent! > 80, true);
    assert.ok(wide.mean.keypoint_px! > 0 && wide.mean.keypoint_px! < 8);
    assert.ok(wide.mean.keypoint_height_percent! > wide.mean.keypoint_px! * 100 / 176);
    assert.ok(!("ssim_color" in wide.mean), "a mesh without colours has no colour pictures");
    assert.ok(Math.abs(same.sets.shape.fid!) < 1e-3 && same.sets.color.pictures === 4);
    assert.ok(egg.sets.shape.fid! > wide.sets.shape.fid!);
    assert.ok(egg.sets.shape.kid! > wide.sets.shape.kid!);
    assert.equal(egg.mean.keypoint_px, null);
    assert.match(egg.items[0].notes[0], /no keypoint error: in the prediction/);
    for (const key of Object.keys({ ...same.mean, ...wide.mean })) {
      assert.notEqual(describeKey(key).better, undefined, key);
    }
    const [{ findings }] = await verify(file, { hashesOnly: true });
    assert.deepEqual(findings, []);
  });
});

Deno.test("the joints of the keypoint error are MediaPipe's 11 to 16 and 23 to 28", () => {
  assert.deepEqual(ERROR_JOINTS, [11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28]);
});
