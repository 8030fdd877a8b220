import assert from "node:assert/strict";
import { buildTree } from "../../../core/geometry/bvh.ts";
import { type Alignment, type AlignSide, alignSurfaces } from "../../../core/geometry/icp.ts";
import type { Mesh } from "../../../core/geometry/mesh.ts";
import { stratifiedSamples } from "../../../core/geometry/sampler.ts";
import { type Similarity, similarityMatrix } from "../../../core/geometry/similarity.ts";
import { determinant, multiply, transformPoints } from "../../../core/geometry/transform.ts";
import { blob, icosphere, join, moved } from "./_shapes.ts";

const side = (mesh: Mesh, role: string, count = 2000): AlignSide => ({
  tree: buildTree(mesh),
  points: stratifiedSamples(mesh, { count, seed: 1, purpose: [role] }).points,
});

const turn = (degrees: number, axis: number[]): Similarity["rotation"] => {
  const half = degrees * Math.PI / 360, length = Math.hypot(...axis);
  const [x, y, z] = axis.map((value) => Math.sin(half) * value / length);
  return [Math.cos(half), x, y, z];
};

const move = (mesh: Mesh, by: Similarity): Mesh => ({
  positions: transformPoints(similarityMatrix(by), mesh.positions),
  indices: mesh.indices,
});

/** How far the alignment leaves any corner of the unit cube from where it belongs. */
function leftOver(found: Alignment, by: Similarity): number {
  const rest = multiply(found.matrix, similarityMatrix(by));
  const corners = Float64Array.from({ length: 24 }, (_, i) => Math.floor(i / 3) >> i % 3 & 1);
  return Math.max(
    ...transformPoints(rest, corners).map((value, i) => Math.abs(value - corners[i])),
  );
}

Deno.test("alignSurfaces() leaves a surface where it is when it fits", () => {
  const a = side(blob(3), "a"),
    found = alignSurfaces(a, { ...a, points: side(blob(3), "b").points });
  assert.equal(found.iterations, 1);
  assert.equal(found.converged, true);
  assert.ok(leftOver(found, { scale: 1, rotation: [1, 0, 0, 0], shift: [0, 0, 0] }) < 1e-12);
});

Deno.test("alignSurfaces() recovers small similarities", () => {
  const fixed = side(blob(4), "fixed");
  const cases: Similarity[] = [
    { scale: 1, rotation: turn(0, [1, 0, 0]), shift: [0.1, -0.1, 0.05] },
    { scale: 1.1, rotation: turn(0, [1, 0, 0]), shift: [0, 0, 0] },
    { scale: 0.9, rotation: turn(12, [1, 2, 3]), shift: [0.1, 0.05, 0] },
    { scale: 1.05, rotation: turn(-20, [0, 1, 1]), shift: [0, 0, 0.2] },
  ];
  for (const by of cases) {
    const found = alignSurfaces(side(move(blob(4), by), "moving"), fixed);
    assert.ok(found.converged && found.bounds.length === 0, `${found.iterations}`);
    // Vertices are rounded to float32.
    assert.ok(leftOver(found, by) < 2e-6, `${leftOver(found, by)} after ${found.iterations}`);
    assert.ok(Math.abs(found.similarity.scale * by.scale - 1) < 2e-6);
  }
});

Deno.test("alignSurfaces() goes to the same place as plain iteration, faster", () => {
  const by: Similarity = { scale: 1.04, rotation: turn(6, [1, 1, 0]), shift: [0.05, 0, 0] };
  // Bent a little, so that there is no perfect fit.
  const bent = moved(blob(3), ([x, y, z]) => [x + 0.03 * Math.sin(4 * y), y, z]);
  const moving = side(move(bent, by), "moving"), fixed = side(blob(3), "fixed");
  const plain = alignSurfaces(moving, fixed, { steps: "plain", maxIterations: 2000, stopM: 1e-9 });
  const fast = alignSurfaces(moving, fixed, { stopM: 1e-8, maxIterations: 200 });
  assert.ok(fast.iterations < plain.iterations / 4, `${fast.iterations} / ${plain.iterations}`);
  fast.matrix.forEach((value, i) => assert.ok(Math.abs(value - plain.matrix[i]) < 1e-5));
  assert.ok(fast.rmsM <= plain.rmsM + 1e-7);
});

