/**
 * Visibility: which triangle a pixel's ray meets first and which last. Attributes come later, for
 * covered pixels only (deferred shading).
 *
 * Coverage is exact. Vertices are snapped to the sub-pixel grid; the edge functions of the snapped
 * triangle are integers below 2⁵³, so float64 holds them without rounding, and the top-left rule
 * gives every pixel centre on a shared edge to exactly one of its triangles (Pineda 1988; the
 * Direct3D 11 functional specification, section 3.4). Depth comes from the plane of the unsnapped
 * triangle. The inner loop is in `kernel/assembly`.
 */
import type { Camera } from "../../core/geometry/camera.ts";
import type { PixelWindow } from "../backend.ts";
import { clipFaces } from "./clip.ts";
import type { Frame } from "./frame.ts";
import { PIXEL_BYTES, rasterizeTriangles, screenRoom } from "./kernel/raster_kernel.ts";
import { pixelGrid } from "./pixel_grid.ts";
import type { CpuScene } from "./scene.ts";

/**
 * The nearest and, with two layers, the farthest surface at each pixel centre of a window, row by
 * row. With two, front and back stand side by side: front at 2i, back at 2i + 1.
 */
export interface Visibility {
  window: PixelWindow;
  /** 1: the front alone; 2: front and back. */
  layers: 1 | 2;
  /** Keys as {@linkcode Frame.screen} has them. */
  keys: Float64Array;
  /** Triangle of the scene (drawing order) + 1; 0 where nothing is. */
  faces: Uint32Array;
}

/** What {@linkcode rasterize} finds, and for how long. */
export interface RasterizeOptions {
  /** Default: the frame's. */
  window?: PixelWindow;
  /** Default: 2. */
  layers?: Visibility["layers"];
  /** `call`: the arrays are used again by the next call in this thread. Default: `ever`. */
  valid?: "call" | "ever";
  /** Larger windows are rasterized strip by strip, bytes. Default: {@linkcode MOST_BYTES}. */
  mostBytes?: number;
}

/** Largest window that is rasterized at once: 512 MiB. */
const MOST_BYTES = 1 << 29;

/**
 * Room for the vertices of a scene on a picture: valid until the thread draws something else.
 *
 * @throws {RangeError} If the picture has no size, or is too large.
 */
export function roomFor({ positions, faceOf }: CpuScene, camera: Camera): Float64Array {
  const { width, height } = pixelGrid(camera.width, camera.height);
  const pixels = Math.min(2 * width * height, Math.floor(MOST_BYTES / PIXEL_BYTES));
  return screenRoom({ coordinates: positions.length, faces: faceOf.length, pixels });
}

/**
 * Finds the first and the last surface at each pixel centre of a window. Equal depths go to the
 * lowest triangle index of the mesh, so the result does not depend on the order of the work.
 */
export function rasterize(
  scene: CpuScene,
  frame: Frame,
  options: RasterizeOptions = {},
): Visibility {
  const { window = frame.window, layers = 2, valid = "ever", mostBytes = MOST_BYTES } = options;
  const { x0, x1, y0, y1 } = window, { grid } = frame, { faceOf, corners } = scene;
  const draw = (part: PixelWindow) =>
    rasterizeTriangles(
      { screen: frame.screen, corners },
      { window: part, grid, layers, faceOf },
      (faces) => clipFaces(faces, scene, frame),
    );
  const row = layers * (x1 - x0), length = row * (y1 - y0);
  if (PIXEL_BYTES * length <= mostBytes) {
    const { keys, faces } = draw(window);
    if (valid === "call") return { window, layers, keys, faces };
    return { window, layers, keys: keys.slice(), faces: faces.slice() };
  }
  const keys = new Float64Array(length), faces = new Uint32Array(length);
  const rows = Math.max(1, Math.floor(mostBytes / (PIXEL_BYTES * row)));
  for (let top = y0; top < y1; top += rows) {
    const part = draw({ x0, x1, y0: top, y1: Math.min(y1, top + rows) });
    keys.set(part.keys, row * (top - y0));
    faces.set(part.faces, row * (top - y0));
  }
  return { window, layers, keys, faces };
}
