import assert from "node:assert/strict";
import fc from "fast-check";
import { Indices } from "../../../core/files/_grow.ts";
import { repairFans } from "../../../core/files/_polygons.ts";
import { SEED } from "./_help.ts";

/** A polygon with corners 0 … n−1 as a fan, and its pair. */
function fan(count: number): { corners: Uint32Array; polygons: Indices } {
  const corners: number[] = [];
  for (let k = 2; k < count; k++) corners.push(0, k - 1, k);
  const polygons = new Indices();
  polygons.push(0);
  polygons.push(count);
  return { corners: Uint32Array.from(corners), polygons };
}

/** Signed area in the xy plane of each triangle. */
function areas(positions: Float32Array, corners: Uint32Array): number[] {
  const out: number[] = [];
  for (let i = 0; i < corners.length; i += 3) {
    const [a, b, c] = [corners[i], corners[i + 1], corners[i + 2]].map((v) => 3 * v);
    out.push(
      ((positions[b] - positions[a]) * (positions[c + 1] - positions[a + 1]) -
        (positions[b + 1] - positions[a + 1]) * (positions[c] - positions[a])) / 2,
    );
  }
  return out;
}

Deno.test("repairFans() leaves a convex polygon as it is", () => {
  const square = Float32Array.of(0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0);
  const { corners, polygons } = fan(4);
  assert.deepEqual(repairFans(square, polygons, [corners]), { concave: 0, kept: 0 });
  assert.deepEqual([...corners], [0, 1, 2, 0, 2, 3]);
});

Deno.test("repairFans() cuts an arrow head by its other diagonal", () => {
  //       2
  //      / \
  //     / 3 \      The fan from 0 would cover 0-1-2, and the notch 0-2-3 twice.
  //    /.' '.\
  //   0       1
  const arrow = Float32Array.of(0, 0, 0, 2, 0, 0, 1, 3, 0, 1, 1, 0);
  // Go round so that the notch is not next to the first corner: 0 1 2 is right, start at 1 is not.
  for (const turn of [[0, 3, 1, 2], [3, 1, 2, 0], [1, 2, 0, 3], [2, 0, 3, 1]]) {
    const { corners, polygons } = fan(4);
    const vertices = corners.map((k) => turn[k]);
    const labels = corners.map((k) => 10 + turn[k]);
    repairFans(arrow, polygons, [vertices, labels]);
    assert.ok(areas(arrow, vertices).every((area) => area > 0), `${turn}: ${vertices}`);
    assert.deepEqual([...labels], [...vertices].map((v) => v + 10), "labels move along");
  }
});

Deno.test("repairFans() covers any star-shaped polygon once, in any plane", () => {
  // Corners at equal angles and any radius: simple, often concave.
  const radii = fc.array(fc.double({ min: 0.1, max: 1, noNaN: true }), {
    minLength: 4,
    maxLength: 30,
  });
  fc.assert(
    fc.property(radii, fc.integer({ min: 0, max: 2 }), (list, axis) => {
      const n = list.length;
      const flat = new Float32Array(3 * n);
      list.forEach((r, k) => {
        flat[3 * k] = r * Math.cos(2 * Math.PI * k / n);
        flat[3 * k + 1] = r * Math.sin(2 * Math.PI * k / n);
      });
      // The same polygon standing in another coordinate plane.
      const turned = flat.map((_, i) => flat[3 * Math.floor(i / 3) + (i + axis) % 3]);
      const { corners, polygons } = fan(n);
      const { kept } = repairFans(turned, polygons, [corners]);
      assert.equal(kept, 0);
      const parts = areas(flat, corners);
      let whole = 0;
      for (let k = 0; k < n; k++) {
        const a = 3 * k, b = 3 * ((k + 1) % n);
        whole += (flat[a] * flat[b + 1] - flat[b] * flat[a + 1]) / 2;
      }
      assert.ok(parts.every((area) => area > -1e-9), `a triangle is turned round: ${parts}`);
      const sum = parts.reduce((a, b) => a + b, 0);
      assert.ok(Math.abs(sum - whole) < 1e-6, `covers ${sum} of ${whole}`);
    }),
    { seed: SEED, numRuns: 300 },
  );
});

Deno.test("repairFans() says when a polygon crosses itself or has no area", () => {
  const bow = Float32Array.of(0, 0, 0, 2, 2, 0, 2, 0, 0, 0, 1, 0);
  const { corners, polygons } = fan(4);
  assert.deepEqual(repairFans(bow, polygons, [corners]), { concave: 0, kept: 1 });
  const point = new Float32Array(12);
  assert.deepEqual(repairFans(point, fan(4).polygons, [fan(4).corners]), { concave: 0, kept: 0 });
});
