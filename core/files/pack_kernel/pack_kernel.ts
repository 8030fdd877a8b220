/**
 * Filters of PNG and OpenEXR and a deflate for what they leave, as WebAssembly with SIMD. The sources
 * are in `assembly/`; `build_kernel.ts` compiles them.
 *
 * Filtered maps are runs of one byte and noise: a search for longer repeats, most of what zlib does,
 * finds next to none. One pass that looks for runs alone, then prefix codes for each block, makes
 * files of the same size in a fifth of the time.
 */
import { wasmModule } from "../../work/wasm_module.ts";
import { KERNEL_BASE64 } from "./kernel_wasm.ts";

/** What `assembly/index.ts` exports. */
interface Exports {
  room: WebAssembly.Global;
  written: WebAssembly.Global;
  start(at: number): void;
  move(at: number): void;
  end(): void;
  putAll(at: number, bytes: number): void;
  putRun(value: number, count: number): void;
  swapBytes(at: number, bytes: number): void;
  filterRows(
    rows: number,
    stride: number,
    count: number,
    bytes: number,
    pixel: number,
    left: number,
    right: number,
    filtered: number,
  ): void;
  splitRows(
    rows: number,
    stride: number,
    count: number,
    bytes: number,
    left: number,
    right: number,
    differences: number,
  ): void;
}

/** Rows of bytes, all of one length. */
export interface PackRows {
  /** A row's bytes: what is left of it and right of it in the picture is zero. */
  row: (index: number) => Uint8Array;
  count: number;
  bytes: number;
  /** Zeros before and after a row's bytes in the picture. */
  left: number;
  right: number;
}

/** What else a PNG's filter needs. */
export interface PngRows extends PackRows {
  /** Rows above and below, all zero. */
  above: number;
  below: number;
  pixelBytes: number;
  valueBytes: number;
}

/** Rows at a time: so many that they and what is made of them stay in the processor's cache. */
const BATCH_BYTES = 128 << 10;
/** Empty rows between two looks at what is written. */
const EMPTY_ROWS = 256;
const PAGE = 65536;
/** More than the block in the making takes once it is written. */
const BLOCK_BYTES = 4 * PAGE;
/** What the kernel reads or writes beside rows, bytes. */
const BEFORE = 16, AFTER = 32;

/**
 * Filters the rows of a PNG ("Paeth", or "none" where a row and the one above are zero) and deflates
 * them.
 *
 * @param rows With a pixel of zeros on the right, unless `right` is 0, and a row of zeros at the end,
 * unless `below` is 0.
 * @returns A zlib stream, in parts.
 */
export function packPngRows(rows: PngRows): Uint8Array[] {
  const { row, count, bytes, left, right, above, below, pixelBytes, valueBytes } = rows;
  const full = 1 + left + bytes + right;
  const stride = align(BEFORE + bytes + AFTER);
  const batch = Math.max(1, Math.min(count, Math.floor(BATCH_BYTES / stride)));
  const first = stride + BEFORE, filtered = first + batch * stride, out = filtered + stride;
  const most = 2 * batch * stride + Math.max(batch, EMPTY_ROWS) * Math.ceil(full / 64);
  const { run, room, memory } = opened(out + most + BLOCK_BYTES);
  const stream = new Stream(run, memory, room + out);
  stream.zeros(full, above);
  memory.fill(0, room, room + out);
  for (let done = 0; done < count; done += batch) {
    const here = Math.min(batch, count - done);
    for (let i = 0; i < here; i++) memory.set(row(done + i), room + first + i * stride);
    if (valueBytes === 2) run.swapBytes(room + first, here * stride - BEFORE);
    run.filterRows(room + first, stride, here, bytes, pixelBytes, left, right, room + filtered);
    const last = room + BEFORE + here * stride;
    memory.copyWithin(room + BEFORE, last, last + bytes);
    stream.take();
  }
  stream.zeros(full, below);
  return stream.end();
}

/**
 * Splits, differs and deflates a block of an OpenEXR file.
 *
 * @param rows The block's float32 rows, channel after channel, line after line.
 * @returns A zlib stream, in parts.
 */
export function packExrRows({ row, count, bytes, left, right }: PackRows): Uint8Array[] {
  const stride = align(bytes + AFTER);
  const differences = count * stride + BEFORE, out = differences + stride;
  const most = 2 * count * stride + count * Math.ceil((left + right) / 64);
  const { run, room, memory } = opened(out + most + BLOCK_BYTES);
  const stream = new Stream(run, memory, room + out);
  for (let i = 0; i < count; i++) memory.set(row(i), room + i * stride);
  run.splitRows(room, stride, count, bytes, left, right, room + differences);
  return stream.end();
}

/** How bytes are handed to the kernel. */
export interface PackBytesOptions {
  /** At a time; the stream does not depend on it. Default: 131072. */
  pieceBytes?: number;
}

/**
 * Deflates bytes that hold runs and noise: no other repeats are looked for.
 *
 * @returns A zlib stream, in parts.
 */
export function packBytes(
  bytes: Uint8Array,
  { pieceBytes = BATCH_BYTES }: PackBytesOptions = {},
): Uint8Array[] {
  const out = align(BEFORE + pieceBytes + AFTER);
  const { run, room, memory } = opened(out + 2 * pieceBytes + BLOCK_BYTES);
  const stream = new Stream(run, memory, room + out);
  for (let done = 0; done < bytes.length; done += pieceBytes) {
    const piece = bytes.subarray(done, done + pieceBytes);
    memory.set(piece, room + BEFORE);
    run.putAll(room + BEFORE, piece.length);
    stream.take();
  }
  return stream.end();
}

/** What the kernel writes, taken away as it comes. */
class Stream {
  readonly #parts: Uint8Array[] = [];

  constructor(
    private readonly run: Exports,
    private readonly memory: Uint8Array,
    private readonly out: number,
  ) {
    run.start(out);
  }

  take(): void {
    this.#parts.push(this.memory.slice(this.out, this.run.written.value as number));
    this.run.move(this.out);
  }

  /** Appends rows of zeros. */
  zeros(bytes: number, rows: number): void {
    for (let done = 0; done < rows; done++) {
      this.run.putRun(0, bytes);
      if (done % EMPTY_ROWS === EMPTY_ROWS - 1) this.take();
    }
  }

  end(): Uint8Array[] {
    this.run.end();
    this.take();
    return this.#parts;
  }
}

let memory: WebAssembly.Memory | undefined, kernel: Exports | undefined;

/** The one instance of this thread, with at least this many bytes from `room` on. */
function opened(bytes: number): { run: Exports; room: number; memory: Uint8Array } {
  if (memory === undefined || kernel === undefined) {
    memory = new WebAssembly.Memory({ initial: 4 });
    const { exports } = new WebAssembly.Instance(wasmModule(KERNEL_BASE64), { env: { memory } });
    kernel = exports as unknown as Exports;
  }
  const room = kernel.room.value as number;
  const more = Math.ceil((room + bytes - memory.buffer.byteLength) / PAGE);
  if (more > 0) memory.grow(more);
  return { run: kernel, room, memory: new Uint8Array(memory.buffer) };
}

function align(bytes: number): number {
  return Math.ceil(bytes / 16) * 16;
}
