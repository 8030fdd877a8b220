/**
 * The rasterizer's inner loop as WebAssembly with SIMD. The sources are in `assembly/`;
 * `build_kernel.ts` compiles them. WebAssembly because the same loop in TypeScript needs half as
 * long again, and because its arithmetic is the same on every machine.
 */
import { wasmModule } from "../../../core/work/wasm_module.ts";
import type { PixelWindow } from "../../backend.ts";
import type { PixelGrid } from "../pixel_grid.ts";
import { KERNEL_BASE64 } from "./kernel_wasm.ts";

/** What `assembly/index.ts` exports. */
interface Exports {
  setup(screen: number, faceOf: number, keys: number, ids: number, layers: number): void;
  look(
    x0: number,
    y0: number,
    x1: number,
    y1: number,
    width: number,
    height: number,
    subpixels: number,
  ): void;
  wipe(count: number): void;
  fill(count: number, corners: number, first: number, numbers: number, toClip: number): number;
}

/** Triangles on the picture; `faces` names them where they are not numbered by their place. */
export interface ScreenTriangles {
  /** Three numbers a vertex, as `Frame.screen`. */
  screen: Float64Array;
  /** Three vertices a triangle. */
  corners: Uint32Array;
  faces?: Uint32Array;
}

/** Where triangles are drawn. */
export interface RasterTarget {
  window: PixelWindow;
  grid: PixelGrid;
  layers: 1 | 2;
  /** What decides between equal keys, by number: the lower wins. */
  faceOf: Uint32Array;
}

/** What was drawn; views of the kernel's memory, valid until the thread draws again. */
export interface RasterBuffers {
  /** Front, or front and back side by side, row by row; −∞ and ∞ where nothing is. */
  keys: Float64Array;
  /** Number + 1; 0 where nothing is. */
  faces: Uint32Array;
}

/** Triangles handed over at a time: their corners stay in the cache. */
const BATCH = 8192;

/** Bytes of a WebAssembly page; memory that may be more than is needed. */
const PAGE = 65536, IDLE_BYTES = 32 << 20;

let memory: WebAssembly.Memory | undefined, kernel: Exports | undefined;

/**
 * Draws triangles into empty buffers.
 *
 * @param clip Is given those that reach nearer than the near plane or beyond the guard band, where
 * there are any; draws what it returns in their place.
 */
export function rasterizeTriangles(
  whole: ScreenTriangles,
  { window: { x0, y0, x1, y1 }, grid, layers, faceOf }: RasterTarget,
  clip: (faces: readonly number[]) => ScreenTriangles,
): RasterBuffers {
  const length = layers * (x1 - x0) * (y1 - y0);
  let end = 1024;
  const place = (bytes: number) => {
    const at = end;
    end = Math.ceil((at + bytes) / 16) * 16;
    return at;
  };
  const corners = place(12 * BATCH), numbers = place(4 * BATCH), toClip = place(4 * BATCH);
  const keys = place(8 * length), ids = place(4 * length), order = place(4 * faceOf.length);
  const screen = place(8 * whole.screen.length);
  const run = opened(end);
  new Uint32Array(memory!.buffer, order, faceOf.length).set(faceOf);
  run.look(x0, y0, x1, y1, grid.width, grid.height, grid.subpixels);

  const draw = (triangles: ScreenTriangles, screenAt: number): number[] => {
    const { buffer } = memory!, clipped: number[] = [];
    new Float64Array(buffer, screenAt, triangles.screen.length).set(triangles.screen);
    const batchCorners = new Uint32Array(buffer, corners, 3 * BATCH);
    const batchNumbers = new Uint32Array(buffer, numbers, BATCH);
    const batchClipped = new Uint32Array(buffer, toClip, BATCH);
    run.setup(screenAt, order, keys, ids, layers);
    const count = triangles.corners.length / 3, { faces } = triangles;
    for (let first = 0; first < count; first += BATCH) {
      const batch = Math.min(BATCH, count - first);
      batchCorners.set(triangles.corners.subarray(3 * first, 3 * (first + batch)));
      if (faces !== undefined) batchNumbers.set(faces.subarray(first, first + batch));
      const cut = run.fill(batch, corners, first, faces === undefined ? 0 : numbers, toClip);
      for (let i = 0; i < cut; i++) clipped.push(first + batchClipped[i]);
    }
    return clipped;
  };
  run.setup(screen, order, keys, ids, layers);
  run.wipe(length);
  const left = draw(whole, screen);
  if (left.length > 0) {
    const pieces = clip(left), at = place(8 * pieces.screen.length);
    opened(end);
    draw(pieces, at);
  }
  const { buffer } = memory!;
  return {
    keys: new Float64Array(buffer, keys, length),
    faces: new Uint32Array(buffer, ids, length),
  };
}

/** The one instance of this thread, with at least this much memory. */
function opened(bytes: number): Exports {
  const pages = Math.ceil(bytes / PAGE);
  const held = memory?.buffer.byteLength ?? 0;
  if (kernel === undefined || (held > IDLE_BYTES && held > 2 * bytes)) {
    memory = new WebAssembly.Memory({ initial: pages });
    const { exports } = new WebAssembly.Instance(compiled ??= wasmModule(KERNEL_BASE64), {
      env: { memory },
    });
    kernel = exports as unknown as Exports;
  }
  const more = pages - memory!.buffer.byteLength / PAGE;
  if (more > 0) memory!.grow(more);
  return kernel;
}

let compiled: WebAssembly.Module | undefined;
