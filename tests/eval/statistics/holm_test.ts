import assert from "node:assert/strict";
import fc from "fast-check";
import { holmCorrection } from "../../../eval/statistics/holm.ts";

const pValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });

Deno.test("holmCorrection() multiplies step by step and keeps the order given", () => {
  // Sorted 0.01, 0.02, 0.03, 0.04 times 4, 3, 2, 1 = 0.04, 0.06, 0.06, 0.04 → monotone 0.06.
  const corrected = holmCorrection([0.04, 0.01, 0.03, 0.02]);
  assert.deepEqual(corrected.map((p) => Number(p.toFixed(12))), [0.06, 0.04, 0.06, 0.06]);
});

Deno.test("holmCorrection() of one test changes nothing, of none is nothing", () => {
  assert.deepEqual(holmCorrection([0.03]), [0.03]);
  assert.deepEqual(holmCorrection([]), []);
});

Deno.test("holmCorrection() lies between the p-value and Bonferroni's", () => {
  fc.assert(fc.property(pValues, (p) => {
    for (const [i, corrected] of holmCorrection(p).entries()) {
      assert.ok(corrected >= p[i] && corrected <= Math.min(1, p.length * p[i]) + 1e-15);
    }
  }));
});

Deno.test("holmCorrection() rejects the same hypotheses as the step-down procedure", () => {
  fc.assert(fc.property(pValues, fc.double({ min: 0.001, max: 0.2, noNaN: true }), (p, level) => {
    // The procedure as Holm wrote it: go up the sorted list and stop at the first that fails.
    const order = p.map((_, i) => i).sort((a, b) => p[a] - p[b] || a - b);
    const rejected = new Set<number>();
    for (const [k, i] of order.entries()) {
      if ((p.length - k) * p[i] > level) break;
      rejected.add(i);
    }
    const corrected = holmCorrection(p);
    for (const i of p.keys()) assert.equal(corrected[i] <= level, rejected.has(i));
  }));
});

Deno.test("holmCorrection() refuses what is no p-value", () => {
  assert.throws(() => holmCorrection([0.5, 1.5]), { name: "RangeError", message: /1\.5/ });
});
