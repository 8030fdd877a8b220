/** One view's vertices on the picture: transformed once, used by all stages. */
import type { Camera } from "../../core/geometry/camera.ts";
import type { PixelWindow } from "../backend.ts";
import { type PixelGrid, pixelGrid } from "./pixel_grid.ts";

/**
 * Points nearer than this are cut away, metres. Far below any camera's distance to a person, and
 * far enough from 0 for 1/depth to be harmless.
 */
export const NEAR_M = 0.01;

/** What all stages of drawing a view share. */
export interface Frame {
  camera: Camera;
  grid: PixelGrid;
  /**
   * Three numbers a vertex: x and y in sub-pixels from the picture's centre (y down, not snapped)
   * and the key. All are NaN where the vertex is nearer than {@linkcode NEAR_M}.
   *
   * The key is linear over a triangle in the picture and rises towards the camera: 1/depth for
   * perspective, −depth for parallel rays.
   */
  screen: Float64Array;
  /** Pixels that the vertices' box touches; nothing is drawn outside. */
  window: PixelWindow;
}

/** The depth of a key, metres. */
export function depthOfKey(camera: Camera, key: number): number {
  return camera.projection === "perspective" ? 1 / key : -key;
}

/**
 * Projects all vertices of a mesh.
 *
 * @param positions xyz interleaved, metres in the scan's frame.
 * @param options.into Becomes {@linkcode Frame.screen}, of the length of `positions`. Default: new.
 */
export function projectVertices(
  positions: Float32Array,
  camera: Camera,
  options: { into?: Float64Array } = {},
): Frame {
  const grid = pixelGrid(camera.width, camera.height);
  const { width, height, subpixels } = grid;
  const { into: screen = new Float64Array(positions.length) } = options;
  const m = camera.camFromScan;
  const [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11] = m;
  const perspective = camera.projection === "perspective";
  const scale = perspective ? 0 : width / (2 * camera.halfWidthM);
  const sx = subpixels * (perspective ? camera.fx : scale);
  const sy = subpixels * (perspective ? camera.fy : scale);
  const ox = perspective ? subpixels * (camera.cx - width / 2) : 0;
  const oy = perspective ? subpixels * (camera.cy - height / 2) : 0;
  let minX = Infinity, minY = Infinity, maxX = -Infinity, maxY = -Infinity, cut = false;
  for (let i = 0; i < positions.length; i += 3) {
    const px = positions[i], py = positions[i + 1], pz = positions[i + 2];
    const depth = -(m8 * px + m9 * py + m10 * pz + m11);
    if (!(depth >= NEAR_M)) {
      screen[i] = screen[i + 1] = screen[i + 2] = NaN;
      cut = true;
      continue;
    }
    const w = perspective ? 1 / depth : 1;
    const x = ox + sx * (m0 * px + m1 * py + m2 * pz + m3) * w;
    const y = oy - sy * (m4 * px + m5 * py + m6 * pz + m7) * w;
    screen[i] = x;
    screen[i + 1] = y;
    screen[i + 2] = perspective ? w : -depth;
    if (x < minX) minX = x;
    if (x > maxX) maxX = x;
    if (y < minY) minY = y;
    if (y > maxY) maxY = y;
  }
  const whole = { x0: 0, y0: 0, x1: width, y1: height };
  if (cut) return { camera, grid, screen, window: whole };
  // One pixel of margin covers the snap.
  const column = (x: number) => Math.min(width, Math.max(0, Math.floor(x / subpixels + width / 2)));
  const row = (y: number) => Math.min(height, Math.max(0, Math.floor(y / subpixels + height / 2)));
  const window = {
    x0: column(minX - subpixels),
    y0: row(minY - subpixels),
    x1: column(maxX + 2 * subpixels),
    y1: row(maxY + 2 * subpixels),
  };
  const empty = !(window.x1 > window.x0 && window.y1 > window.y0);
  return { camera, grid, screen, window: empty ? { x0: 0, y0: 0, x1: 0, y1: 0 } : window };
}
