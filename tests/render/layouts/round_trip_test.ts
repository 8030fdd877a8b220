/**
 * What a layout wrote, taken back to the scan by the formulas of the layout's own programs: written
 * out here a second time, from their documentation. Nothing may be farther from the scan than one
 * step of the stored depth and 0.1 mm.
 */
import assert from "node:assert/strict";
import { openTar } from "../../../core/files/tar.ts";
import { bytesSource, MemoryFolder } from "../../../core/files/source.ts";
import { readObj } from "../../../core/files/obj.ts";
import { boundsOf, type Mesh, surfaceCentroid } from "../../../core/geometry/mesh.ts";
import { buildTree } from "../../../core/geometry/bvh.ts";
import { unproject } from "../../../core/geometry/camera.ts";
import { firstHits, NO_FACE } from "../../../core/geometry/ray.ts";
import { invert, transformPoint, transformPoints } from "../../../core/geometry/transform.ts";
import { farthest, type LayoutRun, numbersOf, withLayout } from "./_layout_run.ts";
import { readPlainView } from "./_plain_view.ts";

const MARGIN_M = 1e-4;
const TANGENT = Math.tan(25 * Math.PI / 180);

/** Calls `at` with the pixels of a picture. */
function pixels(size: number, at: (column: number, row: number, pixel: number) => void): void {
  for (let row = 0, pixel = 0; row < size; row++) {
    for (let column = 0; column < size; column++, pixel++) at(column, row, pixel);
  }
}

/** Turns (x, y, z) about +y: yaw 90 moves +z to +x. */
function yawed([x, y, z]: readonly number[], deg: number): [number, number, number] {
  const c = Math.cos(deg * Math.PI / 180), s = Math.sin(deg * Math.PI / 180);
  return [x * c + z * s, y, -x * s + z * c];
}

/** Rᵀ v. */
function unturned(r: readonly number[], [x, y, z]: readonly number[]): [number, number, number] {
  return [0, 1, 2].map((k) => r[k] * x + r[3 + k] * y + r[6 + k] * z) as [number, number, number];
}

async function objOf(run: LayoutRun, path: string): Promise<Mesh> {
  const { mesh } = await readObj(new MemoryFolder({ "m.obj": await run.bytes(path) }), "m.obj");
  return mesh;
}

/** Shares of a picture's rays that miss a mesh: every covered pixel must show the mesh. */
function missed(mesh: Mesh, rays: { origins: number[]; directions: number[] }): number {
  using tree = buildTree(mesh);
  const { face } = firstHits(tree, {
    origins: Float64Array.from(rays.origins),
    directions: Float64Array.from(rays.directions),
  });
  return face.filter((f) => f === NO_FACE).length / face.length;
}

/** Coverage is decided on a grid of sub-pixels: this share of pixels may be hair's breadths off. */
const EDGE_SHARE = 0.005;

Deno.test("layout 2k2k lands on the scan: Euclidean depth in 1/32 pixel, both sides", async () => {
  const yaw = 20;
  await withLayout("2k2k", { views: [{ yawDeg: yaw, pitchDeg: 0 }] }, async (run) => {
    const { upright } = run.person, { size } = run.subject.options;
    const centroid = surfaceCentroid(upright);
    const m = upright.positions.reduce(
      (most, v, i) => Math.max(most, Math.abs(v - centroid[i % 3])),
      0,
    );
    const unitM = 2.8 * m;
    for (const side of ["front", "back"]) {
      const { data, channels } = await run.image(`PERS/DEPTH/Set_0_y_20_x/h05_${side}.png`);
      assert.ok(data instanceof Uint16Array && channels === 1);
      const points: number[] = [];
      pixels(size, (column, row, pixel) => {
        if (data[pixel] === 0) return;
        const x = TANGENT * (2 * (column + 0.5) / size - 1);
        const y = -TANGENT * (2 * (row + 0.5) / size - 1);
        const t = ((data[pixel] + 0.5) / 32 - size / 2) * 2 * TANGENT / size + 1;
        const length = Math.hypot(x, y, 1);
        const turned = [x * t / length, y * t / length, 1 - t / length].map((v) => v * unitM);
        points.push(...yawed(turned, -yaw).map((v, k) => v + centroid[k]));
      });
      const quantumM = 2 * TANGENT / size / 32 * unitM;
      const { far, count } = farthest(upright, points);
      assert.ok(count > 300, `${count} pixels`);
      assert.ok(far <= quantumM + MARGIN_M, `${side}: ${far} m, a step is ${quantumM} m`);
    }
  });
});

