/** One view's triangles as a graphics device takes them. */
import { clipFaces } from "../cpu/clip.ts";
import type { Frame } from "../cpu/frame.ts";
import { GUARD_BAND } from "../cpu/pixel_grid.ts";
import type { CpuScene } from "../cpu/scene.ts";

/** Triangles on the picture, for float32. */
export interface GpuTriangles {
  /**
   * Three numbers a vertex: x and y in pixels from the picture's centre (y down), and the key of
   * {@linkcode Frame.screen} brought to 0 (farthest) … 1 (nearest).
   */
  screen: Float32Array;
  /** Three vertices a triangle. */
  corners: Uint32Array;
  /** The scene's triangle of each; absent where they are the scene's, one by one. */
  faces?: Uint32Array;
}

/**
 * Converts a view's projected vertices. Where a triangle reaches nearer than the near plane or
 * beyond the guard band, its clipped pieces stand at the end instead of it.
 */
export function gpuTriangles(scene: CpuScene, frame: Frame): GpuTriangles {
  const { screen } = frame, clip = outside(screen) ? facesOutside(scene, frame) : [];
  if (clip.length === 0) {
    return { screen: scaled(screen, frame), corners: scene.corners };
  }
  const pieces = clipFaces(clip, scene, frame), cut = new Set(clip);
  const faces: number[] = [];
  for (let face = 0; 3 * face < scene.corners.length; face++) if (!cut.has(face)) faces.push(face);
  const corners = new Uint32Array(3 * (faces.length + pieces.faces.length));
  faces.forEach((face, i) => {
    for (let k = 0; k < 3; k++) corners[3 * i + k] = scene.corners[3 * face + k];
  });
  const first = screen.length / 3;
  corners.set(pieces.corners.map((corner) => first + corner), 3 * faces.length);
  const all = new Float64Array(screen.length + pieces.screen.length);
  all.set(screen);
  all.set(pieces.screen, screen.length);
  return {
    screen: scaled(all, frame),
    corners,
    faces: Uint32Array.from([...faces, ...pieces.faces]),
  };
}

/** Whether any vertex is where the rasterizer's integers are not. */
function outside(screen: Float64Array): boolean {
  for (let i = 0; i < screen.length; i += 3) {
    if (!inside(screen[i]) || !inside(screen[i + 1])) return true;
  }
  return false;
}

/** Of a coordinate; false where it is not a number. */
function inside(subpixels: number): boolean {
  return subpixels >= 0.5 - GUARD_BAND && subpixels <= GUARD_BAND - 0.5;
}

/** Triangles with a corner outside, but for those that lie beside the picture altogether. */
function facesOutside({ corners }: CpuScene, { screen, grid }: Frame): number[] {
  const found: number[] = [], { subpixels, width, height } = grid;
  const halfX = subpixels * (width / 2 + 1), halfY = subpixels * (height / 2 + 1);
  for (let corner = 0; corner < corners.length; corner += 3) {
    const [a, b, c] = [0, 1, 2].map((k) => 3 * corners[corner + k]);
    if ([a, b, c].every((v) => inside(screen[v]) && inside(screen[v + 1]))) continue;
    const beside = (axis: 0 | 1, half: number) => {
      const [p, q, r] = [screen[a + axis], screen[b + axis], screen[c + axis]];
      return Math.min(p, q, r) > half || Math.max(p, q, r) < -half; // false where one is NaN
    };
    if (!beside(0, halfX) && !beside(1, halfY)) found.push(corner / 3);
  }
  return found;
}

/** Pixels and keys 0 … 1. Vertices without a place, which no triangle uses then, are at 0. */
function scaled(screen: Float64Array, { grid: { subpixels } }: Frame): Float32Array {
  let low = Infinity, high = -Infinity;
  for (let i = 2; i < screen.length; i += 3) {
    const key = screen[i];
    if (key < low) low = key;
    if (key > high) high = key;
  }
  const out = new Float32Array(screen.length);
  const perPixel = 1 / subpixels, perKey = high > low ? 1 / (high - low) : 0;
  for (let i = 0; i < screen.length; i += 3) {
    if (!(screen[i + 2] >= low)) continue;
    out[i] = screen[i] * perPixel;
    out[i + 1] = screen[i + 1] * perPixel;
    out[i + 2] = (screen[i + 2] - low) * perKey;
  }
  return out;
}
