import assert from "node:assert/strict";
import fc from "fast-check";
import {
  backgroundTiles,
  bordersName,
  placeTile,
  planTiles,
  RECEPTIVE_PX,
  type RefineMaps,
  tileInputs,
} from "../../../inference/twoktwok/refine_tiles.ts";

/** Maps whose every value is different. */
function counted(side: number): RefineMaps {
  const count = (length: number) => Float32Array.from({ length }, (_, i) => i);
  return { normal: count(6 * side * side), depth: count(2 * (side / 8) ** 2), side };
}

Deno.test("planTiles() covers every pixel once and knows the borders", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 16 }), fc.integer({ min: 3, max: 14 }), (a, b) => {
      const side = 8 * a, seen = new Uint8Array(side * side);
      for (const tile of planTiles(side, 8 * b)) {
        for (let r = tile.top; r < tile.top + tile.rows; r++) {
          for (let c = tile.left; c < tile.left + tile.columns; c++) seen[side * r + c]++;
        }
        assert.deepEqual(tile.borders, [
          tile.top === 0,
          tile.left === 0,
          tile.top + tile.rows === side,
          tile.left + tile.columns === side,
        ]);
        // Margins stay inside the picture.
        const [, left, , right] = tile.borders;
        assert.ok(left || tile.left >= RECEPTIVE_PX);
        assert.ok(right || side - tile.left - tile.columns >= RECEPTIVE_PX);
      }
      assert.ok(seen.every((n) => n === 1));
    }),
    { seed: 4, numRuns: 50 },
  );
});

Deno.test("planTiles() refuses sides that are no multiple of 8, and tiles below 24", () => {
  assert.throws(() => planTiles(64, 28), RangeError);
  assert.throws(() => planTiles(64, 16), RangeError);
  assert.throws(() => planTiles(60, 8), RangeError);
  assert.throws(() => planTiles(64, 0), RangeError);
});

Deno.test("tileInputs() of the whole picture are the maps and their samples", () => {
  const maps = counted(16), [tile] = planTiles(16, 16);
  assert.equal(bordersName(tile.borders), "top left bottom right");
  const inputs = tileInputs(maps, tile);
  assert.deepEqual(inputs.normal.data, maps.normal);
  assert.deepEqual(inputs.depth.data, maps.depth);
  assert.deepEqual(inputs.normal_half.dims, [1, 6, 8, 8]);
  // Every 2nd pixel from 0, every 4th from 1.
  assert.deepEqual([...inputs.normal_half.data.subarray(0, 10)], [
    0,
    2,
    4,
    6,
    8,
    10,
    12,
    14,
    32,
    34,
  ]);
  assert.deepEqual([...inputs.normal_quarter.data.subarray(0, 5)], [17, 21, 25, 29, 81]);
});

Deno.test("tileInputs() of an inner tile bring margins of 6, 6, 6 and 3 pixels", () => {
  const maps = counted(96), tile = planTiles(96, 32)[4];
  const { normal, normal_half, normal_quarter, depth } = tileInputs(maps, tile);
  assert.deepEqual(normal.dims, [1, 6, 44, 44]);
  assert.deepEqual(normal_half.dims, [1, 6, 28, 28]);
  assert.deepEqual(normal_quarter.dims, [1, 6, 20, 20]);
  assert.deepEqual(depth.dims, [1, 2, 10, 10]);
  // First values: row and column 32 − 6 at full, 16 − 6 at half, 8 − 6 at quarter, 4 − 3 of 12.
  assert.equal(normal.data[0], 26 * 96 + 26);
  assert.equal(normal_half.data[0], 20 * 96 + 20);
  assert.equal(normal_quarter.data[0], 9 * 96 + 9);
  assert.equal(depth.data[0], 12 + 1);
  assert.equal(depth.data[100], 144 + 13);
});

Deno.test("placeTile() drops the margins of inner sides", () => {
  const side = 48, tile = planTiles(side, 24)[1]; // top right
  const rows = 24 + 3, columns = 24 + 3; // margins below and to the left
  const result = Float32Array.from({ length: rows * columns }, (_, i) => i);
  const plane = new Float32Array(side * side).fill(-1);
  placeTile(result, tile, { planes: [plane], side });
  assert.equal(plane[24], 3);
  assert.equal(plane[47], 26);
  assert.equal(plane[23 * side + 47], 23 * columns + 26);
  assert.ok([...plane.subarray(24 * side)].every((v) => v === -1));
  assert.ok(plane.every((v, i) => i % side >= 24 || v === -1));
});

Deno.test("backgroundTiles() look as far as a result does, and no farther", () => {
  const side = 128, plane = side * side;
  const background = { front: 6, back: 0 };
  const tiles = planTiles(side, 32), middle = tiles.findIndex((t) => t.top === 64 && t.left === 64);
  const empty = () => {
    const depth = new Float32Array(2 * 256);
    depth.fill(6, 0, 256);
    return { normal: new Float32Array(6 * plane), depth, side };
  };
  assert.ok(backgroundTiles(empty(), tiles, background).every(Boolean));
  for (
    const [row, touched] of [[64 - RECEPTIVE_PX - 1, false], [64 - RECEPTIVE_PX, true]] as const
  ) {
    const maps = empty();
    maps.normal[5 * plane + row * side + 70] = 1e-30;
    assert.equal(backgroundTiles(maps, tiles, background)[middle], !touched);
  }
  const maps = empty();
  maps.depth[256 + 16 * 5 + 8] = 1; // cell row 5: pixels 40..47 are 17 to 24 before row 64
  assert.equal(backgroundTiles(maps, tiles, background)[middle], false);
});
