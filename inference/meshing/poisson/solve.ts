/**
 * Screened Poisson reconstruction (Kazhdan and Hoppe 2013) on a pyramid of sparse grids.
 *
 * Looks for χ, 1 inside and 0 outside, that minimises
 *
 *     ∫ |∇χ − V|² + (weight / cell) Σ area (χ(p) − ½)²,   V = Σ area · inward normal · δ(x − p)
 *
 * with linear elements: V tested with their gradients, the Laplacian by the seven-point rule, the
 * screening exactly through χ(p). Levels are solved from coarse to fine; a finer grid has nodes only
 * near samples and near the coarser surface, and takes the coarser χ at its rim. Screening enters a
 * Gauss–Seidel sweep as a correction of the last χ with its row sums on the diagonal, which bounds
 * its matrix from above, so that sweeps converge for any weight.
 */
import type { PoissonField } from "./field.ts";
import { CoarserBlocks, Grid, NODES, type Pyramid } from "./grid.ts";
import { type LevelArrays, Sweeps } from "./kernel/kernel.ts";
import type { Samples } from "./samples.ts";

export interface PoissonOptions {
  /** The longest side of the box is 2^depth cells. */
  depth: number;
  /** Weight of the samples' positions against their normals. */
  pointWeight: number;
}

/** The box is this much longer than the samples' bounds, as in other implementations. */
const BOX_SCALE = 1.1;

/** Cells along the longest side of the coarsest level, as a power of two. */
const COARSEST = 5;

/** Sweeps on the coarsest level, on those between, and on the finest two. */
const SWEEPS_FIRST = 100, SWEEPS = 12, SWEEPS_FINE = 5;

/** Over-relaxation on the coarsest level, where values have to cross the whole box. */
const RELAXATION_FIRST = 1.8;

/**
 * Blocks of one level at depth 9, and four times as many for each level more. People take 30,000; maps
 * that are noise, from weights that mean nothing, have points in all of the box.
 */
const MOST_BLOCKS = 100_000;

/**
 * Solves for χ. The samples are taken as they are; they must not be empty. Where a level would need
 * more than {@linkcode MOST_BLOCKS} the one before is the last.
 */
export function solvePoisson(
  samples: Samples,
  { depth, pointWeight }: PoissonOptions,
): PoissonField & { levelsLess: number } {
  const low = [Infinity, Infinity, Infinity], high = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < 3 * samples.count; i++) {
    const k = i % 3, value = samples.points[i];
    if (value < low[k]) low[k] = value;
    if (value > high[k]) high[k] = value;
  }
  const longest = BOX_SCALE * Math.max(...low.map((value, k) => high[k] - value));
  const first = Math.min(COARSEST, depth), coarsest = longest / 2 ** first;
  // The same room on all sides, at least two blocks of the coarsest level.
  const room = Math.max((longest - longest / BOX_SCALE) / 2, 6 * coarsest);
  const along = low.map((value, k) => Math.ceil((high[k] - value + 2 * room) / (4 * coarsest)));
  const origin = low.map((value, k) => (value + high[k]) / 2 - 2 * coarsest * along[k]);
  const levels: Samples[] = [samples];
  for (let l = depth - 1; l >= first; l--) {
    levels.unshift(
      merged(levels[0], origin, longest / 2 ** l, along.map((n) => n << (l - first))),
    );
  }
  const pyramid: Grid[] = [], sweeps = new Sweeps();
  const most = MOST_BLOCKS * 4 ** Math.max(0, depth - 9);
  for (const [n, set] of levels.entries()) {
    const size = along.map((blocks) => blocks << n) as [number, number, number];
    const grid = new Grid(coarsest / 2 ** n, size);
    pyramid.push(grid);
    activate(pyramid, n, set, origin);
    if (n > 0 && grid.blocks > most) {
      pyramid.pop();
      break;
    }
    grid.allocate();
    if (n > 0) prolong(pyramid, n);
    const arrays = sweeps.open(grid.blocks, set.count, grid.cell);
    arrays.chi.set(grid.chi);
    arrays.neighbours.set(grid.neighbours);
    splat(grid, arrays, set, { origin, pointWeight });
    const count = n === 0 ? SWEEPS_FIRST : n + 2 >= levels.length ? SWEEPS_FINE : SWEEPS;
    for (let k = 0; k < count; k++) {
      sweeps.sweep(k & 1 ? -1 : 1, n === 0 ? RELAXATION_FIRST : 1);
    }
    grid.chi.set(arrays.chi);
  }
  return {
    pyramid,
    origin: origin as unknown as [number, number, number],
    levelsLess: levels.length - pyramid.length,
  };
}

