import assert from "node:assert/strict";
import type { Mesh } from "../../../core/geometry/mesh.ts";
import { solidOverlap } from "../../../core/geometry/solid_overlap.ts";
import { signedVolume } from "../../../core/geometry/topology.ts";
import { cube, flipped, icosphere, meshOf, moved } from "./_shapes.ts";

const near = (found: number, wanted: number, share: number) =>
  assert.ok(Math.abs(found / wanted - 1) <= share, `${found}, expected ${wanted}`);
const along = (mesh: Mesh, by: number) => moved(mesh, ([x, y, z]) => [x + by, y, z]);

Deno.test("solidOverlap() of cubes that overlap by half: a third of what both cover", async () => {
  const { a, b, both, either } = await solidOverlap(cube(), along(cube(), 1));
  for (const [found, wanted] of [[a, 8], [b, 8], [both, 4], [either, 12]]) {
    near(found, wanted, 1e-6);
  }
});

Deno.test("solidOverlap() of spheres: one in the other, two that share a lens, two apart", async () => {
  const inner = icosphere(4, 0.5), outer = icosphere(4);
  const nested = await solidOverlap(inner, outer);
  near(nested.both, signedVolume(inner), 1e-6);
  near(nested.either, signedVolume(outer), 1e-6);
  // Two caps of height h = 1/2 of unit spheres 1 apart: π h² (3 − h) / 3 each.
  const lens = await solidOverlap(outer, along(outer, 1));
  near(lens.both, 2 * Math.PI * 0.25 * 2.5 / 3, 0.01);
  const apart = await solidOverlap(outer, along(outer, 3));
  assert.equal(apart.both, 0);
  near(apart.either, 2 * signedVolume(outer), 1e-6);
});

Deno.test("solidOverlap() joins split vertices and passes triangles that have collapsed", async () => {
  const { positions, indices } = cube();
  const split = meshOf(
    [...indices].map((v) => [...positions.subarray(3 * v, 3 * v + 3)]),
    [...Array.from({ length: 12 }, (_, f) => [3 * f, 3 * f + 1, 3 * f + 2]), [0, 0, 1]],
  );
  near((await solidOverlap(split, cube())).both, 8, 1e-6);
});

Deno.test("solidOverlap() refuses open, non-manifold and inside-out meshes by name", async () => {
  const { positions, indices } = cube();
  const open = { positions, indices: indices.slice(3) };
  const finned = { positions, indices: Uint32Array.of(...indices, 0, 1, 7) }; // three at an edge
  await assert.rejects(solidOverlap(open, cube()), /first mesh is no closed manifold/);
  await assert.rejects(solidOverlap(cube(), finned), /second mesh is no closed manifold/);
  await assert.rejects(solidOverlap(cube(), flipped(cube())), /second mesh is inside out/);
});
