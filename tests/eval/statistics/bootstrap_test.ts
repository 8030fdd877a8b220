import assert from "node:assert/strict";
import fc from "fast-check";
import { random } from "../../../core/work/random.ts";
import {
  bootstrapDifference,
  bootstrapMean,
  intervalOf,
  meanOf,
  resampleCounts,
  resampledMeans,
} from "../../../eval/statistics/bootstrap.ts";
import { Resampler } from "../../../eval/statistics/resampler.ts";

Deno.test("bootstrapMean() of equal values has zero width", () => {
  for (const value of [0, 0.1, -3.7]) {
    const { mean, low, high, n } = bootstrapMean([value, value, value, value, value, value]);
    assert.equal(low, mean);
    assert.equal(high, mean);
    assert.equal(n, 6);
    assert.ok(Math.abs(mean - value) < 1e-15);
  }
});

Deno.test("bootstrapMean() of one value says nothing about spread", () => {
  assert.deepEqual(bootstrapMean([2.5]), { mean: 2.5, low: null, high: null, n: 1 });
});

Deno.test("bootstrapMean() of two values reaches from one to the other", () => {
  // Resampled means are 0, ½, 1 with probabilities ¼, ½, ¼: the outer 2.5 % are 0 and 1.
  assert.deepEqual(bootstrapMean([0, 1]), { mean: 0.5, low: 0, high: 1, n: 2 });
});

Deno.test("bootstrapMean() of two values at level 0.4 is their middle", () => {
  // The 30 % and the 70 % quantile both fall into the half of the resamples that mix the two.
  assert.deepEqual(bootstrapMean([0, 1], { level: 0.4 }), { mean: 0.5, low: 0.5, high: 0.5, n: 2 });
});

Deno.test("bootstrapMean() of zeros and ones has the quantiles of a binomial", () => {
  // 6 of 20 are 1, so a resample holds Binomial(20, 0.3) ones: 2.5 % quantile 2, 97.5 % quantile 10
  // (cumulative: P(≤1) = 0.0076, P(≤2) = 0.0355, P(≤9) = 0.9520, P(≤10) = 0.9829).
  const values = Array.from({ length: 20 }, (_, i) => i < 6 ? 1 : 0);
  const { low, high } = bootstrapMean(values);
  assert.ok(Math.abs(low! - 2 / 20) < 1e-12, `${low}`);
  assert.ok(Math.abs(high! - 10 / 20) < 1e-12, `${high}`);
});

Deno.test("resampleCounts() draws n subjects a resample, each as often as the others", () => {
  const n = 7, resamples = 4000;
  const counts = resampleCounts(n, { resamples });
  const totals = new Array<number>(n).fill(0);
  for (let r = 0; r < resamples; r++) {
    const row = counts.subarray(r * n, (r + 1) * n);
    assert.equal(row.reduce((sum, count) => sum + count, 0), n);
    for (const [i, count] of row.entries()) totals[i] += count;
  }
  // Standard deviation of a total: sqrt(resamples · n · (1/n)(1 − 1/n)) = 58.6.
  for (const total of totals) assert.ok(Math.abs(total - resamples) < 5 * 58.6, `${total}`);
});

Deno.test("resampleCounts() depends on the seed and n alone", () => {
  assert.deepEqual(resampleCounts(5, { resamples: 10 }), resampleCounts(5, { resamples: 10 }));
  assert.notDeepEqual(
    resampleCounts(5, { resamples: 10 }),
    resampleCounts(5, { resamples: 10, seed: 1 }),
  );
});

