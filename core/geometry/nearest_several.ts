/** The few nearest points among points: a search of the tree of `kdtree.ts` that keeps more than one. */
import { firstNotFinite } from "./finite.ts";
import { coarseMortonOrder } from "./morton.ts";
import type { PointTree } from "./kdtree.ts";

/** What {@linkcode nearestSeveral} found: `wanted` numbers a query, the nearest first. */
export interface SeveralNearest {
  /** Distances, length wanted · n. */
  distance: Float64Array;
  /** The points' indices, of equally near ones the lower first, length wanted · n. */
  index: Uint32Array;
}

/**
 * Finds the `wanted` nearest points of the tree to each query: exact in float64.
 *
 * @param queries xyz interleaved, length 3n.
 * @throws {RangeError} If a coordinate is not finite, or the tree has fewer points than are wanted.
 */
export function nearestSeveral(
  tree: PointTree,
  queries: Float32Array | Float64Array,
  wanted: number,
): SeveralNearest {
  const { count, points, items, leaves, axes, planes } = tree;
  if (!Number.isInteger(wanted) || wanted < 1 || wanted > count) {
    throw new RangeError(
      `Cannot find nearest points: found ${wanted} wanted, expected 1 to ${count}`,
    );
  }
  const bad = firstNotFinite(queries);
  if (bad >= 0 || queries.length % 3 !== 0) {
    throw new RangeError(
      `Cannot find nearest points: found ${bad < 0 ? queries.length : queries[bad]}, ` +
        `expected three finite coordinates a point`,
    );
  }
  const distance = new Float64Array(wanted * queries.length / 3);
  const index = new Uint32Array(distance.length);
  const near = new Float64Array(wanted), nearItems = new Uint32Array(wanted);
  const query = [0, 0, 0];
  const take = (place: number) => {
    const dx = points[3 * place] - query[0], dy = points[3 * place + 1] - query[1];
    const dz = points[3 * place + 2] - query[2], found = dx * dx + dy * dy + dz * dz;
    const item = items[place];
    let at = wanted - 1;
    if (found > near[at] || (found === near[at] && item > nearItems[at])) return;
    for (; at > 0; at--) {
      if (found > near[at - 1] || (found === near[at - 1] && item > nearItems[at - 1])) break;
      near[at] = near[at - 1];
      nearItems[at] = nearItems[at - 1];
    }
    near[at] = found;
    nearItems[at] = item;
  };
  /** Visits what may hold something nearer; `parts`: squared distance to the node's box by axis. */
  const visit = (node: number, parts: readonly [number, number, number]): void => {
    while (node < leaves - 1) {
      const axis = axes[node], offset = query[axis] - planes[node];
      const beyond: [number, number, number] = [...parts];
      beyond[axis] = offset * offset;
      const [first, second] = offset < 0
        ? [2 * node + 1, 2 * node + 2]
        : [2 * node + 2, 2 * node + 1];
      visit(first, parts);
      // A hair of slack: parts are summed in another order than distances are.
      if (beyond[0] + beyond[1] + beyond[2] > near[wanted - 1] * (1 + 1e-12)) return;
      node = second;
      parts = beyond;
    }
    const leaf = node - (leaves - 1), end = Math.floor((leaf + 1) * count / leaves);
    for (let place = Math.floor(leaf * count / leaves); place < end; place++) take(place);
  };
  for (const q of coarseMortonOrder(queries)) {
    query[0] = queries[3 * q], query[1] = queries[3 * q + 1], query[2] = queries[3 * q + 2];
    near.fill(Infinity);
    nearItems.fill(0xffffffff);
    visit(0, [0, 0, 0]);
    index.set(nearItems, wanted * q);
    for (let k = 0; k < wanted; k++) distance[wanted * q + k] = Math.sqrt(near[k]);
  }
  return { distance, index };
}
