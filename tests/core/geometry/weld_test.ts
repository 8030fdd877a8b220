import assert from "node:assert/strict";
import fc from "fast-check";
import { weldByPosition } from "../../../core/geometry/weld.ts";

Deno.test("weldByPosition() numbers positions by first appearance", () => {
  // a b a c b, and −0 is 0
  const { weldedOf, firstOf, count } = weldByPosition(
    Float32Array.of(0, 1, 2, 3, 4, 5, -0, 1, 2, 3, 4, 6, 3, 4, 5),
  );
  assert.deepEqual([...weldedOf], [0, 1, 0, 2, 1]);
  assert.deepEqual([...firstOf], [0, 1, 3]);
  assert.equal(count, 3);
});

Deno.test("weldByPosition() keeps apart what differs in the last bit", () => {
  const next = new Float32Array(new Uint32Array([0x3f800001]).buffer)[0];
  assert.equal(weldByPosition(Float32Array.of(1, 0, 0, next, 0, 0)).count, 2);
});

Deno.test("weldByPosition() takes an empty mesh", () => {
  assert.equal(weldByPosition(new Float32Array(0)).count, 0);
});

Deno.test("weldByPosition() agrees with a map of texts", () => {
  const point = fc.tuple(...[0, 1, 2].map(() => fc.integer({ min: -2, max: 2 })));
  fc.assert(
    fc.property(fc.array(point, { maxLength: 200 }), (points) => {
      const { weldedOf, firstOf, count } = weldByPosition(Float32Array.from(points.flat()));
      const seen = new Map<string, number>();
      points.forEach((p, v) => {
        const key = p.join();
        if (!seen.has(key)) {
          assert.equal(firstOf[seen.size], v);
          seen.set(key, seen.size);
        }
        assert.equal(weldedOf[v], seen.get(key));
      });
      assert.equal(count, seen.size);
    }),
    { numRuns: 200, seed: 1 },
  );
});

Deno.test("weldByPosition() does not clump on a regular grid", () => {
  // A quarter of a million grid points in well under a second, or the hash is broken.
  const side = 63, positions = new Float32Array(3 * side ** 3);
  for (let i = 0; i < side ** 3; i++) {
    positions[3 * i] = i % side;
    positions[3 * i + 1] = Math.floor(i / side) % side;
    positions[3 * i + 2] = Math.floor(i / side / side);
  }
  assert.equal(weldByPosition(positions).count, side ** 3);
});
