import assert from "node:assert/strict";
import { edgeSurface } from "../../../core/geometry/edge_surface.ts";
import { evenSamples } from "../../../core/geometry/even_sampler.ts";
import { mostVertices } from "../../../core/geometry/largest_piece.ts";
import { buildPointGrid, visitWithin } from "../../../core/geometry/point_grid.ts";
import { buildTree } from "../../../core/geometry/bvh.ts";
import { closestPoints } from "../../../core/geometry/closest.ts";
import { cube, icosphere, join, meshOf, moved, randomPoints, shuffled } from "./_shapes.ts";

const AREA = 4 * Math.PI;

Deno.test("evenSamples() keeps points apart and may return fewer than asked for", () => {
  const count = 400, radius = Math.sqrt(AREA / (3 * count));
  for (let seed = 0; seed < 4; seed++) {
    const { points, faces } = evenSamples(icosphere(3), {
      count,
      seed,
      purpose: ["even"],
      area: AREA,
    });
    assert.ok(faces.length <= count && faces.length > 0.85 * count);
    for (let i = 0; i < faces.length; i++) {
      for (let j = 0; j < i; j++) {
        const apart = Math.hypot(
          ...[0, 1, 2].map((k) => points[3 * i + k] - points[3 * j + k]),
        );
        assert.ok(apart > radius);
      }
    }
  }
  // Two sheets so near each other that their points crowd: half as much room for as many points.
  const sheets = join(icosphere(3), icosphere(3, 0.999));
  const both = evenSamples(sheets, { count, seed: 0, purpose: ["even"], area: 2 * AREA });
  assert.ok(both.faces.length < count);
});

Deno.test("evenSamples() does not depend on the order of the file", () => {
  const options = { count: 200, seed: 3, purpose: ["even"], area: AREA };
  const a = evenSamples(icosphere(3), options), b = evenSamples(shuffled(icosphere(3)), options);
  assert.deepEqual(a.points, b.points);
});

Deno.test("visitWithin() finds exactly the points within the radius", () => {
  const points = randomPoints(500, 4), at = [0.2, -0.3, 0.5] as const;
  for (const [cell, radius] of [[0.1, 0.4], [0.7, 0.4], [5, 2]]) {
    const found: number[] = [];
    visitWithin(buildPointGrid(points, cell), at, { radius, visit: (i) => found.push(i) });
    const wanted = Array.from({ length: 500 }, (_, i) => i).filter((i) =>
      Math.hypot(...at.map((v, k) => points[3 * i + k] - v)) <= radius
    );
    assert.deepEqual(found.sort((a, b) => a - b), wanted);
  }
});

Deno.test("edgeSurface() measures to edges where triangles are small, to faces where they are large", () => {
  //  2
  //  |\      a point above the middle of the triangle: 0.5 to its face,
  //  0-1     √(0.5² + r²) to its edges, r the inradius of what is a right triangle with legs 1
  const mesh = meshOf([[0, 0, 0], [1, 0, 0], [0, 1, 0]], [[0, 1, 2]]);
  const r = (2 - Math.SQRT2) / 2;
  const distance = (minTriangleArea: number) => {
    using tree = buildTree(edgeSurface(mesh, { minTriangleArea }));
    return closestPoints(tree, Float64Array.of(r, r, 0.5)).distance[0];
  };
  assert.ok(Math.abs(distance(0.4) - 0.5) < 1e-7);
  assert.ok(Math.abs(distance(0.6) - Math.hypot(0.5, r)) < 1e-7);
});

Deno.test("mostVertices() takes the piece with most vertices, not the largest one", () => {
  const small = icosphere(2, 0.1), large = moved(cube(3), ([x, y, z]) => [x + 20, y, z]);
  const { faces, pieces } = mostVertices(join(large, small));
  assert.equal(pieces, 2);
  assert.deepEqual([...faces], Array.from({ length: small.indices.length / 3 }, (_, i) => 12 + i));
});
