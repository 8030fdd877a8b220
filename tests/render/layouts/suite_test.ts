import assert from "node:assert/strict";
import { DiskFolder } from "../../../core/files/disk.ts";
import { InputError } from "../../../core/work/errors.ts";
import { cpuBackend } from "../../../render/cpu/cpu_backend.ts";
import { framingOf, suiteCamera } from "../../../render/cameras.ts";
import { drawSuiteView } from "../../../render/layouts/suite_draw.ts";
import {
  scanMaps,
  SUITE_GROUPS,
  type SuiteGroup,
  type SuiteView,
} from "../../../render/layouts/suite_files.ts";
import { readSuiteView } from "../../../render/layouts/suite_reader.ts";
import { writeSuiteView } from "../../../render/layouts/suite.ts";
import { LayoutFolder } from "../../../render/layouts/layout.ts";
import { SUITE_LAYOUT } from "../../../render/layouts/suite_layout.ts";
import { RENDER_DEFAULTS } from "../../../render/render_options.ts";
import { viewName } from "../../../render/view_names.ts";
import { studioLight } from "../../../render/light.ts";
import { sphere } from "../_shapes.ts";

const GROUPS = Object.keys(SUITE_GROUPS) as SuiteGroup[];

async function drawn(camera: "persp50" | "ortho", groups = GROUPS): Promise<SuiteView> {
  const mesh = sphere(0.7, 24), backend = cpuBackend();
  const points = new Float64Array(75).map((_, i) => i / 100);
  const hand = new Float64Array(63).fill(NaN);
  const zeros = {
    body25: new Float64Array(25),
    handLeft: new Float64Array(21),
    handRight: new Float64Array(21),
  };
  const { view } = await drawSuiteView(
    {
      scan: await backend.prepare(mesh),
      body: await backend.prepare(sphere(0.6, 12)),
      keypoints: { points: { body25: points, handLeft: hand, handRight: hand }, radiiM: zeros },
    },
    suiteCamera(framingOf(mesh), { yawDeg: -12.5, pitchDeg: 10 }, { size: 48, camera }),
    { backend, groups, light: studioLight(0, "test") },
  );
  return view;
}

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("writeSuiteView() writes the layout's files, and readSuiteView() gives them back", async () => {
  for (const camera of ["persp50", "ortho"] as const) {
    const view = await drawn(camera);
    await inFolder(async (folder) => {
      const names = await writeSuiteView(`${folder}/y-12.5_p10`, view);
      // The names that the format promises to its readers.
      assert.deepEqual(names.toSorted(), [
        "body_normal.png",
        "camera.json",
        "color.png",
        "color_back.png",
        "depth.exr",
        "depth_back.exr",
        "keypoints.json",
        "mask.png",
        "normal.png",
        "normal_back.png",
        "shaded.png",
      ]);
      const back = await readSuiteView(new DiskFolder(`${folder}/y-12.5_p10`));
      assert.deepEqual(back, view);
    });
  }
});

Deno.test("writeSuiteView() writes equal bytes for equal views", async () => {
  await inFolder(async (folder) => {
    const names = await writeSuiteView(`${folder}/a`, await drawn("persp50"));
    await writeSuiteView(`${folder}/b`, await drawn("persp50"));
    for (const name of names) {
      assert.deepEqual(
        Deno.readFileSync(`${folder}/a/${name}`),
        Deno.readFileSync(`${folder}/b/${name}`),
      );
    }
  });
});

Deno.test("writeSuiteView() writes the same bytes where it is told what is background", async () => {
  const view = await drawn("persp50"), { width, height } = view.camera;
  const rows = Array.from({ length: height }, (_, y) => y)
    .filter((y) => view.mask!.subarray(y * width, (y + 1) * width).includes(255));
  const window = { x0: 0, y0: rows[0], x1: width, y1: rows.at(-1)! + 1 };
  assert.ok(rows.length < height, "there is background above and below");
  await inFolder(async (folder) => {
    const names = await writeSuiteView(`${folder}/a`, view);
    await writeSuiteView(`${folder}/b`, view, { window });
    for (const name of names) {
      const [a, b] = ["a", "b"].map((side) => Deno.readFileSync(`${folder}/${side}/${name}`));
      assert.deepEqual(a, b, name);
    }
  });
});

