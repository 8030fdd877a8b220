import assert from "node:assert/strict";
import fc from "fast-check";
import { buildTree } from "../../../core/geometry/bvh.ts";
import { closestPoints } from "../../../core/geometry/closest.ts";
import { InputError } from "../../../core/work/errors.ts";
import { cornersOf, distanceToMesh, distanceToTriangle } from "./_brute_force.ts";
import { cube, icosphere, join, meshOf, moved, randomPoints, soup } from "./_shapes.ts";

const at = (points: Float64Array, i: number) =>
  [points[3 * i], points[3 * i + 1], points[3 * i + 2]] as const;

Deno.test("closestPoints() measures each region of one triangle", () => {
  // c             regions round the triangle a b c in the plane z = 0
  // | \           face, three edges, three corners
  // a - b
  const tree = buildTree(meshOf([[0, 0, 0], [4, 0, 0], [0, 3, 0]], [[0, 1, 2]]));
  const cases: [number[], number, number[]][] = [
    [[1, 1, 2], 2, [1, 1, 0]],
    [[1, 1, -2], 2, [1, 1, 0]],
    [[2, -1, 0], 1, [2, 0, 0]],
    [[-2, 1, 0], 2, [0, 1, 0]],
    [[2 + 3, 1.5 + 4, 0], 5, [2, 1.5, 0]],
    [[-3, -4, 0], 5, [0, 0, 0]],
    [[4 + 12, -5, 0], 13, [4, 0, 0]],
    [[-5, 3 + 12, 0], 13, [0, 3, 0]],
    [[4, 0, 0], 0, [4, 0, 0]],
  ];
  for (const [point, distance, foot] of cases) {
    const found = closestPoints(tree, Float64Array.from(point), { withPoints: true });
    assert.ok(Math.abs(found.distance[0] - distance) < 1e-14, `${point}: ${found.distance[0]}`);
    for (let k = 0; k < 3; k++) assert.ok(Math.abs(found.point![k] - foot[k]) < 1e-14, `${point}`);
    assert.equal(found.face[0], 0);
  }
});

Deno.test("closestPoints() takes triangles without area for the segment or point they are", () => {
  const [a, b, c] = [[0, 0, 0], [1, 0, 0], [3, 0, 0]];
  for (const corners of [[a, b, c], [c, a, b], [b, c, a], [a, c, c], [c, a, a]]) {
    const tree = buildTree(meshOf(corners, [[0, 1, 2]]));
    const { distance } = closestPoints(tree, Float64Array.of(2, 0, 2, -3, 4, 0, 6, 0, 4));
    assert.deepEqual([...distance], [2, 5, 5]);
  }
  const point = buildTree(meshOf([[1, 2, 3], [1, 2, 3], [1, 2, 3]], [[0, 1, 2]]));
  assert.equal(closestPoints(point, Float64Array.of(1, 2, 8)).distance[0], 5);
});

Deno.test("closestPoints() stays exact on slivers far from the origin", () => {
  // A needle 0.5 m long and 0.1 mm high, 100 m from the origin, seen from 1 mm above.
  const tree = buildTree(
    moved(
      meshOf([[0, 0, 0], [0.5, 0, 0], [0.25, 1e-4, 0]], [[0, 1, 2]]),
      ([x, y, z]) => [x + 100, y, z],
    ),
  );
  const { distance } = closestPoints(tree, Float64Array.of(100.25, 2e-5, 1e-3));
  assert.ok(Math.abs(distance[0] - 1e-3) < 1e-12, `${distance[0]}`);
});

Deno.test("closestPoints() agrees with a search of all triangles, whatever the soup", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), fc.integer(), (faces, seed) => {
      const mesh = soup(faces, seed), points = randomPoints(40, seed);
      const found = closestPoints(buildTree(mesh), points, { withPoints: true });
      for (let i = 0; i < 40; i++) {
        const q = at(points, i), expected = distanceToMesh(q, mesh);
        assert.ok(Math.abs(found.distance[i] - expected) < 1e-12);
        // The face and the point belong to that distance.
        const own = distanceToTriangle(q, cornersOf(mesh, found.face[i]));
        assert.ok(Math.abs(own - expected) < 1e-12);
        const [x, y, z] = at(found.point!, i);
        assert.ok(Math.abs(Math.hypot(q[0] - x, q[1] - y, q[2] - z) - expected) < 1e-12);
        assert.ok(distanceToMesh([x, y, z], mesh) < 1e-12);
      }
    }),
    { numRuns: 60, seed: 1 },
  );
});

