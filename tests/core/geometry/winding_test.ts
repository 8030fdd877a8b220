import assert from "node:assert/strict";
import { buildWindingTree, windingNumbers } from "../../../core/geometry/winding.ts";
import { InputError } from "../../../core/work/errors.ts";
import { blob, cube, flipped, icosphere, join, meshOf, moved, randomPoints } from "./_shapes.ts";

const near = (found: ArrayLike<number>, wanted: readonly number[], tolerance: number) =>
  wanted.forEach((value, i) =>
    assert.ok(Math.abs(found[i] - value) <= tolerance, `${i}: ${found[i]}, expected ${value}`)
  );

Deno.test("windingNumbers() is 1 inside a cube, 0 outside; −1 and 0 inside out; 2 in two", () => {
  const points = Float64Array.of(0, 0, 0, 0.99, 0.99, 0.99, 1.01, 0, 0, 30, 0, 0);
  const of = (mesh: Parameters<typeof buildWindingTree>[0]) =>
    windingNumbers(buildWindingTree(mesh), points);
  near(of(cube()), [1, 1, 0, 0], 1e-9);
  near(of(flipped(cube())), [-1, -1, 0, 0], 1e-9);
  near(of(join(cube(), cube())), [2, 2, 0, 0], 1e-9);
});

Deno.test("windingNumbers() of an open surface is the share of the sphere that it fills", () => {
  // One face of a cube, seen from the centre, fills a sixth; the other five fill the rest.
  const { positions, indices } = cube();
  const face = { positions, indices: indices.slice(0, 6) };
  const rest = { positions, indices: indices.slice(6) };
  const centre = Float64Array.of(0, 0, 0);
  near(windingNumbers(buildWindingTree(face), centre), [1 / 6], 1e-12);
  near(windingNumbers(buildWindingTree(rest), centre), [5 / 6], 1e-12);
});

Deno.test("windingNumbers() sums far parts up to within 0.05, and tells all points' sides", () => {
  const mesh = blob(4), tree = buildWindingTree(mesh), points = randomPoints(1500, 1, 1.2);
  const quick = windingNumbers(tree, points);
  const full = windingNumbers(tree, points, { reach: Infinity });
  const errors = quick.map((value, i) => Math.abs(value - full[i])).sort();
  assert.ok(errors.at(-1)! < 0.05, `largest ${errors.at(-1)}`);
  assert.ok(errors[750] < 0.005, `median ${errors[750]}`);
  let inside = 0;
  full.forEach((value, i) => {
    assert.ok(Math.abs(value - Math.round(value)) < 1e-9); // the blob is closed
    assert.ok(Math.round(value) === Math.round(quick[i]));
    inside += Math.round(value);
  });
  assert.ok(inside > 50 && inside < 1000);
});

Deno.test("windingNumbers() moves with the surface and ignores triangles without area", () => {
  const sphere = icosphere(3), points = randomPoints(200, 2);
  const shift = (p: readonly number[]) => p.map((value) => value + 4);
  const mesh = moved(sphere, shift);
  const indices = Uint32Array.of(0, 0, 1, ...mesh.indices, 5, 5, 5);
  const there = windingNumbers(buildWindingTree({ ...mesh, indices }), points.map((v) => v + 4));
  near(there, [...windingNumbers(buildWindingTree(sphere), points)], 0.02);
});

Deno.test("buildWindingTree() refuses surfaces without area, NaN and stray indices", () => {
  const flat = meshOf([[0, 0, 0], [1, 1, 1], [2, 2, 2]], [[0, 1, 2]]);
  const nan = meshOf([[0, 0, 0], [1, NaN, 0], [0, 1, 0]], [[0, 1, 2]]);
  const stray = meshOf([[0, 0, 0], [1, 0, 0], [0, 1, 0]], [[0, 1, 7]]);
  for (const mesh of [flat, nan, stray, meshOf([], [])]) {
    assert.throws(() => buildWindingTree(mesh), InputError);
  }
  const tree = buildWindingTree(cube());
  assert.throws(() => windingNumbers(tree, new Float64Array(3), { reach: 0.5 }), RangeError);
});