Deno.test("layout 2k2k puts keypoints where its program does, with first joints and its factor", async () => {
  const yaw = -30;
  await withLayout("2k2k", { views: [{ yawDeg: yaw, pitchDeg: 0 }] }, async (run) => {
    const { upright, subject } = run.person, { size } = run.subject.options;
    const rows = await run.npy("PERS/keypoint/Set_0_y_-30_x/h05_front.npy");
    assert.equal(rows.length, 93);
    const centroid = surfaceCentroid(upright), focal = size / (2 * TANGENT);
    const m = upright.positions.reduce((a, v, i) => Math.max(a, Math.abs(v - centroid[i % 3])), 0);
    const expected = (point: Float64Array) => {
      const p = transformPoint(subject.upright, [point[0], point[1], point[2]]);
      const [x, y, z] = yawed(p.map((v, k) => (v - centroid[k]) / (2.8 * m)), yaw)
        .map((v) => v * 1.037);
      return [focal * x / (1 - z) + size / 2, -focal * y / (1 - z) + size / 2, 1];
    };
    const { body25, handLeft, handRight } = subject.keypoints!;
    const at = (points: Float64Array, i: number) => points.subarray(3 * i, 3 * i + 3);
    const pairs: [number, Float64Array][] = [
      [0, at(body25, 0)],
      [5, at(body25, 5)],
      [10, at(body25, 4)],
      [17, at(body25, 19)],
      [23, at(handLeft, 5)],
      [30, at(handRight, 17)],
    ];
    for (const [index, point] of pairs) {
      const want = expected(point);
      for (let k = 0; k < 3; k++) assert.ok(Math.abs(rows[3 * index + k] - want[k]) < 2e-3);
    }
  });
});

Deno.test("layout 2k2k writes pictures that its list file names, black outside", async () => {
  const views = [{ yawDeg: 0, pitchDeg: 0 }, { yawDeg: 10, pitchDeg: 0 }];
  await withLayout("2k2k", { views, options: { colors: "published" } }, async (run) => {
    const lines = (await run.text("list/Set_all.txt")).trimEnd().split("\n");
    assert.equal(lines.length, 2);
    for (const line of lines) {
      const [shaded, plain, depth] = line.split(" ");
      const files = [shaded, plain, plain.replaceAll("front", "back"), depth];
      files.push(depth.replaceAll("front", "back"));
      for (const file of files) {
        assert.ok(file.startsWith("/") && run.out.written.includes(file.slice(1)), file);
      }
      const keypoints = depth.replaceAll("DEPTH", "keypoint").replaceAll("png", "npy");
      assert.ok(run.out.written.includes(keypoints.slice(1)));
      const picture = await run.image(plain.slice(1)), map = await run.image(depth.slice(1));
      assert.equal(picture.channels, 3);
      let colored = 0;
      map.data.forEach((value, i) => {
        const sum = picture.data[3 * i] + picture.data[3 * i + 1] + picture.data[3 * i + 2];
        if (value === 0) assert.equal(sum, 0);
        else if (sum > 0) colored++;
      });
      assert.ok(colored > 300);
    }
  });
});

