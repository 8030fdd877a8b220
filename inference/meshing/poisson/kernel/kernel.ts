/**
 * The sweeps of the Poisson solver as WebAssembly with SIMD: four nodes at once, and the same
 * arithmetic on every machine. The sources are in `assembly/`; `build_kernel.ts` compiles them.
 */
import { wasmModule } from "../../../../core/work/wasm_module.ts";
import { KERNEL_BASE64 } from "./kernel_wasm.ts";

/** One instance. Addresses are bytes. */
interface Kernel {
  setup(
    chi: number,
    right: number,
    screening: number,
    neighbours: number,
    nodes: number,
    fractions: number,
    weights: number,
    cellM: number,
  ): void;
  addResidual(first: number, end: number): void;
  relax(first: number, count: number, step: 1 | -1, relaxation: number): void;
}

/** The arrays of one level, in the instance's memory; good until the next level is opened. */
export interface LevelArrays {
  /** 64 values a block: see `grid.ts`. */
  chi: Float32Array;
  divergence: Float32Array;
  screening: Float32Array;
  neighbours: Int32Array;
  /** 8, 3 and 1 values a sample. */
  nodes: Int32Array;
  fractions: Float32Array;
  weights: Float32Array;
}

/** Bytes of a WebAssembly page. */
const PAGE = 65536;

/** Blocks and samples of one call: V8 takes up better code only between calls. */
const BLOCKS_A_CALL = 1024, SAMPLES_A_CALL = 16384;

let compiled: WebAssembly.Module | undefined;

/** Relaxes one level after the other in a memory of its own. */
export class Sweeps {
  private readonly memory = new WebAssembly.Memory({ initial: 1 });
  private readonly kernel: Kernel;
  private blocks = 0;
  private samples = 0;
  private divergence: Float32Array = new Float32Array(0);
  private right: Float32Array = new Float32Array(0);

  constructor() {
    compiled ??= wasmModule(KERNEL_BASE64);
    const { exports } = new WebAssembly.Instance(compiled, { env: { memory: this.memory } });
    this.kernel = exports as unknown as Kernel;
  }

  /** Makes room for a level: divergence and screening are 0, the rest is whatever was there. */
  open(blocks: number, samples: number, cellM: number): LevelArrays {
    this.blocks = blocks, this.samples = samples;
    const values = 64 * blocks;
    const counts = [values, values, values, values, 6 * blocks, 8 * samples, 3 * samples, samples];
    // Rows of four nodes are read at once.
    const starts = [16];
    for (const count of counts) starts.push(starts.at(-1)! + Math.ceil(count / 4) * 16);
    const missing = starts.at(-1)! - this.memory.buffer.byteLength;
    if (missing > 0) this.memory.grow(Math.ceil(missing / PAGE));
    const { buffer } = this.memory;
    const float = (k: number) => new Float32Array(buffer, starts[k], counts[k]);
    const int = (k: number) => new Int32Array(buffer, starts[k], counts[k]);
    const [chi, right, divergence, screening] = [0, 1, 2, 3].map(float);
    this.divergence = divergence.fill(0), this.right = right;
    this.kernel.setup(
      starts[0],
      starts[1],
      starts[3],
      starts[4],
      starts[5],
      starts[6],
      starts[7],
      cellM,
    );
    return {
      chi,
      divergence,
      screening: screening.fill(0),
      neighbours: int(4),
      nodes: int(5),
      fractions: float(6),
      weights: float(7),
    };
  }

  /** One sweep over all blocks, with the samples' residual as χ was before it. */
  sweep(direction: 1 | -1, relaxation: number): void {
    const { kernel, blocks, samples } = this;
    this.right.set(this.divergence);
    for (let s = 0; s < samples; s += SAMPLES_A_CALL) {
      kernel.addResidual(s, Math.min(samples, s + SAMPLES_A_CALL));
    }
    for (let n = 0; n < blocks; n += BLOCKS_A_CALL) {
      const count = Math.min(BLOCKS_A_CALL, blocks - n);
      kernel.relax(direction > 0 ? n : blocks - 1 - n, count, direction, relaxation);
    }
  }
}
