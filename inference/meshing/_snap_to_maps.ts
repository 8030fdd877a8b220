/** Moves the vertices of a reconstruction onto the depth that the pixels saw. */
import type { DoubleDepth } from "./solid.ts";

/**
 * Moves points of the camera's frame along their rays onto the front or the back depth, where that
 * is no farther than `reachM`: linear between four pixels that see one surface. In place.
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
      if (spread > reachM) continue;
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
