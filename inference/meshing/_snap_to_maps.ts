/** Moves the vertices of a reconstruction onto the depth that the pixels saw. */
import { pixelSizeM } from "../../core/geometry/camera.ts";
import type { DoubleDepth } from "./solid.ts";

/** Four pixels whose depths differ by more of their sides are too steep to move a point to. */
const STEEPEST = 6;

/**
 * Moves points of the camera's frame along their rays onto the front or the back depth, where that
 * is no farther than `reachM`: linear between four pixels, not steeper than 80°. In place.
 *
 * @param positionsCam xyz interleaved, length 3 · points.
 * @returns 1 for each point that was moved.
 */
export function snapToMaps(
  positionsCam: Float32Array,
  { camera, front, back }: DoubleDepth,
  reachM: number,
): Uint8Array {
  const { width, height } = camera, snapped = new Uint8Array(positionsCam.length / 3);
  const perspective = camera.projection === "perspective";
  const metres = perspective ? 0 : 2 * camera.halfWidthM / width;
  for (let v = 0; v < snapped.length; v++) {
    const x = positionsCam[3 * v], y = positionsCam[3 * v + 1], depth = -positionsCam[3 * v + 2];
    const u = (perspective ? camera.cx + camera.fx * x / depth : width / 2 + x / metres) - 0.5;
    const w = (perspective ? camera.cy - camera.fy * y / depth : height / 2 - y / metres) - 0.5;
    const i = Math.floor(u), j = Math.floor(w);
    if (!(i >= 0 && j >= 0 && i + 1 < width && j + 1 < height)) continue;
    const p = j * width + i, s = u - i, t = w - j;
    if (!(front[p] > 0 && front[p + 1] > 0 && front[p + width] > 0 && front[p + width + 1] > 0)) {
      continue;
    }
    let best = reachM, to = 0;
    for (let side = 0; side < 2; side++) {
      const map = side === 0 ? front : back;
      const a = map[p], b = map[p + 1], c = map[p + width], d = map[p + width + 1];
      const spread = Math.max(a, b, c, d) - Math.min(a, b, c, d);
      if (spread > STEEPEST * pixelSizeM(camera, a)) continue;
      const there = (1 - t) * ((1 - s) * a + s * b) + t * ((1 - s) * c + s * d);
      const off = Math.abs(there - depth);
      if (off < best) best = off, to = there;
    }
    if (to === 0) continue;
    const scale = perspective ? to / depth : 1;
    positionsCam[3 * v] = x * scale, positionsCam[3 * v + 1] = y * scale;
    positionsCam[3 * v + 2] = -to;
    snapped[v] = 1;
  }
  return snapped;
}

/** A face that turns by more than this (cosine) was folded rather than moved. */
const LARGEST_TURN = 0.5;

/**
 * Takes points back where moving them folded a face. In place, until no face is folded or, after
 * some rounds, few are.
 *
 * @param before Where the points were.
 */
export function unfold(
  positions: Float32Array,
  before: Float32Array,
  { indices, snapped }: { indices: Uint32Array; snapped: Uint8Array },
): void {
  for (let round = 0; round < 4; round++) {
    let taken = 0;
    for (let f = 0; f < indices.length; f += 3) {
      const a = indices[f], b = indices[f + 1], c = indices[f + 2];
      if ((snapped[a] | snapped[b] | snapped[c]) === 0) continue;
      if (turnOf(positions, before, a, b, c) >= LARGEST_TURN) continue;
      for (const v of [a, b, c]) {
        if (snapped[v] === 0) continue;
        snapped[v] = 0;
        taken++;
        for (let k = 3 * v; k < 3 * v + 3; k++) positions[k] = before[k];
      }
    }
    if (taken === 0) return;
  }
}

/** Cosine of the angle between a face's normals in two places. */
function turnOf(p: Float32Array, q: Float32Array, a: number, b: number, c: number): number {
  a *= 3, b *= 3, c *= 3;
  const px = p[a], py = p[a + 1], pz = p[a + 2], qx = q[a], qy = q[a + 1], qz = q[a + 2];
  const ux = p[b] - px, uy = p[b + 1] - py, uz = p[b + 2] - pz;
  const vx = p[c] - px, vy = p[c + 1] - py, vz = p[c + 2] - pz;
  const sx = q[b] - qx, sy = q[b + 1] - qy, sz = q[b + 2] - qz;
  const tx = q[c] - qx, ty = q[c + 1] - qy, tz = q[c + 2] - qz;
  const mx = uy * vz - uz * vy, my = uz * vx - ux * vz, mz = ux * vy - uy * vx;
  const nx = sy * tz - sz * ty, ny = sz * tx - sx * tz, nz = sx * ty - sy * tx;
  const pp = mx * mx + my * my + mz * mz, qq = nx * nx + ny * ny + nz * nz;
  return pp > 0 && qq > 0 ? (mx * nx + my * ny + mz * nz) / Math.sqrt(pp * qq) : 1;
}
