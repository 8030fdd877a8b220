import assert from "node:assert/strict";
import { multiply, rotationY, translation } from "../../../core/geometry/transform.ts";
import { topologyOf } from "../../../core/geometry/topology.ts";
import { random } from "../../../core/work/random.ts";
import {
  meshDepthMaps,
  type Mesher,
  meshingJson,
} from "../../../inference/meshing/mesh_depth_maps.ts";
import { balls, emptyMaps, orthographic } from "./_maps.ts";

const MESHERS: readonly Mesher[] = ["stitch", "poisson"];

for (const mesher of MESHERS) {
  Deno.test(`meshDepthMaps() keeps the larger of two balls and reports the other (${mesher})`, async () => {
    const maps = balls(128, [[-0.4, 0, 0, 0.4], [0.6, 0.2, 0, 0.2]]);
    const { mesh, record, warnings } = await meshDepthMaps(maps, { mesher });
    const topology = topologyOf(mesh);
    assert.equal(topology.components.length, 1);
    assert.ok(topology.watertight);
    assert.equal(topology.inconsistentEdges, 0);
    assert.equal(record.pieces.count, 2);
    // Sphere areas go with the squared radius: 0.2² of 0.4² + 0.2².
    assert.ok(Math.abs(record.pieces.floatingShare - 0.2) < 0.01);
    const [x, y, z] = record.pieces.floaters[0].center;
    assert.ok(Math.hypot(x - 0.6, y - 0.2, z) < 0.02);
    assert.match(warnings.join(), /1 floating pieces/);
    assert.ok(Math.abs(record.volumeM3 / (4 / 3 * Math.PI * 0.064) - 1) < 0.02);
    const all = await meshDepthMaps(maps, { mesher, pieces: "all" });
    assert.equal(topologyOf(all.mesh).components.length, 2);
  });

  Deno.test(`meshDepthMaps() names every kind of bad pixel and meshes the rest (${mesher})`, async () => {
    const maps = balls(64, [[0, 0, 0, 0.8]]);
    const at = (i: number, j: number) => 64 * j + i;
    maps.front[at(20, 30)] = NaN;
    maps.back[at(30, 30)] = Infinity;
    maps.front[at(40, 30)] = -1;
    maps.back[at(20, 40)] = 0;
    maps.front[at(30, 40)] = maps.back[at(30, 40)] + 0.1;
    maps.back[at(40, 40)] = maps.front[at(40, 40)];
    maps.front[at(1, 1)] = 4, maps.back[at(1, 1)] = 5;
    const { mesh, record, warnings } = await meshDepthMaps(maps, { mesher });
    const { given, used, ...counts } = record.pixels;
    const expected = { notFinite: 2, behindCamera: 1, oneSided: 1, frontBehindBack: 1, thin: 1 };
    assert.deepEqual(counts, expected);
    assert.equal(given - used, 5);
    assert.ok(warnings.length >= 4);
    assert.ok(topologyOf(mesh).watertight);
  });

  Deno.test(`meshDepthMaps() takes the depth's own normals where the maps have none (${mesher})`, async () => {
    const maps = balls(96, [[0, 0, 0, 0.8]]);
    const given = await meshDepthMaps(maps, { mesher });
    for (let p = 0; p < maps.front.length; p += 3) maps.frontNormals.fill(0, 3 * p, 3 * p + 3);
    maps.backNormals.fill(NaN);
    for (const some of [maps, { ...maps, frontNormals: undefined, backNormals: undefined }]) {
      const { mesh, record } = await meshDepthMaps(some, { mesher });
      assert.ok(topologyOf(mesh).watertight);
      assert.ok(Math.abs(record.volumeM3 / given.record.volumeM3 - 1) < 0.02);
      assert.equal(record.ownNormals > 0, mesher === "poisson");
    }
  });

  Deno.test(`meshDepthMaps() moves with the camera and gives the same bytes again (${mesher})`, async () => {
    const maps = balls(64, [[0.1, 0, 0, 0.7]]);
    const still = await meshDepthMaps(maps, { mesher }),
      again = await meshDepthMaps(maps, { mesher });
    assert.deepEqual(again.mesh, still.mesh);
    const motion = multiply(translation(3, -2, 1), rotationY(0.7));
    const camera = { ...maps.camera, camFromScan: multiply(maps.camera.camFromScan, motion) };
    const moved = await meshDepthMaps({ ...maps, camera }, { mesher });
    assert.deepEqual(moved.mesh.indices, still.mesh.indices);
    const p = moved.mesh.positions, q = still.mesh.positions, m = motion;
    for (let i = 0; i < p.length; i += 3) {
      for (let k = 0; k < 3; k++) {
        const there = m[4 * k] * p[i] + m[4 * k + 1] * p[i + 1] + m[4 * k + 2] * p[i + 2] +
          m[4 * k + 3];
        assert.ok(Math.abs(there - q[i + k]) < 2e-6);
      }
    }
  });

  Deno.test(`meshDepthMaps() states what fewer faces cost (${mesher})`, async () => {
    const maps = balls(128, [[0, 0, 0, 0.8]]);
    const { mesh, record } = await meshDepthMaps(maps, { mesher, faces: 2000 });
    assert.ok(mesh.indices.length / 3 <= 2000);
    assert.equal(mesh.faceInferred!.length, mesh.indices.length / 3);
    const topology = topologyOf(mesh);
    assert.ok(topology.watertight && topology.volume > 0);
    const { asked, after, meanMm, maxMm, kept } = record.decimation!;
    assert.deepEqual([asked, after, kept], [2000, mesh.indices.length / 3, true]);
    // A ball of 0.8 m in 2000 triangles of 90 mm is 90²/(8 · 800) = 1.3 mm off at the middle of one.
    assert.ok(meanMm > 0 && meanMm < 3 && maxMm < 40, `${meanMm} mm, at most ${maxMm} mm`);
    // A quarter of the ball is steeper than 76°; a face with one such corner counts.
    const inferred = mesh.faceInferred!.reduce((sum, label) => sum + label, 0);
    assert.ok(inferred < 0.55 * mesh.faceInferred!.length, `${inferred} faces are inferred`);
  });
}

