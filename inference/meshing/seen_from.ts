/** Which pixel and which side of the maps a point of the surface belongs to. */
import { pixelSizeM } from "../../core/geometry/camera.ts";
import type { Mesh } from "../../core/geometry/mesh.ts";
import { type Window, windowOf } from "./_window.ts";
import type { ColorMap, DoubleDepth } from "./solid.ts";

/** Pixels round the person within which the nearest one is found. */
const MARGIN = 16;

/** Pixels to each side that are searched one by one: with and without {@linkcode SeenFrom.mapAll}. */
const SEARCHED = 4, SEARCHED_ALONE = 2 * MARGIN;

/**
 * The nearest covered pixel of each pixel of the window, itself where it is covered. Two passes over
 * the eight neighbours (Danielsson 1980): not always the very nearest, always near.
 */
function nearestCovered({ camera: { width }, front }: DoubleDepth, window: Window): Int32Array {
  const { x0, y0, columns, rows } = window;
  const nearest = new Int32Array(columns * rows).fill(-1);
  const pass = (direction: 1 | -1) => {
    for (let k = 0; k < nearest.length; k++) {
      const n = direction > 0 ? k : nearest.length - 1 - k;
      const r = Math.floor(n / columns), c = n - r * columns, p = (y0 + r) * width + x0 + c;
      if (front[p] > 0) {
        nearest[n] = p;
        continue;
      }
      let best = nearest[n], least = Infinity;
      const i = x0 + c, j = y0 + r;
      for (let m = -1; m < 4; m++) {
        // This pixel's own, then W, NW, N, NE (or the opposite ones).
        const x = m < 0 ? c : c + direction * (m === 3 ? 1 : m === 2 ? 0 : -1);
        const y = m < 1 ? r : r - direction;
        if (x < 0 || y < 0 || x >= columns || y >= rows) continue;
        const q = nearest[y * columns + x];
        if (q < 0) continue;
        const row = Math.floor(q / width), dx = q - row * width - i, dy = row - j;
        if (dx * dx + dy * dy < least) least = dx * dx + dy * dy, best = q;
      }
      nearest[n] = best;
    }
  };
  pass(1);
  pass(-1);
  return nearest;
}

/** Finds where points of the scan's frame lie on the maps. */
export class SeenFrom {
  /** Of all pixels of the window. */
  private nearest: Int32Array | undefined;
  private readonly window: Window;
  /** Of the point last asked for: position in the picture, depth, and the nearest covered pixel. */
  u = 0;
  v = 0;
  depthM = 0;
  pixel = -1;

  /** Metres a pixel of a camera with parallel rays. */
  private readonly metres: number;

  constructor(readonly maps: DoubleDepth) {
    this.metres = pixelSizeM(maps.camera, 1);
    this.window = windowOf(maps, MARGIN) ?? { x0: 0, y0: 0, columns: 0, rows: 0 };
  }

  /** Finds the nearest pixel of all near the person at once: quicker where many are asked for. */
  mapAll(): void {
    this.nearest ??= nearestCovered(this.maps, this.window);
  }

  /** The covered pixel nearest to column i and row j, or to the place near the person next to it. */
  nearestTo(i: number, j: number): number {
    const { x0, y0, columns, rows } = this.window;
    const c = Math.min(columns - 1, Math.max(0, Math.floor(i) - x0));
    const r = Math.min(rows - 1, Math.max(0, Math.floor(j) - y0));
    if (columns === 0) return -1;
    const reach = this.nearest === undefined ? SEARCHED_ALONE : SEARCHED;
    const near = this.search(x0 + c, y0 + r, reach);
    if (near >= 0) return near;
    this.mapAll();
    return this.nearest![r * columns + c];
  }

  /** The nearest covered pixel on the first square round a pixel that has one; −1 beyond a few. */
  private search(i: number, j: number, farthest: number): number {
    const { front, camera: { width, height } } = this.maps;
    if (front[j * width + i] > 0) return j * width + i;
    for (let reach = 1; reach <= farthest; reach++) {
      let best = -1, least = Infinity;
      for (let dy = -reach; dy <= reach; dy++) {
        const step = Math.abs(dy) === reach ? 1 : 2 * reach;
        for (let dx = -reach; dx <= reach; dx += step) {
          const x = i + dx, y = j + dy, distance = dx * dx + dy * dy;
          if (x < 0 || y < 0 || x >= width || y >= height || distance >= least) continue;
          if (front[y * width + x] > 0) best = y * width + x, least = distance;
        }
      }
      if (best >= 0) return best;
    }
    return -1;
  }

  /** Looks at a point; returns 0 if it is nearer to the front's depth there, 1 if to the back's. */
  ask(x: number, y: number, z: number): 0 | 1 {
    const { camera, front, back } = this.maps, { camFromScan: m } = camera;
    const depth = -(m[8] * x + m[9] * y + m[10] * z + m[11]);
    const right = m[0] * x + m[1] * y + m[2] * z + m[3], up = m[4] * x + m[5] * y + m[6] * z + m[7];
    if (camera.projection === "perspective") {
      this.u = camera.cx + camera.fx * right / depth;
      this.v = camera.cy - camera.fy * up / depth;
    } else {
      this.u = camera.width / 2 + right / this.metres;
      this.v = camera.height / 2 - up / this.metres;
    }
    this.depthM = depth;
    this.pixel = this.nearestTo(this.u, this.v);
    if (this.pixel < 0) return 0;
    return depth <= (front[this.pixel] + back[this.pixel]) / 2 ? 0 : 1;
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
