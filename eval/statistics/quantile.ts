/**
 * The `q` quantile of ascending values, interpolated between neighbours (Hyndman and Fan 1996,
 * type 7: numpy's default).
 *
 * @throws {RangeError} If there are no values or `q` is outside 0…1.
 */
export function quantileOfSorted(sorted: ArrayLike<number>, q: number): number {
  const n = sorted.length;
  if (n === 0 || !(q >= 0 && q <= 1)) {
    throw new RangeError(
      `Cannot take a quantile: q is ${q} of ${n} values, expected 0 to 1 of at least one`,
    );
  }
  const [below, above] = quantileRanks(n, q);
  return sorted[below] + (q * (n - 1) - below) * (sorted[above] - sorted[below]);
}

/** The two ranks among `n` ascending values that the `q` quantile lies between. */
export function quantileRanks(n: number, q: number): [below: number, above: number] {
  const below = Math.floor(q * (n - 1));
  return [below, Math.min(below + 1, n - 1)];
}