Deno.test("layout pifu: calibrated rays of the mask meet the written mesh, UV positions lie on it", async () => {
  const views = [{ yawDeg: 0, pitchDeg: 0 }, { yawDeg: 115, pitchDeg: 20 }];
  await withLayout("pifu", { views }, async (run) => {
    const mesh = await objOf(run, "GEO/OBJ/h05/h05_100k.obj"), { size } = run.subject.options;
    const { min, max } = boundsOf(mesh);
    assert.ok(max[1] - min[1] > 120 && max[1] - min[1] < 220, "centimetres, y up");
    for (const name of ["0_0_00", "115_20_00"]) {
      const param = await run.dictionary(`PARAM/h05/${name}.npy`);
      const [scale] = numbersOf(param.get("scale")), [ratio] = numbersOf(param.get("ortho_ratio"));
      const r = numbersOf(param.get("R")), c = numbersOf(param.get("center"));
      assert.equal(numbersOf(param.get("sh")).length, 27);
      assert.ok(Math.abs(scale * (max[1] - min[1]) - 180) < 1e-4);
      assert.ok(Math.abs(ratio - 0.4 * 512 / size) < 1e-12);
      const { data } = await run.image(`MASK/h05/${name}.png`);
      const rays = { origins: [] as number[], directions: [] as number[] };
      pixels(size, (column, row, pixel) => {
        if (data[pixel] === 0) return;
        // K = diag(s, −s, s)/(o N/2) in TrainDataset; here its inverse, in NDC.
        const half = ratio * size / 2 / scale;
        const x = (2 * (column + 0.5) / size - 1) * half, y = (1 - 2 * (row + 0.5) / size) * half;
        rays.origins.push(...unturned(r, [x, y, 300]).map((v, k) => v + c[k]));
        rays.directions.push(...unturned(r, [0, 0, -1]));
      });
      assert.ok(rays.origins.length > 900);
      assert.ok(missed(mesh, rays) <= EDGE_SHARE);
    }
    const { channels } = await run.exr("UV_POS/h05/00.exr");
    const mask = await run.image("UV_MASK/h05/00.png"), points: number[] = [];
    mask.data.forEach((value, i) => {
      if (value > 0) points.push(channels.R[i], channels.G[i], channels.B[i]);
    });
    const { far, count } = farthest(mesh, points);
    assert.ok(count > 0.3 * size * size && far < 100 * MARGIN_M, `${count}, ${far} cm`);
  });
});

Deno.test("layout icon lands on the scan through calib.txt, to a step of its 8-bit depth", async () => {
  const views = [{ yawDeg: 0, pitchDeg: 0 }, { yawDeg: 130, pitchDeg: 0 }];
  await withLayout("icon", { views }, async (run) => {
    const mesh = await objOf(run, "Set/scans/h05/h05.obj"), { size } = run.subject.options;
    const { min, max } = boundsOf(mesh);
    for (const name of ["000", "130"]) {
      const folder = "Set_2views/h05";
      const numbers = (await run.text(`${folder}/calib/${name}.txt`)).trim().split(/\s+/).map(
        Number,
      );
      assert.equal(numbers.length, 32);
      const r = [0, 4, 8].flatMap((i) => numbers.slice(i, i + 3)),
        t = [3, 7, 11].map((i) => numbers[i]);
      const k = numbers[16];
      assert.ok(Math.abs(k * 102.4 - 1.8 / (max[1] - min[1])) < 1e-6);
      for (const side of ["F", "B"]) {
        const { data } = await run.image(`${folder}/depth_${side}/${name}.png`);
        const normals = await run.image(`${folder}/normal_${side}/${name}.png`);
        assert.equal(normals.channels, 4);
        const points: number[] = [];
        let right = 0, covered = 0;
        pixels(size, (column, row, pixel) => {
          if (normals.data[4 * pixel + 3] === 0) return;
          covered++;
          // Camera space: towards the viewer in front, away behind; one step of 8 bits past it.
          const nz = normals.data[4 * pixel + 2] / 127.5 - 1;
          if (side === "F" ? nz > -0.01 : nz < 0.01) right++;
          const x = (2 * (column + 0.5) / size - 1) / k, y = (1 - 2 * (row + 0.5) / size) / k;
          const z = (1 - data[pixel] / 127.5) * 100 / (k * 102.4);
          points.push(...unturned(r, [x - t[0], y - t[1], z - t[2]]).map((v) => v / 100));
        });
        const quantumM = 100 / 127.5 / (k * 102.4) / 100, { far } = farthest(mesh, points);
        assert.ok(far <= quantumM + MARGIN_M, `${side}: ${far} m, a step is ${quantumM} m`);
        assert.equal(right, covered);
      }
    }
  });
});

