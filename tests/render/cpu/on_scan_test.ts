/** Depth taken back into space must lie on the scan: every covered pixel, silhouettes included. */
import assert from "node:assert/strict";
import { buildTree } from "../../../core/geometry/bvh.ts";
import { type Camera, unproject } from "../../../core/geometry/camera.ts";
import { closestPoints } from "../../../core/geometry/closest.ts";
import { invert, transformPoints } from "../../../core/geometry/transform.ts";
import { framingOf, suiteCamera } from "../../../render/cameras.ts";
import { drawScene } from "../../../render/cpu/draw.ts";
import { prepareScene } from "../../../render/cpu/scene.ts";
import { readFixture } from "../_fixture.ts";

/** Half a unit in the last place of a float32 between 2 and 4 m, along a ray at most 35° off axis. */
const ROUNDING_M = 2 ** -23 / Math.cos(35 * Math.PI / 180);

/** The points in the scan's frame that a depth map of a camera stands for, xyz interleaved. */
function pointsOf(depth: Float32Array, camera: Camera): Float64Array {
  const points: number[] = [];
  depth.forEach((depthM, at) => {
    if (depthM === 0) return;
    const u = at % camera.width + 0.5, v = Math.floor(at / camera.width) + 0.5;
    points.push(...unproject(camera, u, v, depthM));
  });
  return transformPoints(invert(camera.camFromScan), Float64Array.from(points));
}

for (const [id, yawDeg, kind] of [["h11", 0, "persp50"], ["h22", 150, "ortho"]] as const) {
  Deno.test(`drawScene() puts all depths of ${id} at 2048², ${kind}, on the scan`, async () => {
    const mesh = await readFixture(id), tree = buildTree(mesh);
    const camera = suiteCamera(framingOf(mesh), { yawDeg, pitchDeg: 0 }, { camera: kind });
    const maps = drawScene(prepareScene(mesh), camera, { maps: ["depth", "depth_back"] });
    for (const map of [maps.depth!, maps.depth_back!]) {
      const { distance } = closestPoints(tree, pointsOf(map, camera));
      assert.equal(distance.length, maps.stats.covered);
      assert.ok(distance.length > 250_000);
      const farthest = distance.reduce((most, value) => Math.max(most, value), 0);
      assert.ok(farthest <= ROUNDING_M, `${farthest * 1e6} µm off the scan`);
    }
  });
}
