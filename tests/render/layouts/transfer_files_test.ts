/** What PIFu's and PaMIR's renderers need to light a scan, checked by their formulas. */
import assert from "node:assert/strict";
import { readNpy } from "../../../core/files/npy.ts";
import { readObj } from "../../../core/files/obj.ts";
import { bytesSource, MemoryFolder } from "../../../core/files/source.ts";
import { buildTree } from "../../../core/geometry/bvh.ts";
import { boundsOf, type Mesh } from "../../../core/geometry/mesh.ts";
import { smoothNormals } from "../../../core/geometry/normals.ts";
import { anyHits } from "../../../core/geometry/ray.ts";
import { transformPoints } from "../../../core/geometry/transform.ts";
import { random } from "../../../core/work/random.ts";
import { colorAt } from "../../../render/layouts/_surface_values.ts";
import { shRows } from "../../../render/layouts/_transfer_files.ts";
import { radianceInScan, transferFor, transferred } from "../../../render/layouts/lit_picture.ts";
import { nearestSeveral } from "../../../core/geometry/nearest_several.ts";
import { buildPointTree } from "../../../core/geometry/kdtree.ts";
import { pamirCamera, pamirFrame } from "../../../render/layouts/pamir.ts";
import { pamirSamples, sampleVertices } from "../../../render/layouts/pamir_samples.ts";
import { pifuCamera } from "../../../render/layouts/pifu.ts";
import { studioLight } from "../../../render/light.ts";
import { turnedLight } from "../../../render/transfer.ts";
import { viewName } from "../../../render/view_names.ts";
import { turnOf } from "../../../render/layouts/_height_180.ts";
import { rotationPart } from "../../../core/geometry/transform.ts";
import { type LayoutRun, numbersOf, withLayout } from "./_layout_run.ts";

async function objOf(run: LayoutRun, path: string): Promise<Mesh> {
  const { mesh } = await readObj(new MemoryFolder({ "m.obj": await run.bytes(path) }), "m.obj");
  return mesh;
}

/** Real orthonormal harmonics to order 2, `getSHCoeffs` of `prt_util.py` in Cartesian form. */
function harmonics(x: number, y: number, z: number): number[] {
  return [
    0.28209479177387814,
    0.4886025119029199 * y,
    0.4886025119029199 * z,
    0.4886025119029199 * x,
    1.0925484305920792 * x * y,
    1.0925484305920792 * y * z,
    0.31539156525252005 * (3 * z * z - 1),
    1.0925484305920792 * x * z,
    0.5462742152960396 * (x * x - y * y),
  ];
}

/** `computePRT`: Σ V max(0, n·ω) Y(ω) 4π/n² over evenly spread directions, for one vertex of a mesh. */
function published(mesh: Mesh, vertex: number, side = 60): number[] {
  using tree = buildTree(mesh);
  const normals = smoothNormals(mesh), { float } = random(3, "published", vertex);
  const [n, p] = [normals, mesh.positions].map((a) => [...a.subarray(3 * vertex, 3 * vertex + 3)]);
  const { min, max } = boundsOf(mesh),
    delta = 1e-3 *
      Math.min(...[0, 1, 2].map((k) => max[k] - min[k]));
  const directions: number[] = [], origins: number[] = [];
  for (let i = 0; i < side * side; i++) {
    const z = 1 - 2 * (Math.floor(i / side) + float()) / side;
    const phi = 2 * Math.PI * (i % side + float()) / side, r = Math.sqrt(1 - z * z);
    directions.push(r * Math.cos(phi), r * Math.sin(phi), z);
    origins.push(...p.map((v, k) => v + delta * n[k]));
  }
  const hits = anyHits(tree, {
    origins: Float64Array.from(origins),
    directions: Float64Array.from(directions),
  });
  const out = new Array<number>(9).fill(0);
  for (let i = 0; i < side * side; i++) {
    const [x, y, z] = directions.slice(3 * i, 3 * i + 3), dot = x * n[0] + y * n[1] + z * n[2];
    if (dot <= 0 || hits[i] !== 0) continue;
    harmonics(x, y, z).forEach((value, k) => {
      out[k] += dot * value * 4 * Math.PI / (side * side);
    });
  }
  return out;
}

