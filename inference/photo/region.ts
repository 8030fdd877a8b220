/**
 * Turned squares of a picture: where a person is, and which way up.
 *
 * Pixel positions are continuous, pixel (i, j) has its centre at (i + 0.5, j + 0.5), y down.
 */

/** A square of a picture, turned about its centre. */
export interface Region {
  /** The centre, pixels. */
  cx: number;
  cy: number;
  /** The side, pixels. */
  sidePx: number;
  /**
   * How far the square is turned: at angle a its own x axis points along (cos a, sin a) of the
   * picture. Radians in [−π, π); 0 where the person stands upright.
   */
  angleRad: number;
}

/** Half the square over the distance that the detector's two points span. */
const MARGIN = 1.25;

/**
 * Makes the region of a person from the centre of the body and a point on the circle around it, in
 * the direction of the head.
 */
export function regionOfCircle(
  centre: readonly [number, number],
  top: readonly [number, number],
): Region {
  const dx = top[0] - centre[0], dy = top[1] - centre[1];
  return {
    cx: centre[0],
    cy: centre[1],
    sidePx: 2 * MARGIN * Math.hypot(dx, dy),
    angleRad: wrapped(Math.PI / 2 - Math.atan2(-dy, dx)),
  };
}

/** A position in the region, 0 to 1 from its top left corner, of a position in the picture. */
export function toRegion(region: Region, x: number, y: number): [number, number] {
  const { cx, cy, sidePx, angleRad } = region;
  const cos = Math.cos(angleRad), sin = Math.sin(angleRad);
  const dx = x - cx, dy = y - cy;
  return [(dx * cos + dy * sin) / sidePx + 0.5, (dy * cos - dx * sin) / sidePx + 0.5];
}

/** The inverse of {@linkcode toRegion}. */
export function fromRegion(region: Region, x: number, y: number): [number, number] {
  const { cx, cy, sidePx, angleRad } = region;
  const cos = Math.cos(angleRad), sin = Math.sin(angleRad);
  const u = (x - 0.5) * sidePx, v = (y - 0.5) * sidePx;
  return [cx + u * cos - v * sin, cy + u * sin + v * cos];
}

function wrapped(angle: number): number {
  const turn = 2 * Math.PI;
  return angle - turn * Math.floor((angle + Math.PI) / turn);
}
