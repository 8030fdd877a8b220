import assert from "node:assert/strict";
import { readMeshFile } from "../../core/files/mesh_file.ts";
import { topologyOf } from "../../core/geometry/topology.ts";
import type { Json } from "../../core/work/json.ts";
import type { Manifest } from "../../core/work/manifest.ts";
import { join } from "../../core/work/path.ts";
import { FIXTURES } from "../../core/work/paths.ts";
import { openDataset } from "../../datasets/open.ts";
import { inferViews } from "../../inference/infer.ts";
import { methodNamed } from "../../inference/methods.ts";
import type { OutputFormat } from "../../inference/mesh_output.ts";
import { viewPlaces } from "../../inference/view_places.ts";
import type { ViewPlace } from "../../inference/view_input.ts";
import { renderDataset } from "../../render/render_dataset.ts";
import { viewsOf } from "../../render/view_names.ts";
import { filesBelow, withFolder } from "./twoktwok/_tiny.ts";

/** One bundled person, seen once at 256². */
async function oneView(folder: string): Promise<ViewPlace[]> {
  const { subjects } = await openDataset(join(FIXTURES, "humans"));
  const out = join(folder, "views");
  await renderDataset(out, {
    subjects: subjects.filter(({ id }) => id === "h02"),
    views: viewsOf([0], [0]),
    bodyFile: undefined,
    options: {
      layout: "suite",
      size: 256,
      camera: "persp50",
      backend: "cpu",
      maps: ["color", "normal", "depth", "mask"],
      normals: "smooth",
      supersample: 1,
      seed: 0,
    },
  });
  return await viewPlaces(out);
}

interface Said {
  meshing: {
    mesher: string;
    backColor: string;
    decimation: { asked: number; after: number; maxMm: number };
  };
  notWritten?: string[];
}

Deno.test("oracle-depth with a mesher writes textured, decimated meshes as GLB and OBJ", async () => {
  await withFolder(async (folder) => {
    const views = await oneView(folder), method = methodNamed("oracle-depth");
    const options = { mesher: "poisson", faces: 2000, color: "texture" };
    const infer = async (name: string, meshFormat: OutputFormat) => {
      const out = join(folder, name);
      const picked = name === "glb";
      const { done } = await inferViews(out, { method, views, picked, options, meshFormat });
      assert.equal(done, 1);
      const path = join(out, "manifest.json");
      const manifest: Manifest = JSON.parse(await Deno.readTextFile(path));
      const predictions = JSON.parse(await Deno.readTextFile(join(out, "predictions.json")));
      assert.equal(predictions.items[0].mesh, `h02/y000.${meshFormat}`);
      assert.deepEqual(predictions.only, picked ? ["h02"] : undefined);
      const said = manifest.items[0].result as unknown as Said;
      return { out, said, options: manifest.options as { [key: string]: Json } };
    };

    const glb = await infer("glb", "glb"), { meshing } = glb.said;
    assert.equal(glb.options.meshFormat, "glb");
    assert.equal(meshing.mesher, "poisson");
    assert.equal(meshing.backColor, "given");
    assert.equal(meshing.decimation.asked, 2000);
    assert.ok(meshing.decimation.after <= 2000 && meshing.decimation.maxMm > 0);
    assert.match(glb.said.notWritten!.join(), /GLB files hold no labels/);
    const { mesh } = await readMeshFile(join(glb.out, "h02", "y000.glb"));
    assert.equal(mesh.indices.length / 3, meshing.decimation.after);
    const { texture } = mesh.materials![0];
    assert.ok(texture !== undefined && texture.width > texture.height / 2 && mesh.uvs);

    const obj = await infer("obj", "obj");
    const files = await filesBelow(join(obj.out, "h02"));
    assert.deepEqual(files, ["y000.mtl", "y000.obj", "y000_0.png"]);
    const read = await readMeshFile(join(obj.out, "h02", "y000.obj"));
    assert.equal(read.mesh.indices.length, mesh.indices.length);
    // An OBJ keeps vertices and texture corners apart, so that the surface reads as closed.
    assert.ok(topologyOf(read.mesh).watertight);
  });
});

Deno.test("meshing options that do not go together are refused before any work", async () => {
  await withFolder(async (folder) => {
    const views: ViewPlace[] = [], out = join(folder, "out"), method = methodNamed("oracle-depth");
    const cases: [{ [key: string]: Json }, OutputFormat, RegExp][] = [
      [{ mesher: "poisson", color: "texture" }, "ply", /Cannot write a texture: PLY/],
      [{ faces: 100 }, "ply", /Cannot use "faces" with oracle-depth's plain stitch/],
      [{ mesher: "none" }, "ply", /mesher/],
      [{ mesher: "stitch", poissonDepth: 8 }, "ply", /depth of the tree does not go/],
      [{ mesher: "poisson", hidden: "walls" }, "ply", /behind an arm does not go/],
      [{ mesher: "poisson", openJumpsMm: 5 }, "ply", /leaving walls out does not go/],
      [{ mesher: "stitch", openJumpsMm: 5, faces: 9 }, "ply", /open mesh cannot be decimated/],
      [{ mesher: "poisson", poissonDepth: 12 }, "ply", /poissonDepth/],
    ];
    for (const [options, meshFormat, fault] of cases) {
      await assert.rejects(inferViews(out, { method, views, options, meshFormat }), fault);
    }
    const entries = [...Deno.readDirSync(folder)];
    assert.equal(entries.length, 0, "something was written");
  });
});
