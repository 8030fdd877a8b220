import assert from "node:assert/strict";
import { procrustes } from "../../../core/geometry/procrustes.ts";
import { alignVertices } from "../../../core/geometry/vertex_icp.ts";
import {
  affine,
  determinant,
  multiply,
  rotationX,
  rotationY,
  transformPoints,
} from "../../../core/geometry/transform.ts";
import { blob, randomPoints } from "./_shapes.ts";

const MIRROR = affine([-1, 0, 0, 0, 1, 0, 0, 0, 1], [0, 0, 0]);

const near = (a: ArrayLike<number>, b: ArrayLike<number>, most = 1e-9) => {
  for (let i = 0; i < a.length; i++) assert.ok(Math.abs(a[i] - b[i]) < most, `${a[i]} and ${b[i]}`);
};

Deno.test("procrustes() finds a similarity, and a mirror image with its reflection", () => {
  const from = randomPoints(50, 1);
  const turn = multiply(rotationX(0.4), rotationY(-1));
  for (const [matrix, mirrored] of [[turn, false], [multiply(turn, MIRROR), true]] as const) {
    const truth = multiply(affine([1.7, 0, 0, 0, 1.7, 0, 0, 0, 1.7], [3, -2, 1]), matrix);
    const found = procrustes(from, transformPoints(truth, from));
    near(found.matrix, truth);
    assert.ok(Math.abs(found.scale - 1.7) < 1e-12);
    assert.equal(found.mirrored, mirrored);
    assert.ok(found.cost < 1e-20);
  }
});

Deno.test("procrustes() scales by the ratio of sizes, not by least squares", () => {
  // One axis each: (±1, 0, 0) onto (0, ±2, 0) turned by 90° keeps the ratio 2. With a partner that
  // does not fit, least squares would shrink; the ratio stays.
  const from = Float64Array.of(1, 0, 0, -1, 0, 0, 0, 1, 0, 0, -1, 0);
  const to = Float64Array.of(2, 0, 0, -2, 0, 0, 0, 0, 2, 0, 0, -2);
  assert.ok(Math.abs(procrustes(from, to).scale - 2) < 1e-12);
  const crossed = Float64Array.of(2, 0, 0, -2, 0, 0, 0, 0, 2, 0, 0, 2);
  assert.ok(procrustes(from, crossed).scale < 2);
});

Deno.test("procrustes() mirrors nothing where points are flat", () => {
  const flat = randomPoints(20, 2).map((value, i) => i % 3 === 2 ? 0 : value);
  const found = procrustes(flat, transformPoints(rotationX(1), flat));
  assert.equal(found.mirrored, false);
  assert.ok(found.cost < 1e-20 && determinant(found.matrix) > 0);
});

Deno.test("procrustes() refuses lists that do not match and points without extent", () => {
  assert.throws(() => procrustes(new Float64Array(3), new Float64Array(6)), RangeError);
  assert.throws(() => procrustes(new Float64Array(6), new Float64Array(6)), RangeError);
});

Deno.test("alignVertices() brings a moved copy back, and mirrors where that fits", () => {
  const points = Float64Array.from(blob(3).positions);
  const moved = transformPoints(
    multiply(
      rotationY(0.05),
      affine(
        [0.95, 0, 0, 0, 0.95, 0, 0, 0, 0.95],
        [0.01, 0, 0],
      ),
    ),
    points,
  );
  const found = alignVertices(moved, points, { maxIterations: 200, threshold: 0 });
  assert.ok(found.cost < 1e-12 && found.iterations < 200);
  assert.ok(Math.abs(found.scale - 1 / 0.95) < 1e-6);
  assert.equal(found.mirrored, false);
  // A relief, mirrored through its plane: every nearest point is the mirror image's own partner.
  const depths = randomPoints(34, 5, 0.01);
  const relief = Float64Array.from({ length: 300 }, (_, i) => {
    const point = Math.floor(i / 3);
    return [depths[point], 0.1 * (point % 10), 0.1 * Math.floor(point / 10)][i % 3];
  });
  const mirrored = alignVertices(transformPoints(MIRROR, relief), relief, {
    maxIterations: 20,
    threshold: 1e-5,
  });
  assert.equal(mirrored.mirrored, true);
  assert.ok(mirrored.cost < 1e-20 && Math.abs(mirrored.scale - 1) < 1e-9);
});
