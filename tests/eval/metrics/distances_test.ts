import assert from "node:assert/strict";
import { fScore, pick, shareWithin, summarize } from "../../../eval/metrics/distances.ts";

Deno.test("summarize() of 0 … 100: mean, median, RMS, 95 %, largest", () => {
  // Σ k² from 0 to n is n (n + 1)(2n + 1) / 6. The order of the list does not matter.
  const values = Float64Array.from({ length: 101 }, (_, i) => (i * 37) % 101);
  assert.deepEqual(summarize(values), {
    mean: 50,
    median: 50,
    rms: Math.sqrt(100 * 101 * 201 / 6 / 101),
    p95: 95,
    max: 100,
  });
  assert.equal(values[1], 37, "the list is not sorted in place");
});

Deno.test("summarize() interpolates between ranks, and has nothing to say about no values", () => {
  const found = summarize(Float64Array.of(3, 1))!;
  assert.equal(found.median, 2);
  assert.ok(Math.abs(found.p95 - 2.9) < 1e-15);
  assert.equal(summarize(new Float64Array(0)), null);
});

Deno.test("shareWithin() counts distances at the threshold", () => {
  assert.equal(shareWithin(Float64Array.of(0.5, 1, 1.5, 2), 1), 0.5);
});

Deno.test("fScore() is the harmonic mean in percent, 0 where nothing is met", () => {
  assert.equal(fScore(1, 1), 100);
  assert.equal(fScore(0.5, 1), 200 / 3);
  assert.equal(fScore(0, 0), 0);
  assert.equal(fScore(0, 1), 0);
});

Deno.test("pick() keeps flagged values in order", () => {
  assert.deepEqual([...pick(Float64Array.of(5, 6, 7), Uint8Array.of(1, 0, 1))], [5, 7]);
});
