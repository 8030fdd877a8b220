/** Overlap of axis-aligned boxes: what some papers call IoU. */
import type { Bounds } from "../../core/geometry/mesh.ts";

/** Intersection over union of two axis-aligned boxes, 0 … 1. */
export function boxIou(a: Bounds, b: Bounds): number {
  const volume = ({ min, max }: Bounds) =>
    max.reduce((product, high, k) => product * Math.max(0, high - min[k]), 1);
  const both = volume({
    min: a.min.map((low, k) => Math.max(low, b.min[k])) as unknown as Bounds["min"],
    max: a.max.map((high, k) => Math.min(high, b.max[k])) as unknown as Bounds["max"],
  });
  return both / (volume(a) + volume(b) - both);
}
