/** The point of a triangle in the picture that is nearest to a pixel's centre. */

/** What {@linkcode nearestWeights} writes: the weights of corners b and c; a has the rest. */
export type Weights = Float64Array;

/**
 * Finds the weights of the point of triangle abc nearest to p, all in the picture: p itself where
 * it lies inside, else the nearest point of the border. A pixel that the snapped triangle covers
 * and the true one just misses thus keeps a depth and attributes of the triangle. Triangles
 * without area are their edges.
 *
 * Coordinates are relative to p, so that nothing is lost far from the picture's centre.
 *
 * @param out Receives the weights of b and c.
 */
export function nearestWeights(
  ax: number,
  ay: number,
  bx: number,
  by: number,
  cx: number,
  cy: number,
  out: Weights,
): void {
  const wa = bx * cy - by * cx, wb = cx * ay - cy * ax, wc = ax * by - ay * bx;
  const area = wa + wb + wc;
  if ((wa >= 0 && wb >= 0 && wc >= 0 && area > 0) || (wa <= 0 && wb <= 0 && wc <= 0 && area < 0)) {
    out[0] = wb / area;
    out[1] = wc / area;
    return;
  }
  const ab = along(ax, ay, bx, by), bc = along(bx, by, cx, cy), ca = along(cx, cy, ax, ay);
  const toAb = squared(ax, ay, bx, by, ab);
  const toBc = squared(bx, by, cx, cy, bc);
  const toCa = squared(cx, cy, ax, ay, ca);
  if (toAb <= toBc && toAb <= toCa) out[0] = ab, out[1] = 0;
  else if (toBc <= toCa) out[0] = 1 - bc, out[1] = bc;
  else out[0] = 0, out[1] = 1 - ca;
}

/** How far along the segment p → q, 0 to 1, the point nearest to the origin lies. */
function along(px: number, py: number, qx: number, qy: number): number {
  const dx = qx - px, dy = qy - py;
  const length = dx * dx + dy * dy;
  if (!(length > 0)) return 0;
  const t = -(px * dx + py * dy) / length;
  return t > 0 ? (t < 1 ? t : 1) : 0;
}

/** Squared distance of the origin from the point at t on the segment p → q. */
function squared(px: number, py: number, qx: number, qy: number, t: number): number {
  const x = px + t * (qx - px), y = py + t * (qy - py);
  return x * x + y * y;
}
