/**
 * From a PyTorch checkpoint to a model folder: one ONNX graph a network, batch normalisation folded
 * in, and `model.json`. One tensor is in memory at a time.
 */
import { createHash } from "node:crypto";
import { basename, join } from "../../core/work/path.ts";
import type { ByteSource } from "../../core/files/source.ts";
import type { TrainedOn } from "../../core/files/predictions_json.ts";
import { CancelledError, InputError } from "../../core/work/errors.ts";
import { stableJson } from "../../core/work/json.ts";
import { withDefaults } from "../../core/work/options.ts";
import {
  makeFolder,
  moveIntoPlace,
  Scratch,
  WORK_FOLDER,
  writeWhole,
} from "../../core/work/scratch.ts";
import { OPSET } from "../onnx/format.ts";
import { writeOnnx } from "../onnx/write.ts";
import { NET_KEYS, type NetName, PUBLISHED_WIDTHS, type Widths } from "./architecture.ts";
import { checkState } from "./check_state.ts";
import { type Checkpoint, openCheckpoint } from "./checkpoint.ts";
import { MODEL_FILE, type ModelJson, type NetEntry } from "./model_json.ts";
import { netGraph } from "./net_graph.ts";
import { type Pipeline, pipelineFault, PUBLISHED_PIPELINE } from "./pipeline.ts";
import { compareProbes, probeNet, type ProbeResult } from "./probe.ts";
import { stateEntries, valueCount } from "./state_dict.ts";

/** How a checkpoint is imported. */
export interface ImportOptions {
  /** Element type of the stored weights; float16 halves the files. Default: `float32`. */
  precision?: "float32" | "float16";
  /** Compares folded with unfolded networks and records the difference. Default: `probe`. */
  parity?: "probe" | "none";
  /** Name in tables. Default: the file's name without its endings. */
  name?: string | undefined;
  /** What is known of the weights. Default: from the checkpoint's step counters. */
  weights?: "trained" | "unknown" | undefined;
  license?: string | null;
  trainedOn?: TrainedOn[] | undefined;
  /** Channels of the networks. Default: the published ones. */
  widths?: Widths;
  /** The data flow that the networks were made for. Default: the published one. */
  pipeline?: Pipeline;
  /** Stops between networks; nothing is left in the folder. */
  signal?: AbortSignal | undefined;
  progress?: ((what: string, done: number, total: number) => void) | undefined;
}

/** See `ImportOptions`. */
export const IMPORT_DEFAULTS = Object.freeze({
  precision: "float32" as "float32" | "float16",
  parity: "probe" as "probe" | "none",
  name: undefined as string | undefined,
  weights: undefined as ImportOptions["weights"],
  license: null as string | null,
  trainedOn: undefined as TrainedOn[] | undefined,
  widths: PUBLISHED_WIDTHS,
  pipeline: PUBLISHED_PIPELINE as Pipeline,
  signal: undefined as AbortSignal | undefined,
  progress: undefined as ImportOptions["progress"],
});

type Settings = typeof IMPORT_DEFAULTS;

/**
 * How far folding may move an output on the probe, as a share of its magnitude: float32 rounding
 * through some twenty layers stays below 1e-5, float16 weights below 2e-2.
 */
const PARITY_LIMITS = { float32: 1e-3, float16: 5e-2 } as const;

/**
 * Imports a checkpoint. The folder gets the graphs first and `model.json` last, so a folder with
 * `model.json` is whole; an earlier model in it is replaced.
 *
 * @throws {InputError} If the file is no checkpoint of these networks (missing, extra and misshapen
 * keys are named), a value is not finite, or folding changes what a network computes.
 * @throws {CancelledError} If the signal is raised.
 */
