import assert from "node:assert/strict";
import fc from "fast-check";
import { buildPointTree, nearestPoints } from "../../../core/geometry/kdtree.ts";
import { InputError } from "../../../core/work/errors.ts";
import { randomPoints } from "./_shapes.ts";

/** Looks at all points. */
function nearestByHand(points: Float64Array, q: ArrayLike<number>): [number, number] {
  let best = Infinity, index = 0;
  for (let i = 0; i < points.length / 3; i++) {
    const dx = points[3 * i] - q[0], dy = points[3 * i + 1] - q[1], dz = points[3 * i + 2] - q[2];
    const found = dx * dx + dy * dy + dz * dz;
    if (found < best) best = found, index = i;
  }
  return [Math.sqrt(best), index];
}

Deno.test("nearestPoints() finds the nearest corner of a cube, and the lowest of several", () => {
  const corners = Float64Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 1, 0, 0, 0, 1, 1, 0, 1);
  const tree = buildPointTree(corners);
  const found = nearestPoints(tree, Float64Array.of(0.9, 0.1, 0, 0.5, 0.5, 0.5, 1, 1, -2));
  assert.deepEqual([...found.index], [1, 0, 3]);
  assert.equal(found.distance[2], 2);
});

Deno.test("nearestPoints() agrees with a search of all points, ties included", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 400 }),
      fc.integer(),
      fc.boolean(),
      (count, seed, onGrid) => {
        let points = randomPoints(count, seed), queries = randomPoints(50, seed + 1);
        // On a coarse grid many points coincide and many are equally near.
        if (onGrid) {
          points = points.map(Math.round), queries = queries.map((v) => Math.round(2 * v));
        }
        const found = nearestPoints(buildPointTree(points), queries);
        for (let i = 0; i < 50; i++) {
          const [distance, index] = nearestByHand(points, queries.subarray(3 * i, 3 * i + 3));
          assert.equal(found.distance[i], distance);
          assert.equal(found.index[i], index);
        }
      },
    ),
    { numRuns: 100, seed: 1 },
  );
});

Deno.test("nearestPoints() is zero at the points themselves", () => {
  const points = randomPoints(3000), found = nearestPoints(buildPointTree(points), points);
  assert.equal(Math.max(...found.distance), 0);
  assert.deepEqual(found.index, Uint32Array.from({ length: 3000 }, (_, i) => i));
});

Deno.test("buildPointTree() refuses no points and NaN; nearestPoints() refuses NaN", () => {
  assert.throws(() => buildPointTree(new Float64Array(0)), InputError);
  assert.throws(() => buildPointTree(Float64Array.of(0, NaN, 0)), InputError);
  const tree = buildPointTree(Float64Array.of(0, 0, 0));
  assert.throws(() => nearestPoints(tree, Float64Array.of(0, 0, Infinity)), RangeError);
});
