/** trimesh's `registration.icp` between two lists of points: similarity with reflection. */
import { buildPointTree, nearestPoints } from "./kdtree.ts";
import { procrustes } from "./procrustes.ts";
import { identity, type Matrix4, multiply, transformPoints } from "./transform.ts";

/** When {@linkcode alignVertices} ends. */
export interface VertexIcpOptions {
  maxIterations: number;
  /** Ends when the mean squared distance falls by less than this, unit². */
  threshold: number;
}

/** What {@linkcode alignVertices} found. */
export interface VertexAlignment {
  matrix: Matrix4;
  /** Of the whole map. */
  scale: number;
  /** Whether the whole map mirrors. */
  mirrored: boolean;
  iterations: number;
  cost: number;
}

/**
 * Moves points onto others from where they stand: pairs each with the nearest other point, applies
 * {@linkcode procrustes} (scale free, reflections allowed), and repeats until the cost falls by less
 * than the threshold. The step that ends it is kept, as in the original. Only one direction pairs:
 * the points may shrink into the others.
 *
 * @param from xyz interleaved, length 3n; `to` likewise, length 3m.
 * @throws {RangeError} As {@linkcode procrustes}.
 */
export function alignVertices(
  from: Float64Array,
  to: Float64Array,
  { maxIterations, threshold }: VertexIcpOptions,
): VertexAlignment {
  const tree = buildPointTree(to);
  let moved = from, matrix = identity(), last = Infinity, cost = Infinity;
  let scale = 1, mirrored = false, iterations = 0;
  while (iterations < maxIterations) {
    iterations++;
    const { index } = nearestPoints(tree, moved);
    const partners = new Float64Array(moved.length);
    for (let i = 0; i < index.length; i++) {
      for (let k = 0; k < 3; k++) partners[3 * i + k] = to[3 * index[i] + k];
    }
    const step = procrustes(moved, partners);
    moved = transformPoints(step.matrix, moved);
    matrix = multiply(step.matrix, matrix);
    scale *= step.scale;
    mirrored = mirrored !== step.mirrored;
    cost = step.cost;
    if (last - cost < threshold) break;
    last = cost;
  }
  return { matrix, scale, mirrored, iterations, cost };
}