Deno.test("alignSurfaces() goes to the same place by way of fewer points", () => {
  const by: Similarity = { scale: 1.04, rotation: turn(6, [1, 1, 0]), shift: [0.05, 0, 0] };
  const bent = moved(blob(3), ([x, y, z]) => [x + 0.03 * Math.sin(4 * y), y, z]);
  const moving = side(move(bent, by), "moving"), fixed = side(blob(3), "fixed");
  const all = alignSurfaces(moving, fixed), some = alignSurfaces(moving, fixed, { sparse: 4 });
  assert.ok(all.converged && some.converged);
  all.matrix.forEach((value, i) => assert.ok(Math.abs(value - some.matrix[i]) < 1e-4));
  assert.throws(() => alignSurfaces(moving, fixed, { sparse: 0 }), RangeError);
});

Deno.test("alignSurfaces() forgives a tenth that has no partner", () => {
  const by: Similarity = { scale: 1.05, rotation: turn(8, [0, 1, 0]), shift: [0.05, 0.1, 0] };
  const small = moved(icosphere(2, 0.15), ([x, y, z]) => [x + 3, y, z]);
  const found = alignSurfaces(
    side(move(join(blob(4), small), by), "moving"),
    side(blob(4), "fixed"),
  );
  assert.ok(leftOver(found, by) < 2e-5, `${leftOver(found, by)}`);
});

Deno.test("alignSurfaces() places a sphere, whose rotation nothing tells", () => {
  const by: Similarity = { scale: 1.1, rotation: [1, 0, 0, 0], shift: [0.2, 0, -0.1] };
  const found = alignSurfaces(side(move(icosphere(4), by), "moving"), side(icosphere(4), "fixed"));
  const [x, y, z] = [3, 7, 11].map((k) => found.matrix[k]);
  assert.ok(Math.hypot(x + 0.2 / 1.1, y, z - 0.1 / 1.1) < 1e-2 && found.rotationDeg < 5);
  assert.ok(Math.abs(found.similarity.scale * 1.1 - 1) < 1e-3, `${found.similarity.scale}`);
});

Deno.test("alignSurfaces() does not mirror", () => {
  const mirrored = moved(blob(3), ([x, y, z]) => [-x, y, z]);
  const indices = mirrored.indices.slice();
  for (let i = 0; i < indices.length; i += 3) {
    [indices[i], indices[i + 1]] = [indices[i + 1], indices[i]];
  }
  const found = alignSurfaces(side({ ...mirrored, indices }, "moving"), side(blob(3), "fixed"));
  assert.ok(determinant(found.matrix) > 0);
  assert.ok(found.rmsM > 0.01, "a mirrored body cannot fit");
});

Deno.test("alignSurfaces() stays within its bounds and names those it reached", () => {
  const fixed = side(blob(3), "fixed");
  const cases: [Similarity, Alignment["bounds"]][] = [
    [{ scale: 2, rotation: turn(0, [1, 0, 0]), shift: [0, 0, 0] }, ["scale"]],
    [{ scale: 0.6, rotation: turn(0, [1, 0, 0]), shift: [0, 0, 0] }, ["scale"]],
    [{ scale: 1, rotation: turn(45, [0, 0, 1]), shift: [0, 0, 0] }, ["rotation"]],
    [{ scale: 1, rotation: turn(0, [1, 0, 0]), shift: [0.7, 0, 0] }, ["translation"]],
  ];
  for (const [by, bounds] of cases) {
    const found = alignSurfaces(side(move(blob(3), by), "moving"), fixed);
    for (const bound of bounds) assert.ok(found.bounds.includes(bound), `${bound}`);
    assert.ok(found.similarity.scale >= 0.8 && found.similarity.scale <= 1.25);
    assert.ok(found.rotationDeg <= 30 + 1e-9 && found.translationM <= 0.5 + 1e-12);
  }
});

Deno.test("alignSurfaces() keeps scale 1 when rigid, and refuses a share that makes no sense", () => {
  const by: Similarity = { scale: 1.1, rotation: turn(5, [0, 1, 0]), shift: [0, 0, 0] };
  const moving = side(move(blob(3), by), "moving"), fixed = side(blob(3), "fixed");
  assert.equal(alignSurfaces(moving, fixed, { kind: "rigid" }).similarity.scale, 1);
  assert.throws(() => alignSurfaces(moving, fixed, { keep: 0 }), RangeError);
});