Deno.test("meshDepthMaps() keeps its record as plain data", async () => {
  const { record } = await meshDepthMaps(balls(32, [[0, 0, 0, 0.8]]));
  assert.deepEqual(JSON.parse(JSON.stringify(meshingJson(record))), record);
});

Deno.test("meshDepthMaps() smooths noisy depth by its normals, and says so", async () => {
  const maps = balls(128, [[0, 0, 0, 0.8]]), draw = random(7, "noise"), pixelM = 2 / 128;
  const clean = await meshDepthMaps(maps, { mesher: "stitch" });
  assert.equal(clean.record.smoothing!.front.rmsPx, 0);
  const noisy = { ...maps, front: maps.front.slice(), back: maps.back.slice() };
  for (let p = 0; p < noisy.front.length; p++) {
    if (noisy.front[p] === 0) continue;
    noisy.front[p] += 0.5 * pixelM * draw.normal(), noisy.back[p] += 0.5 * pixelM * draw.normal();
  }
  const error = async (smooth: "auto" | "off") => {
    const { mesh, record, warnings } = await meshDepthMaps(noisy, { mesher: "stitch", smooth });
    assert.equal(warnings.some((text) => /smoothed by its normals/.test(text)), smooth === "auto");
    if (smooth === "auto") assert.ok(Math.abs(record.smoothing!.front.noisePx! - 0.5) < 0.05);
    else assert.equal(record.smoothing, null);
    let sum = 0, count = 0;
    for (let i = 0; i < mesh.positions.length; i += 3) {
      const [x, y, z] = mesh.positions.subarray(i, i + 3);
      // Away from the rim, where a ray runs along the surface.
      if (Math.hypot(x, y) < 0.6) sum += Math.abs(Math.hypot(x, y, z) - 0.8), count++;
    }
    return sum / count;
  };
  assert.ok(await error("auto") < 0.2 * await error("off"));
});

