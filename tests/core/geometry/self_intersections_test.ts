import assert from "node:assert/strict";
import type { Mesh } from "../../../core/geometry/mesh.ts";
import { selfIntersections } from "../../../core/geometry/self_intersections.ts";
import { InputError } from "../../../core/work/errors.ts";
import { random } from "../../../core/work/random.ts";
import { cornersOf } from "./_brute_force.ts";
import { blob, cube, icosphere, join, meshOf, moved, shuffled, torus } from "./_shapes.ts";

const found = (mesh: Mesh) => {
  const { pairs, faces } = selfIntersections(mesh);
  return { pairs, faces };
};

Deno.test("selfIntersections() finds nothing on closed surfaces that do not run through themselves", () => {
  for (const mesh of [cube(), icosphere(4), torus(40, 20), blob(4)]) {
    assert.deepEqual(found(mesh), { pairs: 0, faces: 0 });
  }
});

Deno.test("selfIntersections() counts two triangles that cross, and not two that miss", () => {
  //     e         A b c lies flat, d e f stands on it: its corner d is below or above
  //   a-|-c
  //    \d/ f
  //     b
  const standing = (z: number) =>
    meshOf(
      [[-1, 1, 0], [0, -1, 0], [1, 1, 0], [0, 0, z], [0, 0.5, 2], [0, 2, 2]],
      [[0, 1, 2], [3, 4, 5]],
    );
  assert.deepEqual(found(standing(-1)), { pairs: 1, faces: 2 });
  assert.deepEqual(found(standing(0)), { pairs: 1, faces: 2 }); // they touch in one point
  assert.deepEqual(found(standing(2 ** -149)), { pairs: 0, faces: 0 }); // the least that is not 0
});

Deno.test("selfIntersections() knows a sheet that is folded onto itself from one that is bent", () => {
  //  c - b     the edge a b, with c and d on either side; folded, d comes to lie on a b c
  //  |  /|
  //  | / |
  //  a - d
  const sheet = (d: number[]) =>
    meshOf([[0, 0, 0], [1, 1, 0], [0, 1, 0], d], [[0, 1, 2], [1, 0, 3]]);
  assert.equal(found(sheet([1, 0, 0])).pairs, 0);
  assert.equal(found(sheet([0.1, 0.9, 0])).pairs, 1);
  assert.equal(found(sheet([0.1, 0.9, 1e-30])).pairs, 0);
});

Deno.test("selfIntersections() counts triangles that share a corner only where they meet elsewhere", () => {
  //   The triangle 0 1 2 lies flat. 0 3 4 leaves the corner 0 upwards, or through the edge 1 2.
  const fan = (far: number[][]) =>
    meshOf([[0, 0, 0], [2, 0, 0], [0, 2, 0], ...far], [[0, 1, 2], [0, 3, 4]]);
  assert.equal(found(fan([[1, 1, 1], [2, 2, 1]])).pairs, 0);
  assert.equal(found(fan([[0.5, 0.5, 1], [0.5, 0.5, -1]])).pairs, 1);
  assert.equal(found(fan([[-1, 0, 0], [0, -1, 0]])).pairs, 0); // in its plane, beside it
  assert.equal(found(fan([[0.5, 0.25, 0], [0.25, 0.5, 0]])).pairs, 1); // in its plane, on it
  assert.equal(found(fan([[8, 1, 0], [1, 8, 0]])).pairs, 1); // in its plane, round it
});

Deno.test("selfIntersections() counts triangles in one plane that overlap, also one in the other", () => {
  const two = (scale: number, shift: number) =>
    meshOf(
      [
        [0, 0, 0],
        [4, 0, 0],
        [0, 4, 0],
        ...[[0, 0], [4, 0], [0, 4]].map(([x, y]) => [
          scale * x + shift,
          scale * y + shift,
          0,
        ]),
      ],
      [[0, 1, 2], [3, 4, 5]],
    );
  assert.equal(found(two(0.25, 0.5)).pairs, 1);
  assert.equal(found(two(1, 1)).pairs, 1);
  assert.equal(found(two(1, 2)).pairs, 1); // a corner on the side
  assert.equal(found(two(1, 2.001)).pairs, 0);
});