Deno.test("layout pifu writes bounce0.txt by computePRT's formula, in the OBJ's frame, and face.npy", async () => {
  const view = { yawDeg: 115, pitchDeg: 20 };
  await withLayout("pifu", { views: [view], options: { size: 32 } }, async (run) => {
    const mesh = await objOf(run, "h05_OBJ/h05_100k.obj"), count = mesh.positions.length / 3;
    assert.deepEqual(
      await run.bytes("h05_OBJ/h05_100k.obj"),
      await run.bytes("GEO/OBJ/h05/h05_100k.obj"),
    );
    const faces = await readNpy(
      bytesSource("face.npy", await run.bytes("h05_OBJ/bounce/face.npy")),
    );
    assert.equal(faces.dtype, "i8");
    assert.deepEqual(faces.shape, [mesh.indices.length / 3, 3]);
    assert.deepEqual(Uint32Array.from(faces.data as BigInt64Array, Number), mesh.indices);
    const lines = (await run.text("h05_OBJ/bounce/bounce0.txt")).trimEnd().split("\n");
    assert.equal(lines.length, count);
    assert.match(lines[0], /^(-?\d\.\d{8} ){8}-?\d\.\d{8}$/);
    const bounce = lines.map((line) => line.split(" ").map(Number));
    // 64 rays a vertex against 3,600 of the formula: the share of hidden sky differs by some percent.
    let sum = 0, places = 0;
    for (let v = 0; v < count; v += Math.floor(count / 40)) {
      published(mesh, v).forEach((want, k) => {
        const off = Math.abs(bounce[v][k] - want);
        assert.ok(off < 0.35, `vertex ${v}, ${k}: ${bounce[v][k]}, expected ${want}`);
        sum += off, places++;
      });
    }
    assert.ok(sum / places < 0.03, `mean ${sum / places}`);
    // The shader's product is the light that the pictures were made with.
    const { subject } = run, { mesh: scan } = subject.scene, transfer = transferFor(subject)!;
    const light = studioLight(subject.options.seed, "h05", viewName(view));
    const { camFromScan } = pifuCamera({ ...subject, angles: view });
    const radiance = radianceInScan(light, camFromScan);
    const param = await run.dictionary("PARAM/h05/115_20_00.npy");
    const sh = numbersOf(param.get("sh")), r = numbersOf(param.get("R"));
    const byChannel = Float64Array.from({ length: 27 }, (_, i) => sh[3 * (i % 9) + ((i / 9) | 0)]);
    const turned = turnedLight(byChannel, r); // as the shader turns transfer by R
    for (let v = 0; v < count; v += 97) {
      const want = transferred(transfer, radiance, { corners: [v, v, v], wb: 0, wc: 0 });
      for (let c = 0; c < 3; c++) {
        const got = bounce[v].reduce((total, value, k) => total + value * turned[9 * c + k], 0);
        assert.ok(Math.abs(Math.max(0, got) - want[c]) < 1e-6, `vertex ${v}: ${got}, ${want[c]}`);
      }
    }
    assert.equal(scan.positions.length / 3, count);
  });
});

Deno.test("layout pifu lays a scan's materials side by side: one texture, UV maps that agree with it", async () => {
  const views = [{ yawDeg: 0, pitchDeg: 0 }], options = { size: 256, transfer: "none" } as const;
  await withLayout("pifu", { views, options }, async (run) => {
    const { mesh: scan } = run.subject.scene;
    assert.equal(scan.materials!.length, 5);
    const mesh = await objOf(run, "h05_OBJ/h05_100k.obj"), uvs = mesh.uvs!;
    assert.ok(uvs.every((value) => value >= 0 && value <= 1));
    const texture = await run.image("h05_OBJ/tex/h05_dif_2k.jpg");
    assert.deepEqual([texture.width, texture.height], [3 * 1024, 2 * 1024]);
    const { width, channels } = await run.exr("UV_POS/h05/00.exr");
    const off: number[] = [], color: number[] = [], wanted = new Uint8Array(3);
    for (let face = 0; face < mesh.indices.length / 3; face += 23) {
      const middle = (k: number) =>
        (uvs[6 * face + k] + uvs[6 * face + 2 + k] + uvs[6 * face + 4 + k]) / 3;
      const at = (size: number, height = size) =>
        Math.floor(middle(1) * height) * size + Math.floor(middle(0) * size);
      const place = [0, 1, 2].map((k) =>
        [0, 1, 2].reduce(
          (sum, c) => sum + mesh.positions[3 * mesh.indices[3 * face + c] + k] / 3,
          0,
        )
      );
      const pixel = at(width);
      off.push(Math.hypot(...["R", "G", "B"].map((c, k) => channels[c][pixel] - place[k])));
      colorAt(scan, { face, wb: 1 / 3, wc: 1 / 3 }, wanted, 0);
      const texel = at(texture.width, texture.height);
      color.push(Math.max(...wanted.map((v, k) => Math.abs(v - texture.data[3 * texel + k]))));
    }
    // Small charts fall between the pixels, and locks of hair share theirs; but for materials that lie on
    // each other less than a half would be right. A pixel is about a centimetre; JPEG keeps colours to some steps away from edges.
    const share = (values: number[], most: number) =>
      values.filter((value) => value <= most).length / values.length;
    assert.ok(share(off, 3) > 0.85, `${share(off, 3)} of places`);
    assert.ok(share(color, 12) > 0.95, `${share(color, 12)} of colours`);
    assert.ok(!run.out.written.some((path) => path.includes("bounce")), "--transfer none");
  });
});

