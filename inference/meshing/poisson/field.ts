/** A solved Poisson field, asked at any point. */
import type { Pyramid } from "./grid.ts";

/** χ in a box: 1 inside, 0 outside, the surface at ½. */
export interface PoissonField {
  pyramid: Pyramid;
  /** Of node (0, 0, 0), camera frame, metres. */
  origin: readonly [number, number, number];
}

/**
 * χ at a point of the camera's frame: linear between the nodes of the finest grid that has all eight
 * round it; 0 outside the box.
 */
export function fieldAt(
  { pyramid, origin }: PoissonField,
  x: number,
  y: number,
  z: number,
): number {
  for (let level = pyramid.length - 1; level >= 0; level--) {
    const grid = pyramid[level], { cell, chi } = grid;
    const gx = (x - origin[0]) / cell, gy = (y - origin[1]) / cell, gz = (z - origin[2]) / cell;
    const ix = Math.floor(gx), iy = Math.floor(gy), iz = Math.floor(gz);
    const u = gx - ix, v = gy - iy, w = gz - iz;
    if ((ix & 3) < 3 && (iy & 3) < 3 && (iz & 3) < 3) {
      // All eight in one block.
      const n = grid.node(ix, iy, iz);
      if (n < 0) continue;
      const low = (1 - v) * ((1 - u) * chi[n] + u * chi[n + 1]) +
        v * ((1 - u) * chi[n + 4] + u * chi[n + 5]);
      const high = (1 - v) * ((1 - u) * chi[n + 16] + u * chi[n + 17]) +
        v * ((1 - u) * chi[n + 20] + u * chi[n + 21]);
      return (1 - w) * low + w * high;
    }
    let sum = 0, n = 0;
    for (; n < 8; n++) {
      const index = grid.node(ix + (n & 1), iy + (n >> 1 & 1), iz + (n >> 2));
      if (index < 0) break;
      sum += chi[index] * (n & 1 ? u : 1 - u) * (n & 2 ? v : 1 - v) * (n & 4 ? w : 1 - w);
    }
    if (n === 8) return sum;
  }
  return 0;
}
