/** Maps of simple solids for the meshers' tests. */
import type { Camera } from "../../../core/geometry/camera.ts";
import { translation } from "../../../core/geometry/transform.ts";
import type { DepthMaps } from "../../../inference/meshing/mesh_depth_maps.ts";

/** Parallel rays over 2 m × 2 m at a distance of 5 m. */
export function orthographic(width: number, height = width): Camera {
  return {
    projection: "orthographic",
    width,
    height,
    halfWidthM: 1,
    camFromScan: translation(0, 0, -5),
    yawDeg: 0,
    pitchDeg: 0,
  };
}

/** Maps without a person. */
export function emptyMaps(size: number): DepthMaps {
  const front = new Float32Array(size * size);
  return { camera: orthographic(size), front, back: front.slice() };
}

/** First and last hits on balls (x, y, z, radius, metres), with their normals. */
export function balls(
  size: number,
  list: readonly (readonly [number, number, number, number])[],
): DepthMaps & { frontNormals: Float32Array; backNormals: Float32Array } {
  const maps = emptyMaps(size), { front, back } = maps;
  const frontNormals = new Float32Array(3 * front.length), backNormals = frontNormals.slice();
  for (let p = 0; p < front.length; p++) {
    const x = 2 * (p % size + 0.5) / size - 1, y = 1 - 2 * (Math.floor(p / size) + 0.5) / size;
    for (const [cx, cy, cz, r] of list) {
      const dx = x - cx, dy = y - cy, z2 = r * r - dx * dx - dy * dy;
      if (z2 <= 0) continue;
      const z = Math.sqrt(z2), near = 5 - cz - z, far = 5 - cz + z;
      if (front[p] === 0 || near < front[p]) {
        front[p] = near, frontNormals.set([dx / r, dy / r, z / r], 3 * p);
      }
      if (far > back[p]) back[p] = far, backNormals.set([dx / r, dy / r, -z / r], 3 * p);
    }
  }
  return { ...maps, frontNormals, backNormals };
}
