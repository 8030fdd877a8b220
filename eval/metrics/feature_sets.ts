/**
 * How two sets of pictures differ, told by a network's features: the Fréchet distance (FID, Heusel et
 * al. 2017) and the kernel distance (KID, Bińkowski et al. 2018).
 */
import { symmetricEigenvaluesInPlace } from "../../core/geometry/eigenvalues.ts";
import { random } from "../../core/work/random.ts";

/** One feature vector a picture, all of one length. */
export type Features = readonly Float32Array[];

/**
 * The Fréchet distance of two sets: |μa − μb|² + tr Σa + tr Σb − 2 tr (Σa Σb)^½, covariances divided
 * by n − 1. The last trace is the sum of the singular values of Xa Xbᵀ (centred, divided by
 * √((na − 1)(nb − 1))), which needs no square root of a matrix of the features' size; it takes n³
 * steps, seconds for a thousand pictures. The distance is biased: compare only sets of equal sizes.
 *
 * @throws {RangeError} If a set has fewer than two pictures, or lengths differ.
 */
export function frechetDistance(a: Features, b: Features): number {
  checkSets(a, b);
  const [x, muX] = centred(a), [y, muY] = centred(b);
  let distance = 0;
  for (let k = 0; k < muX.length; k++) distance += (muX[k] - muY[k]) ** 2;
  const trace = (rows: Float64Array[]) =>
    rows.reduce((sum, row) => sum + dot(row, row), 0) / (rows.length - 1);
  const scale = Math.sqrt((x.length - 1) * (y.length - 1));
  const cross = x.map((row) => Float64Array.from(y, (other) => dot(row, other) / scale));
  return Math.max(0, distance + trace(x) + trace(y) - 2 * nuclearNorm(cross));
}

/** How {@linkcode kernelDistance} draws. */
export interface KernelDistanceOptions {
  /** Pictures of each set that one estimate takes; all, once, where neither has more. Default: 1000. */
  subsetSize?: number;
  /** Estimates that are averaged. Default: 100. */
  subsets?: number;
  /** Default: 0. */
  seed?: number;
}

/** What {@linkcode kernelDistance} found. */
export interface KernelDistance {
  mean: number;
  /** Standard deviation over the subsets; null of one. */
  deviation: number | null;
}

/**
 * The unbiased squared maximum mean discrepancy under the kernel (x·y / d + 1)³, d the features'
 * length; about 0 for sets of one kind, so it may be negative.
 *
 * @throws {RangeError} If a set has fewer than two pictures, or lengths differ.
 */
export function kernelDistance(
  a: Features,
  b: Features,
  { subsetSize = 1000, subsets = 100, seed = 0 }: KernelDistanceOptions = {},
): KernelDistance {
  checkSets(a, b);
  if (a.length <= subsetSize && b.length <= subsetSize) {
    return { mean: discrepancy(a, b), deviation: null };
  }
  const size = Math.min(subsetSize, a.length, b.length);
  const draw = random(seed, "kid");
  const some = (set: Features) => {
    const order = set.map((_, i) => i);
    for (let i = 0; i < size; i++) {
      const j = i + draw.below(order.length - i);
      [order[i], order[j]] = [order[j], order[i]];
    }
    return order.slice(0, size).map((i) => set[i]);
  };
  const found = Array.from({ length: subsets }, () => discrepancy(some(a), some(b)));
  const mean = found.reduce((sum, value) => sum + value, 0) / subsets;
  const squares = found.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / subsets) };
}

function discrepancy(a: Features, b: Features): number {
  const d = a[0].length, kernel = (x: Float32Array, y: Float32Array) => (dot(x, y) / d + 1) ** 3;
  const within = (set: Features) => {
    let sum = 0;
    for (let i = 0; i < set.length; i++) {
      for (let j = 0; j < i; j++) sum += 2 * kernel(set[i], set[j]);
    }
    return sum / (set.length * (set.length - 1));
  };
  let across = 0;
  for (const x of a) for (const y of b) across += kernel(x, y);
  return within(a) + within(b) - 2 * across / (a.length * b.length);
}

/** Rows less their mean, and the mean. */
function centred(set: Features): [rows: Float64Array[], mean: Float64Array] {
  const mean = new Float64Array(set[0].length);
  for (const row of set) for (let k = 0; k < mean.length; k++) mean[k] += row[k] / set.length;
  return [set.map((row) => Float64Array.from(row, (value, k) => value - mean[k])), mean];
}

/** Values below this share of the largest are taken for 0: below it there is only rounding. */
const NO_VALUE = 1e-12;

/** Sum of the singular values of a matrix: of the roots of the eigenvalues of A Aᵀ. */
function nuclearNorm(matrix: readonly Float64Array[]): number {
  const rows = matrix.length <= matrix[0].length ? matrix : transposed(matrix);
  const values = symmetricEigenvaluesInPlace(
    rows.map((row) => Float64Array.from(rows, (other) => dot(row, other))),
  );
  const least = NO_VALUE * values[values.length - 1];
  return values.reduce((sum, value) => value > least ? sum + Math.sqrt(value) : sum, 0);
}

function transposed(rows: readonly Float64Array[]): Float64Array[] {
  return Array.from(rows[0], (_, k) => Float64Array.from(rows, (row) => row[k]));
}

function dot(a: Float64Array | Float32Array, b: Float64Array | Float32Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k] * b[k];
  return sum;
}

function checkSets(a: Features, b: Features): void {
  if (a.length < 2 || b.length < 2) {
    throw new RangeError(
      `Cannot compare sets: found ${a.length} and ${b.length} pictures, expected at least two`,
    );
  }
  const lengths = new Set([...a, ...b].map(({ length }) => length));
  if (lengths.size !== 1 || lengths.has(0)) {
    throw new RangeError(
      `Cannot compare sets: features have lengths ${[...lengths].join(", ")}, expected one length`,
    );
  }
}
