import assert from "node:assert/strict";
import fc from "fast-check";
import { buildTree } from "../../../core/geometry/bvh.ts";
import { closestPoints, farthestDistance } from "../../../core/geometry/closest.ts";
import { cube, icosphere, randomPoints, soup } from "./_shapes.ts";

Deno.test("farthestDistance() of a cube's points is that of the one farthest out", () => {
  const tree = buildTree(cube()), face = closestPoints(tree, Float64Array.of(9, 0.5, 0.5));
  assert.equal(farthestDistance(tree, Float64Array.of(9, 0.5, 0.5)), face.distance[0]);
  assert.equal(farthestDistance(tree, new Float64Array(0)), 0);
  assert.throws(() => farthestDistance(tree, Float64Array.of(0, NaN, 0)), RangeError);
});

Deno.test("farthestDistance() is zero on the surface itself", () => {
  const mesh = icosphere(3);
  assert.equal(farthestDistance(buildTree(mesh), mesh.positions), 0);
});

Deno.test("farthestDistance() is the largest of closestPoints(), to the last bit, in any order", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 1, max: 3000 }),
      fc.integer(),
      (faces, count, seed) => {
        const tree = buildTree(soup(faces, seed)), points = randomPoints(count, seed);
        const largest = closestPoints(tree, points).distance.reduce((a, b) => Math.max(a, b));
        assert.equal(farthestDistance(tree, points), largest);
        const reversed = Float64Array.from(
          points,
          (_, i) => points[points.length - 3 - 3 * Math.floor(i / 3) + i % 3],
        );
        assert.equal(farthestDistance(tree, reversed), largest);
      },
    ),
    { numRuns: 60, seed: 1 },
  );
});
