/** Simplifying triangles that use few of the vertices there are. */
import { MeshoptSimplifier } from "meshoptimizer";

/**
 * Simplifies a mesh (quadric error, meshoptimizer): the triangles that the simplifier makes of it, in
 * half of its time where few vertices are in use. It is handed those alone, in their order, and the
 * ones that bound the box of all, by which it measures.
 *
 * Wait for `MeshoptSimplifier.ready` first.
 *
 * @param positions xyz interleaved, length 3 · vertices.
 * @param given Three vertices a triangle.
 * @param target Triangles to get down to, about.
 * @returns Three vertices a triangle, numbered as they were.
 */
export function simplifyUsed(
  positions: Float32Array,
  given: Uint32Array,
  target: number,
): Uint32Array {
  const used = new Uint8Array(positions.length / 3);
  for (let i = 0; i < given.length; i++) used[given[i]] = 1;
  for (const vertex of extremes(positions)) used[vertex] = 1;
  const numbers = new Uint32Array(used.length), points = new Float32Array(positions.length);
  let count = 0;
  for (let v = 0; v < used.length; v++) {
    if (used[v] === 0) continue;
    for (let k = 0; k < 3; k++) points[3 * count + k] = positions[3 * v + k];
    numbers[v] = count++;
  }
  const [kept] = MeshoptSimplifier.simplify(
    given.map((v) => numbers[v]),
    points.subarray(0, 3 * count),
    3,
    3 * target,
    1,
  );
  const vertices = new Uint32Array(count);
  for (let v = 0; v < used.length; v++) if (used[v] === 1) vertices[numbers[v]] = v;
  return kept.map((v) => vertices[v]);
}

/** The vertices that reach farthest along each axis, both ways. */
function extremes(positions: Float32Array): number[] {
  const low = [0, 1, 2], high = [0, 1, 2];
  for (let i = 0; i < positions.length; i += 3) {
    for (let k = 0; k < 3; k++) {
      if (positions[i + k] < positions[low[k]]) low[k] = i + k;
      if (positions[i + k] > positions[high[k]]) high[k] = i + k;
    }
  }
  return [...low, ...high].map((at) => Math.floor(at / 3));
}
