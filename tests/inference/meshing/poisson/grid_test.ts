import assert from "node:assert/strict";
import fc from "fast-check";
import { random } from "../../../../core/work/random.ts";
import { CoarserBlocks, coarserValue, Grid } from "../../../../inference/meshing/poisson/grid.ts";

Deno.test("CoarserBlocks gives whole blocks the values that coarserValue() gives their nodes", () => {
  fc.assert(
    fc.property(fc.integer(), fc.double({ min: 0.2, max: 1, noNaN: true }), (seed, share) => {
      const draw = random(seed, "blocks");
      // Three levels of 1, 2 and 4 blocks along each side; some blocks of the middle one are missing.
      const pyramid = [1, 2, 4].map((side, level) => {
        const grid = new Grid(4 / side, [side, side, side]);
        for (let n = 0; n < side ** 3; n++) {
          if (level === 1 && draw.float() > share) continue;
          grid.add(n % side, Math.floor(n / side) % side, Math.floor(n / side ** 2));
        }
        grid.allocate();
        for (let n = 0; n < grid.chi.length; n++) grid.chi[n] = draw.float();
        return grid;
      });
      const coarser = new CoarserBlocks(pyramid, 2), values = new Float32Array(64);
      // One block beyond the grid on each side.
      for (let n = 0; n < 40; n++) {
        const [bx, by, bz] = [0, 1, 2].map(() => Math.floor(6 * draw.float()) - 1);
        coarser.fill(bx, by, bz, values, 0);
        const wanted = Float32Array.from(
          { length: 64 },
          (_, i) =>
            coarserValue(pyramid, 2, 4 * bx + (i & 3), 4 * by + (i >> 2 & 3), 4 * bz + (i >> 4)),
        );
        assert.deepEqual(values, wanted);
        const side = coarser.sideOf(bx, by, bz);
        if (side !== undefined) assert.ok(wanted.every((value) => value >= 0.5 === (side === 1)));
      }
    }),
    { numRuns: 30 },
  );
});
