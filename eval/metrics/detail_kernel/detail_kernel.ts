/**
 * The inner loops of the detail metric as WebAssembly with SIMD: smoothing of normal maps, and
 * normals relative to the smooth ones. The sources are in `assembly/`; `build_kernel.ts` compiles
 * them. WebAssembly because the same loops in TypeScript need six times as long, and because its
 * arithmetic is the same on every machine.
 */
import { wasmModule } from "../../../core/work/wasm_module.ts";
import { KERNEL_BASE64 } from "./kernel_wasm.ts";

/** What `assembly/index.ts` exports. All but the last three numbers are addresses. */
interface Exports {
  unpack(mask: number, normals: number, out: number, pixels: number): void;
  blurRows(
    from: number,
    to: number,
    lines: number,
    width: number,
    rows: number,
    radius: number,
  ): void;
  blurColumns(
    from: number,
    to: number,
    sums: number,
    width: number,
    rows: number,
    radius: number,
  ): void;
  normalize(mask: number, picture: number, pixels: number): void;
  relative(mask: number, n: number, smooth: number, out: number, pixels: number): number;
}

/** Rows of a normal map, and which of them are wanted; the others are what these are smoothed with. */
export interface NormalStrip {
  width: number;
  rows: number;
  /** Rows `keep[0]` … `keep[1]` − 1. */
  keep: readonly [number, number];
  /** Radii of the box filters, pixels, ascending. */
  radii: readonly number[];
  /** Writes coverage (not 0: covered) and normals (uint16, three a pixel) of all rows. */
  fill: (mask: Uint8Array, normal: Uint16Array) => void;
  /** Takes a band: relative normals of the covered pixels that are wanted, row by row, xyz. */
  take: (band: number, normals: Float32Array) => void;
}

/** Bytes of a pixel of a picture, of a WebAssembly page. */
const PIXEL = 16, PAGE = 65536;

let memory: WebAssembly.Memory | undefined, kernel: Exports | undefined;

/** Splits the normals of a strip into bands: see `detailBands`. */
export function stripBands(strip: NormalStrip): void {
  const { width, rows, keep, radii, fill, take } = strip;
  const pixels = width * rows, largest = radii[radii.length - 1];
  let end = 0;
  const place = (bytes: number) => {
    const at = end;
    end = Math.ceil((at + bytes) / 16) * 16;
    return at;
  };
  const mask = place(pixels), normal = place(6 * pixels);
  const fine = place(PIXEL * pixels);
  const spare = [place(PIXEL * pixels), place(PIXEL * pixels), place(PIXEL * pixels)];
  const lines = place(2 * PIXEL * (width + 2 * largest + 1));
  const out = place(12 * width * (keep[1] - keep[0]));
  const { buffer, run } = opened(end);

  fill(new Uint8Array(buffer, mask, pixels), new Uint16Array(buffer, normal, 3 * pixels));
  run.unpack(mask, normal, fine, pixels);
  const first = width * keep[0], wanted = width * (keep[1] - keep[0]);
  const emit = (band: number, n: number, smooth: number) => {
    const from = PIXEL * first;
    const count = run.relative(mask + first, n + from, smooth + from, out, wanted);
    take(band, new Float32Array(buffer, out, 3 * count));
  };
  let finer = fine;
  for (const [i, radius] of radii.entries()) {
    const [smooth, other] = spare.filter((at) => at !== finer);
    run.blurRows(fine, smooth, lines, width, rows, radius);
    run.blurColumns(smooth, other, lines, width, rows, radius);
    run.blurColumns(other, smooth, lines, width, rows, radius);
    // The weight of what is covered divides all three alike, so normalizing takes its place.
    run.normalize(mask + first, smooth + PIXEL * first, wanted);
    emit(i, finer, smooth);
    finer = smooth;
  }
  if (radii.length > 1) emit(radii.length, fine, finer);
}

/** The one instance of this thread, with at least this much memory. */
function opened(bytes: number): { buffer: ArrayBuffer; run: Exports } {
  const pages = Math.ceil(bytes / PAGE);
  if (memory === undefined || kernel === undefined) {
    memory = new WebAssembly.Memory({ initial: pages });
    const module = wasmModule(KERNEL_BASE64);
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    kernel = exports as unknown as Exports;
  }
  const more = pages - memory.buffer.byteLength / PAGE;
  if (more > 0) memory.grow(more);
  return { buffer: memory.buffer as ArrayBuffer, run: kernel };
}
