/** Directions in the words of a person who looks at a scan. */

/** The six directions along the axes of a file. */
export type AxisName = "+x" | "-x" | "+y" | "-y" | "+z" | "-z";

/** The axis nearest to a direction, and the angle between them, degrees. */
export function nearestAxis(direction: ArrayLike<number>): { axis: AxisName; offDeg: number } {
  let k = 0;
  for (let i = 1; i < 3; i++) if (Math.abs(direction[i]) > Math.abs(direction[k])) k = i;
  const length = Math.hypot(direction[0], direction[1], direction[2]);
  const cosine = Math.min(1, Math.abs(direction[k]) / length);
  const axis = `${direction[k] < 0 ? "-" : "+"}${"xyz"[k]}` as AxisName;
  return { axis, offDeg: Math.acos(cosine) * 180 / Math.PI };
}

/** Angle between two directions, degrees. */
export function angleBetweenDeg(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const dot = a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  const lengths = Math.hypot(a[0], a[1], a[2]) * Math.hypot(b[0], b[1], b[2]);
  return Math.acos(Math.min(1, Math.max(-1, dot / lengths))) * 180 / Math.PI;
}

/** Heading of a direction about +y: 0 for +z, 90 for +x, degrees within ±180. */
export function headingDeg(direction: ArrayLike<number>): number {
  return Math.atan2(direction[0], direction[2]) * 180 / Math.PI;
}

/** Where a person's head and chest point, as unit vectors in the scan's frame. */
export interface PersonAxes {
  up: readonly number[];
  front: readonly number[];
}

/** How a person lies whose scan should have +y up: `lies on its back`, `stands on its head`, … */
export function postureText({ up, front }: PersonAxes): string {
  if (up[1] < -0.7) return "stands on its head";
  if (front[1] > 0.7) return "lies on its back";
  if (front[1] < -0.7) return "lies on its face";
  return "lies on its side";
}
