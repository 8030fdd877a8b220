/**
 * Nearest points among points: a balanced k-d tree in flat arrays (Bentley 1975), halved along the
 * longer side of each node's box, about six points a leaf.
 */
import { InputError } from "../work/errors.ts";
import { firstNotFinite } from "./finite.ts";
import { coarseMortonOrder } from "./morton.ts";

/** A built tree. It holds a copy of the points. */
export interface PointTree {
  /** How many points. */
  readonly count: number;
  /** The points in leaf order, xyz interleaved. */
  readonly points: Float64Array;
  /** The caller's index of each point in leaf order. */
  readonly items: Uint32Array;
  /** Leaves: a power of two. Leaf j holds places ⌊j n / leaves⌋ to ⌊(j + 1) n / leaves⌋. */
  readonly leaves: number;
  /** Of each inner node in heap order (children 2i + 1, 2i + 2): the axis it halves, and where. */
  readonly axes: Uint8Array;
  readonly planes: Float64Array;
}

/** What {@linkcode nearestPoints} found, in the order of the queries. */
export interface NearestPoints {
  /** Euclidean distances, length n. */
  distance: Float64Array;
  /** The nearest points' indices, the lowest of equally near ones, length n. */
  index: Uint32Array;
}

const LEAF_SIZE = 8;

/**
 * Builds the tree.
 *
 * @param points xyz interleaved, length 3n.
 * @throws {InputError} If there is no point, or one is not finite.
 */
export function buildPointTree(points: Float32Array | Float64Array): PointTree {
  const count = points.length / 3;
  if (count === 0) {
    throw new InputError("Cannot search points: found none, expected at least one");
  }
  const bad = firstNotFinite(points);
  if (bad >= 0) {
    throw new InputError(
      `Cannot search points: point ${Math.floor(bad / 3)} has the coordinate ${points[bad]}, ` +
        `expected finite ones`,
    );
  }
  let leaves = 1;
  while (count / leaves > LEAF_SIZE) leaves *= 2;
  const items = Uint32Array.from({ length: count }, (_, i) => i);
  const axes = new Uint8Array(leaves - 1), planes = new Float64Array(leaves - 1);
  const halve = (node: number, fromLeaf: number, toLeaf: number) => {
    if (toLeaf - fromLeaf < 2) return;
    const middleLeaf = (fromLeaf + toLeaf) / 2;
    const from = firstPlace(fromLeaf, count, leaves), to = firstPlace(toLeaf, count, leaves);
    const middle = firstPlace(middleLeaf, count, leaves);
    const { axis, low, high } = longestSide(points, items.subarray(from, to));
    select(points, items, { from, to, middle, axis, low, high });
    axes[node] = axis;
    planes[node] = points[3 * items[middle] + axis];
    halve(2 * node + 1, fromLeaf, middleLeaf);
    halve(2 * node + 2, middleLeaf, toLeaf);
  };
  halve(0, 0, leaves);
  const sorted = new Float64Array(3 * count);
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < 3; k++) sorted[3 * i + k] = points[3 * items[i] + k];
  }
  return { count, points: sorted, items, leaves, axes, planes };
}

/**
 * Finds the nearest point of the tree to each query: exact in float64, ties to the lowest index.
 *
 * @param queries xyz interleaved, length 3n.
 * @throws {RangeError} If a coordinate is not finite.
 */