Deno.test("layout pamir: rays of the mask meet the mesh, whose longest side is 0.75 to 0.9", async () => {
  const views = [{ yawDeg: 0, pitchDeg: 0 }, { yawDeg: -90, pitchDeg: 0 }];
  await withLayout("pamir", { views, options: { samples: 600 } }, async (run) => {
    const mesh = await objOf(run, "mesh_data/h05/h05.obj"), { size } = run.subject.options;
    const { min, max } = boundsOf(mesh), sides = [0, 1, 2].map((k) => max[k] - min[k]);
    const longest = Math.max(...sides);
    assert.ok(longest >= 0.75 && longest <= 0.9);
    for (let k = 0; k < 3; k++) assert.ok(Math.abs(min[k] + max[k]) < 1e-5);
    for (const [index, alpha] of [[0, 0], [1, Math.PI / 2]]) {
      const { data } = await run.image(`image_data/h05/mask/000${index}.png`);
      const eye = [10 * Math.sin(alpha), 0, 10 * Math.cos(alpha)];
      const right = [Math.cos(alpha), 0, -Math.sin(alpha)];
      const focal = 5000 * size / 512,
        rays = { origins: [] as number[], directions: [] as number[] };
      pixels(size, (column, row, pixel) => {
        if (data[pixel] === 0) return;
        const u = (column + 0.5 - size / 2) / focal, v = (size / 2 - row - 0.5) / focal;
        rays.origins.push(...eye);
        rays.directions.push(
          ...[0, 1, 2].map((k) => u * right[k] + (k === 1 ? v : 0) - eye[k] / 10),
        );
      });
      assert.ok(rays.origins.length > 900);
      assert.ok(missed(mesh, rays) <= EDGE_SHARE);
    }
    const { channels } = await run.exr("image_data/h05/meta/uv_pos.exr");
    const mask = await run.image("image_data/h05/meta/uv_mask.png"), points: number[] = [];
    mask.data.forEach((value, i) => {
      if (value > 0) points.push(channels.R[i], channels.G[i], channels.B[i]);
    });
    assert.ok(farthest(mesh, points).far < MARGIN_M);
    assert.equal((await run.text("data_list.txt")).trim(), "h05");
  });
});

Deno.test("layout integrated-pifu lands on the scan in its own unit, back normals flipped", async () => {
  await withLayout("integrated-pifu", { views: [{ yawDeg: 40, pitchDeg: 0 }] }, async (run) => {
    // A file in centimetres is written in metres here: the camera stands 10 units away.
    const mesh = run.person.upright, { size } = run.subject.options;
    const param = await run.dictionary("buffer_fixed_full_mesh/h05/rendered_params_040.npy");
    const r = numbersOf(param.get("R")), c = numbersOf(param.get("center"));
    const [scale] = numbersOf(param.get("scale_factor"));
    const { channels } = await run.exr(
      "buffer_depth_maps_of_full_mesh/h05/rendered_depthmap_040.exr",
    );
    const normals = "buffer_normal_maps_of_full_mesh/h05/rendered_nml";
    const front = await run.exr(`${normals}F_040.exr`), back = await run.exr(`${normals}B_040.exr`);
    const points: number[] = [];
    pixels(size, (column, row, pixel) => {
      const flipped = row * size + size - 1 - column;
      if (channels.R[pixel] > 100) {
        assert.equal(front.channels.B[pixel], 0);
        assert.equal(back.channels.B[flipped], 0);
        return;
      }
      assert.ok(front.channels.B[pixel] > -1e-4 && back.channels.B[flipped] < 1e-4);
      const x = (column + 0.5 - size / 2) / scale, y = (size / 2 - row - 0.5) / scale;
      const turned = [x + c[0], y + c[1], 10 - channels.R[pixel] + c[2]];
      points.push(...unturned(r, turned));
    });
    const { far, count } = farthest(mesh, points);
    assert.ok(count > 300 && far <= MARGIN_M, `${far} m`);
  });
});

