import assert from "node:assert/strict";
import { normalConsistency } from "../../../eval/metrics/normal_consistency.ts";

const IDENTITY = [1, 0, 0, 0, 1, 0, 0, 0, 1];
/** The normals of these triangles, one a pair. */
const side = (normals: number[], faces: number[]) =>
  Float64Array.from(faces.flatMap((face) => normals.slice(3 * face, 3 * face + 3)));

Deno.test("normalConsistency() averages cosines: same, turned round, across, 60°", () => {
  const [c, s] = [0.5, Math.sqrt(3) / 2];
  const a = side([1, 0, 0], [0, 0, 0, 0]);
  const b = side([1, 0, 0, -1, 0, 0, 0, 1, 0, c, s, 0], [0, 1, 2, 3]);
  const found = normalConsistency(a, b, { rotation: IDENTITY });
  assert.ok(Math.abs(found.absolute - 2.5 / 4) < 1e-15);
  assert.ok(Math.abs(found.signed - 0.5 / 4) < 1e-15);
});

Deno.test("normalConsistency() turns the first side", () => {
  const quarter = [0, -1, 0, 1, 0, 0, 0, 0, 1]; // x to y
  const found = normalConsistency(side([1, 0, 0], [0]), side([0, 1, 0], [0]), {
    rotation: quarter,
  });
  assert.equal(found.signed, 1);
});

Deno.test("normalConsistency() leaves out triangles without a normal and pairs that do not count", () => {
  const a = side([1, 0, 0, 0, 0, 0], [0, 1, 0]), b = side([1, 0, 0, -1, 0, 0], [0, 0, 1]);
  const counts = Uint8Array.of(1, 1, 0);
  const found = normalConsistency(a, b, { rotation: IDENTITY, counts });
  assert.deepEqual(found, { absolute: 1, signed: 1, undefinedPairs: 1 });
  const none = normalConsistency(a, b, { rotation: IDENTITY, counts: new Uint8Array(3) });
  assert.ok(Number.isNaN(none.absolute));
});
