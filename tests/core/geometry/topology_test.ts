import assert from "node:assert/strict";
import fc from "fast-check";
import { signedVolume, topologyOf } from "../../../core/geometry/topology.ts";
import { InputError } from "../../../core/work/errors.ts";
import {
  blob,
  cube,
  flipped,
  icosphere,
  join,
  meshOf,
  moved,
  shuffled,
  soup,
  torus,
} from "./_shapes.ts";

Deno.test("topologyOf() knows a cube: one closed piece of genus 0, volume 8", () => {
  const found = topologyOf(cube());
  assert.deepEqual(found.components, [
    { faces: 12, vertices: 8, edges: 18, watertight: true, euler: 2, genus: 0 },
  ]);
  assert.equal(found.watertight, true);
  assert.equal(found.genus, 0);
  assert.equal(found.volume, 8);
  assert.equal(found.boundaryEdges + found.nonManifoldEdges + found.inconsistentEdges, 0);
});

Deno.test("topologyOf() counts handles and pieces", () => {
  const ring = torus(24, 12), { components, genus } = topologyOf(ring);
  assert.equal(components[0].euler, 0);
  assert.equal(genus, 1);
  const far = moved(icosphere(1), ([x, y, z]) => [x + 5, y, z]);
  const both = topologyOf(join(ring, far, cube(0.1)));
  assert.deepEqual(both.components.map((piece) => piece.genus), [1, 0, 0]);
  assert.equal(both.genus, 1);
});

Deno.test("topologyOf() finds the rim of a hole and the lost genus", () => {
  // A cube without one triangle: three open edges.
  const mesh = cube(), open = { ...mesh, indices: mesh.indices.slice(3) };
  const found = topologyOf(open);
  assert.equal(found.boundaryEdges, 3);
  assert.equal(found.watertight, false);
  assert.equal(found.genus, null);
  assert.equal(found.components[0].euler, 1);
});

Deno.test("topologyOf() welds vertices that stand at the same place, and only those", () => {
  const { positions, indices } = cube();
  const split = { // every triangle with vertices of its own
    positions: Float32Array.from(
      [...indices].flatMap((v) => [...positions.subarray(3 * v, 3 * v + 3)]),
    ),
    indices: indices.map((_, i) => i),
  };
  assert.equal(topologyOf(split).watertight, true);
  split.positions[0] += 1e-6;
  assert.equal(topologyOf(split).watertight, false);
});

Deno.test("topologyOf() tells triangles that disagree about their side", () => {
  const mesh = cube(), indices = mesh.indices.slice();
  [indices[1], indices[2]] = [indices[2], indices[1]];
  const found = topologyOf({ ...mesh, indices });
  assert.equal(found.inconsistentEdges, 3);
  assert.equal(found.watertight, true);
});

Deno.test("topologyOf() counts edges with three triangles", () => {
  //   d e f   three triangles like the pages of a book along the edge a b
  //    \|/
  //    a-b
  const found = topologyOf(
    meshOf([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [0, -1, 0]], [[0, 1, 2], [0, 1, 3], [
      0,
      1,
      4,
    ]]),
  );
  assert.equal(found.nonManifoldEdges, 1);
  assert.equal(found.components.length, 1);
  assert.equal(found.watertight, false);
});

Deno.test("topologyOf() lets cubes that touch in a corner or along an edge be cubes", () => {
  const a = cube(), corner = moved(a, ([x, y, z]) => [x + 2, y + 2, z + 2]);
  const touching = topologyOf(join(a, corner));
  assert.deepEqual(touching.components.map((piece) => piece.genus), [0, 0]);
  // Along an edge: four triangles on it, so not a manifold.
  const edge = topologyOf(join(a, moved(a, ([x, y, z]) => [x + 2, y + 2, z])));
  assert.equal(edge.nonManifoldEdges, 1);
  assert.equal(edge.genus, null);
});

Deno.test("topologyOf() finds no genus for a one-sided surface", () => {
  // The projective plane with 6 vertices and 10 triangles: Euler characteristic 1. Its vertices
  // stand anywhere; only the connections matter.
  // deno-fmt-ignore
  const plane = meshOf(
    [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [0, 1, 1]],
    [[0, 1, 4], [0, 1, 5], [0, 2, 3], [0, 2, 5], [0, 3, 4], [1, 2, 3], [1, 2, 4], [1, 3, 5],
     [2, 4, 5], [3, 4, 5]],
  );
  const { components, watertight, genus } = topologyOf(plane);
  assert.equal(watertight, true);
  assert.equal(components[0].euler, 1);
  assert.equal(genus, null);
});

Deno.test("topologyOf() leaves out triangles that have collapsed", () => {
  const found = topologyOf(join(cube(), meshOf([[9, 0, 0], [9, 0, 0], [9, 1, 0]], [[0, 1, 2]])));
  assert.equal(found.collapsedFaces, 1);
  assert.equal(found.components.length, 1);
  assert.equal(found.watertight, true);
});

Deno.test("topologyOf() does not depend on the order of triangles and corners", () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const mesh = join(blob(2, seed), torus(8, 6), { ...soup(3, seed) });
      const sizes = ({ components }: ReturnType<typeof topologyOf>) =>
        components.map((piece) => JSON.stringify(piece)).sort();
      const found = topologyOf(mesh), again = topologyOf(shuffled(mesh, seed));
      assert.deepEqual(sizes(found), sizes(again));
      assert.equal(found.inconsistentEdges, again.inconsistentEdges);
    }),
    { numRuns: 20, seed: 1 },
  );
});

Deno.test("signedVolume() is 4/3 π r³ for a fine sphere, negative inside out, far from the origin", () => {
  const sphere = icosphere(5), volume = signedVolume(sphere);
  // Chords: the volume of an inscribed polyhedron is smaller by about h²/4, h = 0.036.
  assert.ok(Math.abs(volume / (4 / 3 * Math.PI) - 1) < 1e-3, `${volume}`);
  assert.equal(signedVolume(flipped(sphere)), -volume);
  const far = moved(cube(), ([x, y, z]) => [x + 1e4, y - 1e4, z + 1e4]);
  assert.ok(Math.abs(signedVolume(far) - 8) < 1e-9);
});

Deno.test("topologyOf() answers for a mesh without triangles, and refuses stray indices", () => {
  const none = topologyOf(meshOf([[0, 0, 0]], []));
  assert.equal(none.watertight, false);
  assert.equal(none.components.length, 0);
  assert.throws(() => topologyOf(meshOf([[0, 0, 0]], [[0, 0, 1]])), InputError);
});
