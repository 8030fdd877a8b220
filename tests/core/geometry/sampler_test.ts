import assert from "node:assert/strict";
import fc from "fast-check";
import { canonicalFrame, fileFrame } from "../../../core/geometry/canonical_frame.ts";
import { canonicalCorners, canonicalOrder } from "../../../core/geometry/canonical_order.ts";
import type { Mesh } from "../../../core/geometry/mesh.ts";
import {
  independentSamples,
  stratifiedSamples,
  type SurfaceSamples,
} from "../../../core/geometry/sampler.ts";
import { InputError } from "../../../core/work/errors.ts";
import {
  blob,
  cube,
  icosphere,
  join,
  meshOf,
  moved,
  shuffled,
  soup,
  type Triangles,
} from "./_shapes.ts";

const draw = (mesh: Triangles, count = 1000, seed = 0) =>
  stratifiedSamples(mesh, { count, seed, purpose: ["test"] });

/** The points again from faces and weights. */
function rebuilt(mesh: Triangles, { faces, weights }: SurfaceSamples): Float64Array {
  return Float64Array.from({ length: 3 * faces.length }, (_, i) => {
    const sample = Math.floor(i / 3);
    return [0, 1, 2].reduce((sum, k) =>
      sum + weights[3 * sample + k] *
        mesh.positions[3 * mesh.indices[3 * faces[sample] + k] + i % 3], 0);
  });
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  assert.equal(a.length, b.length);
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i] - b[i]));
  return most;
}

Deno.test("stratifiedSamples() puts points on the triangles it names", () => {
  const mesh = blob(2), samples = draw(mesh);
  assert.ok(largestDifference(samples.points, rebuilt(mesh, samples)) < 1e-15);
  for (let i = 0; i < 1000; i++) {
    const [a, b, c] = samples.weights.subarray(3 * i, 3 * i + 3);
    assert.ok(a >= 0 && b >= 0 && c >= 0 && Math.abs(a + b + c - 1) < 1e-15);
  }
});

Deno.test("stratifiedSamples() gives each triangle its share of the area, to one sample", () => {
  // Two triangles side by side, of area 3 and 1; any piece of the line gets its share to ± 1.
  const mesh = meshOf([[0, 0, 0], [3, 0, 0], [0, 2, 0], [-1, 0, 0]], [[0, 1, 2], [0, 2, 3]]);
  for (let seed = 0; seed < 20; seed++) {
    const { faces } = draw(mesh, 1001, seed);
    const first = faces.filter((face) => face === 0).length;
    assert.ok(Math.abs(first - 1001 * 0.75) <= 1, `${first}`);
  }
});

Deno.test("stratifiedSamples() spreads evenly inside a triangle", () => {
  // The four triangles that halving the sides gives hold a quarter each.
  const mesh = meshOf([[0, 0, 0], [1, 0, 0], [0, 1, 0]], [[0, 1, 2]]);
  const { weights } = draw(mesh, 4000), counts = [0, 0, 0, 0];
  for (let i = 0; i < 4000; i++) {
    const corner = weights.subarray(3 * i, 3 * i + 3).findIndex((weight) => weight > 0.5);
    counts[corner < 0 ? 3 : corner]++;
  }
  for (const count of counts) assert.ok(Math.abs(count - 1000) < 40, `${counts}`);
});

Deno.test("stratifiedSamples() never draws from triangles without area", () => {
  const flat = soup(400, 5), { faces } = draw(flat, 20000);
  const areas = (face: number) => {
    const order = canonicalOrder(flat), place = order.faces.indexOf(face);
    return order.cumulative[place] - (place > 0 ? order.cumulative[place - 1] : 0);
  };
  for (const face of new Set(faces)) assert.ok(areas(face) > 0);
  assert.ok(canonicalOrder(flat).drawable < 400);
});

Deno.test("stratifiedSamples() is the same surface's, in whatever order its file has it", () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const mesh = blob(3, seed), other = shuffled(mesh, seed);
      const a = draw(mesh, 500, seed), b = draw(other, 500, seed);
      assert.ok(largestDifference(a.points, b.points) < 1e-12);
      assert.deepEqual(a.faces, b.faces.map((face) => other.original[face]));
    }),
    { numRuns: 20, seed: 1 },
  );
});

