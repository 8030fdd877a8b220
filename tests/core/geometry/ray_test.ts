import assert from "node:assert/strict";
import fc from "fast-check";
import { buildTree } from "../../../core/geometry/bvh.ts";
import { anyHits, firstHits, NO_FACE } from "../../../core/geometry/ray.ts";
import { random } from "../../../core/work/random.ts";
import { firstHitOnMesh } from "./_brute_force.ts";
import { cube, icosphere, join, meshOf, moved, randomPoints, soup } from "./_shapes.ts";

const of = (...values: number[]) => Float64Array.from(values);

Deno.test("firstHits() meets the near side of a cube, and the far side from within", () => {
  const tree = buildTree(cube());
  const origins = of(0.3, 0.4, 5, 0.3, 0.4, 0, 0.3, 0.4, 5, 0.3, 4, 5);
  const directions = of(0, 0, -1, 0, 0, -2, 0, 0, 1, 0, 0, -1);
  const { distance, face } = firstHits(tree, { origins, directions });
  assert.deepEqual([...distance], [4, 0.5, Infinity, Infinity]);
  assert.ok([2, 3].includes(face[0]) && [0, 1].includes(face[1]));
  assert.deepEqual([...face.subarray(2)], [NO_FACE, NO_FACE]);
  assert.deepEqual([...anyHits(tree, { origins, directions })], [1, 1, 0, 0]);
});

Deno.test("firstHits() counts only hits between from and to", () => {
  const tree = buildTree(cube()), rays = { origins: of(0.1, 0.2, 5), directions: of(0, 0, -1) };
  assert.equal(firstHits(tree, rays, { from: 4.5 }).distance[0], 6);
  assert.equal(firstHits(tree, rays, { to: 3.5 }).distance[0], Infinity);
  assert.equal(firstHits(tree, rays, { from: 4.5, to: 5.5 }).distance[0], Infinity);
  assert.deepEqual([...anyHits(tree, rays, { to: 3.5 })], [0]);
});

Deno.test("firstHits() hits edges and corners, and gives the lowest face there", () => {
  const tree = buildTree(cube());
  // Along z through the middle of the face's diagonal, and at its corner.
  const rays = { origins: of(0, 0, 5, 1, 1, 5), directions: of(0, 0, -1, 0, 0, -1) };
  const { distance, face } = firstHits(tree, rays);
  assert.deepEqual([...distance], [4, 4]);
  assert.equal(face[0], 2);
});

Deno.test("firstHits() passes triangles without area and those along its plane", () => {
  const flat = meshOf([[0, 0, 0], [1, 0, 0], [2, 0, 0]], [[0, 1, 2]]);
  const rays = { origins: of(0.5, 0, 1), directions: of(0, 0, -1) };
  assert.equal(firstHits(buildTree(flat), rays).distance[0], Infinity);
  const along = meshOf([[0, 0, 0], [1, 0, 0], [0, 0, -1]], [[0, 1, 2]]);
  assert.equal(firstHits(buildTree(along), rays).distance[0], Infinity);
});

Deno.test("firstHits() agrees with a search of all triangles, whatever the soup", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), fc.integer(), (faces, seed) => {
      const mesh = soup(faces, seed), origins = randomPoints(60, seed);
      const draw = random(seed, "directions"), directions = origins.map(() => draw.normal());
      for (let i = 0; i < 30; i++) directions[3 * i + i % 3] = 0; // along planes of the boxes
      const found = firstHits(buildTree(mesh), { origins, directions });
      const any = anyHits(buildTree(mesh), { origins, directions });
      for (let i = 0; i < 60; i++) {
        const o = [origins[3 * i], origins[3 * i + 1], origins[3 * i + 2]] as const;
        const d = [directions[3 * i], directions[3 * i + 1], directions[3 * i + 2]] as const;
        const expected = firstHitOnMesh(o, d, mesh), distance = found.distance[i];
        if (expected === Infinity) assert.equal(distance, Infinity);
        else assert.ok(Math.abs(distance - expected) < 1e-9 * (1 + expected), `${distance}`);
        assert.equal(any[i], expected === Infinity ? 0 : 1);
      }
    }),
    { numRuns: 60, seed: 3 },
  );
});

Deno.test("anyHits() finds no way out of a closed surface, not even through edges", () => {
  // Aim at vertices, edge middles and random points of the sphere from points inside.
  const mesh = icosphere(3), { positions: p, indices } = mesh, tree = buildTree(mesh);
  const targets: number[] = [...p];
  for (let i = 0; i < indices.length; i += 3) {
    const a = 3 * indices[i], b = 3 * indices[i + 1];
    targets.push((p[a] + p[b]) / 2, (p[a + 1] + p[b + 1]) / 2, (p[a + 2] + p[b + 2]) / 2);
  }
  for (const [x, y, z] of [[0, 0, 0], [0.1, -0.3, 0.5], [0.9, 0, 0]]) {
    const directions = Float64Array.from(targets, (value, i) => value - [x, y, z][i % 3]);
    const origins = directions.map((_, i) => [x, y, z][i % 3]);
    const hits = anyHits(tree, { origins, directions });
    assert.equal(hits.indexOf(0), -1);
  }
});

Deno.test("anyHits() of rays like those before counts only hits between from and to", () => {
  // Rays side by side that end in one triangle or another of a sphere, at about 1 and 3 from where
  // they start: so those that stopped the rays before are looked at first.
  const tree = buildTree(icosphere(2)), count = 200;
  const origins = Float64Array.from({ length: 3 * count }, (_, i) => [0, i / 3000, 2][i % 3]);
  const directions = origins.map((_, i) => [0, 0, -1][i % 3]);
  const hits = (from: number, to: number) => anyHits(tree, { origins, directions }, { from, to });
  for (const [from, to, hit] of [[0, 4, 1], [0, 0.9, 0], [1.5, 2.5, 0], [1.5, 4, 1], [3.1, 9, 0]]) {
    assert.ok(hits(from, to).every((one) => one === hit), `${from} to ${to}`);
  }
});

Deno.test("firstHits() finds a nested sphere before the one round it", () => {
  const tree = buildTree(join(icosphere(3, 2), icosphere(3, 1)));
  const directions = randomPoints(200).map((value) => value || 1);
  const origins = new Float64Array(directions.length);
  const { distance } = firstHits(tree, { origins, directions });
  for (let i = 0; i < 200; i++) {
    const reach = distance[i] * Math.hypot(...directions.subarray(3 * i, 3 * i + 3));
    assert.ok(reach > 0.98 && reach < 1.000001, `${reach}`);
  }
});

Deno.test("firstHits() is as good far from the origin", () => {
  const tree = buildTree(moved(cube(), ([x, y, z]) => [x + 4096, y - 8192, z + 1024]));
  const rays = { origins: of(4096.3, -8191.6, 1030), directions: of(0, 0, -1) };
  assert.equal(firstHits(tree, rays).distance[0], 5);
});

Deno.test("firstHits() refuses arrays that do not fit and numbers that are not finite", () => {
  const tree = buildTree(cube()), good = of(0, 0, 1);
  assert.throws(() => firstHits(tree, { origins: good, directions: of(1) }), RangeError);
  assert.throws(() => firstHits(tree, { origins: of(1), directions: of(1) }), RangeError);
  assert.throws(() => firstHits(tree, { origins: good, directions: of(0, NaN, 1) }), RangeError);
  assert.throws(
    () => firstHits(tree, { origins: good, directions: good }, { from: -1 }),
    RangeError,
  );
});
