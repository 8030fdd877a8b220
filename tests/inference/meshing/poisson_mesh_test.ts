import assert from "node:assert/strict";
import { topologyOf } from "../../../core/geometry/topology.ts";
import { random } from "../../../core/work/random.ts";
import type { DepthMaps } from "../../../inference/meshing/mesh_depth_maps.ts";
import { poissonMesh } from "../../../inference/meshing/poisson_mesh.ts";
import { balls, emptyMaps, orthographic } from "./_maps.ts";

Deno.test("poissonMesh() of a ball is closed, outward and the ball", () => {
  const { mesh } = poissonMesh(balls(256, [[0, 0, 0, 0.8]]), { poissonDepth: 7 });
  const topology = topologyOf(mesh);
  assert.ok(topology.watertight);
  assert.equal(topology.genus, 0);
  assert.ok(Math.abs(topology.volume / (4 / 3 * Math.PI * 0.512) - 1) < 0.005);
  const { positions, indices, faceInferred } = mesh;
  let worst = 0;
  for (let f = 0; f < faceInferred!.length; f++) {
    if (faceInferred![f]) continue;
    for (let k = 0; k < 3; k++) {
      const v = 3 * indices[3 * f + k];
      worst = Math.max(worst, Math.abs(Math.hypot(...positions.subarray(v, v + 3)) - 0.8));
    }
  }
  // Linear between pixels of 8 mm on a slope of up to 80°: (8/cos 80°)²/8R, R 800 mm, along the ray.
  assert.ok(worst < 2e-3, `a seen vertex is ${worst} m off`);
  const seen = faceInferred!.filter((label) => label === 0).length / faceInferred!.length;
  assert.ok(seen > 0.7, `${seen} of the faces are seen`);
});

/** A block with its sides along the axes: front and back are seen, the sides are not. */
function block(size: number): DepthMaps {
  const camera = orthographic(size), front = new Float32Array(size * size), back = front.slice();
  for (let p = 0; p < front.length; p++) {
    const x = 2 * (p % size + 0.5) / size - 1, y = 1 - 2 * (Math.floor(p / size) + 0.5) / size;
    if (Math.abs(x) < 0.5 && Math.abs(y) < 0.7) front[p] = 4.7, back[p] = 5.3;
  }
  return { camera, front, back };
}

Deno.test("poissonMesh() closes a block whose sides no pixel saw", () => {
  const { mesh, ownNormals } = poissonMesh(block(128), { poissonDepth: 6 });
  assert.ok(ownNormals > 0);
  const topology = topologyOf(mesh);
  assert.ok(topology.watertight);
  assert.equal(topology.components.length, 1);
  // 1 × 1.4 × 0.6; the sides sink by a share of the thickness: a minimal surface.
  assert.ok(topology.volume > 0.6 && topology.volume < 0.85, `volume ${topology.volume}`);
  const { positions, indices, faceInferred } = mesh;
  for (let f = 0; f < faceInferred!.length; f++) {
    if (faceInferred![f]) continue;
    for (let k = 0; k < 3; k++) {
      assert.ok(Math.abs(Math.abs(positions[3 * indices[3 * f + k] + 2]) - 0.3) < 1e-5);
    }
  }
});

Deno.test("poissonMesh() never uses cells finer than the pixels", () => {
  const maps = balls(64, [[0, 0, 0, 0.8]]);
  const { mesh, depth } = poissonMesh(maps, { poissonDepth: 10 });
  assert.equal(depth, 5);
  assert.deepEqual(poissonMesh(maps, { poissonDepth: 5 }).mesh, mesh);
  assert.throws(() => poissonMesh(maps, { poissonDepth: 2 }), RangeError);
});

Deno.test("poissonMesh() takes coarser cells where depths are mere noise, so that memory is bounded", () => {
  const size = 560, maps = emptyMaps(size), draw = random(5, "noise");
  for (let p = 0; p < size * size; p++) {
    maps.front[p] = 4 + draw.float(), maps.back[p] = 5 + draw.float();
  }
  // At this depth the 627,200 points touch nearly every block of the box.
  const normals = new Float32Array(3 * size * size);
  for (let p = 0; p < size * size; p++) normals[3 * p + 2] = 1;
  const frontNormals = normals, backNormals = normals.map((value) => -value);
  const { mesh, depth, levelsLess } = poissonMesh(
    { ...maps, frontNormals, backNormals },
    { poissonDepth: 8, isNoisy: true },
  );
  assert.ok(levelsLess > 0, `${levelsLess}`);
  assert.equal(depth, 8 - levelsLess);
  assert.ok(topologyOf(mesh).watertight);
});
