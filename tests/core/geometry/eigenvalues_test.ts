import assert from "node:assert/strict";
import { symmetricEigenvaluesInPlace } from "../../../core/geometry/eigenvalues.ts";
import { random } from "../../../core/work/random.ts";

const near = (found: ArrayLike<number>, wanted: readonly number[], tolerance: number) =>
  wanted.forEach((value, i) =>
    assert.ok(Math.abs(found[i] - value) <= tolerance, `${i}: ${found[i]}, expected ${value}`)
  );

Deno.test("symmetricEigenvaluesInPlace() of a path's matrix are 2 − 2 cos(π k / (n + 1))", () => {
  const n = 40;
  const rows = Array.from(
    { length: n },
    (_, i) =>
      Float64Array.from({ length: n }, (_, j) => i === j ? 2 : Math.abs(i - j) === 1 ? -1 : 0),
  );
  const wanted = Array.from({ length: n }, (_, k) => 2 - 2 * Math.cos(Math.PI * (k + 1) / (n + 1)));
  near(symmetricEigenvaluesInPlace(rows), wanted, 1e-12);
});

Deno.test("symmetricEigenvaluesInPlace() keeps trace and sum of squares; small and null matrices", () => {
  const draw = random(0, "symmetric"), n = 60;
  const rows = Array.from({ length: n }, () => new Float64Array(n));
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) rows[i][j] = rows[j][i] = draw.normal();
  const trace = rows.reduce((sum, row, i) => sum + row[i], 0);
  const squares = rows.flatMap((row) => [...row]).reduce((sum, value) => sum + value * value, 0);
  const values = symmetricEigenvaluesInPlace(rows);
  near([values.reduce((sum, value) => sum + value, 0)], [trace], 1e-10);
  near([values.reduce((sum, value) => sum + value * value, 0)], [squares], 1e-9 * squares);
  assert.deepEqual([...symmetricEigenvaluesInPlace([Float64Array.of(3)])], [3]);
  near(symmetricEigenvaluesInPlace([Float64Array.of(0, 1), Float64Array.of(1, 0)]), [-1, 1], 1e-15);
  const none = Array.from({ length: 5 }, () => new Float64Array(5));
  assert.deepEqual([...symmetricEigenvaluesInPlace(none)], [0, 0, 0, 0, 0]);
});

Deno.test("symmetricEigenvaluesInPlace() finds the rank of a product", () => {
  const draw = random(1, "rank");
  const tall = Array.from({ length: 30 }, () => [draw.normal(), draw.normal(), draw.normal()]);
  const rows = tall.map((a) =>
    Float64Array.from(tall, (b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2])
  );
  const values = symmetricEigenvaluesInPlace(rows);
  near(values, new Array(27).fill(0), 1e-12 * values[29]);
  assert.ok(values[27] > 1);
});
