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
  // 1. Count the sides at their lower end, 2. put them there: buckets in the order of that end.
  let vertices = 0, count = 0;
  for (let i = 0; i < corners.length; i++) if (corners[i] >= vertices) vertices = corners[i] + 1;
  const bucketAt = new Uint32Array(vertices + 1);
  for (let f = 0; f < corners.length; f += 3) {
    const a = corners[f], b = corners[f + 1], c = corners[f + 2];
    if (a === b || b === c || c === a) continue;
    count += 3;
    bucketAt[(a < b ? a : b) + 1]++;
    bucketAt[(b < c ? b : c) + 1]++;
    bucketAt[(c < a ? c : a) + 1]++;
  }
  for (let v = 0; v < vertices; v++) bucketAt[v + 1] += bucketAt[v];
  const uses = new Uint32Array(count), ends = new Uint32Array(count);
  const next = bucketAt.slice(0, vertices);
  const put = (side: number, from: number, to: number) => {
    const at = next[from < to ? from : to]++;
    ends[at] = from < to ? to : from;
    uses[at] = side;
  };
  for (let f = 0; f < corners.length; f += 3) {
    const a = corners[f], b = corners[f + 1], c = corners[f + 2];
    if (a === b || b === c || c === a) continue;
    put(f, a, b);
    put(f + 1, b, c);
    put(f + 2, c, a);
  }

  // 3. Order each bucket by the other end, sides of one edge as they came; 4. cut it into edges.
  const starts = new Uint32Array(count + 1);
  let edges = 0, boundary = 0, nonManifold = 0, inconsistent = 0;
  for (let v = 0; v < vertices; v++) {
    const end = bucketAt[v + 1];
    sortBucket(uses, ends, bucketAt[v], end);
    for (let from = bucketAt[v]; from < end;) {
      let to = from + 1;
      while (to < end && ends[to] === ends[from]) to++;
      if (to - from === 1) boundary++;
      else if (to - from > 2) nonManifold++;
      else if (corners[uses[from]] === corners[uses[from + 1]]) inconsistent++;
      starts[edges++] = from;
      from = to;
    }
  }
  starts[edges] = count;
  return { uses, starts: starts.slice(0, edges + 1), boundary, nonManifold, inconsistent };
}

/** Longest bucket that is sorted by insertion: the sides round an ordinary vertex. */
const SHORT = 32;

/** Sorts places from … to − 1 by `ends`, keeping the order of equal ones. */
function sortBucket(uses: Uint32Array, ends: Uint32Array, from: number, to: number): void {
  if (to - from > SHORT) {
    const order = radixOrder(ends.subarray(from, to));
    const oldUses = uses.slice(from, to), oldEnds = ends.slice(from, to);
    for (let i = 0; i < order.length; i++) {
      uses[from + i] = oldUses[order[i]];
      ends[from + i] = oldEnds[order[i]];
    }
    return;
  }
  for (let i = from + 1; i < to; i++) {
    const use = uses[i], end = ends[i];
    let at = i;
    for (; at > from && ends[at - 1] > end; at--) {
      uses[at] = uses[at - 1];
      ends[at] = ends[at - 1];
    }
    uses[at] = use;
    ends[at] = end;
  }
}
