import assert from "node:assert/strict";
import fc from "fast-check";
import { eigenSymmetric } from "../../../core/geometry/eigen.ts";
import {
  applySimilarity,
  fitSimilarity,
  invertSimilarity,
  limitRotation,
  rotationAngle,
  rotationMatrix,
  type Similarity,
  similarityMatrix,
} from "../../../core/geometry/similarity.ts";
import { determinant, transformPoints } from "../../../core/geometry/transform.ts";
import { random } from "../../../core/work/random.ts";
import { randomPoints } from "./_shapes.ts";

/** A similarity drawn at random. */
function drawn(seed: number): Similarity {
  const draw = random(seed, "similarity"), q = [0, 0, 0, 0].map(() => draw.normal());
  const length = Math.hypot(...q) * (q[0] < 0 ? -1 : 1);
  const [w, x, y, z] = q.map((value) => value / length);
  return {
    scale: Math.exp(draw.normal()),
    rotation: [w, x, y, z],
    shift: [3 * draw.normal(), 3 * draw.normal(), 3 * draw.normal()],
  };
}

const close = (a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number) => {
  for (let i = 0; i < a.length; i++) {
    assert.ok(Math.abs(a[i] - b[i]) <= tolerance, `${a[i]} is not ${b[i]} (${i})`);
  }
};

Deno.test("eigenSymmetric() diagonalises: A v = λ v, vectors orthonormal, largest first", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.integer(), (n, seed) => {
      const draw = random(seed, "matrix"), a = new Float64Array(n * n);
      for (let i = 0; i < n; i++) {
        for (let j = i; j < n; j++) a[i * n + j] = a[j * n + i] = draw.normal();
      }
      const { values, vectors } = eigenSymmetric(a, n);
      for (let i = 0; i < n; i++) {
        const v = vectors.subarray(i * n, i * n + n);
        if (i > 0) assert.ok(values[i] <= values[i - 1]);
        for (let r = 0; r < n; r++) {
          const row = a.subarray(r * n, r * n + n).reduce((sum, x, k) => sum + x * v[k], 0);
          assert.ok(Math.abs(row - values[i] * v[r]) < 1e-13);
        }
        for (let j = 0; j <= i; j++) {
          const w = vectors.subarray(j * n, j * n + n);
          const product = v.reduce((sum, x, k) => sum + x * w[k], 0);
          assert.ok(Math.abs(product - (i === j ? 1 : 0)) < 1e-13);
        }
      }
    }),
    { numRuns: 100, seed: 1 },
  );
});

Deno.test("fitSimilarity() recovers a similarity from exact pairs", () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const truth = drawn(seed), from = randomPoints(12, seed);
      const found = fitSimilarity(from, transformPoints(similarityMatrix(truth), from));
      close(similarityMatrix(found), similarityMatrix(truth), 1e-12 * (1 + truth.scale) * 10);
    }),
    { numRuns: 100, seed: 2 },
  );
});

Deno.test("fitSimilarity() turns a quarter about z: a drawn case", () => {
  //  b         b'- a'
  //  |     →        (each p goes to 2 (−y, x, z) + (1, 0, 0))
  //  o-a
  const from = Float64Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1);
  const to = Float64Array.of(1, 0, 0, 1, 2, 0, -1, 0, 0, 1, 0, 2);
  const found = fitSimilarity(from, to);
  close([found.scale, ...found.shift], [2, 1, 0, 0], 1e-14);
  close(rotationMatrix(found.rotation), [0, -1, 0, 1, 0, 0, 0, 0, 1], 1e-14);
});

Deno.test("fitSimilarity() never mirrors, and then is the best rotation (not a reflection)", () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const from = randomPoints(10, seed),
        to = from.map((value, i) => i % 3 === 0 ? -value : value);
      const found = fitSimilarity(from, to);
      assert.ok(determinant(similarityMatrix(found)) > 0);
      // No small turn about any axis is better.
      const error = (s: Similarity) =>
        transformPoints(similarityMatrix(s), from)
          .reduce((sum, value, i) => sum + (value - to[i]) ** 2, 0);
      const least = error(found);
      for (const axis of [0, 1, 2]) {
        for (const angle of [-1e-3, 1e-3]) {
          const turn: [number, number, number, number] = [Math.cos(angle), 0, 0, 0];
          turn[1 + axis] = Math.sin(angle);
          const rotation = product(turn, found.rotation);
          const centre = applySimilarity({ ...found, rotation, shift: [0, 0, 0] }, mean(from));
          const [x, y, z] = mean(to).map((value, k) => value - centre[k]);
          assert.ok(error({ ...found, rotation, shift: [x, y, z] }) >= least);
        }
      }
    }),
    { numRuns: 30, seed: 3 },
  );
});

Deno.test("fitSimilarity() keeps scale 1 when rigid", () => {
  const from = randomPoints(10), to = from.map((value) => 3 * value + 1);
  const found = fitSimilarity(from, to, { kind: "rigid" });
  assert.equal(found.scale, 1);
  close(rotationMatrix(found.rotation), [1, 0, 0, 0, 1, 0, 0, 0, 1], 1e-12);
});

Deno.test("fitSimilarity() answers for points that all coincide, and refuses lists that do not fit", () => {
  const found = fitSimilarity(Float64Array.of(1, 1, 1, 1, 1, 1), Float64Array.of(2, 2, 2, 2, 2, 2));
  assert.deepEqual(found, { scale: 1, rotation: [1, 0, 0, 0], shift: [1, 1, 1] });
  assert.throws(() => fitSimilarity(Float64Array.of(1, 1, 1), new Float64Array(6)), RangeError);
  assert.throws(() => fitSimilarity(new Float64Array(0), new Float64Array(0)), RangeError);
});

Deno.test("invertSimilarity() undoes", () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const there = drawn(seed), p = [...randomPoints(1, seed)];
      close(applySimilarity(invertSimilarity(there), applySimilarity(there, p)), p, 1e-11);
    }),
    { numRuns: 50, seed: 4 },
  );
});

Deno.test("limitRotation() shortens about the same axis and leaves smaller turns alone", () => {
  const [c, s] = [Math.cos(0.5), Math.sin(0.5)]; // one radian about y
  const kept = limitRotation([c, 0, s, 0], 0.25);
  assert.ok(Math.abs(rotationAngle(kept) - 0.25) < 1e-15 && kept[2] > 0 && kept[1] === 0);
  const small = [c, 0, s, 0] as const;
  assert.equal(limitRotation(small, 1.1), small);
  const negative = limitRotation([-c, 0, -s, 0], 0.25); // the same rotation
  close(rotationMatrix(negative), rotationMatrix(kept), 1e-15);
});

function mean(points: Float64Array): [number, number, number] {
  const sum = [0, 0, 0];
  points.forEach((value, i) => sum[i % 3] += value);
  const [x, y, z] = sum.map((value) => value / (points.length / 3));
  return [x, y, z];
}

function product(
  [a, b, c, d]: Similarity["rotation"],
  [w, x, y, z]: Similarity["rotation"],
): Similarity["rotation"] {
  // deno-fmt-ignore
  return [
    a * w - b * x - c * y - d * z, a * x + b * w + c * z - d * y,
    a * y - b * z + c * w + d * x, a * z + b * y - c * x + d * w,
  ];
}
