import assert from "node:assert/strict";
import { topologyOf } from "../../../core/geometry/topology.ts";
import { meshDepthMaps } from "../../../inference/meshing/mesh_depth_maps.ts";
import { balls, emptyMaps, orthographic } from "./_maps.ts";

Deno.test("meshDepthMaps() keeps the larger of two balls and reports the other", async () => {
  const maps = balls(128, [[-0.4, 0, 0, 0.4], [0.6, 0.2, 0, 0.2]]);
  const { mesh, record, warnings } = await meshDepthMaps(maps);
  const topology = topologyOf(mesh);
  assert.equal(topology.components.length, 1);
  assert.ok(topology.watertight);
  assert.equal(record.pieces.count, 2);
  // Sphere areas go with the squared radius: 0.2² of 0.4² + 0.2².
  assert.ok(Math.abs(record.pieces.floatingShare - 0.2) < 0.01);
  const [x, y, z] = record.pieces.floaters[0].center;
  assert.ok(Math.hypot(x - 0.6, y - 0.2, z) < 0.01);
  assert.match(warnings.join(), /1 floating pieces/);
  assert.ok(Math.abs(record.volumeM3 / (4 / 3 * Math.PI * 0.064) - 1) < 0.02);
  const all = await meshDepthMaps(maps, { pieces: "all" });
  assert.equal(topologyOf(all.mesh).components.length, 2);
});

Deno.test("meshDepthMaps() names every kind of bad pixel and meshes the rest", async () => {
  const maps = balls(64, [[0, 0, 0, 0.8]]);
  const at = (i: number, j: number) => 64 * j + i;
  maps.front[at(20, 30)] = NaN;
  maps.back[at(30, 30)] = Infinity;
  maps.front[at(40, 30)] = -1;
  maps.back[at(20, 40)] = 0;
  maps.front[at(30, 40)] = maps.back[at(30, 40)] + 0.1;
  maps.back[at(40, 40)] = maps.front[at(40, 40)];
  maps.front[at(1, 1)] = 4, maps.back[at(1, 1)] = 5;
  const { mesh, record, warnings } = await meshDepthMaps(maps);
  const { given, used, ...counts } = record.pixels;
  assert.deepEqual(counts, {
    notFinite: 2,
    behindCamera: 1,
    oneSided: 1,
    frontBehindBack: 1,
    thin: 1,
  });
  assert.equal(given - used, 5);
  assert.equal(record.isolated, 1);
  assert.equal(warnings.length, 5);
  assert.ok(topologyOf(mesh).watertight);
});

Deno.test("meshDepthMaps() refuses maps without a person by name", async () => {
  const camera = orthographic(8), front = new Float32Array(64);
  await assert.rejects(meshDepthMaps(emptyMaps(8)), /the depth maps are empty/);
  const lone = { camera, front: front.slice(), back: front.slice() };
  lone.front[9] = 4, lone.back[9] = 5;
  await assert.rejects(meshDepthMaps(lone), /covers no 2 × 2 pixels/);
  const crossed = { camera, front: front.map(() => 5), back: front.map(() => 4) };
  await assert.rejects(meshDepthMaps(crossed), /64 of 64 pixels have the front behind the back/);
  await assert.rejects(meshDepthMaps({ camera, front, back: front.slice(1) }), RangeError);
});
