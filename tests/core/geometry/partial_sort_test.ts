import assert from "node:assert/strict";
import fc from "fast-check";
import { placeRanksInPlace } from "../../../core/geometry/partial_sort.ts";

Deno.test("placeRanksInPlace() puts the median and the largest of five in their places", () => {
  const values = Float64Array.of(3, 5, 1, 4, 2);
  placeRanksInPlace(values, [2, 4]);
  assert.deepEqual([values[2], values[4]], [3, 5]);
});

Deno.test("placeRanksInPlace() agrees with sorting, and keeps all values", () => {
  const few = fc.integer({ min: 0, max: 9 }), any = fc.double({ noNaN: true });
  const lists = fc.oneof(
    ...[few, any].map((one) => fc.array(one, { minLength: 1, maxLength: 400 })),
  );
  fc.assert(fc.property(lists, fc.array(fc.nat(), { maxLength: 4 }), (list, picks) => {
    const ranks = picks.map((pick) => pick % list.length).sort((a, b) => a - b);
    const sorted = Float64Array.from(list, (v) => v + 0).sort();
    const values = Float64Array.from(list, (v) => v + 0); // −0 + 0 is 0: these two are not ordered
    placeRanksInPlace(values, ranks);
    for (const rank of ranks) {
      assert.equal(values[rank], sorted[rank]);
      assert.ok(values.subarray(0, rank).every((v) => v <= values[rank]));
    }
    assert.deepEqual(values.sort(), sorted);
  }));
});

Deno.test("placeRanksInPlace() takes values that go up and down twice", () => {
  // Each value four times; the first, the middle and the last are all the smallest.
  const values = Float64Array.from({ length: 5000 }, (_, i) => Math.min(i % 2500, 2500 - i % 2500));
  const sorted = values.toSorted(), ranks = [0, 1250, 2499, 2500, 4749, 4999];
  placeRanksInPlace(values, ranks);
  assert.deepEqual(ranks.map((rank) => values[rank]), ranks.map((rank) => sorted[rank]));
});