Deno.test("stratifiedSamples() moves, turns and scales with the surface", () => {
  // Quarter turns, powers of two and shifts that float32 holds: no vertex is rounded. A bit of
  // noise in the frame's float64 remains.
  const turns: ((p: number[]) => number[])[] = [
    ([x, y, z]) => [z, x, y],
    ([x, y, z]) => [-x, -y, z],
    ([x, y, z]) => [-y, x, z],
    ([x, y, z]) => [x, -z, y],
  ];
  fc.assert(
    fc.property(
      fc.integer(),
      fc.constantFrom(...turns),
      fc.constantFrom(0.25, 1, 8),
      (seed, turn, scale) => {
        // Coordinates in steps of 2^-12, so that sums with small whole numbers stay exact.
        const mesh = moved(blob(3, seed), (p) => p.map((v) => Math.round(v * 4096) / 4096));
        const move = (p: readonly number[]) =>
          turn([...p]).map((v, k) => scale * v + [2, -1, 4][k]);
        const a = draw(mesh, 500, seed), b = draw(moved(mesh, move), 500, seed);
        const expected = Float64Array.from(
          { length: 500 },
          (_, i) => i,
        ).reduce<number[]>(
          (all, i) => [...all, ...move([...a.points.subarray(3 * i, 3 * i + 3)])],
          [],
        );
        assert.ok(largestDifference(b.points, expected) < 1e-11 * scale);
        assert.deepEqual(b.faces, a.faces);
      },
    ),
    { numRuns: 25, seed: 2 },
  );
});

Deno.test("stratifiedSamples() keeps nearly all points under a motion that rounds the vertices", () => {
  // Rounding moves vertices by 1e-7; a triangle whose centre lies that near to a cell's border may
  // change places in the line and shift some samples. Few do.
  const mesh = blob(5), [c, s] = [Math.cos(0.7), Math.sin(0.7)];
  const move = ([x, y, z]: readonly number[]) => [c * x + s * z + 0.37, y - 1.3, -s * x + c * z];
  const a = draw(mesh, 5000), b = draw(moved(mesh, move), 5000);
  let same = 0;
  for (let i = 0; i < 5000; i++) {
    const [x, y, z] = move([...a.points.subarray(3 * i, 3 * i + 3)]);
    const [u, v, w] = b.points.subarray(3 * i, 3 * i + 3);
    if (Math.hypot(x - u, y - v, z - w) < 1e-5) same++;
  }
  assert.ok(same > 4500, `${same} of 5000`);
});

Deno.test("stratifiedSamples() depends on seed and purpose", () => {
  const mesh = blob(2), base = { count: 50, seed: 0, purpose: ["s1", "truth"] };
  const { points } = stratifiedSamples(mesh, base);
  assert.deepEqual(stratifiedSamples(mesh, { ...base }).points, points);
  assert.notDeepEqual(stratifiedSamples(mesh, { ...base, seed: 1 }).points, points);
  assert.notDeepEqual(
    stratifiedSamples(mesh, { ...base, purpose: ["s1", "prediction"] }).points,
    points,
  );
});

Deno.test("stratifiedSamples() makes means vary less than independent points do", () => {
  const mesh = blob(4),
    spread = (sampler: typeof stratifiedSamples) => {
      const means = Array.from({ length: 30 }, (_, seed) => {
        const { points } = sampler(mesh, { count: 400, seed, purpose: ["mean"] });
        // A function with detail: what a distance to another surface looks like.
        let sum = 0;
        for (let i = 0; i < points.length; i += 3) {
          sum += Math.abs(Math.sin(3 * points[i]) + Math.sin(2 * points[i + 1]));
        }
        return sum / 400;
      });
      const mean = means.reduce((a, b) => a + b) / 30;
      return Math.sqrt(means.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 29);
    };
  const ratio = spread(stratifiedSamples) / spread(independentSamples);
  assert.ok(ratio < 0.6, `${ratio}`);
});

Deno.test("independentSamples() draws triangles by area, independently", () => {
  const mesh = meshOf([[0, 0, 0], [3, 0, 0], [0, 2, 0], [-1, 0, 0]], [[0, 1, 2], [0, 2, 3]]);
  const samples = independentSamples(mesh, { count: 40000, seed: 3, purpose: [] });
  const first = samples.faces.filter((face) => face === 0).length;
  // Four standard deviations: sqrt(n p q) = 87.
  assert.ok(Math.abs(first - 30000) < 350, `${first}`);
  assert.ok(largestDifference(samples.points, rebuilt(mesh, samples)) < 1e-15);
});

