import assert from "node:assert/strict";
import { project } from "../../core/geometry/camera.ts";
import { surfaceCentroid } from "../../core/geometry/mesh.ts";
import {
  determinant,
  identity,
  rotationX,
  transformPoint,
  transformPoints,
} from "../../core/geometry/transform.ts";
import { framingOf, resampleCamera, suiteCamera } from "../../render/cameras.ts";
import { cube, meshOf, sphere } from "./_shapes.ts";

const close = (found: readonly number[], wanted: readonly number[], tolerance = 1e-9) =>
  wanted.forEach((value, k) =>
    assert.ok(Math.abs(found[k] - value) < tolerance, `${found}, expected ${wanted}`)
  );

/** A cube of side 2 about (5, 1, −3) with a flag on one side: centroid and middle differ. */
const box = cube(1);
const flagged = meshOf(
  [...box.positions.map((value, i) => value + [5, 1, -3][i % 3]), 6, 1, -3, 9, 1, -3, 6, 3, -3],
  [...box.indices, 8, 9, 10],
);

Deno.test("framingOf() measures the area-weighted centroid and the largest coordinate about it", () => {
  const { centroidM, radiusM } = framingOf(flagged);
  // Areas 24 and 3; the flag's own centroid is (7, 5/3, −3).
  close(centroidM, [(24 * 5 + 3 * 7) / 27, (24 * 1 + 3 * 5 / 3) / 27, -3], 1e-6);
  assert.ok(Math.abs(radiusM - (9 - centroidM[0])) < 1e-6);
});

Deno.test("framingOf() leaves vertices out that no triangle uses", () => {
  const stray = { ...box, positions: Float32Array.of(...box.positions, 99, 99, 99) };
  assert.equal(framingOf(stray).radiusM, 1);
});

Deno.test("framingOf() refuses a mesh without extent", () => {
  assert.throws(() => framingOf(meshOf([], [])), RangeError);
  assert.throws(() => framingOf(meshOf([1, 1, 1], [0, 0, 0])), RangeError);
});

Deno.test("suiteCamera() has 2K2K's geometry: its formula in its unit gives the same pixels", () => {
  // protocol: subtract the centroid, divide by 2.8 m, turn about y by the angle; then
  // x = f X/(1 − Z) + 1024, y = −f Y/(1 − Z) + 1024, f = 1024/tan 25° = 2195.975.
  const framing = framingOf(flagged), f = 1024 / Math.tan(25 * Math.PI / 180);
  assert.ok(Math.abs(f - 2195.975) < 1e-3);
  for (const yawDeg of [-30, 0, 20, 150]) {
    const camera = suiteCamera(framing, { yawDeg, pitchDeg: 0 });
    const angle = yawDeg * Math.PI / 180;
    for (const point of [[5, 1, -3], [6, 2, -2], [9, 1, -3]] as const) {
      const [x, y, z] = point.map((value, k) =>
        (value - framing.centroidM[k]) / (2.8 * framing.radiusM)
      );
      const X = Math.cos(angle) * x + Math.sin(angle) * z,
        Z = Math.cos(angle) * z - Math.sin(angle) * x;
      const [u, v, depthM] = project(camera, point);
      close([u, v], [f * X / (1 - Z) + 1024, -f * y / (1 - Z) + 1024], 1e-6);
      close([depthM], [(1 - Z) * 2.8 * framing.radiusM]);
    }
  }
});

Deno.test("suiteCamera() looks at the centroid from 2.8 m, whatever the angles", () => {
  const framing = framingOf(flagged);
  for (const [yawDeg, pitchDeg] of [[0, 0], [77, 0], [-120, 35]]) {
    for (const camera of ["persp50", "ortho"] as const) {
      const made = suiteCamera(framing, { yawDeg, pitchDeg }, { size: 512, camera });
      close(project(made, framing.centroidM), [256, 256, 2.8 * framing.radiusM]);
      assert.ok(Math.abs(determinant(made.camFromScan) - 1) < 1e-12);
    }
  }
});

Deno.test("suiteCamera() turns +z towards +x with the yaw and looks down with the pitch", () => {
  const framing = framingOf(sphere(1, 8));
  const seen = (yawDeg: number, pitchDeg: number, point: readonly [number, number, number]) =>
    transformPoint(suiteCamera(framing, { yawDeg, pitchDeg }).camFromScan, point);
  close(seen(90, 0, [0, 0, 1]), [1, 0, -2.8], 1e-6);
  close(seen(-90, 0, [0, 0, 1]), [-1, 0, -2.8], 1e-6);
  // From above, the crown comes nearer.
  close(seen(0, 90, [0, 1, 0]), [0, 0, -1.8], 1e-6);
});

Deno.test("suiteCamera() stands a lying scan up before it measures and turns it", () => {
  // A tall box, and the same lying on its back (head towards −z): upright undoes it.
  const tall = meshOf([...box.positions].map((value, i) => i % 3 === 1 ? 3 * value : value), [
    ...box.indices,
  ]);
  const lying = { ...tall, positions: transformPoints(rotationX(-Math.PI / 2), tall.positions) };
  const standing = suiteCamera(framingOf(tall), { yawDeg: 40, pitchDeg: 5 });
  const raised = suiteCamera(framingOf(lying, rotationX(Math.PI / 2)), { yawDeg: 40, pitchDeg: 5 });
  for (let i = 0; i < tall.positions.length; i += 3) {
    const [a, b] = [tall, lying].map(({ positions }) =>
      [...positions.subarray(i, i + 3)] as [number, number, number]
    );
    close(project(raised, b), project(standing, a), 1e-3);
  }
  close(surfaceCentroid(lying), [0, 0, 0], 1e-6);
});

Deno.test("suiteCamera() orthographic shows what the perspective one shows at the centroid's depth", () => {
  const framing = framingOf(box);
  const [persp, ortho] = (["persp50", "ortho"] as const).map((camera) =>
    suiteCamera(framing, { yawDeg: 0, pitchDeg: 0 }, { size: 100, camera })
  );
  close(project(ortho, [0.5, 0.25, 0]), project(persp, [0.5, 0.25, 0]));
  assert.ok(ortho.projection === "orthographic");
  close([ortho.halfWidthM], [Math.tan(25 * Math.PI / 180) * 2.8]);
});

Deno.test("resampleCamera() multiplies pixel positions and keeps depth", () => {
  for (const camera of ["persp50", "ortho"] as const) {
    const made = suiteCamera(framingOf(flagged), { yawDeg: 10, pitchDeg: 0 }, { size: 64, camera });
    const [u, v, depthM] = project(made, [6, 2, -2]);
    close(project(resampleCamera(made, 3), [6, 2, -2]), [3 * u, 3 * v, depthM]);
  }
});

Deno.test("suiteCamera() refuses sizes that are no pictures", () => {
  const framing = { centroidM: [0, 0, 0], radiusM: 1, upright: identity() } as const;
  for (const size of [0, -1, 1.5, NaN]) {
    assert.throws(() => suiteCamera(framing, { yawDeg: 0, pitchDeg: 0 }, { size }), RangeError);
  }
});
