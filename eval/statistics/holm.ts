/**
 * Corrects the p-values of a family of tests so that the chance of even one false finding stays
 * below the level (Holm 1979, step-down): the k-th smallest is multiplied by (m − k + 1), made
 * monotone, and capped at 1.
 *
 * @returns Corrected values in the order given.
 * @throws {RangeError} If a value is outside 0…1.
 */
export function holmCorrection(pValues: readonly number[]): number[] {
  for (const p of pValues) {
    if (!(p >= 0 && p <= 1)) {
      throw new RangeError(`Cannot correct p-values: found ${p}, expected between 0 and 1`);
    }
  }
  const order = pValues.map((_, i) => i).sort((a, b) => pValues[a] - pValues[b] || a - b);
  const corrected = new Array<number>(pValues.length);
  let least = 0;
  for (const [k, i] of order.entries()) {
    least = Math.max(least, Math.min(1, (pValues.length - k) * pValues[i]));
    corrected[i] = least;
  }
  return corrected;
}
