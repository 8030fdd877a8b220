import assert from "node:assert/strict";
import { MeshoptSimplifier } from "meshoptimizer";
import { simplifyUsed } from "../../../../eval/report/models/simplify_used.ts";
import { icosphere } from "../../../core/geometry/_shapes.ts";

Deno.test("simplifyUsed() makes the triangles that the simplifier makes of all vertices", async () => {
  await MeshoptSimplifier.ready;
  const { positions, indices } = icosphere(5, 0.5);
  // Unused: vertices between those of the sphere, and two far beyond its box.
  const spread = new Float32Array(3 * positions.length + 6),
    numbers = new Uint32Array(indices.length);
  for (let i = 0; i < positions.length; i++) {
    spread[3 * (i - i % 3) + i % 3] = positions[i] + (i % 3);
    for (const k of [3, 6]) spread[3 * (i - i % 3) + k + i % 3] = positions[i] / 2;
  }
  spread.set([-3, 0, 0, 0, 7, 0], 3 * positions.length);
  for (let i = 0; i < indices.length; i++) numbers[i] = 3 * indices[i];
  for (const target of [2000, 300]) {
    const [wanted] = MeshoptSimplifier.simplify(numbers, spread, 3, 3 * target, 1);
    assert.ok(wanted.length > 0 && wanted.length < 4 * target);
    assert.deepEqual(simplifyUsed(spread, numbers, target), wanted);
  }
});
