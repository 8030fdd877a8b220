import assert from "node:assert/strict";
import { random } from "../../../core/work/random.ts";
import { requiredSubjects } from "../../../eval/statistics/required_subjects.ts";

Deno.test("requiredSubjects() for a difference of half its deviation is 32 (Cohen 1988)", () => {
  // ±1 about 0.5 · s, with s² = n / (n − 1): z = 1.96 + 0.84, (2.8 / 0.5)² = 31.4.
  const n = 1000, s = Math.sqrt(n / (n - 1));
  const values = Array.from({ length: n }, (_, i) => 0.5 * s + (i % 2 === 0 ? 1 : -1));
  assert.equal(requiredSubjects(values), 32);
  assert.equal(requiredSubjects(values, { power: 0.9 }), 43);
});

Deno.test("requiredSubjects() does not change with sign and unit, and is never below 6", () => {
  const values = [1, 2, 4, -1, 3];
  const wanted = requiredSubjects(values);
  assert.equal(requiredSubjects(values.map((v) => -10 * v)), wanted);
  assert.equal(requiredSubjects([1, 1.001, 0.999]), 6);
});

Deno.test("requiredSubjects() has nothing to say about one subject or no difference", () => {
  assert.equal(requiredSubjects([1]), null);
  assert.equal(requiredSubjects([1, -1]), null);
});

Deno.test("so many subjects find the difference four times out of five", () => {
  const draw = random(3, "power"), mean = 0.5, needed = 32;
  let found = 0;
  const tries = 2000;
  for (let t = 0; t < tries; t++) {
    let sum = 0, squares = 0;
    for (let i = 0; i < needed; i++) {
      const value = mean + draw.normal();
      sum += value;
      squares += value * value;
    }
    const m = sum / needed, s = Math.sqrt((squares - needed * m * m) / (needed - 1));
    if (Math.abs(m) / (s / Math.sqrt(needed)) > 2.04) found++; // t of 31 degrees of freedom
  }
  assert.ok(Math.abs(found / tries - 0.8) < 0.04, `${found / tries}`);
});