Deno.test("layout pamir lights by coefficients of the mesh's frame, and associates samples", async () => {
  const views = [{ yawDeg: 0, pitchDeg: 0 }, { yawDeg: -70, pitchDeg: 0 }];
  const options = { size: 32, samples: 300 };
  await withLayout("pamir", { views, options }, (run) => {
    const { subject } = run, { scene } = subject, angles = views[1];
    for (
      const path of [
        "mesh_data/h05/bounce/prt_data.mat",
        "mesh_data/h05/h05.jpg",
        "image_data/h05/sample/sample2smpl.mat",
      ]
    ) assert.ok(run.out.written.includes(path), path);
    // sh_data holds what is computed here; the file itself is read by the optional Python suite.
    const light = studioLight(subject.options.seed, "h05", viewName(angles));
    const { data } = shRows(light, rotationPart(turnOf(angles)));
    const radiance = radianceInScan(light, pamirCamera({ ...subject, angles }).camFromScan);
    const { layoutFromScan } = pamirFrame(subject);
    const inScan = turnedLight(
      Float64Array.from({ length: 27 }, (_, i) => Number(data[3 * (i % 9) + ((i / 9) | 0)])),
      rotationPart(layoutFromScan),
    );
    inScan.forEach((value, i) => assert.ok(Math.abs(Math.PI * value - radiance[i]) < 1e-9));

    const mesh = {
      positions: transformPoints(layoutFromScan, scene.mesh.positions),
      indices: scene.mesh.indices,
    };
    const vertices = transformPoints(layoutFromScan, Float32Array.from(scene.body!.posed.vertices));
    const samples = pamirSamples(mesh, { count: 300, seed: 0, id: "h05" });
    const found = sampleVertices(samples, vertices), tree = buildPointTree(vertices);
    for (const [name, { data, shape }] of Object.entries(samples)) {
      const near = nearestSeveral(tree, data as Float64Array, 4);
      assert.deepEqual(found[`idx_${name}`].shape, [shape[0], 4]);
      assert.deepEqual(found[`dist_${name}`].data, near.distance);
      assert.deepEqual(
        Uint32Array.from(found[`idx_${name}`].data as BigInt64Array, Number),
        near.index,
      );
    }
    return Promise.resolve();
  });
});

Deno.test("layout integrated-pifu writes seven classes where the person is, by the body's parts", async () => {
  await withLayout("integrated-pifu", { views: [{ yawDeg: 0, pitchDeg: 0 }] }, async (run) => {
    const bytes = await run.bytes("render_human_parse_results/h05/rendered_parse_000.npy");
    const { data, dtype, shape } = await readNpy(bytesSource("p.npy", bytes));
    const { size } = run.subject.options;
    assert.deepEqual([dtype, shape], ["f4", [size, size]]);
    const mask = await run.image("buffer_fixed_full_mesh/h05/rendered_mask_000.png");
    const rows = new Map<number, { count: number; row: number }>();
    for (let pixel = 0; pixel < data.length; pixel++) {
      assert.equal(Number(data[pixel]) > 0, mask.data[pixel] > 0);
      const one = rows.get(Number(data[pixel])) ?? { count: 0, row: 0 };
      rows.set(Number(data[pixel]), one);
      one.count++, one.row += Math.floor(pixel / size);
    }
    // `HumanParseDataset` compares float32 with these.
    const levels = [0.5, 0.6, 0.7, 0.8, 0.9, 1].map(Math.fround);
    assert.deepEqual([...rows.keys()].sort((a, b) => a - b), [0, ...levels]);
    const height = (level: number) => rows.get(level)!.row / rows.get(level)!.count;
    const [head, torso, , , upperLegs, lowerLegs] = levels.map(height);
    assert.ok(head < torso && torso < upperLegs && upperLegs < lowerLegs, "from top to toe");
    assert.ok(run.out.written.includes("split_mesh/results/h05/h05_clean.obj"));
  });
});
