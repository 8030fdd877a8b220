/** Labels of faces from the maps, for meshes whose faces are no longer those of pixels. */
import { pixelSizeM } from "../../core/geometry/camera.ts";
import type { Mesh } from "../../core/geometry/mesh.ts";
import { transformPoint, type Vec3 } from "../../core/geometry/transform.ts";
import { SeenFrom } from "./seen_from.ts";
import type { DoubleDepth } from "./solid.ts";

/** Steeper than this from the image plane is not seen: 4 pixel sides of depth a pixel. */
const LEAST_FACING = Math.cos(Math.atan(4));

/**
 * Labels each face `inferred` (1) unless the maps saw it: all three corners lie on the front's depth
 * and it faces the camera, or all on the back's and it faces away; and it is not steeper than 76°.
 *
 * @param toleranceM How far from a map's depth a corner may lie, for each pixel side besides it.
 */
export function labelsFromMaps(mesh: Mesh, maps: DoubleDepth, toleranceM: number): Uint8Array {
  const from = new SeenFrom(maps), { camera, front, back } = maps;
  const { positions, indices } = mesh, vertices = positions.length / 3;
  /** Bit 0: on the front's depth; bit 1: on the back's. */
  const on = new Uint8Array(vertices);
  const camera3 = new Float64Array(3 * vertices);
  for (let v = 0; v < vertices; v++) {
    const point: Vec3 = [positions[3 * v], positions[3 * v + 1], positions[3 * v + 2]];
    camera3.set(transformPoint(camera.camFromScan, point), 3 * v);
    from.ask(...point);
    if (from.pixel < 0) continue;
    const reach = toleranceM + pixelSizeM(camera, from.depthM);
    if (Math.abs(from.depthM - front[from.pixel]) <= reach) on[v] |= 1;
    if (Math.abs(from.depthM - back[from.pixel]) <= reach) on[v] |= 2;
  }
  const labels = new Uint8Array(indices.length / 3);
  for (let f = 0; f < labels.length; f++) {
    const [a, b, c] = [0, 1, 2].map((k) => indices[3 * f + k]);
    const [u, v] = [b, c].map((w) => [0, 1, 2].map((k) => camera3[3 * w + k] - camera3[3 * a + k]));
    const n = [0, 1, 2].map((k) =>
      u[(k + 1) % 3] * v[(k + 2) % 3] - u[(k + 2) % 3] * v[(k + 1) % 3]
    );
    const ray = camera.projection === "perspective"
      ? [0, 1, 2].map((k) => -camera3[3 * a + k])
      : [0, 0, 1];
    const dot = n[0] * ray[0] + n[1] * ray[1] + n[2] * ray[2];
    const facing = dot / (Math.hypot(...n) * Math.hypot(...ray));
    const both = on[a] & on[b] & on[c];
    const seen = (both & 1 && facing >= LEAST_FACING) || (both & 2 && facing <= -LEAST_FACING);
    labels[f] = seen ? 0 : 1;
  }
  return labels;
}