Deno.test("closestPoints() gives the lowest face among equally near ones", () => {
  // From above a corner of the cube all triangles at that corner are equally near; beyond an edge
  // both its triangles are.
  const mesh = cube(), tree = buildTree(mesh);
  for (let vertex = 0; vertex < 8; vertex++) {
    const corner = mesh.positions.subarray(3 * vertex, 3 * vertex + 3);
    const { face } = closestPoints(tree, Float64Array.from(corner, (value) => 2 * value));
    const first = mesh.indices.indexOf(vertex);
    assert.equal(face[0], Math.floor(first / 3), `vertex ${vertex}`);
  }
  const sphere = icosphere(3), { indices, positions } = sphere, sphereTree = buildTree(sphere);
  for (let face = 0; face < indices.length / 3; face++) {
    // The middle of an edge, moved outwards: nearest to the edge's two triangles.
    const [a, b] = [indices[3 * face], indices[3 * face + 1]];
    const outside = Float64Array.from(
      [0, 1, 2],
      (k) => 0.53 * positions[3 * a + k] + 0.5 * positions[3 * b + k] * 1.06,
    );
    const both = [...Array(indices.length / 3).keys()].filter((f) => {
      const corners = [...indices.subarray(3 * f, 3 * f + 3)];
      return corners.includes(a) && corners.includes(b);
    });
    assert.equal(closestPoints(sphereTree, outside).face[0], Math.min(...both));
  }
});

Deno.test("closestPoints() answers each point the same, whatever is asked beside it", () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const mesh = join(soup(300, seed), icosphere(1, 0.5)), tree = buildTree(mesh);
      const points = randomPoints(50, seed), all = closestPoints(tree, points);
      for (let i = 0; i < 50; i++) {
        const alone = closestPoints(tree, points.slice(3 * i, 3 * i + 3));
        assert.equal(alone.distance[0], all.distance[i]);
        assert.equal(alone.face[0], all.face[i]);
      }
      const guesses = Uint32Array.from({ length: 50 }, (_, i) => (i * 37 + seed >>> 0) % 300);
      const guessed = closestPoints(tree, points, { guesses });
      assert.deepEqual(guessed, all);
    }),
    { numRuns: 10, seed: 2 },
  );
});

Deno.test("closestPoints() is zero on the surface itself", () => {
  const mesh = icosphere(3), points = Float64Array.from(mesh.positions);
  const { distance } = closestPoints(buildTree(mesh), points);
  assert.equal(Math.max(...distance), 0);
});

Deno.test("closestPoints() handles batches larger than one call", () => {
  const points = randomPoints(5000), mesh = icosphere(2);
  const { distance } = closestPoints(buildTree(mesh), points);
  for (const i of [0, 1023, 1024, 1025, 4999]) {
    assert.ok(Math.abs(distance[i] - distanceToMesh(at(points, i), mesh)) < 1e-12);
  }
  assert.equal(closestPoints(buildTree(mesh), new Float64Array(0)).distance.length, 0);
});

Deno.test("closestPoints() refuses what is not a list of points", () => {
  const tree = buildTree(cube());
  assert.throws(() => closestPoints(tree, Float64Array.of(0, NaN, 0)), RangeError);
  assert.throws(() => closestPoints(tree, Float64Array.of(0, 0)), RangeError);
  const guesses = Uint32Array.of(12);
  assert.throws(() => closestPoints(tree, Float64Array.of(0, 0, 0), { guesses }), RangeError);
});

Deno.test("buildTree() refuses meshes without triangles, stray indices and NaN by name", () => {
  const refusal = (vertices: number[][], faces: number[][], found: RegExp) =>
    assert.throws(
      () => buildTree(meshOf(vertices, faces)),
      (error) => error instanceof InputError && found.test(error.message),
    );
  refusal([[0, 0, 0]], [], /no triangles/);
  refusal([[0, 0, 0], [1, 0, 0]], [[0, 1, 2]], /triangle 0 uses vertex 2, expected one below 2/);
  refusal([[0, 0, 0], [1, 0, 0], [0, NaN, 0]], [[0, 1, 2]], /vertex 2 of triangle 0 .*NaN/);
});

Deno.test("buildTree() ignores vertices that no triangle uses", () => {
  const mesh = meshOf([[NaN, 0, 0], [0, 0, 0], [1, 0, 0], [0, 1, 0]], [[1, 2, 3]]);
  assert.equal(closestPoints(buildTree(mesh), Float64Array.of(0, 0, 1)).distance[0], 1);
});

Deno.test("buildTree() copes with many equal triangles and with huge coordinates", () => {
  const one = meshOf([[0, 0, 0], [1, 0, 0], [0, 1, 0]], [[0, 1, 2]]);
  const many = join(...Array<typeof one>(500).fill(one));
  const found = closestPoints(buildTree(many), Float64Array.of(0.2, 0.2, 3));
  assert.deepEqual([found.distance[0], found.face[0]], [3, 0]);
  const huge = moved(soup(100), ([x, y, z]) => [1e30 * x, 1e30 * y, 1e30 * z]);
  const q = [3e30, 1e29, 2e30] as const;
  const { distance } = closestPoints(buildTree(huge), Float64Array.from(q));
  assert.ok(Math.abs(distance[0] / distanceToMesh(q, huge) - 1) < 1e-12);
});

Deno.test("buildTree() reuses the memory of released trees; those cannot be searched any more", () => {
  const mesh = soup(3000, 1), points = randomPoints(20), tree = buildTree(mesh);
  const before = closestPoints(tree, points), { memory } = tree.kernel;
  tree.release();
  assert.throws(() => closestPoints(tree, points), RangeError);
  tree.release(); // twice does no harm
  buildTree(soup(2900, 2));
  using again = buildTree(mesh);
  assert.deepEqual(closestPoints(again, points), before);
  assert.notEqual(again.kernel.memory, memory, "the tree in between has it");
});
