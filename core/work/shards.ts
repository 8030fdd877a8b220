/** Which part of a list of work one machine does. */
import type { FileRecord } from "./hash.ts";

/** This part of a run: shard `index` (from 0) of `count`. */
export interface Shard {
  index: number;
  count: number;
}

/** What deciding needs to know of an item. */
export interface ShardItem {
  id: string;
  /** Default: the id. */
  group?: string;
  inputs?: readonly Pick<FileRecord, "bytes">[];
}

/** What an item costs besides reading its inputs, as so many bytes to read. */
const ITEM_BYTES = 4e6;

/**
 * The items of one shard, in their order. Groups stay whole, so that a scan is loaded by one shard only,
 * and are dealt by weight, the heaviest first and always to the shard that has least (Graham 1969): no
 * shard has more than 4/3 of the least that is possible. Each machine finds the same deal by itself.
 */
export function shardOf<T extends ShardItem>(items: readonly T[], shard: Shard | undefined): T[] {
  if (shard === undefined) return [...items];
  const weights = new Map<string, number>();
  for (const { id, group = id, inputs = [] } of items) {
    const weight = inputs.reduce((sum, { bytes }) => sum + bytes, ITEM_BYTES);
    weights.set(group, (weights.get(group) ?? 0) + weight);
  }
  // Equal weights stay in the order of the list: sorting is stable.
  const heaviestFirst = [...weights].sort(([, a], [, b]) => b - a);
  const load = new Float64Array(shard.count), mine = new Set<string>();
  for (const [group, weight] of heaviestFirst) {
    let least = 0;
    for (let i = 1; i < load.length; i++) if (load[i] < load[least]) least = i;
    load[least] += weight;
    if (least === shard.index) mine.add(group);
  }
  return items.filter(({ id, group = id }) => mine.has(group));
}
