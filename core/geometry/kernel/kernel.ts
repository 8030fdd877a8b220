/**
 * The inner loops of the geometry engine as WebAssembly with SIMD: a tree over triangles, nearest
 * points and rays. The sources are in `assembly/`; `build_kernel.ts` compiles them.
 *
 * WebAssembly because the same loops in TypeScript need three times as long (no SIMD), and because
 * its arithmetic is the same on every machine.
 */
import { wasmModule } from "../../work/wasm_module.ts";
import { KERNEL_BASE64 } from "./kernel_wasm.ts";

/** One instance with a memory of its own. Addresses and sizes are bytes. */
export interface Kernel {
  memory: WebAssembly.Memory;
  setup(
    nodes: number,
    triangles: number,
    faces: number,
    stack: number,
    count: number,
    depth: number,
  ): void;
  order(records: number): void;
  boxes(): void;
  dropDiscs(): void;
  makeDiscs(discs: number): void;
  closest(
    count: number,
    points: number,
    squared: number,
    feet: number,
    slots: number,
    enough: number,
  ): number;
  rays(count: number, rays: number, hits: number, faces: number, any: number): void;
}

/** Bytes of a WebAssembly page. */
const PAGE = 65536;

/** The most memory one instance can have, bytes: 4 GiB. */
export const KERNEL_MEMORY_LIMIT: number = PAGE * 65536;

/** Given-back instances that are kept for the next, and the most bytes they may hold in all. */
const idle: Kernel[] = [];
const IDLE_BYTES = 48 << 20;

let compiled: WebAssembly.Module | undefined;

/** Makes an instance with at least `bytes` of memory, or takes one that was given back. */
export function openKernel(bytes: number): Kernel {
  const fits = idle.findIndex(({ memory: { buffer: { byteLength } } }) =>
    byteLength >= bytes && byteLength <= 2 * bytes + (1 << 20)
  );
  if (fits >= 0) return idle.splice(fits, 1)[0];
  compiled ??= wasmModule(KERNEL_BASE64);
  const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE) });
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
  return { ...(exports as unknown as Omit<Kernel, "memory">), memory };
}

/** Gives an instance back; whoever had it must not use it, or views of its memory, any more. */
export function closeKernel(kernel: Kernel): void {
  idle.push(kernel);
  const held = () => idle.reduce((sum, { memory }) => sum + memory.buffer.byteLength, 0);
  while (held() > IDLE_BYTES) idle.shift();
}
