/**
 * The one file that touches onnxruntime-node: sessions over ONNX graphs, with settings that give the
 * same bytes on every run and errors that say what to do when the package cannot load.
 *
 * The package is native and large, so it is loaded at the first session, not with the program.
 */
import type * as Ort from "onnxruntime-node";
import { InputError, messageOf } from "../../core/work/errors.ts";
import { reason } from "../../core/work/hash.ts";
import { withDefaults } from "../../core/work/options.ts";

/** The element types of the suite's networks. */
export type TensorData = Float32Array | Uint16Array | Int32Array | Uint8Array;

/** A dense array, row-major. `Uint16Array` holds the bits of float16 numbers. */
export interface Tensor<D extends TensorData = TensorData> {
  data: D;
  dims: readonly number[];
}

/** How a session runs. */
export interface SessionOptions {
  /** Threads inside an operator. Default: 1, as the suite runs one worker a core. */
  threads?: number;
  /**
   * Execution providers in order of preference, as onnxruntime-node names them: `cpu`, `webgpu`,
   * `cuda`. One that is missing is an error, never a silent fall back. Default: `cpu`.
   */
  providers?: readonly string[];
  /** Rewrites of the graph at load. Default: `all`. */
  optimization?: "disabled" | "basic" | "extended" | "all";
  /**
   * `fast` keeps the memory of one run for the next; `low` gives it back after every run.
   * Default: `fast`.
   */
  memory?: "fast" | "low";
}

/** See `SessionOptions`. */
export const SESSION_DEFAULTS: Readonly<Required<SessionOptions>> = Object.freeze({
  threads: 1,
  providers: Object.freeze(["cpu"]),
  optimization: "all",
  memory: "fast",
});

/** What a graph says of one of its inputs or outputs. */
export interface TensorInfo {
  name: string;
  /** Element type as ONNX names it: `float32`, `float16`, … */
  type: string;
  /** Sizes; a free one is a name or −1. */
  dims: readonly (number | string)[];
}

