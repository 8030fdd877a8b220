import assert from "node:assert/strict";
import { Dataset, File, ready } from "h5wasm/node";
import { readImage } from "../../../core/files/image.ts";
import { readObj } from "../../../core/files/obj.ts";
import { bytesSource, MemoryFolder } from "../../../core/files/source.ts";
import { buildTree } from "../../../core/geometry/bvh.ts";
import { closestPoints } from "../../../core/geometry/closest.ts";
import { faceNormals } from "../../../core/geometry/normals.ts";
import { firstHits, NO_FACE } from "../../../core/geometry/ray.ts";
import { readFits } from "../../../datasets/fits/read.ts";
import { poseBody } from "../../../body/forward.ts";
import { withLayout } from "./_layout_run.ts";

Deno.test("layout sith: points, colours, sides and pictures agree with the aligned mesh", async () => {
  const views = [{ yawDeg: 0, pitchDeg: 0 }, { yawDeg: -90, pitchDeg: 10 }];
  await ready;
  await withLayout("sith", { views, options: { samples: 500, size: 64 } }, async (run) => {
    const folder = new MemoryFolder({ "m.obj": await run.bytes("Set/h05/h05.obj") });
    const { mesh } = await readObj(folder, "m.obj");
    const normals = faceNormals(mesh.positions, mesh.indices);
    using tree = buildTree(mesh);
    const file = new File(`${run.out.folder}/subjects/h05.hdf5`, "r");
    try {
      const value = (name: string) => (file.get(`h05/${name}`) as Dataset).value;
      const shape = (name: string) => (file.get(`h05/${name}`) as Dataset).shape;
      const pts = Float64Array.from(value("pts") as Float32Array), d = value("d") as Float32Array;
      assert.deepEqual([shape("pts"), shape("d"), shape("rgb")], [[2000, 3], [2000, 1], [2000, 3]]);
      const { distance, face } = closestPoints(tree, pts);
      const nrm = value("nrm") as Float32Array;
      let near = 0, on = 0, inside = 0;
      distance.forEach((far, i) => {
        // float32 points: 1e-6 m.
        assert.ok(Math.abs(Math.abs(d[i]) - far) < 2e-6);
        if (far < 1e-6) on++;
        else if (far < 0.05) near++;
        if (d[i] < 0 && far > 1e-5) inside++;
        const same = [0, 1, 2].every((k) =>
          Math.abs(nrm[3 * i + k] - normals[3 * face[i] + k]) < 1e-5
        );
        assert.ok(same || far < 1e-4, "the nearest triangle's normal, but for ties");
      });
      assert.ok(
        on >= 500 && near >= 900 && inside > 300,
        `${on} on, ${near} near, ${inside} inside`,
      );

      assert.deepEqual([...value("cam_azh") as Float32Array], [0, 90]);
      assert.deepEqual([...value("cam_eva") as Float32Array], [0, 10]);
      const eyes = value("cam_pos") as Float32Array;
      assert.deepEqual(shape("cam_pos"), [2, 3]);
      for (const [view, bytes] of (value("nrm_img") as Uint8Array[]).entries()) {
        const image = await readImage(bytesSource("nrm", bytes));
        const eye = [...eyes.subarray(3 * view, 3 * view + 3)];
        assert.ok(Math.abs(Math.hypot(...eye) - 3) < 1e-6);
        const back = eye.map((v) => v / 3);
        const length = Math.hypot(back[2], back[0]);
        const right = [back[2] / length, 0, -back[0] / length];
        const up = [
          back[1] * right[2] - back[2] * right[1],
          back[2] * right[0] - back[0] * right[2],
          back[0] * right[1] - back[1] * right[0],
        ];
        const origins: number[] = [], directions: number[] = [], stored: number[][] = [];
        for (let pixel = 0; pixel < 64 * 64; pixel++) {
          if (image.data[4 * pixel + 3] === 0) continue;
          const x = 2 * (pixel % 64 + 0.5) / 64 - 1,
            y = 1 - 2 * (Math.floor(pixel / 64) + 0.5) / 64;
          origins.push(...[0, 1, 2].map((k) => eye[k] + x * right[k] + y * up[k]));
          directions.push(...back.map((v) => -v));
          stored.push([...image.data.subarray(4 * pixel, 4 * pixel + 3)]);
        }
        const hits = firstHits(tree, {
          origins: Float64Array.from(origins),
          directions: Float64Array.from(directions),
        });
        let wrong = 0;
        hits.face.forEach((f, i) => {
          const want = f === NO_FACE ? [] : [0, 1, 2].map((k) => (normals[3 * f + k] + 1) * 127.5);
          if (f === NO_FACE || want.some((v, k) => Math.abs(v - stored[i][k]) > 0.51)) wrong++;
        });
        // Rays through edges may see the neighbour.
        assert.ok(
          stored.length > 150 && wrong <= 0.02 * stored.length,
          `${wrong} of ${stored.length}`,
        );
      }
      const { model } = run.subject.scene.body!;
      assert.deepEqual(shape("vis"), [2, model.faces.length / 3]);
      assert.deepEqual(shape("joints_3d"), [135, 3]);
      assert.deepEqual(shape("smpl_v"), [model.template.length / 3, 3]);
      // The fit beside the mesh, as our own reader understands SiTH's JSON, gives the same body.
      const fits = await readFits(bytesSource("f.json", await run.bytes("Set/h05/h05_smplx.json")));
      const { fit } = fits.frame(0).candidates[0];
      const smpl = value("smpl_v") as Float32Array, posed = poseBody(model, fit);
      assert.ok(posed.vertices.every((v, i) => Math.abs(v - smpl[i]) < 1e-5), fits.format);
    } finally {
      file.close();
    }
  });
});

Deno.test("layout sith links all subjects into one file", async () => {
  await ready;
  const views = [{ yawDeg: 0, pitchDeg: 0 }];
  await withLayout("sith", { views, options: { samples: 10, size: 16 } }, (run) => {
    const file = new File(`${run.out.folder}/Set.hdf5`, "r");
    try {
      assert.deepEqual(file.keys(), ["h05"]);
      assert.deepEqual(file.get_external_link("h05"), {
        filename: "subjects/h05.hdf5",
        obj_path: "/h05",
      });
    } finally {
      file.close();
    }
    return Promise.resolve();
  });
});
