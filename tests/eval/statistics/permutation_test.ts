import assert from "node:assert/strict";
import fc from "fast-check";
import { random } from "../../../core/work/random.ts";
import { signFlipTest } from "../../../eval/statistics/permutation.ts";

/** All sign patterns, one by one, as lists. */
function slowReference(differences: readonly number[]): number {
  let patterns: number[][] = [[]];
  for (const d of differences) patterns = patterns.flatMap((p) => [[...p, d], [...p, -d]]);
  const size = (p: number[]) => Math.abs(p.reduce((sum, d) => sum + d, 0));
  const seen = size([...differences]);
  return patterns.filter((p) => size(p) >= seen - 1e-9).length / patterns.length;
}

Deno.test("signFlipTest() is 1 for identical methods, few or many subjects", () => {
  assert.equal(signFlipTest(new Array(8).fill(0)), 1);
  assert.equal(signFlipTest(new Array(40).fill(0)), 1);
});

Deno.test("signFlipTest() of n equal differences is 2^(1 − n)", () => {
  for (const n of [1, 2, 5, 8, 14]) {
    assert.equal(signFlipTest(new Array(n).fill(0.3)), 2 ** (1 - n));
  }
});

Deno.test("signFlipTest() of differences ±1 is the two-sided sign test", () => {
  // 9 of 10 positive: |sum| ≥ 8 in 2 · (C(10,0) + C(10,1)) = 22 of 1024 patterns.
  assert.equal(signFlipTest([1, 1, 1, 1, 1, 1, 1, 1, 1, -1]), 22 / 1024);
  // 8 of 10: 2 · (1 + 10 + 45) = 112 of 1024.
  assert.equal(signFlipTest([-1, 1, 1, 1, 1, -1, 1, 1, 1, 1]), 112 / 1024);
});

Deno.test("signFlipTest() counts exactly as a slow reference does", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 9 }),
      (differences) => assert.equal(signFlipTest(differences), slowReference(differences)),
    ),
    { numRuns: 60 },
  );
});

Deno.test("signFlipTest() does not change with order, sign or scale", () => {
  const d = [0.4, -0.1, 0.35, 0.8, 0.02, -0.3, 0.6];
  const p = signFlipTest(d);
  assert.equal(signFlipTest(d.toReversed()), p);
  assert.equal(signFlipTest(d.map((x) => -x)), p);
  assert.equal(signFlipTest(d.map((x) => 1e-7 * x)), p);
});

Deno.test("signFlipTest() draws where patterns are too many, near the exact value", () => {
  // 15 of 20 positive: exact 2 · Σ C(20, k ≤ 5) / 2^20 = 0.04139. Standard error of 10,000 draws:
  // sqrt(0.0414 · 0.9586 / 10000) = 0.0020.
  const d = Array.from({ length: 20 }, (_, i) => i < 15 ? 1 : -1);
  const p = signFlipTest(d);
  assert.ok(Math.abs(p - 0.04139) < 4 * 0.002, `${p}`);
  assert.equal(signFlipTest(d), p, "the same seed draws the same");
  assert.notEqual(signFlipTest(d, { seed: 5 }), p);
  assert.equal(signFlipTest(new Array(30).fill(1)), 1 / 10_001, "never 0");
});

Deno.test("signFlipTest() finds nothing at its level where there is nothing", () => {
  // Under the null p ≤ 0.05 in at most 5 % of trials: 400 trials, three standard errors 3.3 points.
  const stream = random(1, "null");
  let found = 0;
  for (let trial = 0; trial < 400; trial++) {
    if (signFlipTest(Array.from({ length: 10 }, () => stream.normal())) <= 0.05) found++;
  }
  assert.ok(found / 400 < 0.083 && found > 0, `${found} of 400`);
});

Deno.test("signFlipTest() refuses nothing and values that are not finite", () => {
  assert.throws(() => signFlipTest([]), { name: "RangeError" });
  assert.throws(() => signFlipTest([1, NaN]), { name: "RangeError", message: /NaN/ });
});
