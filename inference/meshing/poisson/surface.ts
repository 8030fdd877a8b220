/** The closed surface χ = ½ of a solved field. */
import type { PoissonField } from "./field.ts";
import { closeBand, cutCubes } from "./_close_band.ts";
import { BLOCK_ROWS } from "./_inside_bits.ts";
import { CUBE_EDGES, CUBE_TRIANGLES } from "./cube_table.ts";
import { type Grid, NODES } from "./grid.ts";

/** A surface in the field's frame. */
export interface FieldSurface {
  /** xyz interleaved, metres, length 3 · vertices. */
  positions: Float32Array;
  /** Three a triangle, counter-clockwise seen from outside. */
  indices: Uint32Array;
}

/** Vertices keep this share of an edge's length from its ends, so that no two coincide. */
const END_SHARE = 1e-3;

/**
 * Cuts the finest grid's cubes. Where the surface runs out of the grid, blocks with the coarser
 * levels' values are added first, so that the result is closed.
 */
export function fieldSurface({ pyramid, origin }: PoissonField): FieldSurface {
  const grid = pyramid[pyramid.length - 1], bits = closeBand(pyramid);
  const { table, blocksAlong: [nx, ny, nz] } = grid;
  const out = new SurfaceList(grid, origin);
  /** Blocks at the place and beside it towards +x, +y, +z (bits 1, 2, 4); −1 where there is none. */
  const around = new Int32Array(8);
  /** 5 nodes along x, y, z: those inside, and those there. */
  const inside = new Uint8Array(5 * 5), present = new Uint8Array(5 * 5);
  for (let block = 0; block < grid.blocks; block++) {
    const [bx, by, bz] = grid.placeOf(block);
    for (let n = 0; n < 8; n++) {
      const x = bx + (n & 1), y = by + (n >> 1 & 1), z = bz + (n >> 2);
      around[n] = x < nx && y < ny && z < nz ? table[(z * ny + y) * nx + x] : -1;
    }
    for (let z = 0; z < 5; z++) {
      for (let y = 0; y < 5; y++) {
        const side = (z >> 2) << 2 | (y >> 2) << 1, row = (z & 3) * 4 + (y & 3);
        const here = around[side], next = around[side + 1];
        inside[5 * z + y] = (here < 0 ? 0 : bits.rows[BLOCK_ROWS * here + row]) |
          (next < 0 ? 0 : (bits.rows[BLOCK_ROWS * next + row] & 1) << 4);
        present[5 * z + y] = (here < 0 ? 0 : 15) | (next < 0 ? 0 : 16);
      }
    }
    for (let z = 0; z < 4; z++) {
      for (let y = 0; y < 4; y++) {
        const r = 5 * z + y, cut = cutCubes(inside, r, 5);
        if (cut === 0) continue;
        const all = present[r] & present[r + 1] & present[r + 5] & present[r + 6];
        const whole = cut & all & all >> 1;
        for (let x = 0; x < 4; x++) {
          if ((whole >> x & 1) === 0) continue;
          const corners = (inside[r] >> x & 3) | (inside[r + 1] >> x & 3) << 2 |
            (inside[r + 5] >> x & 3) << 4 | (inside[r + 6] >> x & 3) << 6;
          for (let c = 0; c < 8; c++) {
            const cx = x + (c & 1), cy = y + (c >> 1 & 1), cz = z + (c >> 2);
            out.nodes[c] = NODES * around[cx >> 2 | (cy >> 2) << 1 | (cz >> 2) << 2] +
              ((cz & 3) << 4 | (cy & 3) << 2 | (cx & 3));
          }
          out.addCube(corners, 4 * bx + x, 4 * by + y, 4 * bz + z);
        }
      }
    }
  }
  return out.take();
}

/** The two corners of an edge and its axis, by edge. */
const EDGE_LOW = Uint8Array.from(CUBE_EDGES, ([low]) => low);
const EDGE_HIGH = Uint8Array.from(CUBE_EDGES, ([, high]) => high);
const EDGE_AXIS = Uint8Array.from(CUBE_EDGES, ([low, high]) => (high - low) >> 1);

/** The surface as it grows. */
class SurfaceList {
  /** Nodes of the cube to add, by corner. */
  readonly nodes = new Int32Array(8);
  private readonly positions = new Growing(Float32Array, 1 << 18);
  private readonly indices = new Growing(Uint32Array, 1 << 19);
  /** Vertex on the edge from a node along x, y, z: at 3 · node + axis; 0 none, else vertex + 1. */
  private readonly vertexOn: Int32Array;

  constructor(private readonly grid: Grid, private readonly origin: PoissonField["origin"]) {
    this.vertexOn = new Int32Array(3 * NODES * grid.blocks);
  }

  /** Adds the triangles of a cube. @param corners Those inside, as bits. */
  addCube(corners: number, x: number, y: number, z: number): void {
    const triangles = CUBE_TRIANGLES[corners];
    for (let k = 0; k < triangles.length; k++) {
      const edge = triangles[k], at = 3 * this.nodes[EDGE_LOW[edge]] + EDGE_AXIS[edge];
      if (this.vertexOn[at] === 0) this.vertexOn[at] = this.addVertex(edge, x, y, z);
      this.indices.push(this.vertexOn[at] - 1);
    }
  }

  /** Returns the vertex + 1. */
  private addVertex(edge: number, x: number, y: number, z: number): number {
    const { grid: { chi, cell }, origin, positions, nodes } = this;
    const low = EDGE_LOW[edge], axis = EDGE_AXIS[edge];
    const a = chi[nodes[low]], b = chi[nodes[EDGE_HIGH[edge]]];
    const t = Math.min(1 - END_SHARE, Math.max(END_SHARE, (0.5 - a) / (b - a)));
    positions.push(origin[0] + cell * (x + (low & 1) + (axis === 0 ? t : 0)));
    positions.push(origin[1] + cell * (y + (low >> 1 & 1) + (axis === 1 ? t : 0)));
    positions.push(origin[2] + cell * (z + (low >> 2) + (axis === 2 ? t : 0)));
    return positions.length / 3;
  }

  take(): FieldSurface {
    return { positions: this.positions.take(), indices: this.indices.take() };
  }
}

type AnyArray = Float32Array | Uint32Array;

/** A typed list. */
class Growing<A extends AnyArray> {
  length = 0;
  private items: A;

  constructor(private readonly kind: new (length: number) => A, capacity: number) {
    this.items = new kind(capacity);
  }

  push(value: number): void {
    if (this.length === this.items.length) {
      const items = new this.kind(2 * this.length);
      items.set(this.items);
      this.items = items;
    }
    this.items[this.length++] = value;
  }

  take(): A {
    return this.items.slice(0, this.length) as A;
  }
}
