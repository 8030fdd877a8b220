import assert from "node:assert/strict";
import { Resampler } from "../../../eval/statistics/resampler.ts";
import { rankIntervals } from "../../../eval/statistics/ranks.ts";
import { quantileOfSorted } from "../../../eval/statistics/quantile.ts";

Deno.test("rankIntervals() is sure where one method always wins", () => {
  const resampler = new Resampler();
  const far = [[1, 2, 3, 4], [11, 12, 13, 14], [21, 22, 23, 24]].map((v) => resampler.means(v));
  assert.deepEqual(rankIntervals(far), [[1, 1], [2, 2], [3, 3]]);
  assert.deepEqual(rankIntervals(far, { better: "higher" }), [[3, 3], [2, 2], [1, 1]]);
});

Deno.test("rankIntervals() gives methods that trade places both places", () => {
  // a is better on half of the subjects, by as much as it is worse on the others.
  const resampler = new Resampler();
  const a = resampler.means([1, 1, 3, 3]), b = resampler.means([3, 3, 1, 1]);
  assert.deepEqual(rankIntervals([a, b]), [[1, 2], [1, 2]]);
});

Deno.test("rankIntervals() lets identical methods share the better place", () => {
  const means = new Resampler().means([5, 6, 7]);
  assert.deepEqual(rankIntervals([means, means]), [[1, 1], [1, 1]]);
});

Deno.test("rankIntervals() drops 2.5 % of the resamples at either end and not one more", () => {
  // Of 1,000 resamples method a loses 25, then 26.
  const loses = (n: number) => Float64Array.from({ length: 1000 }, (_, r) => r < n ? 9 : 1);
  const b = new Float64Array(1000).fill(5);
  assert.deepEqual(rankIntervals([loses(25), b]), [[1, 1], [2, 2]]);
  assert.deepEqual(rankIntervals([loses(26), b]), [[1, 2], [1, 2]]);
});

Deno.test("rankIntervals() of no methods is nothing; of unequal resamples an error", () => {
  assert.deepEqual(rankIntervals([]), []);
  assert.throws(() => rankIntervals([new Float64Array(3), new Float64Array(4)]), /3, 4 resamples/);
});

Deno.test("quantileOfSorted() interpolates as numpy does", () => {
  // numpy.quantile([1, 2, 4, 8], [0, .1, .5, .75, 1]) = 1, 1.3, 3, 5, 8.
  const values = [1, 2, 4, 8];
  const got = [0, 0.1, 0.5, 0.75, 1].map((q) => quantileOfSorted(values, q));
  assert.deepEqual(got.map((x) => Number(x.toFixed(12))), [1, 1.3, 3, 5, 8]);
  assert.throws(() => quantileOfSorted([], 0.5), { name: "RangeError" });
});
