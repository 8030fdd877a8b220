import assert from "node:assert/strict";
import { random } from "../../../core/work/random.ts";
import { frechetDistance, kernelDistance } from "../../../eval/metrics/feature_sets.ts";

const near = (found: number, wanted: number, tolerance: number) =>
  assert.ok(Math.abs(found - wanted) <= tolerance, `${found}, expected ${wanted}`);

/** Features with independent numbers of given mean and deviation. */
function features(count: number, dims: number, { mean = 0, deviation = 1, seed = 0 } = {}) {
  const draw = random(seed, "features");
  return Array.from(
    { length: count },
    () => Float32Array.from({ length: dims }, () => mean + deviation * draw.normal()),
  );
}

Deno.test("frechetDistance() is 0 for a set and itself, |shift|² for a shifted one", () => {
  const a = features(30, 12);
  near(frechetDistance(a, a), 0, 1e-4);
  const shifted = a.map((row) => row.map((value, k) => value + (k < 4 ? 0.5 : 0)));
  near(frechetDistance(a, shifted), 4 * 0.25, 1e-4);
  near(frechetDistance(shifted, a), 4 * 0.25, 1e-4);
});

Deno.test("frechetDistance() of scaled features is (s − 1)² of the variances", () => {
  // Σb = s² Σa, so tr Σa + tr Σb − 2 tr (Σa Σb)^½ = (1 − s)² tr Σa; means are 0 by mirroring.
  const half = features(20, 8), a = [...half, ...half.map((row) => row.map((value) => -value))];
  const variance = a.reduce((sum, row) => sum + row.reduce((s, v) => s + v * v, 0), 0) / 39;
  const double = a.map((row) => row.map((value) => 2 * value));
  near(frechetDistance(a, double), variance, 1e-4 * variance);
});

Deno.test("frechetDistance() of two normal laws comes near the closed form, more pictures than features", () => {
  const a = features(400, 4, { seed: 1 });
  const b = features(400, 4, { seed: 2, mean: 1, deviation: 3 });
  near(frechetDistance(a, b), 4 * (1 + 4), 2); // Σ (μ² + (σa − σb)²)
});

Deno.test("kernelDistance() by hand: two pictures each, one feature", () => {
  const row = (x: number) => Float32Array.of(x);
  // k(x, y) = (x y + 1)³: within {0, 1} once each way k(0, 1) = 1; within {1, 2} k = 27;
  // across k(0,1) + k(0,2) + k(1,1) + k(1,2) = 1 + 1 + 8 + 27.
  const { mean, deviation } = kernelDistance([row(0), row(1)], [row(1), row(2)]);
  assert.equal(mean, 1 + 27 - 2 * 37 / 4);
  assert.equal(deviation, null);
});

Deno.test("kernelDistance() of sets of one kind is about 0, of others above; subsets agree", () => {
  const a = features(60, 16, { seed: 3 }), b = features(60, 16, { seed: 4 });
  const other = features(60, 16, { seed: 5, mean: 0.7 });
  const same = kernelDistance(a, b).mean, apart = kernelDistance(a, other).mean;
  assert.ok(Math.abs(same) < 0.1 * apart, `${same}, ${apart}`);
  const some = kernelDistance(a, other, { subsetSize: 30, subsets: 50 });
  near(some.mean, apart, 4 * some.deviation! / Math.sqrt(50) + 0.05 * apart);
  assert.deepEqual(some, kernelDistance(a, other, { subsetSize: 30, subsets: 50 }));
});

Deno.test("sets of one picture, and features of several lengths, are refused", () => {
  const a = features(3, 4);
  for (const distance of [frechetDistance, kernelDistance]) {
    assert.throws(() => distance(a, a.slice(0, 1)), RangeError);
    assert.throws(() => distance(a, features(3, 5)), RangeError);
  }
});
