/** The closed surface χ = ½ of a solved field. */
import type { PoissonField } from "./field.ts";
import { CUBE_EDGES, CUBE_TRIANGLES } from "./cube_table.ts";
import { coarserValue, type Grid, NODES, nodeValue, type Pyramid } from "./grid.ts";

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
  const level = pyramid.length - 1, grid = pyramid[level];
  closeBand(pyramid, level);
  const positions = new Growing(Float32Array, 1 << 18), indices = new Growing(Uint32Array, 1 << 19);
  /** Vertex on the edge from a node along x, y, z: at 3 · node + axis; 0 none, else vertex + 1. */
  const vertexOn = new Int32Array(3 * grid.chi.length);
  const nodes = new Int32Array(8), values = new Float64Array(8);
  const vertex = (edge: number, x: number, y: number, z: number): number => {
    const [low, high] = CUBE_EDGES[edge], axis = high - low === 1 ? 0 : high - low === 2 ? 1 : 2;
    const at = 3 * nodes[low] + axis;
    if (vertexOn[at] !== 0) return vertexOn[at] - 1;
    const a = values[low], b = values[high];
    const t = Math.min(1 - END_SHARE, Math.max(END_SHARE, (0.5 - a) / (b - a)));
    const cell = grid.cell;
    positions.push(origin[0] + cell * (x + (low & 1) + (axis === 0 ? t : 0)));
    positions.push(origin[1] + cell * (y + (low >> 1 & 1) + (axis === 1 ? t : 0)));
    positions.push(origin[2] + cell * (z + (low >> 2) + (axis === 2 ? t : 0)));
    return (vertexOn[at] = positions.length / 3) - 1;
  };
  for (let block = 0; block < grid.blocks; block++) {
    const [bx, by, bz] = grid.placeOf(block);
    for (let n = 0; n < NODES; n++) {
      const x = 4 * bx + (n & 3), y = 4 * by + (n >> 2 & 3), z = 4 * bz + (n >> 4);
      const within = (n & 3) < 3 && (n >> 2 & 3) < 3 && n >> 4 < 3;
      let inside = 0, whole = true;
      for (let c = 0; c < 8; c++) {
        const node = within
          ? NODES * block + n + (c & 1) + 4 * (c >> 1 & 1) + 16 * (c >> 2)
          : grid.node(x + (c & 1), y + (c >> 1 & 1), z + (c >> 2));
        if (node < 0) {
          whole = false;
          break;
        }
        nodes[c] = node;
        if ((values[c] = grid.chi[node]) >= 0.5) inside |= 1 << c;
      }
      if (!whole || inside === 0 || inside === 255) continue;
      const triangles = CUBE_TRIANGLES[inside];
      for (let k = 0; k < triangles.length; k++) indices.push(vertex(triangles[k], x, y, z));
    }
  }
  return { positions: positions.take(), indices: indices.take() };
}

/** Adds blocks until no cube that the surface cuts lacks a node. */
function closeBand(pyramid: Pyramid, level: number): void {
  const grid = pyramid[level], local = new Float64Array(216);
  for (let block = 0; block < grid.blocks; block++) {
    const [bx, by, bz] = grid.placeOf(block);
    let missing = false;
    for (let n = 0; n < 27 && !missing; n++) {
      const x = bx + n % 3 - 1, y = by + Math.floor(n / 3) % 3 - 1, z = bz + Math.floor(n / 9) - 1;
      missing = grid.node(4 * x, 4 * y, 4 * z) < 0;
    }
    if (!missing) continue;
    let below = false, above = false;
    for (let n = 0; n < 216; n++) {
      const x = 4 * bx + n % 6 - 1, y = 4 * by + Math.floor(n / 6) % 6 - 1;
      const value = nodeValue(pyramid, level, x, y, 4 * bz + Math.floor(n / 36) - 1);
      local[n] = value;
      if (value >= 0.5) above = true;
      else below = true;
    }
    if (!below || !above) continue;
    for (let n = 0; n < 125; n++) {
      const x = n % 5, y = Math.floor(n / 5) % 5, z = Math.floor(n / 25);
      let inside = 0;
      for (let c = 0; c < 8; c++) {
        if (local[x + (c & 1) + 6 * (y + (c >> 1 & 1)) + 36 * (z + (c >> 2))] >= 0.5) {
          inside |= 1 << c;
        }
      }
      if (inside === 0 || inside === 255) continue;
      for (let c = 0; c < 8; c++) {
        const gx = 4 * bx + x - 1 + (c & 1), gy = 4 * by + y - 1 + (c >> 1 & 1);
        const gz = 4 * bz + z - 1 + (c >> 2);
        if (grid.node(gx, gy, gz) < 0) addCoarse(pyramid, level, grid, gx >> 2, gy >> 2, gz >> 2);
      }
    }
  }
}

/** Adds one block with the values of the coarser levels. */
function addCoarse(
  pyramid: Pyramid,
  level: number,
  grid: Grid,
  bx: number,
  by: number,
  bz: number,
): void {
  const block = grid.add(bx, by, bz);
  if (block < 0) return;
  if (NODES * (block + 1) > grid.chi.length) {
    const grow = (from: Float32Array) => {
      const to = new Float32Array(Math.ceil(1.25 * NODES * (block + 64)));
      to.set(from);
      return to;
    };
    grid.chi = grow(grid.chi);
  }
  for (let n = 0; n < NODES; n++) {
    const x = 4 * bx + (n & 3), y = 4 * by + (n >> 2 & 3), z = 4 * bz + (n >> 4);
    grid.chi[NODES * block + n] = coarserValue(pyramid, level, x, y, z);
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
