/** How well the normals of two surfaces agree at nearest points. */

/** Means over pairs of triangles; NaN where no pair counts. */
export interface NormalConsistency {
  /** Mean |cosine|. */
  absolute: number;
  /** Mean cosine. */
  signed: number;
  /** Pairs left out because a triangle has no area, so no normal. */
  undefinedPairs: number;
}

/**
 * Compares the normals of the triangles that each pair joins.
 *
 * @param a Unit normals of one triangle a pair, xyz; (0, 0, 0) where it has none.
 * @param b Those of the other.
 * @param options.rotation Turns the normals of `a` first, 3 × 3 row-major.
 * @param options.counts 1 for the pairs that count; absent: all.
 */
export function normalConsistency(
  a: Float64Array,
  b: Float64Array,
  options: { rotation: ArrayLike<number>; counts?: Uint8Array },
): NormalConsistency {
  const [absolute, signed, pairs, undefinedPairs] = cosineSums(a, b, options);
  return { absolute: absolute / pairs, signed: signed / pairs, undefinedPairs };
}

/**
 * Sums of |cosine| and cosine, pairs, pairs left out. They come in an array: V8 15.0's mid-tier
 * compiler now and then lets two object literals made after a hot loop share their numbers.
 */
function cosineSums(
  a: Float64Array,
  b: Float64Array,
  { rotation: r, counts }: { rotation: ArrayLike<number>; counts?: Uint8Array },
): Float64Array {
  const sums = new Float64Array(4);
  let absolute = 0, signed = 0, pairs = 0, undefinedPairs = 0;
  for (let i = 0, at = 0; at < a.length; i++, at += 3) {
    if (counts !== undefined && counts[i] !== 1) continue;
    const x = a[at], y = a[at + 1], z = a[at + 2];
    const u = b[at], v = b[at + 1], w = b[at + 2];
    if (x * x + y * y + z * z === 0 || u * u + v * v + w * w === 0) {
      undefinedPairs++;
      continue;
    }
    const cosine = (r[0] * x + r[1] * y + r[2] * z) * u + (r[3] * x + r[4] * y + r[5] * z) * v +
      (r[6] * x + r[7] * y + r[8] * z) * w;
    absolute += Math.abs(cosine);
    signed += cosine;
    pairs++;
  }
  sums[0] = absolute, sums[1] = signed, sums[2] = pairs, sums[3] = undefinedPairs;
  return sums;
}