/** A loaded graph. Dispose it to give its memory back. */
export interface Session extends AsyncDisposable {
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  /**
   * Runs the graph once.
   *
   * @param feeds One tensor for every input, by name.
   * @returns The outputs, float32, by name.
   * @throws {RangeError} If an input is missing, unknown or of another size.
   */
  run(feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor<Float32Array>>>;
}

/**
 * Loads a graph from a file or from bytes.
 *
 * The CPU provider gives the same bytes on every run and for every number of threads: operators
 * run one after another, and no operator splits a sum between threads.
 *
 * @param model A path, or the bytes of an `.onnx` file.
 * @throws {InputError} If onnxruntime-node cannot be loaded here, lacks a provider that was asked
 * for, or refuses the graph.
 */
export async function openSession(
  model: string | Uint8Array,
  options: SessionOptions = {},
): Promise<Session> {
  const settings = withDefaults(SESSION_DEFAULTS as Required<SessionOptions>, options);
  if (!(Number.isInteger(settings.threads) && settings.threads >= 1)) {
    throw new RangeError(
      `Cannot load a network: threads is ${settings.threads}, expected a positive integer`,
    );
  }
  const ort = await runtime();
  const file = typeof model === "string" ? { file: model } : {};
  if (typeof model === "string") await checkModelFile(model);
  let session: Ort.InferenceSession;
  try {
    // A path is read by the runtime itself: the graph is then never in memory twice. (Its typings
    // have one overload for each.)
    session = await ort.InferenceSession.create(model as string, sessionSettings(settings));
  } catch (cause) {
    const onCpu = settings.providers.every((provider) => provider === "cpu");
    throw new InputError(`Cannot load a network: ${messageOf(cause)}`, {
      ...file,
      cause,
      hint: onCpu
        ? "the file must be an ONNX graph that onnxruntime can read; is it whole?"
        : `run on the processor (provider "cpu") where ${settings.providers.join(", ")} is missing`,
    });
  }
  const inputs = infoOf(session.inputMetadata), outputs = infoOf(session.outputMetadata);
  return {
    inputs,
    outputs,
    async run(feeds) {
      checkFeeds(inputs, feeds);
      const tensors = Object.fromEntries(
        Object.entries(feeds).map(([name, tensor]) => [name, ortTensor(ort, tensor)]),
      );
      const results = await session.run(tensors);
      return Object.fromEntries(
        Object.entries(results).map(([name, { data, dims }]) => [
          name,
          { data: data as Float32Array, dims },
        ]),
      );
    },
    async [Symbol.asyncDispose]() {
      await session.release();
    },
  };
}

let loading: Promise<typeof Ort> | undefined;

/** Loads onnxruntime-node once. @throws {InputError} If this machine cannot. */
function runtime(): Promise<typeof Ort> {
  loading ??= import("onnxruntime-node").then((ort) => {
    ort.env.logLevel = "fatal"; // what goes wrong is thrown, and told once
    return ort;
  }).catch((cause) => {
    loading = undefined;
    throw new InputError(`Cannot load onnxruntime-node: ${messageOf(cause)}`, {
      cause,
      hint: "it needs 64-bit Linux (glibc ≥ 2.28), macOS or Windows, and --allow-ffi; " +
        "keypoints and masks of your own need no network",
    });
  });
  return loading;
}

function sessionSettings(
  { threads, providers, optimization, memory }: Required<SessionOptions>,
): Ort.InferenceSession.SessionOptions {
  return {
    executionProviders: [...providers],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    graphOptimizationLevel: optimization,
    // An arena keeps what a run took and hands it out again; a pattern plans one block for a whole
    // run. Either alone is lean: with both, the second run has the arena and the block. Measured on
    // a U-net of 137 GMAC: arena 475 MB, pattern 417 MB and 4 % more CPU (25 % in the first run),
    // both 596 MB, neither 559 MB and 22 % more.
    enableCpuMemArena: memory === "fast",
    enableMemPattern: memory === "low",
    logSeverityLevel: 3,
    // Waiting threads sleep: the cores belong to the other workers.
    extra: { session: { intra_op: { allow_spinning: "0" }, use_deterministic_compute: "1" } },
  };
}

async function checkModelFile(path: string): Promise<void> {
  try {
    if (!(await Deno.stat(path)).isFile) throw new Error("it is no file");
  } catch (cause) {
    throw new InputError(`Cannot load a network: ${reason(cause)}`, { file: path, cause });
  }
}

function infoOf(metadata: readonly Ort.InferenceSession.ValueMetadata[]): TensorInfo[] {
  return metadata.map((value) => ({
    name: value.name,
    type: value.isTensor ? value.type : "not a tensor",
    dims: value.isTensor ? value.shape : [],
  }));
}

function ortTensor(ort: typeof Ort, { data, dims }: Tensor): Ort.Tensor {
  if (data instanceof Float32Array) return new ort.Tensor("float32", data, dims);
  if (data instanceof Uint16Array) return new ort.Tensor("float16", data, dims);
  if (data instanceof Int32Array) return new ort.Tensor("int32", data, dims);
  return new ort.Tensor("uint8", data, dims);
}

function checkFeeds(inputs: readonly TensorInfo[], feeds: Readonly<Record<string, Tensor>>): void {
  for (const name of Object.keys(feeds)) {
    if (!inputs.some((input) => input.name === name)) {
      throw new RangeError(`Cannot run a network: it has no input "${name}"`);
    }
  }
  for (const { name, dims } of inputs) {
    const feed = feeds[name];
    if (feed === undefined) {
      throw new RangeError(`Cannot run a network: input "${name}" is missing`);
    }
    const fits = feed.dims.length === dims.length &&
      dims.every((n, i) => typeof n !== "number" || n < 0 || n === feed.dims[i]);
    const count = feed.dims.reduce((product, n) => product * n, 1);
    if (!fits || count !== feed.data.length) {
      throw new RangeError(
        `Cannot run a network: input "${name}" is ${feed.dims.join(" × ")} with ` +
          `${feed.data.length} values, expected ${dims.join(" × ")}`,
      );
    }
  }
}