Deno.test("selfIntersections() counts a triangle that is there twice, and leaves out those without area", () => {
  const corners = [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 0], [1, 0, 0], [0, 1, 0]];
  const twice = selfIntersections(meshOf(corners, [[0, 1, 2], [4, 3, 5], [0, 1, 1], [0, 4, 1]]));
  const { pairs, duplicates, faces, flat, flags } = twice;
  assert.deepEqual({ pairs, duplicates, faces, flat }, {
    pairs: 1,
    duplicates: 1,
    faces: 2,
    flat: 2,
  });
  assert.deepEqual([...flags], [1, 1, 0, 0]);
});

Deno.test("selfIntersections() finds the same ring where two spheres cross, in any order of triangles", () => {
  const two = join(
    icosphere(3),
    moved(icosphere(3), ([x, y, z]) => [x + 1.1, y + 0.013, z + 0.007]),
  );
  const { pairs, faces, complete } = selfIntersections(two);
  assert.ok(complete && pairs > 50 && faces < two.indices.length / 12, `${pairs} ${faces}`);
  assert.deepEqual(found(shuffled(two)), { pairs, faces });
  // Doubling a coordinate rounds nothing.
  assert.deepEqual(found(moved(two, (p) => p.map((v) => 2 * v))), { pairs, faces });
});

Deno.test("selfIntersections() agrees with a search of all pairs of a soup", () => {
  const draw = random(7, "triangles");
  const mesh = meshOf(
    Array.from({ length: 300 }, () => {
      const at = [draw.float(), draw.float(), draw.float()], size = 0.3 * draw.float();
      return [0, 1, 2].map(() => at.map((value) => value + size * draw.normal()));
    }).flat(),
    Array.from({ length: 300 }, (_, f) => [3 * f, 3 * f + 1, 3 * f + 2]),
  );
  const corners = Array.from({ length: 300 }, (_, f) => cornersOf(mesh, f));
  type Vec = readonly [number, number, number];
  const volume = (a: Vec, b: Vec, c: Vec, d: Vec) => {
    const [u, v, w] = [b, c, d].map((p) => p.map((value, k) => value - a[k]));
    return u[0] * (v[1] * w[2] - v[2] * w[1]) - u[1] * (v[0] * w[2] - v[2] * w[0]) +
      u[2] * (v[0] * w[1] - v[1] * w[0]);
  };
  const crosses = ([a, b, c]: readonly Vec[], d: Vec, e: Vec) =>
    volume(a, b, c, d) * volume(a, b, c, e) < 0 &&
    [[a, b], [b, c], [c, a]].map(([p, q]) => Math.sign(volume(d, e, p, q)))
            .reduce((sum, sign) => sum + sign, 0) ** 2 === 9;
  let pairs = 0;
  for (let i = 0; i < 300; i++) {
    for (let j = i + 1; j < 300; j++) {
      const sides = [0, 1, 2].some((k) =>
        crosses(corners[i], corners[j][k], corners[j][(k + 1) % 3]) ||
        crosses(corners[j], corners[i][k], corners[i][(k + 1) % 3])
      );
      if (sides) pairs++;
    }
  }
  assert.ok(pairs > 100);
  assert.equal(found(mesh).pairs, pairs);
});

Deno.test("selfIntersections() ends on a heap of triangles in one place, and says so", () => {
  const draw = random(0, "heap"), count = 3000;
  const vertices = Array.from(
    { length: 3 * count },
    () => [draw.normal(), draw.normal(), draw.normal()],
  );
  const faces = Array.from({ length: count }, (_, f) => [3 * f, 3 * f + 1, 3 * f + 2]);
  const heap = selfIntersections(meshOf(vertices, faces), { maxTestsPerFace: 20 });
  assert.equal(heap.complete, false);
  assert.ok(heap.pairs > 1000 && heap.pairs <= 20 * count);
});

Deno.test("selfIntersections() answers for no triangles, and refuses NaN and stray indices", () => {
  assert.deepEqual(found(meshOf([], [])), { pairs: 0, faces: 0 });
  const nan = meshOf([[0, 0, 0], [1, NaN, 0], [0, 1, 0]], [[0, 1, 2]]);
  const stray = meshOf([[0, 0, 0], [1, 0, 0], [0, 1, 0]], [[0, 1, 7]]);
  for (const mesh of [nan, stray]) assert.throws(() => selfIntersections(mesh), InputError);
});
