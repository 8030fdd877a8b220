/** Sorting the four children of a node by distance, nearest on top of the stack. */

/**
 * Packs float32 keys ≥ 0 and their lanes into int32s of the same order: the lane in the low two
 * bits, plus 4 so that no hit is 0. Lanes outside `mask` become 0 and sort last.
 */
export function packKeys(keys: v128, mask: v128): v128 {
  const lanes = i32x4(0, 1, 2, 3);
  const packed = v128.or(v128.and(keys, i32x4.splat(-4)), lanes);
  return v128.and(i32x4.add(packed, i32x4.splat(4)), mask);
}

/** The packed form that any key up to `limit` stays at or below. */
export function packLimit(limit: f32): i32 {
  return reinterpret<i32>(limit) + 8;
}

/** Sorts four int32 in descending order (bitonic network). */
export function sortDescending(keys: v128): v128 {
  let swapped = v128.shuffle<i32>(keys, keys, 1, 0, 3, 2);
  let high = i32x4.max_s(keys, swapped), low = i32x4.min_s(keys, swapped);
  keys = v128.shuffle<i32>(high, low, 0, 5, 6, 3);
  swapped = v128.shuffle<i32>(keys, keys, 2, 3, 0, 1);
  high = i32x4.max_s(keys, swapped);
  low = i32x4.min_s(keys, swapped);
  keys = v128.shuffle<i32>(high, low, 0, 1, 6, 7);
  swapped = v128.shuffle<i32>(keys, keys, 1, 0, 3, 2);
  high = i32x4.max_s(keys, swapped);
  low = i32x4.min_s(keys, swapped);
  return v128.shuffle<i32>(high, low, 0, 5, 2, 7);
}

/**
 * Pushes the children of `node` that `mask` holds, farthest first, and returns the new top.
 * An entry is 8 bytes: the packed key, and the child index of lane 0. Writes 32 bytes at `top`.
 */
export function push(top: usize, keys: v128, mask: v128, node: u32): usize {
  const sorted = sortDescending(packKeys(keys, mask)), first = i32x4.splat(4 * node + 1);
  v128.store(top, v128.shuffle<i32>(sorted, first, 0, 4, 1, 5));
  v128.store(top, v128.shuffle<i32>(sorted, first, 2, 6, 3, 7), 16);
  return top + (<usize> popcnt(i32x4.bitmask(mask)) << 3);
}

/** The child of `node` that `mask` holds, where it holds no other; else 0. */
// @ts-ignore: AssemblyScript's own
@inline
export function onlyChild(mask: v128, node: u32): u32 {
  const lanes = i32x4.bitmask(mask);
  return lanes != 0 && (lanes & (lanes - 1)) == 0 ? 4 * node + 1 + ctz(lanes) : 0;
}
