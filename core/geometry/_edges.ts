/** The edges of a welded mesh and the triangles on them. */
import { radixOrder } from "./radix_sort.ts";

/** See {@linkcode meshEdges}. */
export interface MeshEdges {
  /**
   * Uses of edges, edge by edge: use 3f + k is side k of triangle f, from its corner k to the next.
   */
  uses: Uint32Array;
  /** Where each edge's uses start; one more than there are edges. */
  starts: Uint32Array;
  /** Edges with one use. */
  boundary: number;
  /** Edges with more than two uses. */
  nonManifold: number;
  /** Edges with two uses in the same direction. */
  inconsistent: number;
}

/**
 * Groups the sides of triangles by the two vertices they connect. Triangles of which two corners
 * are the same vertex have no sides here.
 *
 * @param corners Three welded vertices a triangle.
 */
export function meshEdges(corners: Uint32Array): MeshEdges {
  const low = new Uint32Array(corners.length), high = new Uint32Array(corners.length);
  const sides = new Uint32Array(corners.length);
  let count = 0, vertices = 1;
  for (let f = 0; f < corners.length; f += 3) {
    const a = corners[f], b = corners[f + 1], c = corners[f + 2];
    if (a === b || b === c || c === a) continue;
    for (let k = 0; k < 3; k++) {
      const from = corners[f + k], to = corners[f + (k + 1) % 3];
      low[count] = Math.min(from, to);
      high[count] = Math.max(from, to);
      vertices = Math.max(vertices, high[count]);
      sides[count++] = f + k;
    }
  }
  const bits = Math.ceil(Math.log2(vertices + 1));
  const order = radixOrder(low.subarray(0, count), {
    bits,
    previous: radixOrder(high.subarray(0, count), { bits }),
  });
  const uses = new Uint32Array(count), starts = new Uint32Array(count + 1);
  let edges = 0, boundary = 0, nonManifold = 0, inconsistent = 0;
  for (let from = 0; from < count;) {
    const first = order[from];
    let to = from;
    while (to < count && low[order[to]] === low[first] && high[order[to]] === high[first]) {
      uses[to] = sides[order[to]];
      to++;
    }
    if (to - from === 1) boundary++;
    else if (to - from > 2) nonManifold++;
    else if (corners[uses[from]] === corners[uses[from + 1]]) inconsistent++;
    starts[edges++] = from;
    from = to;
  }
  starts[edges] = count;
  return { uses, starts: starts.slice(0, edges + 1), boundary, nonManifold, inconsistent };
}
