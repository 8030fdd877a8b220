/** Which pixel and which side of the maps a point of the surface belongs to. */
import { project } from "../../core/geometry/camera.ts";
import type { Mesh } from "../../core/geometry/mesh.ts";
import type { ColorMap, DoubleDepth } from "./solid.ts";

/**
 * The nearest covered pixel of each pixel, itself where it is covered; −1 if there is none. Two
 * passes over the eight neighbours (Danielsson 1980): not always the very nearest, always near.
 */
export function nearestCovered({ camera, front }: DoubleDepth): Int32Array {
  const { width, height } = camera, nearest = new Int32Array(width * height).fill(-1);
  for (let p = 0; p < nearest.length; p++) if (front[p] > 0) nearest[p] = p;
  const squared = (p: number, q: number) => {
    const dx = p % width - q % width, dy = Math.floor(p / width) - Math.floor(q / width);
    return dx * dx + dy * dy;
  };
  const pass = (direction: 1 | -1) => {
    for (let n = 0; n < nearest.length; n++) {
      const p = direction > 0 ? n : nearest.length - 1 - n;
      if (nearest[p] === p) continue;
      const i = p % width, j = Math.floor(p / width);
      let best = nearest[p], least = best < 0 ? Infinity : squared(p, best);
      for (const [dx, dy] of [[-1, 0], [-1, -1], [0, -1], [1, -1]]) {
        const x = i + direction * dx, y = j + direction * dy;
        if (x < 0 || y < 0 || x >= width || y >= height) continue;
        const q = nearest[y * width + x];
        if (q < 0) continue;
        const distance = squared(p, q);
        if (distance < least) least = distance, best = q;
      }
      nearest[p] = best;
    }
  };
  pass(1);
  pass(-1);
  return nearest;
}

/** Finds where points of the scan's frame lie on the maps. */
export class SeenFrom {
  private readonly nearest: Int32Array;
  /** Of the point last asked for: position in the picture, depth, and the nearest covered pixel. */
  u = 0;
  v = 0;
  depthM = 0;
  pixel = -1;

  constructor(readonly maps: DoubleDepth) {
    this.nearest = nearestCovered(maps);
  }

  /** The covered pixel nearest to `pixel`. */
  nearestTo(pixel: number): number {
    return this.nearest[pixel];
  }

  /** Looks at a point; returns 0 if it is nearer to the front's depth there, 1 if to the back's. */
  ask(x: number, y: number, z: number): 0 | 1 {
    const { camera, front, back } = this.maps, { width, height } = camera;
    [this.u, this.v, this.depthM] = project(camera, [x, y, z]);
    const i = Math.min(width - 1, Math.max(0, Math.floor(this.u)));
    const j = Math.min(height - 1, Math.max(0, Math.floor(this.v)));
    this.pixel = this.nearest[j * width + i];
    if (this.pixel < 0) return 0;
    const middle = (front[this.pixel] + back[this.pixel]) / 2;
    return this.depthM <= middle ? 0 : 1;
  }
}

/** sRGB colours of a mesh's vertices from the pictures: each from the nearer side's pixel. */
export function colorsFromPictures(
  { positions }: Pick<Mesh, "positions">,
  from: SeenFrom,
  [front, back]: readonly [ColorMap, ColorMap],
): Uint8Array {
  const colors = new Uint8Array(4 * positions.length / 3).fill(255);
  for (let v = 0; v < positions.length / 3; v++) {
    const side = from.ask(positions[3 * v], positions[3 * v + 1], positions[3 * v + 2]);
    const { data, channels } = side === 0 ? front : back;
    for (let k = 0; k < 3; k++) colors[4 * v + k] = data[channels * from.pixel + k];
  }
  return colors;
}
