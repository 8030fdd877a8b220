/** Makes a band of blocks wide enough that the surface nowhere runs out of it. */
import { InsideBits } from "./_inside_bits.ts";
import { CoarserBlocks, type Grid, NODES, type Pyramid } from "./grid.ts";

/** Rows of nodes along y and z of a block with one node of its neighbours to each side. */
const ROWS = 6;

/**
 * Adds blocks with the coarser levels' values to the finest grid until no cube that the surface cuts
 * lacks a node.
 */
export function closeBand(pyramid: Pyramid): InsideBits {
  const level = pyramid.length - 1, grid = pyramid[level];
  const bits = new InsideBits(grid);
  if (level === 0) return bits;
  const missing = new MissingBlocks(new CoarserBlocks(pyramid, level), grid);
  const around = new Int32Array(27), inside = new Uint8Array(36), present = new Uint8Array(36);
  for (let block = 0; block < grid.blocks; block++) {
    const [bx, by, bz] = grid.placeOf(block);
    if (!lacksNeighbour(grid, around, bx, by, bz)) continue;
    for (let z = 0; z < ROWS; z++) {
      for (let y = 0; y < ROWS; y++) {
        // Neighbours −1, 0, 1 along z and y, and the row in their block.
        const nz = (z + 3) >> 2, ny = (y + 3) >> 2, row = ((z + 3) & 3) * 4 + ((y + 3) & 3);
        let ins = 0, has = 0;
        for (let nx = 0; nx < 3; nx++) {
          const other = around[9 * nz + 3 * ny + nx];
          const four = other >= 0
            ? bits.rows[16 * other + row]
            : missing.row(bx + nx - 1, by + ny - 1, bz + nz - 1, row);
          // Of the left neighbour the last node, of the right one the first.
          const used = nx === 0 ? four >> 3 : nx === 1 ? four << 1 : (four & 1) << 5;
          ins |= used;
          if (other >= 0) has |= nx === 0 ? 1 : nx === 1 ? 30 : 32;
        }
        inside[ROWS * z + y] = ins, present[ROWS * z + y] = has;
      }
    }
    for (let z = 0; z < ROWS - 1; z++) {
      for (let y = 0; y < ROWS - 1; y++) {
        const r = ROWS * z + y, cut = cutCubes(inside, r, ROWS);
        if (cut === 0) continue;
        const all = present[r] & present[r + 1] & present[r + ROWS] & present[r + ROWS + 1];
        const lacking = cut & ~(all & all >> 1);
        for (let x = 0; x < ROWS - 1; x++) {
          if ((lacking >> x & 1) === 0) continue;
          for (let c = 0; c < 8; c++) {
            const cx = x + (c & 1), cy = y + (c >> 1 & 1), cz = z + (c >> 2);
            if (present[ROWS * cz + cy] >> cx & 1) continue;
            const nx = bx - 1 + ((cx + 3) >> 2), ny = by - 1 + ((cy + 3) >> 2);
            addCoarse(grid, missing, bits, [nx, ny, bz - 1 + ((cz + 3) >> 2)]);
          }
        }
      }
    }
  }
  return bits;
}

/**
 * The cubes of four neighbouring rows that the surface cuts: bit x for that between nodes x and
 * x + 1.
 *
 * @param r The row of the cubes' lowest nodes; the next along z is `stride` farther.
 */
export function cutCubes(rows: Uint8Array, r: number, stride: number): number {
  const a = rows[r], b = rows[r + 1], c = rows[r + stride], d = rows[r + stride + 1];
  const any = a | b | c | d, all = a & b & c & d;
  return (any | any >> 1) & ~(all & all >> 1);
}

/** Writes the 27 blocks round a place, x fastest, −1 where there is none; whether there is one. */
function lacksNeighbour(
  { table, blocksAlong: [nx, ny, nz] }: Grid,
  around: Int32Array,
  bx: number,
  by: number,
  bz: number,
): boolean {
  let lacks = false;
  for (let n = 0, z = bz - 1; z <= bz + 1; z++) {
    for (let y = by - 1; y <= by + 1; y++) {
      for (let x = bx - 1; x <= bx + 1; x++, n++) {
        const isIn = x >= 0 && y >= 0 && z >= 0 && x < nx && y < ny && z < nz;
        around[n] = isIn ? table[(z * ny + y) * nx + x] : -1;
        if (around[n] < 0) lacks = true;
      }
    }
  }
  return lacks;
}

/** The inside of blocks that are not there, as the coarser levels have it. */
class MissingBlocks {
  /** Place → where its rows are, or one of the two uniform kinds. */
  private readonly known = new Map<number, number>();
  private rows = new Uint8Array(1 << 14).fill(15, 16, 32);
  private length = 32;
  private readonly values = new Float32Array(NODES);

  constructor(readonly coarser: CoarserBlocks, private readonly grid: Grid) {}

  /** Four bits. */
  row(bx: number, by: number, bz: number, row: number): number {
    const [nx, ny] = this.grid.blocksAlong;
    // One more to each side, so that places outside have a number of their own.
    const place = ((bz + 1) * (ny + 2) + by + 1) * (nx + 2) + bx + 1;
    let at = this.known.get(place);
    if (at === undefined) this.known.set(place, at = this.look(bx, by, bz));
    return this.rows[at + row];
  }

  private look(bx: number, by: number, bz: number): number {
    const side = this.coarser.sideOf(bx, by, bz);
    if (side !== undefined) return 16 * side;
    this.coarser.fill(bx, by, bz, this.values, 0);
    const at = this.length;
    this.length += 16;
    if (this.length > this.rows.length) {
      const rows = new Uint8Array(2 * this.rows.length);
      rows.set(this.rows);
      this.rows = rows;
    }
    InsideBits.write(this.values, 0, this.rows, at);
    return at;
  }
}

/** Adds one block with the values of the coarser levels. */
function addCoarse(
  grid: Grid,
  { coarser }: MissingBlocks,
  bits: InsideBits,
  [bx, by, bz]: readonly [number, number, number],
): void {
  const before = grid.blocks, block = grid.add(bx, by, bz);
  if (block < before) return;
  if (NODES * (block + 1) > grid.chi.length) {
    const chi = new Float32Array(Math.ceil(1.25 * NODES * (block + 64)));
    chi.set(grid.chi);
    grid.chi = chi;
  }
  coarser.fill(bx, by, bz, grid.chi, NODES * block);
  bits.add(block);
}