Deno.test("meshDepthMaps() textures the front with the photo and the back with its mirror image", async () => {
  const size = 64, maps = balls(size, [[0, 0, 0, 0.8]]);
  // Red grows to the right, green downward, on a blue background.
  const data = new Uint8Array(3 * size * size);
  for (let p = 0; p < size * size; p++) {
    const covered = maps.front[p] > 0;
    data.set(covered ? [4 * (p % size), 4 * Math.floor(p / size), 0] : [0, 0, 255], 3 * p);
  }
  const frontColor = { data, channels: 3 as const };
  for (const mesher of MESHERS) {
    const { mesh, record } = await meshDepthMaps({ ...maps, frontColor }, {
      mesher,
      color: "texture",
    });
    assert.equal(record.backColor, "mirrored front");
    const { width, height, data: texels } = mesh.materials![0].texture!;
    for (let t = 0; t < texels.length; t += 4) assert.equal(texels[t + 2], 0, "background bled in");
    for (let f = 0; f < mesh.indices.length; f++) {
      const v = mesh.indices[f], u = mesh.uvs![2 * f], w = mesh.uvs![2 * f + 1];
      assert.ok(u >= 0 && u <= 1 && w >= 0 && w <= 1);
      const t = 4 * (Math.floor(w * height) * width + Math.floor(u * width));
      const column = (mesh.positions[3 * v] + 1) * size / 2,
        row = (1 - mesh.positions[3 * v + 1]) * size / 2;
      assert.ok(Math.abs(texels[t] / 4 - column) < 2 && Math.abs(texels[t + 1] / 4 - row) < 2);
    }
    const vertices = await meshDepthMaps({ ...maps, frontColor }, { mesher });
    assert.equal(vertices.mesh.colors!.length, 4 * vertices.mesh.positions.length / 3);
    const none = await meshDepthMaps({ ...maps, frontColor }, { mesher, color: "none" });
    assert.equal(none.mesh.colors, undefined);
  }
});

Deno.test("meshDepthMaps() refuses maps without a person by name", async () => {
  const camera = orthographic(8), front = new Float32Array(64);
  await assert.rejects(meshDepthMaps(emptyMaps(8)), /the depth maps are empty/);
  const lone = { camera, front: front.slice(), back: front.slice() };
  lone.front[9] = 4, lone.back[9] = 5;
  await assert.rejects(meshDepthMaps(lone, { mesher: "stitch" }), /covers no 2 × 2 pixels/);
  await assert.rejects(meshDepthMaps(lone), /no pixel has a normal/);
  const crossed = { camera, front: front.map(() => 5), back: front.map(() => 4) };
  await assert.rejects(meshDepthMaps(crossed), /64 of 64 pixels have the front behind the back/);
  await assert.rejects(meshDepthMaps({ camera, front, back: front.slice(1) }), RangeError);
  await assert.rejects(
    meshDepthMaps({ camera, front, back: front, frontNormals: front }),
    /normal map has 64 values, expected 192/,
  );
});

/**
 * From the side: a part before a plate, one depth jump of 1 m all round it, so that the long walls
 * are all that holds them together.
 */
Deno.test("meshDepthMaps() leaves long walls out and keeps what they joined", async () => {
  const size = 64, camera = orthographic(size);
  const front = new Float32Array(size * size).fill(5), back = front.map(() => 5.2);
  for (let j = 16; j < 48; j++) front.fill(4, j * size + 16, j * size + 48);
  const maps = { camera, front, back };
  const open = await meshDepthMaps(maps, { mesher: "stitch", openJumpsMm: 500, hidden: "walls" });
  const closed = await meshDepthMaps(maps, { mesher: "stitch", hidden: "walls" });
  assert.equal(open.record.pieces.count, 1);
  assert.ok(!topologyOf(open.mesh).watertight && topologyOf(closed.mesh).watertight);
  const lost = closed.record.faces - open.record.faces;
  // Four sides of 31 cells with two walls each, and one or two at each of four corners.
  assert.ok(lost >= 4 * 62 + 4 && lost <= 4 * 62 + 8, `${lost} walls are left out`);
  const nearest = Math.max(...open.mesh.positions.filter((_, i) => i % 3 === 2));
  assert.ok(Math.abs(nearest - 1) < 1e-5, "the part before the plate is still there");
});

Deno.test("meshDepthMaps() refuses options that do not go together", async () => {
  const maps = balls(16, [[0, 0, 0, 0.8]]);
  await assert.rejects(
    meshDepthMaps(maps, { openJumpsMm: 3 }),
    /does not go with the mesher "poisson"/,
  );
  await assert.rejects(
    meshDepthMaps(maps, { mesher: "stitch", poissonDepth: 8 }),
    /does not go with the mesher "stitch"/,
  );
  await assert.rejects(meshDepthMaps(maps, { mesher: "ball" as Mesher }), /no mesher "ball"/);
  await assert.rejects(meshDepthMaps(maps, { faces: 2.5 }), RangeError);
  await assert.rejects(meshDepthMaps(maps, { poissonDepth: 99 }), RangeError);
  await assert.rejects(
    meshDepthMaps(maps, { mesher: "stitch", openJumpsMm: 3, faces: 9 }),
    /an open mesh cannot be decimated/,
  );
});
