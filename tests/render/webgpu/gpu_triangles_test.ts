import assert from "node:assert/strict";
import { rotationX, translation } from "../../../core/geometry/transform.ts";
import { random } from "../../../core/work/random.ts";
import { projectVertices } from "../../../render/cpu/frame.ts";
import { rasterize } from "../../../render/cpu/rasterize.ts";
import { prepareScene } from "../../../render/cpu/scene.ts";
import { gpuTriangles } from "../../../render/webgpu/gpu_triangles.ts";
import { fillKeys } from "../../../render/webgpu/visible_keys.ts";
import { meshOf, pinhole, sphere, square } from "../_shapes.ts";

Deno.test("gpuTriangles() leaves a scan before the camera as it is, in pixels, nearest at 1", () => {
  // The camera looks along −z from the origin with a field of view of 90°.
  const scene = prepareScene(meshOf([-1, -1, -2, 1, -1, -2, 0, 1, -4], [0, 1, 2]));
  const { screen, corners, faces } = gpuTriangles(
    scene,
    projectVertices(scene.positions, pinhole(8)),
  );
  assert.deepEqual([...screen], [-2, 2, 1, 2, 2, 1, 0, -1, 0]);
  assert.equal(corners, scene.corners);
  assert.equal(faces, undefined);
});

Deno.test("gpuTriangles() replaces what crosses the near plane by its pieces, and keeps the rest", () => {
  //  the first triangle reaches behind the camera, the second is whole, the third is behind
  const scene = prepareScene(
    meshOf(
      // deno-fmt-ignore
      [-1, 0, -2, 1, 0, -2, 0, 1, 1,  -1, -1, -3, 1, -1, -3, 0, 0, -3,  0, 0, 1, 1, 0, 1, 0, 1, 1],
      [0, 1, 2, 3, 4, 5, 6, 7, 8],
    ),
  );
  const frame = projectVertices(scene.positions, pinhole(8));
  const { screen, corners, faces } = gpuTriangles(scene, frame);
  const counts = new Map<number, number>();
  for (const face of faces!) {
    counts.set(scene.faceOf[face], (counts.get(scene.faceOf[face]) ?? 0) + 1);
  }
  assert.equal(counts.get(1), 1);
  assert.ok(counts.get(0)! >= 2, "what is left of a cut triangle is a quad");
  assert.equal(counts.get(2), undefined);
  assert.equal(corners.length, 3 * faces!.length);
  assert.ok(corners.every((corner) => 3 * corner < screen.length));
  assert.ok(screen.every((value) => Number.isFinite(value)));
});

Deno.test("fillKeys() finds the keys the rasterizer found, also of triangles that were cut", () => {
  const { float } = random(3, "keys");
  const soup = meshOf(
    Array.from({ length: 180 }, () => 4 * float() - 2),
    Array.from({ length: 60 }, (_, i) => i),
  );
  const cases = [
    [sphere(0.8, 20), pinhole(64, translation(0, 0, -2))],
    [square(3, 0), pinhole(64, translation(0, 0, -2))],
    [square(1e5, 0), { ...pinhole(64), camFromScan: tilted() }],
    [soup, pinhole(64)],
  ] as const;
  for (const [mesh, camera] of cases) {
    const scene = prepareScene(mesh), frame = projectVertices(scene.positions, camera);
    const wanted = rasterize(scene, frame);
    const found = { ...wanted, keys: new Float64Array(wanted.keys.length).fill(NaN) };
    fillKeys({ ...found, faces: wanted.faces.slice() }, scene, frame);
    let worst = 0;
    wanted.keys.forEach((key, i) => {
      if (!Number.isFinite(key)) assert.equal(found.keys[i], key);
      else worst = Math.max(worst, Math.abs(found.keys[i] - key) / Math.abs(key));
    });
    // Pieces are cut and rounded in other places than the whole triangle: a few units in 10¹⁰.
    assert.ok(worst < 1e-8, `keys are ${worst} apart`);
  }
});

Deno.test("fillKeys() puts in front what is nearer", () => {
  const scene = prepareScene(
    meshOf(
      [...square(1, -2).positions, ...square(1, -3).positions],
      [0, 1, 2, 0, 2, 3, 4, 5, 6, 4, 6, 7],
    ),
  );
  const frame = projectVertices(scene.positions, pinhole(8));
  const right = rasterize(scene, frame);
  const swapped = { ...right, keys: right.keys.slice(), faces: right.faces.slice() };
  for (let i = 0; i < swapped.faces.length; i += 2) {
    [swapped.faces[i], swapped.faces[i + 1]] = [right.faces[i + 1], right.faces[i]];
  }
  fillKeys(swapped, scene, frame);
  assert.deepEqual(swapped.faces, right.faces);
});

/** From above a floor, looking down at it: the floor reaches behind the camera. */
function tilted() {
  const down = rotationX(Math.PI / 3);
  down[11] = -1;
  return down;
}