Deno.test("samplers refuse surfaces without area and counts that make no sense", () => {
  const line = meshOf([[0, 0, 0], [1, 0, 0], [2, 0, 0]], [[0, 1, 2]]);
  assert.throws(() => draw(line), InputError);
  assert.throws(() => draw(meshOf([[0, 0, 0]], [])), InputError);
  assert.throws(() => draw(cube(), 0), RangeError);
  assert.throws(() => draw(cube(), 1.5), RangeError);
});

Deno.test("canonicalFrame() integrates exactly: a box has known moments", () => {
  // A box a × b × c open at the far ends of x: its own axes are those of the file's, sorted by
  // spread; turned a quarter, they turn along.
  const box = moved(cube(0.5), ([x, y, z]) => [3 * x, 2 * y, z]);
  const lop = join(box, moved(cube(0.25), ([x, y, z]) => [x + 2, y + 0.7, z + 0.3]));
  const frame = canonicalFrame(lop);
  assert.equal(frame.own, true);
  assert.ok(Math.abs(frame.area - (2 * (3 * 2 + 3 * 1 + 2 * 1) + 6 * 0.25)) < 1e-6);
  // The centroid: two boxes' centres weighted by area.
  const share = 1.5 / frame.area;
  assert.ok(largestDifference(frame.centre, [2 * share, 0.7 * share, 0.3 * share]) < 1e-6);
  // The radius of gyration of one cube's surface of side 1 is sqrt(5)/6 · … : integrate by hand.
  // Faces at ±½: ∫ (x² + y² + z²) dA / 6 = ¼ + 1/12 + 1/12 = 5/12.
  assert.ok(Math.abs(canonicalFrame(cube(0.5)).radius - Math.sqrt(5 / 12)) < 1e-12);
});

Deno.test("canonicalFrame() of a symmetric surface is the file's", () => {
  for (const mesh of [cube(), icosphere(3)]) {
    const { own, axes } = canonicalFrame(mesh);
    assert.equal(own, false);
    assert.deepEqual([...axes], [1, 0, 0, 0, 1, 0, 0, 0, 1]);
  }
});

Deno.test("canonicalFrame() is right-handed and turns with the surface", () => {
  fc.assert(
    fc.property(fc.integer(), fc.double({ min: -3, max: 3, noNaN: true }), (seed, angle) => {
      const mesh: Mesh = blob(3, seed), [c, s] = [Math.cos(angle), Math.sin(angle)];
      const turn = ([x, y, z]: readonly number[]) => [c * x - s * y, s * x + c * y, z];
      const a = canonicalFrame(mesh), b = canonicalFrame(moved(mesh, turn));
      for (let i = 0; i < 3; i++) {
        const expected = turn([...a.axes.subarray(3 * i, 3 * i + 3)]);
        assert.ok(largestDifference(b.axes.subarray(3 * i, 3 * i + 3), expected) < 1e-4);
      }
      const [p, q, r] = [0, 3, 6].map((at) => a.axes.subarray(at, at + 3));
      const crossX = p[1] * q[2] - p[2] * q[1];
      assert.ok(Math.abs(crossX - r[0]) < 1e-12);
    }),
    { numRuns: 20, seed: 3 },
  );
});

Deno.test("canonicalCorners() orders corners by x, then y, then z, then as the file has them", () => {
  // Corners on the grid 0 … 1, so that many coordinates are equal.
  const corner = fc.tuple(...[0, 1, 2].map(() => fc.integer({ min: 0, max: 1 })));
  fc.assert(fc.property(fc.tuple(corner, corner, corner), (at) => {
    const mesh = { positions: Float32Array.from(at.flat()), indices: Uint32Array.of(0, 1, 2) };
    const expected = [0, 1, 2].sort((i, j) =>
      at[i][0] - at[j][0] || at[i][1] - at[j][1] || at[i][2] - at[j][2] || i - j
    );
    assert.deepEqual(canonicalCorners(mesh, 0, fileFrame(1)), expected);
  }));
});
