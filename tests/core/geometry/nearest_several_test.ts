import assert from "node:assert/strict";
import { buildPointTree, nearestPoints } from "../../../core/geometry/kdtree.ts";
import { nearestSeveral } from "../../../core/geometry/nearest_several.ts";
import { random } from "../../../core/work/random.ts";

Deno.test("nearestSeveral() sorts points of a line by distance, the lower of equal ones first", () => {
  const tree = buildPointTree(Float64Array.of(0, 0, 0, 1, 0, 0, 2, 0, 0, 3, 0, 0));
  const { distance, index } = nearestSeveral(tree, Float64Array.of(1, 0, 0, 5, 0, 0), 3);
  assert.deepEqual([...index], [1, 0, 2, 3, 2, 1]);
  assert.deepEqual([...distance], [0, 1, 1, 2, 3, 4]);
  assert.throws(() => nearestSeveral(tree, new Float64Array(3), 5), /5 wanted, expected 1 to 4/);
  assert.throws(() => nearestSeveral(tree, Float64Array.of(NaN, 0, 0), 1), RangeError);
});

Deno.test("nearestSeveral() finds what sorting all distances finds", () => {
  const { float } = random(5, "several");
  // A coarse grid, so that many are equally far.
  const points = Float64Array.from({ length: 3 * 700 }, () => Math.floor(8 * float()));
  const queries = Float64Array.from({ length: 3 * 60 }, () => Math.floor(20 * float()) / 2 - 1);
  const tree = buildPointTree(points), wanted = 4;
  const { distance, index } = nearestSeveral(tree, queries, wanted);
  const squared = (q: number, p: number) =>
    [0, 1, 2].reduce((sum, k) => sum + (points[3 * p + k] - queries[3 * q + k]) ** 2, 0);
  for (let q = 0; q < 60; q++) {
    const sorted = Array.from({ length: 700 }, (_, p) => p)
      .sort((a, b) => squared(q, a) - squared(q, b) || a - b).slice(0, wanted);
    assert.deepEqual([...index.subarray(wanted * q, wanted * q + wanted)], sorted);
    sorted.forEach((p, k) => assert.equal(distance[wanted * q + k], Math.sqrt(squared(q, p))));
  }
  const one = nearestPoints(tree, queries);
  assert.deepEqual(nearestSeveral(tree, queries, 1), one);
});
