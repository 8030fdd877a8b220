import assert from "node:assert/strict";
import fc from "fast-check";
import { topologyOf } from "../../../../core/geometry/topology.ts";
import { random } from "../../../../core/work/random.ts";
import { CUBE_TRIANGLES } from "../../../../inference/meshing/poisson/cube_table.ts";
import { fieldAt } from "../../../../inference/meshing/poisson/field.ts";
import { Grid } from "../../../../inference/meshing/poisson/grid.ts";
import { fieldSurface } from "../../../../inference/meshing/poisson/surface.ts";

/** A dense grid of 3³ blocks with values by node; the outermost nodes are outside. */
function gridOf(value: (x: number, y: number, z: number) => number): Grid {
  const grid = new Grid(1, [3, 3, 3]);
  for (let n = 0; n < 27; n++) grid.add(n % 3, Math.floor(n / 3) % 3, Math.floor(n / 9));
  grid.allocate();
  for (let z = 0; z < 12; z++) {
    for (let y = 0; y < 12; y++) {
      for (let x = 0; x < 12; x++) {
        const rim = Math.min(x, y, z) === 0 || Math.max(x, y, z) === 11;
        grid.chi[grid.node(x, y, z)] = rim ? 0 : value(x, y, z);
      }
    }
  }
  return grid;
}

Deno.test("CUBE_TRIANGLES cuts off one inside corner with one triangle that faces away from it", () => {
  assert.equal(CUBE_TRIANGLES.length, 256);
  for (let corner = 0; corner < 8; corner++) assert.equal(CUBE_TRIANGLES[1 << corner].length, 3);
  assert.equal(CUBE_TRIANGLES[0].length + CUBE_TRIANGLES[255].length, 0);
  const grid = gridOf((x, y, z) => x === 5 && y === 6 && z === 4 ? 1 : 0);
  const surface = fieldSurface({ pyramid: [grid], origin: [0, 0, 0] });
  const { volume, watertight } = topologyOf(surface);
  assert.ok(watertight);
  // An octahedron with half axes of ½ has the volume 4/3 · ½³.
  assert.ok(Math.abs(volume - 1 / 6) < 1e-6, `volume ${volume}`);
});

Deno.test("fieldSurface() of any field is closed, manifold and outward", () => {
  fc.assert(
    fc.property(fc.integer(), fc.double({ min: 0.1, max: 0.9, noNaN: true }), (seed, share) => {
      const draw = random(seed, "field");
      // Random signs: every cube of the table comes up, with every ambiguous face.
      const grid = gridOf(() => draw.float() < share ? 0.5 + draw.float() : 0.5 * draw.float());
      const surface = fieldSurface({ pyramid: [grid], origin: [0, 0, 0] });
      const topology = topologyOf(surface);
      assert.ok(topology.watertight, "open");
      assert.equal(topology.nonManifoldEdges, 0);
      assert.equal(topology.inconsistentEdges, 0);
      assert.ok(topology.volume > 0);
    }),
    { numRuns: 60 },
  );
});

Deno.test("fieldSurface() leaves a sparse band through coarser blocks and stays closed", () => {
  const coarse = new Grid(2, [2, 2, 2]);
  for (let n = 0; n < 8; n++) coarse.add(n & 1, n >> 1 & 1, n >> 2);
  coarse.allocate();
  const ball = (x: number, y: number, z: number) =>
    1 / (1 + Math.exp(Math.hypot(x - 7, y - 7, z - 7) - 4.2));
  for (let z = 0; z < 8; z++) {
    for (let y = 0; y < 8; y++) {
      for (let x = 0; x < 8; x++) coarse.chi[coarse.node(x, y, z)] = ball(2 * x, 2 * y, 2 * z);
    }
  }
  const fine = new Grid(1, [4, 4, 4]);
  fine.add(1, 1, 0);
  fine.allocate();
  for (let n = 0; n < 64; n++) {
    fine.chi[n] = ball(4 + (n & 3), 4 + (n >> 2 & 3), n >> 4);
  }
  const field = { pyramid: [coarse, fine], origin: [0, 0, 0] as const };
  const topology = topologyOf(fieldSurface(field));
  assert.ok(topology.watertight);
  assert.equal(topology.components.length, 1);
  // 4/3 π 4.2³ = 310, less what the field's bend over cells of 2 takes from the radius.
  assert.ok(Math.abs(topology.volume / 310 - 1) < 0.15, `volume ${topology.volume}`);
  assert.ok(fieldAt(field, 7, 7, 7) > 0.9 && fieldAt(field, 0, 0, 0) < 0.1);
  assert.equal(fieldAt(field, -50, 0, 0), 0);
});
