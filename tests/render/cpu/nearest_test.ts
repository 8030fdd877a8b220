import assert from "node:assert/strict";
import fc from "fast-check";
import { nearestWeights } from "../../../render/cpu/nearest.ts";

type Point = readonly [number, number];

function nearestPoint([a, b, c]: readonly Point[]): { point: Point; weights: number[] } {
  const out = new Float64Array(2);
  nearestWeights(...a, ...b, ...c, out);
  const weights = [1 - out[0] - out[1], out[0], out[1]];
  const mix = (k: 0 | 1) => weights[0] * a[k] + weights[1] * b[k] + weights[2] * c[k];
  return { point: [mix(0), mix(1)], weights };
}

Deno.test("nearestWeights() is the point itself inside, a foot on an edge, a corner", () => {
  //   c
  //   | \
  //   a--b
  const at = (x: number, y: number) =>
    nearestPoint([[0 - x, 0 - y], [4 - x, 0 - y], [0 - x, 4 - y]]).weights;
  const close = (found: number[], wanted: number[]) =>
    found.forEach((value, k) => assert.ok(Math.abs(value - wanted[k]) < 1e-12, `${found}`));
  close(at(1, 1), [0.5, 0.25, 0.25]);
  close(at(1, -3), [0.75, 0.25, 0]);
  close(at(-2, 3), [0.25, 0, 0.75]);
  close(at(3, 3), [0, 0.5, 0.5]);
  close(at(-1, -1), [1, 0, 0]);
  close(at(9, -1), [0, 1, 0]);
});

Deno.test("nearestWeights() is no farther than any point of the triangle, also without area", () => {
  const coordinate = fc.integer({ min: -6, max: 6 });
  const point = fc.tuple(coordinate, coordinate);
  fc.assert(
    fc.property(fc.tuple(point, point, point), (corners) => {
      const { point: [x, y], weights } = nearestPoint(corners);
      assert.ok(weights.every((weight) => weight >= -1e-12 && weight <= 1 + 1e-12), `${weights}`);
      for (let i = 0; i <= 12; i++) {
        for (let j = 0; i + j <= 12; j++) {
          const mix = (k: 0 | 1) =>
            ((12 - i - j) * corners[0][k] + i * corners[1][k] + j * corners[2][k]) / 12;
          assert.ok(Math.hypot(x, y) <= Math.hypot(mix(0), mix(1)) + 1e-12);
        }
      }
    }),
    { numRuns: 500, seed: 6 },
  );
});
