/** Means over square windows, in time that does not grow with the window. */

/** The size of a plane of values. */
export interface PlaneSize {
  width: number;
  height: number;
}

/**
 * Means over the (2 radius + 1)² window around each value; a window that leaves the plane is cut off
 * there. Sums run in float64, along rows first.
 *
 * @param plane Row by row, length width · height.
 * @param into Where the means go; may be `plane` itself.
 */
export function boxMean(
  plane: Float32Array,
  into: Float32Array,
  { width, height, radius }: PlaneSize & { radius: number },
): void {
  const scaleX = windowScales(width, radius), scaleY = windowScales(height, radius);
  // Row means that the window still spans, in a ring, and their sums down each column.
  const ringRows = Math.min(height, 2 * radius + 1);
  const ring = new Float64Array(ringRows * width);
  const sums = new Float64Array(width);
  for (let y = -radius; y < height; y++) {
    const enters = y + radius, leaves = y - radius - 1;
    if (leaves >= 0) {
      const at = (leaves % ringRows) * width;
      for (let x = 0; x < width; x++) sums[x] -= ring[at + x];
    }
    if (enters < height) {
      const at = (enters % ringRows) * width;
      rowMeans(plane.subarray(enters * width, (enters + 1) * width), radius, scaleX, ring, at);
      for (let x = 0; x < width; x++) sums[x] += ring[at + x];
    }
    if (y < 0) continue;
    const scale = scaleY[y], to = y * width;
    for (let x = 0; x < width; x++) into[to + x] = sums[x] * scale;
  }
}

function rowMeans(
  row: Float32Array,
  radius: number,
  scale: Float64Array,
  into: Float64Array,
  at: number,
): void {
  const width = row.length, reach = Math.min(radius, width);
  let sum = 0;
  for (let x = 0; x < reach; x++) sum += row[x];
  for (let x = 0; x < width; x++) {
    if (x + radius < width) sum += row[x + radius];
    into[at + x] = sum * scale[x];
    if (x >= radius) sum -= row[x - radius];
  }
}

/** One over the number of values in each window along an axis. */
function windowScales(length: number, radius: number): Float64Array {
  return Float64Array.from(
    { length },
    (_, i) => 1 / (Math.min(length - 1, i + radius) - Math.max(0, i - radius) + 1),
  );
}
