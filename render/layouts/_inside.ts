/** Telling points inside of a scan from points outside. */
import type { SurfaceTree } from "../../core/geometry/bvh.ts";
import { firstHits, NO_FACE } from "../../core/geometry/ray.ts";

/** Directions that no scan's triangles are aligned with: an odd number, none opposite. */
const DIRECTIONS: readonly (readonly [number, number, number])[] = [
  [0.5257, 0.8507, 0.0101],
  [-0.8021, 0.2709, 0.5322],
  [0.1903, -0.3304, 0.9245],
  [-0.3507, -0.6611, -0.6633],
  [0.7204, 0.1009, -0.6862],
];

const PIECE = 1 << 15;

/**
 * Says of each point whether it is inside: most of five rays meet a triangle from behind first. Good
 * for scans that are closed but for small holes and wound outwards.
 *
 * @param faceNormals Of the tree's mesh, length 3 F.
 * @returns 1 inside, 0 outside.
 */
export function insideScan(
  tree: SurfaceTree,
  faceNormals: Float32Array,
  points: Float64Array,
): Uint8Array {
  const inside = new Uint8Array(points.length / 3);
  for (let start = 0; start < inside.length; start += PIECE) {
    const count = Math.min(PIECE, inside.length - start);
    const origins = points.subarray(3 * start, 3 * (start + count));
    const votes = new Int8Array(count);
    for (const direction of DIRECTIONS) {
      const directions = new Float64Array(3 * count);
      for (let i = 0; i < directions.length; i++) directions[i] = direction[i % 3];
      const { face } = firstHits(tree, { origins, directions });
      for (let i = 0; i < count; i++) {
        if (face[i] === NO_FACE) continue;
        const at = 3 * face[i];
        const along = faceNormals[at] * direction[0] + faceNormals[at + 1] * direction[1] +
          faceNormals[at + 2] * direction[2];
        if (along > 0) votes[i]++;
      }
    }
    for (let i = 0; i < count; i++) inside[start + i] = 2 * votes[i] > DIRECTIONS.length ? 1 : 0;
  }
  return inside;
}
