/** Agreement of normal and depth maps where both are covered, and of silhouettes. */
import { quantileOfSorted } from "../statistics/quantile.ts";

/** Angles between two normal maps. */
export interface NormalMapErrors {
  meanDeg: number;
  medianDeg: number;
  /** Share of the pixels below each angle, in percent. */
  under11p25: number;
  under22p5: number;
  under30: number;
  /** Pixels that both cover. */
  pixels: number;
}

/**
 * Compares two normal maps over the pixels that both masks cover; null for none.
 *
 * @param a Normals as round((n + 1)/2 · 65535), length 3 · pixels; `b` likewise, in the same frame.
 */
export function normalMapErrors(
  a: { normal: Uint16Array; mask: Uint8Array },
  b: { normal: Uint16Array; mask: Uint8Array },
): NormalMapErrors | null {
  checkLengths(a.mask, b.mask);
  const angles = new Float64Array(a.mask.length);
  let count = 0;
  for (let i = 0; i < a.mask.length; i++) {
    if (a.mask[i] === 0 || b.mask[i] === 0) continue;
    const [x, y, z] = [0, 1, 2].map((k) => 2 * a.normal[3 * i + k] - 65535);
    const [u, v, w] = [0, 1, 2].map((k) => 2 * b.normal[3 * i + k] - 65535);
    const across = Math.hypot(y * w - z * v, z * u - x * w, x * v - y * u);
    angles[count++] = Math.atan2(across, x * u + y * v + z * w) * 180 / Math.PI;
  }
  if (count === 0) return null;
  const found = angles.slice(0, count), sorted = found.slice().sort();
  const under = (deg: number) => 100 * found.filter((angle) => angle < deg).length / count;
  return {
    meanDeg: found.reduce((sum, angle) => sum + angle, 0) / count,
    medianDeg: quantileOfSorted(sorted, 0.5),
    under11p25: under(11.25),
    under22p5: under(22.5),
    under30: under(30),
    pixels: count,
  };
}

/** Differences of two depth maps. */
export interface DepthMapErrors {
  maeM: number;
  rmseM: number;
  /** Pixels that both cover. */
  pixels: number;
}

/** Compares two depth maps (metres; 0 where nothing is) over the pixels that both cover. */
export function depthMapErrors(a: Float32Array, b: Float32Array): DepthMapErrors | null {
  checkLengths(a, b);
  const sums = new Float64Array(3);
  for (let i = 0; i < a.length; i++) {
    if (a[i] === 0 || b[i] === 0) continue;
    const difference = a[i] - b[i];
    sums[0] += Math.abs(difference);
    sums[1] += difference * difference;
    sums[2]++;
  }
  const [absolute, squared, pixels] = sums;
  if (pixels === 0) return null;
  return { maeM: absolute / pixels, rmseM: Math.sqrt(squared / pixels), pixels };
}

/** Intersection over union of two masks (not 0: covered), 0 … 1; null where both are empty. */
export function maskIou(a: Uint8Array, b: Uint8Array): number | null {
  checkLengths(a, b);
  let both = 0, either = 0;
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== 0 && b[i] !== 0) both++;
    if (a[i] !== 0 || b[i] !== 0) either++;
  }
  return either === 0 ? null : both / either;
}

function checkLengths(a: ArrayLike<number>, b: ArrayLike<number>): void {
  if (a.length === b.length) return;
  throw new RangeError(
    `Cannot compare maps: found ${a.length} and ${b.length} pixels, expected the same`,
  );
}
