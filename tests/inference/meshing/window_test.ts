import assert from "node:assert/strict";
import fc from "fast-check";
import { longestSidePx, windowOf } from "../../../inference/meshing/_window.ts";
import { emptyMaps } from "./_maps.ts";

Deno.test("windowOf() is the box of all covered pixels of either map, and its margin", () => {
  const size = 12,
    pixel = fc.record({
      p: fc.nat(size * size - 1),
      side: fc.constantFrom("front" as const, "back" as const),
    });
  fc.assert(fc.property(fc.array(pixel), fc.nat(3), (covered, margin) => {
    const maps = emptyMaps(size);
    // What is not a depth covers nothing.
    maps.front[5] = NaN, maps.back[size * size - 1] = -1;
    for (const { p, side } of covered) maps[side][p] = 1 + p;
    const window = windowOf(maps, margin);
    if (covered.length === 0) {
      assert.equal(window, undefined);
      assert.equal(longestSidePx(maps), 0);
      return;
    }
    const columns = covered.map(({ p }) => p % size);
    const rows = covered.map(({ p }) => Math.floor(p / size));
    const span = (values: number[], more: number) => {
      const low = Math.max(0, Math.min(...values) - more);
      return [low, Math.min(size - 1, Math.max(...values) + more) - low + 1];
    };
    const [[x0, wide], [y0, high]] = [span(columns, margin), span(rows, margin)];
    assert.deepEqual(window, { x0, y0, columns: wide, rows: high });
    assert.equal(longestSidePx(maps), Math.max(span(columns, 0)[1], span(rows, 0)[1]));
  }));
});
