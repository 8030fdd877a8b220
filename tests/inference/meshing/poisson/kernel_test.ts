import assert from "node:assert/strict";
import { wasmFingerprint } from "../../../../core/work/wasm_build.ts";
import { random } from "../../../../core/work/random.ts";
import { Grid, NODES } from "../../../../inference/meshing/poisson/grid.ts";
import { POISSON_KERNEL_BUILD } from "../../../../inference/meshing/poisson/kernel/build_kernel.ts";
import { Sweeps } from "../../../../inference/meshing/poisson/kernel/kernel.ts";
import { KERNEL_FINGERPRINT } from "../../../../inference/meshing/poisson/kernel/kernel_wasm.ts";

Deno.test("the solver's kernel_wasm.ts was compiled from the sources that stand beside it", async () => {
  assert.equal(
    KERNEL_FINGERPRINT,
    await wasmFingerprint(POISSON_KERNEL_BUILD),
    "run inference/meshing/poisson/kernel/build_kernel.ts",
  );
});

/** Some blocks of a 3³ grid: with rims, holes and neighbours on all sides. */
function someBlocks(): Grid {
  const grid = new Grid(0.25, [3, 3, 3]);
  for (let n = 0; n < 27; n++) {
    if (n !== 5 && n !== 20) grid.add(n % 3, Math.floor(n / 3) % 3, Math.floor(n / 9));
  }
  grid.allocate();
  return grid;
}

Deno.test("Sweeps solves the equations of a grid with samples; the rim stays", () => {
  const grid = someBlocks(), { blocks, cell } = grid, draw = random(3, "sweeps");
  const samples = 40, sweeps = new Sweeps(), level = sweeps.open(blocks, samples, cell);
  const { chi, divergence, screening, neighbours, nodes, fractions, weights } = level;
  neighbours.set(grid.neighbours);
  for (let i = 0; i < chi.length; i++) chi[i] = draw.float(), divergence[i] = draw.float() - 0.5;
  const corner = (s: number, n: number) =>
    [0, 1, 2].reduce((product, k) => {
      const f = fractions[3 * s + k];
      return product * (n >> k & 1 ? f : 1 - f);
    }, 1);
  for (let s = 0; s < samples; s++) {
    const [x, y, z] = [0, 1, 2].map(() => 2 + Math.floor(7 * draw.float()));
    for (let k = 0; k < 3; k++) fractions[3 * s + k] = draw.float();
    weights[s] = 3 * draw.float();
    for (let n = 0; n < 8; n++) {
      const node = grid.node(x + (n & 1), y + (n >> 1 & 1), z + (n >> 2));
      // A sample stands in for another where a hole takes one of its nodes.
      nodes[8 * s + n] = node < 0 ? 0 : node;
      screening[nodes[8 * s + n]] += weights[s] * corner(s, n);
    }
  }
  const before = chi.slice();
  for (let k = 0; k < 400; k++) sweeps.sweep(k & 1 ? -1 : 1, 1);

  // What the samples say of each node: weight (½ − χ(p)), as the equations have it.
  const right = Float64Array.from(divergence);
  for (let s = 0; s < samples; s++) {
    let value = 0;
    for (let n = 0; n < 8; n++) value += corner(s, n) * chi[nodes[8 * s + n]];
    for (let n = 0; n < 8; n++) {
      right[nodes[8 * s + n]] += weights[s] * (0.5 - value) * corner(s, n);
    }
  }
  let free = 0;
  for (let block = 0; block < blocks; block++) {
    const [bx, by, bz] = grid.placeOf(block);
    for (let n = 0; n < NODES; n++) {
      const x = 4 * bx + (n & 3), y = 4 * by + (n >> 2 & 3), z = 4 * bz + (n >> 4);
      const i = NODES * block + n,
        around = [
          grid.node(x - 1, y, z),
          grid.node(x + 1, y, z),
          grid.node(x, y - 1, z),
          grid.node(x, y + 1, z),
          grid.node(x, y, z - 1),
          grid.node(x, y, z + 1),
        ];
      if (around.some((other) => other < 0)) {
        assert.equal(chi[i], before[i], "a node on the rim moved");
        continue;
      }
      free++;
      const sum = around.reduce((total, other) => total + chi[other], 0);
      const residual = cell * (sum - 6 * chi[i]) + right[i];
      // float32 sums of values below 2.
      assert.ok(Math.abs(residual) < 1e-5, `residual ${residual}`);
    }
  }
  assert.ok(free > 500, `${free}`);
});