Deno.test("SUITE_LAYOUT writes of each view what it writes of that view alone", async () => {
  const mesh = sphere(0.7, 24), backend = cpuBackend(), framing = framingOf(mesh);
  const views = [{ yawDeg: 0, pitchDeg: 0 }, { yawDeg: 90, pitchDeg: 40 }];
  // The second is smaller on the picture: what the first left must be gone.
  const framings = [framing, { ...framing, radiusM: 3 * framing.radiusM }];
  const write = async (folder: string, indices: readonly number[]) => {
    const prepared = { scan: await backend.prepare(mesh) };
    const scene = { backend, prepared, framing, warnings: [], mesh };
    const maps: SuiteGroup[] = ["color", "normal", "depth", "mask"];
    const options = { ...RENDER_DEFAULTS, size: 48, maps };
    const out = new LayoutFolder(folder);
    for (const index of indices) {
      Object.assign(scene, { framing: framings[index] });
      const subject = { id: "s", set: "test", scene, metresPerUnit: 1, views, options };
      await SUITE_LAYOUT.view!({ ...subject, index, angles: views[index] }, out);
    }
    return out.written.filter((path) => path.includes(viewName(views[1])));
  };
  await inFolder(async (folder) => {
    const files = await write(`${folder}/both`, [0, 1]);
    assert.deepEqual(await write(`${folder}/alone`, [1]), files);
    assert.equal(files.length, 8);
    for (const file of files) {
      const [a, b] = ["both", "alone"].map((run) => Deno.readFileSync(`${folder}/${run}/${file}`));
      assert.deepEqual(a, b, file);
    }
  });
});

Deno.test("writeSuiteView() writes camera.json as the format says", async () => {
  const view = await drawn("persp50", ["mask"]);
  await inFolder(async (folder) => {
    assert.deepEqual(await writeSuiteView(folder, view), ["mask.png", "camera.json"]);
    const camera = JSON.parse(await Deno.readTextFile(`${folder}/camera.json`));
    assert.deepEqual(Object.keys(camera), [
      "camFromScan",
      "cx",
      "cy",
      "fx",
      "fy",
      "height",
      "pitchDeg",
      "projection",
      "schema",
      "width",
      "yawDeg",
    ]);
    assert.equal(camera.camFromScan.length, 4);
    assert.deepEqual(camera.camFromScan[3], [0, 0, 0, 1]);
  });
});

Deno.test("drawSuiteView() draws what the groups ask for and nothing else", async () => {
  assert.deepEqual(scanMaps(["mask", "depth", "body", "keypoints"]), [
    "mask",
    "depth",
    "depth_back",
  ]);
  assert.deepEqual(Object.keys(await drawn("ortho", ["depth"])), ["camera", "depth", "depth_back"]);
  // Keypoints need the depth map to tell what hides them; it is not kept.
  assert.deepEqual(Object.keys(await drawn("ortho", ["keypoints"])), ["camera", "keypoints"]);
  assert.deepEqual(Object.keys(await drawn("ortho", ["body"])), ["camera", "body_normal"]);
});

Deno.test("readSuiteView() reads only what is needed, and says what is missing or does not fit", async () => {
  const view = await drawn("persp50", ["mask", "depth"]);
  await inFolder(async (folder) => {
    await writeSuiteView(folder, view);
    const from = new DiskFolder(folder);
    assert.deepEqual(Object.keys(await readSuiteView(from, { needed: ["mask"] })), [
      "camera",
      "mask",
    ]);
    const fails = (needed: readonly ("color" | "mask" | "depth")[], message: RegExp) =>
      assert.rejects(readSuiteView(from, { needed }), (error) => {
        assert.ok(error instanceof InputError, String(error));
        assert.match(error.message, message);
        return true;
      });
    await fails(["color"], /color\.png/);
    const camera = await Deno.readTextFile(`${folder}/camera.json`);
    await Deno.writeTextFile(`${folder}/camera.json`, camera.replace('"width": 48', '"width": 47'));
    await fails(["mask"], /found 48 × 48, expected the camera's 47 × 48 \(.*mask\.png\)/);
    await fails(["depth"], /depth\.exr/);
    await Deno.writeTextFile(`${folder}/camera.json`, camera.replace('"perspective"', '"fisheye"'));
    await fails([], /Cannot read a camera/);
    await Deno.writeTextFile(`${folder}/camera.json`, camera);
    await Deno.copyFile(`${folder}/mask.png`, `${folder}/color.png`);
    await fails(["color"], /found 1 channels, expected 4/);
  });
});
