/** Order statistics without sorting everything. */

/** Ranges this short are sorted by insertion. */
const SHORT = 24;

/**
 * Rearranges values so that each of the wanted ranks holds what it would hold if all were sorted
 * ascending, and nothing before a wanted rank is larger than it. Takes linear time (quickselect,
 * Hoare 1961, pivots in the middle of three); where pivots keep failing, what is left is sorted.
 *
 * @param values Changed in place; no NaN.
 * @param ranks Which places are wanted, ascending.
 */
export function placeRanksInPlace(values: Float64Array, ranks: readonly number[]): void {
  let from = 0;
  for (const rank of ranks) {
    if (rank < from) continue; // in its place since the rank before
    placeRank(values, rank, from);
    from = rank + 1;
  }
}

/** Places one rank among the values from `low` on; those before are in order with them. */
function placeRank(values: Float64Array, rank: number, low: number): void {
  let high = values.length - 1;
  let turns = 2 * Math.log2(high - low + 2);
  while (high - low >= SHORT) {
    if (--turns < 0) {
      values.subarray(low, high + 1).sort();
      return;
    }
    const pivot = middleOf(values[low], values[(low + high) >>> 1], values[high]);
    let i = low, j = high;
    while (i <= j) {
      while (values[i] < pivot) i++;
      while (values[j] > pivot) j--;
      if (i > j) break;
      const value = values[i];
      values[i++] = values[j];
      values[j--] = value;
    }
    // Up to j: at most the pivot; from i on: at least; between them: the pivot itself.
    if (rank <= j) high = j;
    else if (rank >= i) low = i;
    else return;
  }
  for (let i = low + 1; i <= high; i++) {
    const value = values[i];
    let at = i;
    for (; at > low && values[at - 1] > value; at--) values[at] = values[at - 1];
    values[at] = value;
  }
}

function middleOf(a: number, b: number, c: number): number {
  return a < b ? (b < c ? b : a < c ? c : a) : (a < c ? a : b < c ? c : b);
}
