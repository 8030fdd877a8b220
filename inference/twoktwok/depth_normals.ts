/** Normals from a depth map as the published program computes them (its "cons" pictures). */
import type { Pipeline } from "./pipeline.ts";

/** Depths below this have no normal. */
const LEAST_DEPTH = 0.2;

/**
 * Codes the normals of a depth map in network units: `(D(r,c) − D(r,c+1), D(r−1,c) − D(r,c),
 * zStep)` made a unit vector and coded `(n + 1)/2`, with 0 for the difference in the last column
 * and the first row; (0, 0, 0) where D < 0.2.
 *
 * @returns Three planes of side².
 */
export function depthNormals(
  depth: Float32Array,
  side: number,
  { normals }: Pick<Pipeline, "normals">,
): Float32Array {
  const n = side * side, out = new Float32Array(3 * n);
  for (let r = 0, i = 0; r < side; r++) {
    for (let c = 0; c < side; c++, i++) {
      if (depth[i] < LEAST_DEPTH) continue;
      const x = c + 1 < side ? depth[i] - depth[i + 1] : 0;
      const y = r > 0 ? depth[i - side] - depth[i] : 0;
      const length = Math.sqrt(x * x + y * y + normals.zStep * normals.zStep);
      out[i] = (x / length + 1) / 2;
      out[n + i] = (y / length + 1) / 2;
      out[2 * n + i] = (normals.zStep / length + 1) / 2;
    }
  }
  return out;
}