export function nearestPoints(
  tree: PointTree,
  queries: Float32Array | Float64Array,
): NearestPoints {
  const bad = firstNotFinite(queries);
  if (bad >= 0 || queries.length % 3 !== 0) {
    throw new RangeError(
      `Cannot find nearest points: found ${bad < 0 ? queries.length : queries[bad]}, ` +
        `expected three finite coordinates a point`,
    );
  }
  const { count, points, items, leaves, axes, planes } = tree;
  const distance = new Float64Array(queries.length / 3), index = new Uint32Array(distance.length);
  // What is left to look at: node, squared distance to its half-space box, and its three parts.
  const stackNodes = new Int32Array(64), stack = new Float64Array(4 * 64);
  let last = 0;
  for (const query of coarseMortonOrder(queries)) {
    const x = queries[3 * query], y = queries[3 * query + 1], z = queries[3 * query + 2];
    let best = squaredDistance(points, last, x, y, z), place = last;
    let top = 1;
    stackNodes[0] = 0;
    stack.fill(0, 0, 4);
    while (top > 0) {
      top--;
      // A hair of slack: parts are summed in another order than distances are.
      if (stack[4 * top] > best * (1 + 1e-12)) continue;
      let node = stackNodes[top];
      const parts = [stack[4 * top + 1], stack[4 * top + 2], stack[4 * top + 3]];
      while (node < leaves - 1) {
        const axis = axes[node], offset = (axis === 0 ? x : axis === 1 ? y : z) - planes[node];
        const beyond = offset * offset;
        const bound = parts[0] + parts[1] + parts[2] - parts[axis] + beyond;
        const near = offset < 0 ? 2 * node + 1 : 2 * node + 2;
        if (bound <= best * (1 + 1e-12)) {
          stackNodes[top] = offset < 0 ? 2 * node + 2 : 2 * node + 1;
          stack[4 * top] = bound;
          stack[4 * top + 1] = axis === 0 ? beyond : parts[0];
          stack[4 * top + 2] = axis === 1 ? beyond : parts[1];
          stack[4 * top + 3] = axis === 2 ? beyond : parts[2];
          top++;
        }
        node = near;
      }
      const leaf = node - (leaves - 1), end = firstPlace(leaf + 1, count, leaves);
      for (let i = firstPlace(leaf, count, leaves); i < end; i++) {
        const found = squaredDistance(points, i, x, y, z);
        if (found < best || (found === best && items[i] < items[place])) best = found, place = i;
      }
    }
    last = place;
    distance[query] = Math.sqrt(best);
    index[query] = items[place];
  }
  return { distance, index };
}

function firstPlace(leaf: number, count: number, leaves: number): number {
  return Math.floor(leaf * count / leaves);
}

function squaredDistance(points: Float64Array, i: number, x: number, y: number, z: number): number {
  const dx = points[3 * i] - x, dy = points[3 * i + 1] - y, dz = points[3 * i + 2] - z;
  return dx * dx + dy * dy + dz * dz;
}

function longestSide(
  points: Float32Array | Float64Array,
  items: Uint32Array,
): { axis: number; low: number; high: number } {
  const low = [Infinity, Infinity, Infinity], high = [-Infinity, -Infinity, -Infinity];
  for (const item of items) {
    for (let k = 0; k < 3; k++) {
      const value = points[3 * item + k];
      if (value < low[k]) low[k] = value;
      if (value > high[k]) high[k] = value;
    }
  }
  const sides = high.map((value, k) => value - low[k]);
  const axis = sides[0] >= sides[1] && sides[0] >= sides[2] ? 0 : sides[1] >= sides[2] ? 1 : 2;
  return { axis, low: low[axis], high: high[axis] };
}

/**
 * Rearranges items [from, to) so that no coordinate before `middle` is larger than one from it on.
 * Pivots halve the bounds of the coordinates, so the work is bounded whatever they are.
 */
function select(
  points: Float32Array | Float64Array,
  items: Uint32Array,
  range: { from: number; to: number; middle: number; axis: number; low: number; high: number },
): void {
  const { middle, axis } = range;
  let { from, to, low, high } = range;
  while (to - from > 1 && low < high) {
    const pivot = Math.max(low, Math.min(low / 2 + high / 2, high));
    const lowest = pivot >= high ? low : pivot;
    let next = from;
    for (let i = from; i < to; i++) {
      const item = items[i];
      if (points[3 * item + axis] > lowest) continue;
      items[i] = items[next];
      items[next++] = item;
    }
    if (middle < next) to = next, high = lowest;
    else if (lowest === low) return; // no number lies between: all that is left is equal
    else from = next, low = lowest;
    if (middle === from) {
      // The smallest of what is left belongs here.
      let least = from;
      for (let i = from + 1; i < to; i++) {
        if (points[3 * items[i] + axis] < points[3 * items[least] + axis]) least = i;
      }
      [items[from], items[least]] = [items[least], items[from]];
      return;
    }
  }
}
