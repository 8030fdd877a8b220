/** Sorting by integer keys in linear time, stable, so that orders are the same everywhere. */

const DIGIT_BITS = 11;
const DIGITS = 1 << DIGIT_BITS;

/**
 * Sorts by keys: returns the order in which `keys[order[i]]` ascends. Equal keys keep the order of
 * `previous` (by default 0, 1, 2, …), so that sorting by a minor key first and a major key second
 * sorts by both. Least-significant-digit radix sort, 11 bits a pass.
 *
 * @param keys Length n.
 * @param options.bits How many low bits of the keys are in use. Default: 32.
 * @param options.previous An order to start from; it is not changed.
 */
export function radixOrder(
  keys: Uint32Array,
  options: { bits?: number; previous?: Uint32Array } = {},
): Uint32Array {
  const { bits = 32, previous } = options;
  const count = keys.length;
  let order = new Uint32Array(count), next = new Uint32Array(count);
  if (previous === undefined) { for (let i = 0; i < count; i++) order[i] = i; }
  else order.set(previous);
  for (let shift = 0; shift < bits; shift += DIGIT_BITS) {
    const starts = new Uint32Array(DIGITS + 1);
    for (let i = 0; i < count; i++) starts[((keys[i] >>> shift) & (DIGITS - 1)) + 1]++;
    if (starts.includes(count)) continue; // one digit for all: nothing to move
    for (let d = 0; d < DIGITS; d++) starts[d + 1] += starts[d];
    for (let i = 0; i < count; i++) {
      const item = order[i];
      next[starts[(keys[item] >>> shift) & (DIGITS - 1)]++] = item;
    }
    [order, next] = [next, order];
  }
  return order;
}
