/**
 * The rasterizer's inner loop as WebAssembly with SIMD. The sources are in `assembly/`;
 * `build_kernel.ts` compiles them. WebAssembly because the same loop in TypeScript needs half as
 * long again, and because its arithmetic is the same on every machine.
 */
import { wasmModule } from "../../../core/work/wasm_module.ts";
import type { PixelWindow } from "../../backend.ts";
import type { ClippedFaces } from "../clip.ts";
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

/** Triangles on the picture. */
export interface ScreenTriangles {
  /** Three numbers a vertex, as `Frame.screen`. */
  screen: Float64Array;
  /** Three vertices a triangle. */
  corners: Uint32Array;
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

/** Bytes of a WebAssembly page; memory in use that may be more than is needed. */
const PAGE = 65536, IDLE_BYTES = 32 << 20;

/** Bytes of a pixel in one layer. */
export const PIXEL_BYTES = 12;

let compiled: WebAssembly.Module | undefined;
let memory: WebAssembly.Memory | undefined, kernel: Exports | undefined;
/** Up to where the memory was written: the pages after that take no room. */
let written = 0;

/** Addresses, and where they end: what depends on the window comes last. */
function layoutOf({ coordinates, faces, pixels }: RasterSize) {
  let end = 1024;
  const place = (bytes: number) => {
    const at = end;
    end = Math.ceil((at + bytes) / 16) * 16;
    return at;
  };
  return {
    corners: place(12 * BATCH),
    numbers: place(4 * BATCH),
    toClip: place(4 * BATCH),
    pieces: place(72 * BATCH),
    screen: place(8 * coordinates),
    faceOf: place(4 * faces),
    keys: place(8 * pixels),
    ids: place(4 * pixels),
    end,
  };
}

/** How much there is to draw. */
export interface RasterSize {
  /** Three a vertex. */
  coordinates: number;
  faces: number;
  /** Of the largest window, times layers. */
  pixels: number;
}

/**
 * Makes room in the kernel's memory for coordinates that {@linkcode rasterizeTriangles} is handed:
 * it need not copy them. They are valid until the thread draws something else.
 */
export function screenRoom(size: RasterSize): Float64Array {
  const { screen, end } = layoutOf(size);
  if (written > IDLE_BYTES && written > 2 * end) memory = kernel = undefined;
  opened(end);
  return new Float64Array(memory!.buffer, screen, size.coordinates);
}

/**
 * Draws triangles into empty buffers.
 *
 * @param clip Is given those that reach nearer than the near plane or beyond the guard band, where
 * there are any; draws what it returns in their place.
 * @throws {RangeError} If the coordinates are in the kernel's memory and the window is larger than
 * there was room made for.
 */
export function rasterizeTriangles(
  { screen, corners }: ScreenTriangles,
  { window: { x0, y0, x1, y1 }, grid, layers, faceOf }: RasterTarget,
  clip: (faces: readonly number[]) => ClippedFaces,
): RasterBuffers {
  const pixels = layers * (x1 - x0) * (y1 - y0);
  const at = layoutOf({ coordinates: screen.length, faces: faceOf.length, pixels });
  const isThere = memory !== undefined && screen.buffer === memory.buffer &&
    screen.byteOffset === at.screen;
  if (isThere && at.end > memory!.buffer.byteLength) {
    throw new RangeError(
      `Cannot rasterize: found a window of ${pixels} pixels, expected no more than there is room for`,
    );
  }
  const run = opened(at.end), { buffer } = memory!;
  written = Math.max(written, at.end);
  if (!isThere) new Float64Array(buffer, at.screen, screen.length).set(screen);
  new Uint32Array(buffer, at.faceOf, faceOf.length).set(faceOf);
  const batchCorners = new Uint32Array(buffer, at.corners, 3 * BATCH);
  const batchNumbers = new Uint32Array(buffer, at.numbers, BATCH);
  const batchToClip = new Uint32Array(buffer, at.toClip, BATCH);
  run.look(x0, y0, x1, y1, grid.width, grid.height, grid.subpixels);
  run.setup(at.screen, at.faceOf, at.keys, at.ids, layers);
  run.wipe(pixels);

  // 1. Whole triangles; 2. pieces of those that were cut: three vertices of its own each.
  const toClip: number[] = [];
  for (let first = 0; 3 * first < corners.length; first += BATCH) {
    const batch = corners.subarray(3 * first, 3 * (first + BATCH));
    batchCorners.set(batch);
    const cut = run.fill(batch.length / 3, at.corners, first, 0, at.toClip);
    for (let i = 0; i < cut; i++) toClip.push(first + batchToClip[i]);
  }
  if (toClip.length > 0) {
    const pieces = clip(toClip), own = new Float64Array(buffer, at.pieces, 9 * BATCH);
    run.setup(at.pieces, at.faceOf, at.keys, at.ids, layers);
    for (let first = 0; 3 * first < pieces.corners.length; first += BATCH) {
      const batch = pieces.corners.subarray(3 * first, 3 * (first + BATCH));
      for (let i = 0; i < batch.length; i++) {
        batchCorners[i] = i;
        for (let k = 0; k < 3; k++) own[3 * i + k] = pieces.screen[3 * batch[i] + k];
      }
      batchNumbers.set(pieces.faces.subarray(first, first + BATCH));
      run.fill(batch.length / 3, at.corners, 0, at.numbers, at.toClip);
    }
  }
  return {
    keys: new Float64Array(buffer, at.keys, pixels),
    faces: new Uint32Array(buffer, at.ids, pixels),
  };
}

/** The one instance of this thread, with at least this much memory. */
function opened(bytes: number): Exports {
  const pages = Math.ceil(bytes / PAGE);
  if (memory === undefined || kernel === undefined) {
    memory = new WebAssembly.Memory({ initial: pages });
    written = 0;
    compiled ??= wasmModule(KERNEL_BASE64);
    const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
    kernel = exports as unknown as Exports;
  }
  const more = pages - memory.buffer.byteLength / PAGE;
  if (more > 0) memory.grow(more);
  return kernel;
}
