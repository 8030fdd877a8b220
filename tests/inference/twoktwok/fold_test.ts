import assert from "node:assert/strict";
import fc from "fast-check";
import { foldNorm, type Norm } from "../../../inference/twoktwok/fold.ts";

Deno.test("foldNorm() of the identity changes nothing", () => {
  const norm: Norm = {
    weight: Float32Array.of(1, 1),
    bias: Float32Array.of(0, 0),
    mean: Float32Array.of(0, 0),
    variance: Float32Array.of(1, 1),
    epsilon: 0,
  };
  const values = Float32Array.of(1, -2, 3, 4.5);
  assert.deepEqual(foldNorm(values, norm, "weight"), values);
  assert.deepEqual(foldNorm(values.slice(0, 2), norm, "bias"), values.slice(0, 2));
});

Deno.test("foldNorm() scales each output channel and moves its bias", () => {
  const norm: Norm = {
    weight: Float32Array.of(2, 3),
    bias: Float32Array.of(10, 20),
    mean: Float32Array.of(1, -1),
    variance: Float32Array.of(3, 8),
    epsilon: 1,
  };
  // s = 2/√4 = 1 and 3/√9 = 1; then twice that.
  assert.deepEqual([...foldNorm(Float32Array.of(5, 6, 7, 8), norm, "weight")], [5, 6, 7, 8]);
  assert.deepEqual([...foldNorm(Float32Array.of(5, 6), norm, "bias")], [14, 27]);
});

Deno.test("foldNorm() keeps the affine map of a channel", () => {
  const number = fc.double({ min: -4, max: 4, noNaN: true });
  const positive = fc.double({ min: 0.01, max: 9, noNaN: true });
  fc.assert(
    fc.property(
      fc.tuple(number, number, number, number, number, positive, number),
      ([w, b, gain, shift, mean, variance, x]) => {
        const f = (v: number) => Float32Array.of(v);
        const norm: Norm = {
          weight: f(gain),
          bias: f(shift),
          mean: f(mean),
          variance: f(variance),
          epsilon: 1e-5,
        };
        const before = f(w)[0] * x + f(b)[0];
        const expected = (before - f(mean)[0]) / Math.sqrt(f(variance)[0] + 1e-5) * f(gain)[0] +
          f(shift)[0];
        const found = foldNorm(f(w), norm, "weight")[0] * x + foldNorm(f(b), norm, "bias")[0];
        // Two roundings to float32, each of a part in 2^24 of values up to about 1e4.
        assert.ok(Math.abs(found - expected) <= 1e-6 * (1 + 4e4 * Math.abs(gain)));
      },
    ),
    { seed: 1, numRuns: 300 },
  );
});