export async function importCheckpoint(
  source: ByteSource,
  folder: string,
  options: ImportOptions = {},
): Promise<ModelJson> {
  const settings = withDefaults<Settings>(IMPORT_DEFAULTS, options);
  const fault = pipelineFault(settings.pipeline);
  if (fault !== undefined) throw new RangeError(`Cannot import for this pipeline: ${fault}`);
  const checkpoint = await openCheckpoint(source);
  const nets = checkState(checkpoint.tensors, settings.widths, source.name);
  const sha256 = await hashSource(source);
  await makeFolder(folder);
  await using scratch = await Scratch.open(join(folder, WORK_FOLDER));
  const room = await scratch.room("import");
  const entries: Record<string, NetEntry> = {}, parity: Record<string, ProbeResult> = {};
  for (const [i, net] of nets.entries()) {
    if (settings.signal?.aborted) throw new CancelledError();
    settings.progress?.(net, i, nets.length);
    const written = await writeNet(net, [checkpoint, source.name], { ...settings, room });
    entries[net] = written.entry;
    if (written.parity !== undefined) parity[net] = written.parity;
  }
  const steps = await trainingSteps(checkpoint, nets, settings.widths);
  const refined = nets.includes("refine");
  const json: ModelJson = {
    schema: "scan2score/model-1",
    kind: "2k2k",
    name: settings.name ?? basename(source.name).replace(/(\.pth|\.tar|\.pt|\.ckpt)+$/, ""),
    ...judgeWeights(settings.weights, checkpoint.epoch, steps),
    license: settings.license,
    ...(settings.trainedOn === undefined ? {} : { trainedOn: settings.trainedOn }),
    source: {
      name: basename(source.name),
      bytes: source.byteLength,
      sha256,
      epoch: checkpoint.epoch,
    },
    opset: OPSET,
    precision: settings.precision,
    pipeline: { ...settings.pipeline, refine: refined ? settings.pipeline.refine : "none" },
    nets: entries,
    parity: settings.parity === "probe" ? parity : null,
  };
  if (settings.signal?.aborted) throw new CancelledError();
  await Deno.remove(join(folder, MODEL_FILE)).catch(() => {});
  for (const { file } of Object.values(entries)) {
    await moveIntoPlace(join(room, file), join(folder, file));
  }
  await writeWhole(join(folder, MODEL_FILE), stableJson(json));
  return json;
}

/** Writes one graph and, if asked, compares it with its unfolded twin, which is then removed. */
async function writeNet(
  net: NetName,
  [checkpoint, file]: readonly [Checkpoint, string],
  { widths, precision, parity, room }: Settings & { room: string },
): Promise<{ entry: NetEntry; parity?: ProbeResult }> {
  const read = async (key: string) => {
    const values = await checkpoint.read(key);
    const bad = values.findIndex((v) => !Number.isFinite(v));
    if (bad >= 0) {
      throw new InputError(
        `Cannot import the checkpoint: value ${bad} of "${key}" is ${values[bad]}, ` +
          "expected finite numbers",
        { file },
      );
    }
    return values;
  };
  const name = `${net}.onnx`, path = join(room, name);
  const graph = netGraph(net, [widths, read], { weights: precision });
  const { bytes, sha256 } = await writeOnnx(path, graph);
  const entry: NetEntry = {
    file: name,
    bytes,
    sha256,
    parameters: stateEntries(widths, [net]).filter(({ kind }) => kind === "parameter")
      .reduce((sum, e) => sum + valueCount(e), 0),
    inputs: graph.input.map((input) => input.name),
  };
  if (parity === "none") return { entry };
  const found = await probeNet(net, path);
  const twin = join(room, `${net}.unfolded.onnx`);
  await writeOnnx(twin, netGraph(net, [widths, read], { norms: "unfolded" }));
  const result = compareProbes(await probeNet(net, twin), found);
  await Deno.remove(twin);
  const limit = PARITY_LIMITS[precision] * Math.max(result.magnitude, 1e-6);
  if (!(result.difference <= limit)) {
    throw new InputError(
      `Cannot import the network "${
        NET_KEYS[net]
      }": folding its normalisation moves its output by ` +
        `${result.difference}, expected at most ${limit}`,
      { file, hint: "its running statistics are out of range: is the checkpoint damaged?" },
    );
  }
  return { entry, parity: result };
}

/** The least number of training steps that any normalisation counted. */
async function trainingSteps(
  checkpoint: Checkpoint,
  nets: readonly NetName[],
  widths: Widths,
): Promise<number> {
  let least = Infinity;
  for (const { key, dtype } of stateEntries(widths, nets)) {
    if (dtype === "int64") least = Math.min(least, await checkpoint.readScalar(key));
  }
  return least;
}

function judgeWeights(
  said: ImportOptions["weights"],
  epoch: number | null,
  steps: number,
): Pick<ModelJson, "weights" | "weightsEvidence"> {
  if (said !== undefined) return { weights: said, weightsEvidence: "said at import" };
  const evidence = `${steps} training steps counted by every normalisation, epoch ${epoch ?? "?"}`;
  return { weights: steps > 0 ? "trained" : "unknown", weightsEvidence: evidence };
}

async function hashSource(source: ByteSource): Promise<string> {
  const hash = createHash("sha256"), step = 1 << 22;
  for (let at = 0; at < source.byteLength; at += step) {
    hash.update(await source.slice(at, Math.min(source.byteLength, at + step)));
  }
  return hash.digest("hex");
}