Deno.test("bootstrapMean() equals a slow reference on the same draws", () => {
  const stream = random(3, "values");
  const values = Array.from({ length: 11 }, () => stream.normal());
  const options = { resamples: 500, level: 0.9, seed: 4 };
  const counts = resampleCounts(values.length, options);
  // The reference writes every resample out as a list, averages it, sorts and counts ranks.
  const means: number[] = [];
  for (let r = 0; r < 500; r++) {
    const drawn: number[] = [];
    for (let i = 0; i < values.length; i++) {
      for (let k = 0; k < counts[r * values.length + i]; k++) drawn.push(values[i]);
    }
    means.push(drawn.reduce((sum, value) => sum + value, 0) / drawn.length);
  }
  means.sort((a, b) => a - b);
  // Type 7: position q (n − 1) counted from 0; 0.05 · 499 = 24.95 and 0.95 · 499 = 474.05.
  const low = 0.05 * means[24] + 0.95 * means[25];
  const high = 0.95 * means[474] + 0.05 * means[475];
  const interval = bootstrapMean(values, options);
  assert.ok(Math.abs(interval.low! - low) < 1e-12);
  assert.ok(Math.abs(interval.high! - high) < 1e-12);
});

Deno.test("bootstrapMean() holds the true mean about as often as it says", () => {
  // 400 samples of 25 normal values. The percentile interval of a mean is a little short for small
  // n: its nominal 95 % cover Φ-wise 1.96 · sqrt(24/25) = 1.92 standard errors of a t with 24
  // degrees of freedom, 93.3 %. Three standard errors of 400 trials are 3.7 points.
  const stream = random(11, "coverage");
  let held = 0;
  for (let trial = 0; trial < 400; trial++) {
    const values = Array.from({ length: 25 }, () => 3 + stream.normal());
    const { low, high } = bootstrapMean(values, { resamples: 400, seed: trial });
    if (low! <= 3 && 3 <= high!) held++;
  }
  assert.ok(Math.abs(held / 400 - 0.933) < 0.037, `${held} of 400`);
});

Deno.test("bootstrapDifference() pairs: a shift that all subjects share has zero width", () => {
  const a = [0.5, 8, 3.25, 100], b = a.map((value) => value - 0.25);
  assert.deepEqual(bootstrapDifference(a, b), { mean: 0.25, low: 0.25, high: 0.25, n: 4 });
});

Deno.test("bootstrapDifference() turns its sign with the order of the methods", () => {
  fc.assert(fc.property(
    fc.array(fc.tuple(fc.integer({ min: -99, max: 99 }), fc.integer({ min: -99, max: 99 })), {
      minLength: 2,
      maxLength: 9,
    }),
    (pairs) => {
      const a = pairs.map(([x]) => x), b = pairs.map(([, y]) => y);
      const options = { resamples: 200 };
      const ab = bootstrapDifference(a, b, options), ba = bootstrapDifference(b, a, options);
      assert.ok(Math.abs(ab.low! + ba.high!) < 1e-9 && Math.abs(ab.high! + ba.low!) < 1e-9);
      assert.ok(ab.low! <= ab.high!);
    },
  ));
});

Deno.test("Resampler gives what the single functions give", () => {
  const values = [1, 5, 2, 9], options = { resamples: 100, seed: 2 };
  const resampler = new Resampler(options);
  const means = resampledMeans(values, resampleCounts(4, options));
  assert.deepEqual(resampler.means(values), means);
  assert.deepEqual(resampler.interval(values), intervalOf(values, means, options));
});

Deno.test("bootstrap functions refuse impossible options by name", () => {
  assert.throws(() => bootstrapMean([]), { name: "RangeError", message: /n is 0/ });
  assert.throws(() => bootstrapMean([1, 2], { resamples: 0 }), /resamples is 0/);
  assert.throws(() => bootstrapMean([1, 2], { level: 1 }), /level is 1/);
  assert.throws(() => bootstrapDifference([1], [1, 2]), /found 1 and 2/);
  assert.throws(() => resampledMeans([1, 2], new Uint16Array(3)), /found 3 counts/);
});

Deno.test("meanOf() is the plain mean", () => {
  assert.equal(meanOf([1, 2, 6]), 3);
});
