/** Prefix codes of limited width for counted symbols (RFC 1951, section 3.2.2). */
import { SORTED, TREE, WIDTH_COUNTS } from "./layout";

/**
 * Chooses widths and codes for `size` symbols, uint32 counts at `counts`. Symbols that do not occur get none;
 * there are always two at least, as old decoders want it. Widths are the shortest there are
 * (Moffat and Katajainen 1995, in place), then made to fit `most` bits.
 *
 * @param widths Receives uint8 widths.
 * @param codes Receives uint32 codes, first bit lowest, with the width at bit 24.
 */
export function makeCodes(counts: usize, size: u32, widths: usize, codes: usize, most: u32): void {
  let used = 0;
  for (let symbol: u32 = 0; symbol < size; symbol++) {
    const count = load<u32>(counts + 4 * symbol);
    if (count > 0) store<u32>(SORTED + 4 * used++, (count << 9) | symbol);
  }
  for (let symbol: u32 = 0; used < 2; symbol++) {
    if (load<u32>(counts + 4 * symbol) == 0) store<u32>(SORTED + 4 * used++, (1 << 9) | symbol);
  }
  sort(used);
  memory.fill(WIDTH_COUNTS, 0, 4 * 64);
  countWidths(used);
  fitWidths(most);

  // The rarest get the widest.
  memory.fill(widths, 0, size);
  let at = 0;
  for (let width = most; width > 0; width--) {
    for (let n = load<u32>(WIDTH_COUNTS + 4 * width); n > 0; n--) {
      store<u8>(widths + (load<u32>(SORTED + 4 * at++) & 511), width);
    }
  }
  assignCodes(widths, size, codes);
}

/** Numbers codes: among those of a width they rise with the symbol, and wider ones come later. */
export function assignCodes(widths: usize, size: u32, codes: usize): void {
  memory.fill(WIDTH_COUNTS, 0, 4 * 16);
  for (let symbol: u32 = 0; symbol < size; symbol++) {
    const here = WIDTH_COUNTS + 4 * <usize> load<u8>(widths + symbol);
    store<u32>(here, load<u32>(here) + 1);
  }
  let code: u32 = 0;
  for (let width: u32 = 1; width < 16; width++) {
    const first = code << 1;
    code = first + load<u32>(WIDTH_COUNTS + 4 * width);
    store<u32>(WIDTH_COUNTS + 4 * width, first);
  }
  for (let symbol: u32 = 0; symbol < size; symbol++) {
    const width = <u32> load<u8>(widths + symbol);
    if (width == 0) continue;
    const next = WIDTH_COUNTS + 4 * width, value = load<u32>(next);
    store<u32>(next, value + 1);
    store<u32>(codes + 4 * symbol, (reversed(value) >> (32 - width)) | (width << 24));
  }
}

/** Sorts the symbols by how often they occur (Shell, gaps of Ciura 2001). */
function sort(used: i32): void {
  for (let round = 0; round < 5; round++) {
    const gap = round == 0 ? 132 : round == 1 ? 57 : round == 2 ? 23 : round == 3 ? 7 : 1;
    for (let i = gap; i < used; i++) {
      const key = load<u32>(SORTED + 4 * i);
      let j = i;
      for (; j >= gap && load<u32>(SORTED + 4 * (j - gap)) > key; j -= gap) {
        store<u32>(SORTED + 4 * j, load<u32>(SORTED + 4 * (j - gap)));
      }
      store<u32>(SORTED + 4 * j, key);
    }
  }
}

/** Counts how many symbols have how deep a leaf in Huffman's tree. Depths beyond 63 cannot be: counts are below 2³². */
function countWidths(used: i32): void {
  // 1. Weights of inner nodes, then the index of their parent, from left to right.
  for (let i = 0; i < used; i++) store<u32>(TREE + 4 * i, load<u32>(SORTED + 4 * i) >> 9);
  store<u32>(TREE, load<u32>(TREE) + load<u32>(TREE + 4));
  let root = 0, leaf = 2;
  for (let next = 1; next < used - 1; next++) {
    let weight: u32 = 0;
    for (let side = 0; side < 2; side++) {
      if (
        leaf >= used ||
        (root < next && load<u32>(TREE + 4 * root) < load<u32>(TREE + 4 * leaf))
      ) {
        weight += load<u32>(TREE + 4 * root);
        store<u32>(TREE + 4 * root++, next);
      } else {
        weight += load<u32>(TREE + 4 * leaf++);
      }
    }
    store<u32>(TREE + 4 * next, weight);
  }
  // 2. Depths of inner nodes, from the root.
  store<u32>(TREE + 4 * (used - 2), 0);
  for (let next = used - 3; next >= 0; next--) {
    store<u32>(TREE + 4 * next, load<u32>(TREE + 4 * load<u32>(TREE + 4 * next)) + 1);
  }
  // 3. What is free at a depth and no inner node is a leaf.
  let free = 1, node = used - 2, depth = 0, left = used;
  while (left > 0) {
    let inner = 0;
    for (; node >= 0 && load<u32>(TREE + 4 * node) == depth; node--) inner++;
    const leaves = free - inner;
    store<u32>(WIDTH_COUNTS + 4 * depth, leaves);
    left -= leaves;
    free = 2 * inner;
    depth++;
  }
}

/** Shortens codes wider than `most` bits, and widens as many others as that takes. */
function fitWidths(most: u32): void {
  let over: u32 = 0;
  for (let width: u32 = most + 1; width < 64; width++) over += load<u32>(WIDTH_COUNTS + 4 * width);
  if (over == 0) return;
  store<u32>(WIDTH_COUNTS + 4 * most, load<u32>(WIDTH_COUNTS + 4 * most) + over);
  let sum: u32 = 0;
  for (let width: u32 = 1; width <= most; width++) {
    sum += load<u32>(WIDTH_COUNTS + 4 * width) << (most - width);
  }
  for (; sum > <u32> 1 << most; sum--) {
    // A widest one goes beside another that is made one bit wider.
    let width = most - 1;
    while (load<u32>(WIDTH_COUNTS + 4 * width) == 0) width--;
    const here = WIDTH_COUNTS + 4 * width;
    store<u32>(here, load<u32>(here) - 1);
    store<u32>(here + 4, load<u32>(here + 4) + 2);
    store<u32>(WIDTH_COUNTS + 4 * most, load<u32>(WIDTH_COUNTS + 4 * most) - 1);
  }
}

function reversed(bits: u32): u32 {
  bits = ((bits >> 1) & 0x55555555) | ((bits & 0x55555555) << 1);
  bits = ((bits >> 2) & 0x33333333) | ((bits & 0x33333333) << 2);
  bits = ((bits >> 4) & 0x0f0f0f0f) | ((bits & 0x0f0f0f0f) << 4);
  return bswap<u32>(bits);
}
