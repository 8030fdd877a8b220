/** One Gauss–Newton step of the distances between a moving surface and a fixed one. */
import {
  applySimilarity,
  multiplyRotations,
  rotationOfVector,
  type Similarity,
  similarityMatrix,
} from "./similarity.ts";

/** Unknowns: log scale, rotation vector, shift. */
const UNKNOWNS = 7;

/**
 * Improves a similarity by one Gauss–Newton step on the sum of squared distances of pairs, each
 * measured along the line that joins it: where a nearest point lies inside a triangle, this is the
 * point-to-plane step of Chen and Medioni (1991), with scale. Near the solution it converges many
 * times faster than fitting the points themselves, to the same place: both stop where the gradient
 * of the sum vanishes.
 *
 * @param pairs Points of the moving surface where its mesh has them, and their partners; xyz.
 * @param centre The point about which it turns and scales, where the mesh has it.
 */
export function newtonStep(
  { from, to }: { from: Float64Array; to: Float64Array },
  current: Similarity,
  { centre, kind }: { centre: readonly number[]; kind: "similarity" | "rigid" },
): Similarity {
  const m = similarityMatrix(current), [cx, cy, cz] = applySimilarity(current, centre);
  const normal = new Float64Array(UNKNOWNS * UNKNOWNS), right = new Float64Array(UNKNOWNS);
  const row = new Float64Array(UNKNOWNS), first = kind === "rigid" ? 1 : 0;
  for (let i = 0; i < from.length; i += 3) {
    const x = m[0] * from[i] + m[1] * from[i + 1] + m[2] * from[i + 2] + m[3];
    const y = m[4] * from[i] + m[5] * from[i + 1] + m[6] * from[i + 2] + m[7];
    const z = m[8] * from[i] + m[9] * from[i + 1] + m[10] * from[i + 2] + m[11];
    const ex = to[i] - x, ey = to[i + 1] - y, ez = to[i + 2] - z;
    const distance = Math.sqrt(ex * ex + ey * ey + ez * ez);
    if (distance === 0) continue; // it has no direction, and nothing to gain
    const nx = ex / distance, ny = ey / distance, nz = ez / distance;
    const px = x - cx, py = y - cy, pz = z - cz;
    row[0] = nx * px + ny * py + nz * pz;
    row[1] = py * nz - pz * ny;
    row[2] = pz * nx - px * nz;
    row[3] = px * ny - py * nx;
    row[4] = nx, row[5] = ny, row[6] = nz;
    for (let r = first; r < UNKNOWNS; r++) {
      for (let c = first; c <= r; c++) normal[UNKNOWNS * r + c] += row[r] * row[c];
      right[r] += row[r] * distance;
    }
  }
  const step = solve(normal, right, first);
  const scale = Math.exp(step[0]), turn = rotationOfVector(step[1], step[2], step[3]);
  const next = {
    scale: current.scale * scale,
    rotation: multiplyRotations(turn, current.rotation),
  };
  const [ox, oy, oz] = applySimilarity({ ...next, shift: [0, 0, 0] }, centre);
  return { ...next, shift: [cx + step[4] - ox, cy + step[5] - oy, cz + step[6] - oz] };
}

/**
 * Solves the symmetric positive system of the unknowns from `first` on (Cholesky). A little damping
 * stands in for directions in which nothing changes, as a sphere's rotation.
 */
function solve(a: Float64Array, b: Float64Array, first: number): Float64Array {
  const n = UNKNOWNS, x = b.slice();
  let trace = 0;
  for (let i = first; i < n; i++) trace += a[n * i + i];
  if (!(trace > 0)) return new Float64Array(n);
  for (let i = first; i < n; i++) {
    for (let j = first; j <= i; j++) {
      let sum = a[n * i + j] + (i === j ? 1e-9 * trace : 0);
      for (let k = first; k < j; k++) sum -= a[n * i + k] * a[n * j + k];
      a[n * i + j] = i === j ? Math.sqrt(Math.max(sum, 1e-12 * trace)) : sum / a[n * j + j];
    }
  }
  for (let i = first; i < n; i++) {
    for (let k = first; k < i; k++) x[i] -= a[n * i + k] * x[k];
    x[i] /= a[n * i + i];
  }
  for (let i = n - 1; i >= first; i--) {
    for (let k = i + 1; k < n; k++) x[i] -= a[n * k + i] * x[k];
    x[i] /= a[n * i + i];
  }
  return x;
}