Deno.test("layout pshuman lands on the scan through intrinsic and extrinsic, normals in the world", async () => {
  const views = [{ yawDeg: 0, pitchDeg: 0 }, { yawDeg: -45, pitchDeg: 0 }];
  await withLayout("pshuman", { views }, async (run) => {
    const { upright } = run.person, { size } = run.subject.options;
    const { min, max } = boundsOf(upright),
      unitM = Math.hypot(...[0, 1, 2].map((k) => max[k] - min[k]));
    for (const name of ["000", "004"]) {
      const camera = await run.dictionary(`h05/camera/${name}.npy`);
      const k = numbersOf(camera.get("intrinsic")), e = numbersOf(camera.get("extrinsic"));
      const r = [0, 4, 8].flatMap((i) => e.slice(i, i + 3)), t = [3, 7, 11].map((i) => e[i]);
      const depth = await run.image(`h05/depth/${name}.png`);
      const normal = await run.image(`h05/normal/${name}.png`);
      assert.ok(depth.data instanceof Uint16Array && normal.data instanceof Uint16Array);
      const points: number[] = [];
      pixels(size, (column, row, pixel) => {
        if (depth.data[pixel] === 65535) return;
        const d = (depth.data[pixel] + 0.5) / 65535 * 2 + 0.5;
        const cam = [(column + 0.5 - k[2]) / k[0], (row + 0.5 - k[5]) / k[4], d];
        const world = unturned(r, cam.map((v, i) => v - t[i]));
        // Blender's world to y up: (x, z, −y); then metres and the scan's place.
        const up = [world[0], world[2], -world[1]];
        points.push(...up.map((v, i) => v * unitM + (min[i] + max[i]) / 2));
        const n = [0, 1, 2].map((i) => normal.data[4 * pixel + i] / 32767.5 - 1);
        const away = r[6] * n[0] + r[7] * n[1] + r[8] * n[2];
        assert.ok(away < 1e-3 && Math.abs(Math.hypot(...n) - 1) < 1e-3);
      });
      const { far, count } = farthest(upright, points), quantumM = 2 / 65535 * unitM;
      assert.ok(count > 300 && far <= quantumM + MARGIN_M, `${name}: ${far} m`);
    }
    // View 0 shows the front: azimuth 0, the camera at −y of Blender's world.
    const first = await run.dictionary("h05/camera/000.npy");
    assert.deepEqual(numbersOf(first.get("azimuth")), [0]);
    assert.equal(numbersOf((await run.dictionary("h05/camera/004.npy")).get("azimuth"))[0], 45);
  });
});

Deno.test("layout webdataset holds the suite's files, whose depth lands on the scan", async () => {
  const views = [{ yawDeg: 0, pitchDeg: 0 }, { yawDeg: 7.5, pitchDeg: 0 }];
  await withLayout("webdataset", { views }, async (run) => {
    const tar = await openTar(bytesSource("t", await run.bytes("Set-000000.tar")));
    const names = await tar.list();
    // webdataset groups by the name up to the first dot.
    const keys = new Set(names.map((name) => name.slice(0, name.indexOf("."))));
    assert.deepEqual([...keys], ["h05_y000", "h05_y7-5"]);
    for (const key of keys) {
      const view = await readPlainView(tar, key);
      const toScan = invert(view.camera.camFromScan), points: number[] = [];
      pixels(view.camera.width, (column, row, pixel) => {
        const depth = view.depth![pixel];
        if (depth === 0) return;
        const cam = unproject(view.camera, column + 0.5, row + 0.5, depth);
        points.push(...transformPoint(toScan, cam));
      });
      const { mesh } = run.subject.scene;
      assert.ok(farthest(mesh, points).far <= MARGIN_M);
    }
    const index = JSON.parse(await run.text("shards.json"));
    assert.deepEqual(index.shards, [{ path: "Set-000000.tar", subjects: ["h05"], samples: 2 }]);
  });
});

Deno.test("layout webdataset writes the same bytes again", async () => {
  const views = [{ yawDeg: 0, pitchDeg: 0 }], options = { size: 32 };
  const bytes: Uint8Array[] = [];
  for (let i = 0; i < 2; i++) {
    await withLayout("webdataset", { views, options }, async (run) => {
      bytes.push(await run.bytes("Set-000000.tar"));
    });
  }
  assert.deepEqual(bytes[0], bytes[1]);
});

Deno.test("awkwardPerson() is upright once turned back", async () => {
  // Guards the helper itself.
  await withLayout("2k2k", { views: [] }, (run) => {
    const { mesh } = run.subject.scene, { subject, upright } = run.person;
    const back = transformPoints(subject.upright, mesh.positions);
    assert.ok(farthest(upright, [...back]).far < 1e-5);
    const { min, max } = boundsOf(upright);
    assert.ok(max[1] - min[1] > 1.4 * (max[2] - min[2]), "y is up");
    return Promise.resolve();
  });
});