/** One sample for each cell that has some: mean place by area, and the sum of areas. */
function merged(fine: Samples, origin: number[], cell: number, blocks: number[]): Samples {
  const { points, areas, count } = fine;
  const cells = new Grid(cell, blocks as [number, number, number]);
  let slots = new Int32Array(NODES * 4096).fill(-1), n = 0, sums = new Float64Array(7 * 65536);
  for (let s = 0; s < count; s++) {
    const px = points[3 * s], py = points[3 * s + 1], pz = points[3 * s + 2];
    const gx = Math.floor((px - origin[0]) / cell), gy = Math.floor((py - origin[1]) / cell);
    const gz = Math.floor((pz - origin[2]) / cell);
    const block = cells.add(gx >> 2, gy >> 2, gz >> 2);
    if (NODES * (block + 1) > slots.length) {
      const longer = new Int32Array(2 * slots.length).fill(-1);
      longer.set(slots);
      slots = longer;
    }
    const place = NODES * block + ((gz & 3) << 4 | (gy & 3) << 2 | (gx & 3));
    if (slots[place] < 0) {
      slots[place] = n++;
      if (7 * n > sums.length) {
        const longer = new Float64Array(2 * sums.length);
        longer.set(sums);
        sums = longer;
      }
    }
    const at = 7 * slots[place], x = areas[3 * s], y = areas[3 * s + 1], z = areas[3 * s + 2];
    const area = Math.sqrt(x * x + y * y + z * z);
    sums[at] += area;
    sums[at + 1] += area * px, sums[at + 2] += area * py, sums[at + 3] += area * pz;
    sums[at + 4] += x, sums[at + 5] += y, sums[at + 6] += z;
  }
  const out: Samples = {
    count: n,
    points: new Float32Array(3 * n),
    areas: new Float32Array(3 * n),
    ownNormals: 0,
  };
  for (let s = 0; s < n; s++) {
    for (let k = 0; k < 3; k++) {
      out.points[3 * s + k] = sums[7 * s + 1 + k] / sums[7 * s];
      out.areas[3 * s + k] = sums[7 * s + 4 + k];
    }
  }
  return out;
}

/** Adds the blocks round samples and round the coarser level's surface; all on the coarsest. */
function activate(
  pyramid: Grid[],
  level: number,
  { points, count }: Samples,
  origin: number[],
): void {
  const grid = pyramid[level], { cell, blocksAlong: [nx, ny, nz] } = grid;
  if (level === 0) {
    for (let z = 0; z < nz; z++) {
      for (let y = 0; y < ny; y++) for (let x = 0; x < nx; x++) grid.add(x, y, z);
    }
    return;
  }
  for (let s = 0; s < count; s++) {
    // The cell's nodes and one more to each side.
    const x = Math.floor((points[3 * s] - origin[0]) / cell) - 1;
    const y = Math.floor((points[3 * s + 1] - origin[1]) / cell) - 1;
    const z = Math.floor((points[3 * s + 2] - origin[2]) / cell) - 1;
    for (let bz = z >> 2; bz <= (z + 3) >> 2; bz++) {
      for (let by = y >> 2; by <= (y + 3) >> 2; by++) {
        for (let bx = x >> 2; bx <= (x + 3) >> 2; bx++) grid.add(bx, by, bz);
      }
    }
  }
  const coarse = pyramid[level - 1], { chi } = coarse;
  for (let block = 0; block < coarse.blocks; block++) {
    let below = false, above = false;
    const look = (value: number) => value < 0.5 ? below = true : above = true;
    for (let n = NODES * block; n < NODES * block + NODES; n++) look(chi[n]);
    for (let side = 0; side < 6 && !(below && above); side++) {
      const other = coarse.neighbours[6 * block + side];
      if (other < 0) continue;
      // The neighbour's layer next to this block.
      const axis = side >> 1, layer = side & 1 ? 0 : 3;
      for (let n = 0; n < 64; n++) {
        if ((n >> (2 * axis) & 3) === layer) look(chi[NODES * other + n]);
      }
    }
    if (!below || !above) continue;
    const [x, y, z] = coarse.placeOf(block);
    for (let n = 0; n < 8; n++) grid.add(2 * x + (n & 1), 2 * y + (n >> 1 & 1), 2 * z + (n >> 2));
  }
}

function prolong(pyramid: Pyramid, level: number): void {
  const grid = pyramid[level], coarser = new CoarserBlocks(pyramid, level);
  for (let block = 0; block < grid.blocks; block++) {
    const [bx, by, bz] = grid.placeOf(block);
    coarser.fill(bx, by, bz, grid.chi, NODES * block);
  }
}

/** Writes the samples' nodes and weights, their divergence and their screening. */
function splat(
  grid: Grid,
  { divergence, screening, nodes, fractions, weights }: LevelArrays,
  { points, areas, count }: Samples,
  { origin, pointWeight }: { origin: readonly number[]; pointWeight: number },
): void {
  const { cell } = grid;
  for (let s = 0; s < count; s++) {
    const gx = (points[3 * s] - origin[0]) / cell, gy = (points[3 * s + 1] - origin[1]) / cell;
    const gz = (points[3 * s + 2] - origin[2]) / cell;
    const x = Math.floor(gx), y = Math.floor(gy), z = Math.floor(gz);
    const u = fractions[3 * s] = gx - x, v = fractions[3 * s + 1] = gy - y;
    const w = fractions[3 * s + 2] = gz - z;
    const ax = areas[3 * s], ay = areas[3 * s + 1], az = areas[3 * s + 2];
    const weight = weights[s] = pointWeight / cell * Math.sqrt(ax * ax + ay * ay + az * az);
    for (let n = 0; n < 8; n++) {
      const node = grid.node(x + (n & 1), y + (n >> 1 & 1), z + (n >> 2));
      nodes[8 * s + n] = node;
      const wx = n & 1 ? u : 1 - u, wy = n & 2 ? v : 1 - v, wz = n & 4 ? w : 1 - w;
      const dx = n & 1 ? 1 : -1, dy = n & 2 ? 1 : -1, dz = n & 4 ? 1 : -1;
      // Inward is minus outward.
      divergence[node] -= (ax * dx * wy * wz + ay * dy * wx * wz + az * dz * wx * wy) / cell;
      screening[node] += weight * wx * wy * wz;
    }
  }
}
