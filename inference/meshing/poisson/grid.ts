/** A sparse grid of nodes in blocks of 4 × 4 × 4, one level of a pyramid. */

/** Nodes along a block's side, and in a block. */
export const SIDE = 4, NODES = 64;

/** The nodes of one level: at origin + cell · (x, y, z), for whole x, y, z from 0. */
export class Grid {
  /** Block numbers by place, −1 where there is none. */
  readonly table: Int32Array;
  /** Blocks in the order they were added: their place in `table`. */
  places: Int32Array = new Int32Array(1024);
  blocks = 0;
  /** Values of nodes, 64 a block, x fastest; made by {@linkcode allocate}. */
  chi: Float32Array = new Float32Array(0);
  /** Blocks at −x, +x, −y, +y, −z, +z of each; −1 where there is none. */
  neighbours: Int32Array = new Int32Array(0);

  /**
   * @param cell Side of a cell, metres.
   * @param blocksAlong Blocks along x, y and z.
   */
  constructor(
    readonly cell: number,
    readonly blocksAlong: readonly [number, number, number],
  ) {
    const [x, y, z] = blocksAlong;
    this.table = new Int32Array(x * y * z).fill(-1);
  }

  /** Adds the block at block coordinates, if there is none and it lies inside. */
  add(bx: number, by: number, bz: number): number {
    const [nx, ny, nz] = this.blocksAlong;
    if (bx < 0 || by < 0 || bz < 0 || bx >= nx || by >= ny || bz >= nz) return -1;
    const place = (bz * ny + by) * nx + bx;
    if (this.table[place] >= 0) return this.table[place];
    if (this.blocks === this.places.length) {
      const places = new Int32Array(2 * this.places.length);
      places.set(this.places);
      this.places = places;
    }
    this.places[this.blocks] = place;
    return this.table[place] = this.blocks++;
  }

  /** Block coordinates of a block. */
  placeOf(block: number): [number, number, number] {
    const [nx, ny] = this.blocksAlong, place = this.places[block];
    return [place % nx, Math.floor(place / nx) % ny, Math.floor(place / (nx * ny))];
  }

  /** Puts the blocks in the order of their places, so that results do not depend on who came first. */
  allocate(): void {
    const { table } = this;
    const places = new Int32Array(this.blocks);
    let block = 0;
    for (let place = 0; place < table.length; place++) {
      if (table[place] < 0) continue;
      table[place] = block;
      places[block++] = place;
    }
    this.places = places;
    this.chi = new Float32Array(NODES * block);
    this.link();
  }

  private link(): void {
    const [nx, ny, nz] = this.blocksAlong, { table, blocks } = this;
    const neighbours = this.neighbours = new Int32Array(6 * blocks).fill(-1);
    for (let block = 0; block < blocks; block++) {
      const place = this.places[block], [x, y, z] = this.placeOf(block), at = 6 * block;
      if (x > 0) neighbours[at] = table[place - 1];
      if (x + 1 < nx) neighbours[at + 1] = table[place + 1];
      if (y > 0) neighbours[at + 2] = table[place - nx];
      if (y + 1 < ny) neighbours[at + 3] = table[place + nx];
      if (z > 0) neighbours[at + 4] = table[place - nx * ny];
      if (z + 1 < nz) neighbours[at + 5] = table[place + nx * ny];
    }
  }

  /** Index into `chi` of a node, or −1 where it is not there. */
  node(x: number, y: number, z: number): number {
    const [nx, ny, nz] = this.blocksAlong, bx = x >> 2, by = y >> 2, bz = z >> 2;
    if (bx < 0 || by < 0 || bz < 0 || bx >= nx || by >= ny || bz >= nz) return -1;
    const block = this.table[(bz * ny + by) * nx + bx];
    return block < 0 ? -1 : NODES * block + ((z & 3) << 4 | (y & 3) << 2 | (x & 3));
  }
}

/** Levels from coarse to fine; each cell of one is 2 × 2 × 2 cells of the next. */
export type Pyramid = readonly Grid[];

/** The value of a node, interpolated from the nearest coarser level that has it; 0 outside. */
export function nodeValue(
  pyramid: Pyramid,
  level: number,
  x: number,
  y: number,
  z: number,
): number {
  const index = pyramid[level].node(x, y, z);
  return index >= 0 ? pyramid[level].chi[index] : coarserValue(pyramid, level, x, y, z);
}

/** The value of a node as the coarser levels have it: linear between their nodes. */
export function coarserValue(
  pyramid: Pyramid,
  level: number,
  x: number,
  y: number,
  z: number,
): number {
  if (level === 0) return 0;
  let sum = 0, count = 0;
  for (let dz = 0; dz <= (z & 1); dz++) {
    for (let dy = 0; dy <= (y & 1); dy++) {
      for (let dx = 0; dx <= (x & 1); dx++) {
        sum += nodeValue(pyramid, level - 1, (x >> 1) + dx, (y >> 1) + dy, (z >> 1) + dz);
        count++;
      }
    }
  }
  return sum / count;
}

/** Fills whole blocks of a level with what the coarser levels say, as {@linkcode coarserValue} does. */
export class CoarserBlocks {
  /** Of the coarser level's 3 × 3 × 3 nodes round the block last asked for. */
  private readonly corners = new Float64Array(27);

  constructor(private readonly pyramid: Pyramid, private readonly level: number) {}

  /** Writes the 64 values of the block at block coordinates, x fastest. */
  fill(bx: number, by: number, bz: number, to: Float32Array, at: number): void {
    this.look(bx, by, bz);
    const { corners } = this;
    for (let z = 0, n = at; z < SIDE; z++) {
      const z0 = 9 * (z >> 1), oddZ = z & 1;
      for (let y = 0; y < SIDE; y++) {
        const y0 = z0 + 3 * (y >> 1), oddY = y & 1;
        for (let x = 0; x < SIDE; x++, n++) {
          const c = y0 + (x >> 1), oddX = x & 1;
          let sum = 0;
          for (let dz = 0; dz <= oddZ; dz++) {
            for (let dy = 0; dy <= oddY; dy++) {
              const i = c + 9 * dz + 3 * dy;
              sum += corners[i];
              if (oddX) sum += corners[i + 1];
            }
          }
          to[n] = sum / (1 << (oddX + oddY + oddZ));
        }
      }
    }
  }

  /** Whether a block's values are all below ½ (0), all from ½ on (1), or may be both (undefined). */
  sideOf(bx: number, by: number, bz: number): 0 | 1 | undefined {
    this.look(bx, by, bz);
    let above = 0;
    for (let n = 0; n < 27; n++) if (this.corners[n] >= 0.5) above++;
    return above === 0 ? 0 : above === 27 ? 1 : undefined;
  }

  private look(bx: number, by: number, bz: number): void {
    const { pyramid, level, corners } = this, coarse = pyramid[level - 1];
    for (let n = 0, z = 2 * bz; z < 2 * bz + 3; z++) {
      for (let y = 2 * by; y < 2 * by + 3; y++) {
        for (let x = 2 * bx; x < 2 * bx + 3; x++, n++) {
          const index = coarse.node(x, y, z);
          corners[n] = index >= 0 ? coarse.chi[index] : coarserValue(pyramid, level - 1, x, y, z);
        }
      }
    }
  }
}
