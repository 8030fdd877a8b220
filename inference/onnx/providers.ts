/** Which execution providers of onnxruntime-node work on this machine: each is tried. */
import { InputError, messageOf } from "../../core/work/errors.ts";
import { GraphBuilder } from "./graph_builder.ts";
import { openSession } from "./session.ts";
import { encodeOnnx } from "./write.ts";

/** What came of trying a provider. */
export interface ProviderTrial {
  name: string;
  /** Seconds of a probe, or undefined where it does not run. */
  seconds: number | undefined;
  /** Billions of multiply-accumulates a second in the probe. */
  gmacs: number | undefined;
  /** Largest difference from `cpu` on the probe, as a share of its range. */
  difference: number | undefined;
  /** Why it does not run. */
  fault: string | undefined;
}

/** The probe: four 3 × 3 convolutions, the networks' own kind of work. */
const CHANNELS = 64, SIDE = 64, LAYERS = 4;

/**
 * Names that onnxruntime-node knows on this platform, `cpu` first. That one is named says not that
 * it works: libraries and drivers may be missing.
 *
 * @throws {InputError} If the package cannot be loaded.
 */
export async function namedProviders(): Promise<string[]> {
  try {
    const ort = await import("onnxruntime-node");
    const names = ort.listSupportedBackends().map(({ name }) => name);
    return ["cpu", ...names.filter((name) => name !== "cpu")];
  } catch (cause) {
    throw new InputError(`Cannot load onnxruntime-node: ${messageOf(cause)}`, { cause });
  }
}

/** Tries every provider that is named here. */
export async function tryProviders(threads: number): Promise<ProviderTrial[]> {
  const trials: ProviderTrial[] = [];
  let wanted: Float32Array | undefined;
  for (const name of await namedProviders()) {
    try {
      const { data, seconds } = await inTime(runProbe(name, threads));
      wanted ??= data;
      trials.push({
        name,
        seconds,
        gmacs: LAYERS * 9 * CHANNELS * CHANNELS * SIDE * SIDE / seconds / 1e9,
        difference: relativeDifference(data, wanted),
        fault: undefined,
      });
    } catch (error) {
      const none = { seconds: undefined, gmacs: undefined, difference: undefined };
      trials.push({ name, ...none, fault: messageOf(error) });
    }
  }
  return trials;
}

/**
 * Checks that a provider runs.
 *
 * @throws {InputError} If it does not, with those that are named here.
 */
export async function checkProvider(name: string): Promise<void> {
  if (name === "cpu") return;
  const names = await namedProviders();
  const hint = "scan2score doctor tries them all";
  if (!names.includes(name)) {
    throw new InputError(
      `Cannot run on "${name}": this platform has ${names.join(", ")}`,
      { hint },
    );
  }
  try {
    await inTime(runProbe(name, 1));
  } catch (cause) {
    throw new InputError(`Cannot run on "${name}": ${messageOf(cause)}`, { cause, hint });
  }
}

/** A probe takes milliseconds; a graphics card made of software can take minutes. */
const LIMIT_SECONDS = 20;

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const fault = new InputError(`a probe did not end within ${LIMIT_SECONDS} s`);
    timer = setTimeout(() => reject(fault), 1000 * LIMIT_SECONDS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function runProbe(
  provider: string,
  threads: number,
): Promise<{ data: Float32Array; seconds: number }> {
  const model = await encodeOnnx(probeGraph());
  await using session = await openSession(model, { providers: [provider], threads });
  const x = Float32Array.from({ length: CHANNELS * SIDE * SIDE }, (_, i) => Math.sin(i * 0.37));
  const feeds = { x: { data: x, dims: [1, CHANNELS, SIDE, SIDE] } };
  await session.run(feeds); // the first run plans memory and compiles shaders
  const started = performance.now();
  const { y } = await session.run(feeds);
  return { data: y.data, seconds: (performance.now() - started) / 1000 };
}

function probeGraph() {
  const dims = [1, CHANNELS, SIDE, SIDE], weights = CHANNELS * CHANNELS * 9;
  const graph = new GraphBuilder("probe");
  let value = graph.input("x", dims);
  for (let layer = 0; layer < LAYERS; layer++) {
    const weight = graph.weight(
      `w${layer}`,
      [CHANNELS, CHANNELS, 3, 3],
      () => Float32Array.from({ length: weights }, (_, i) => Math.sin(i * 1.7 + layer) / 12),
    );
    const attributes = { kernel_shape: [3, 3], pads: [1, 1, 1, 1] };
    value = graph.node("Relu", [graph.node("Conv", [value, weight], attributes)]);
  }
  graph.output(value, "y", dims);
  return graph.finish();
}

function relativeDifference(found: Float32Array, wanted: Float32Array): number {
  let most = 0, range = 0;
  for (let i = 0; i < wanted.length; i++) {
    const d = Math.abs(found[i] - wanted[i]);
    if (Number.isNaN(d)) return NaN;
    most = Math.max(most, d);
    range = Math.max(range, Math.abs(wanted[i]));
  }
  return range === 0 ? most : most / range;
}
