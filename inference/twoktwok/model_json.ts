/** `model.json`: what a model folder holds, how its networks go together and where they came from. */
import { z } from "zod";
import { type TrainedOn, trainedOnSchema } from "../../core/files/predictions_json.ts";
import { join } from "../../core/work/path.ts";
import { InputError } from "../../core/work/errors.ts";
import { insideOf } from "../../core/work/paths.ts";
import { open, readJson } from "../../core/work/schema.ts";
import { pipelineFault, pipelineSchema } from "./pipeline.ts";

/** Name of the file in a model folder. */
export const MODEL_FILE = "model.json";

/** One network of a model. */
export const netEntry = open({
  /** File in the model's folder. */
  file: z.string().min(1),
  bytes: z.int().positive(),
  sha256: z.string().length(64),
  /** Learned numbers before batch normalisation was folded. */
  parameters: z.int().min(0),
  /** Names of the graph's inputs, in order. */
  inputs: z.array(z.string()).min(1),
});

/** How far folding and rounding moved a network on a made input. */
export const parityEntry = open({
  /** Largest difference, and the largest magnitude of the unfolded output. */
  difference: z.number().min(0),
  magnitude: z.number().min(0),
});

/** See the file's head. */
export const modelJson = open({
  schema: z.literal("scan2score/model-1"),
  kind: z.literal("2k2k"),
  name: z.string().min(1),
  /**
   * `trained`: someone says so, or the checkpoint counts training steps. `unknown`: nothing says
   * so, and the output may be meaningless.
   */
  weights: z.enum(["trained", "unknown"]),
  /** Why `weights` says what it says. */
  weightsEvidence: z.string(),
  /** Licence of the weights, if known (SPDX or a sentence). */
  license: z.string().nullable(),
  /** As in predictions.json: [] says none, absent says not declared. */
  trainedOn: z.array(trainedOnSchema).optional(),
  /** The checkpoint that the graphs were made from. */
  source: open({
    name: z.string(),
    bytes: z.int().min(0),
    sha256: z.string().length(64),
    epoch: z.number().nullable(),
  }).nullable(),
  /** ONNX operator set of the graphs, and the element type of their weights. */
  opset: z.int(),
  precision: z.enum(["float32", "float16"]),
  pipeline: pipelineSchema,
  nets: z.record(z.string(), netEntry),
  /** Folded against unfolded networks on a seeded probe, by network; null where not measured. */
  parity: z.record(z.string(), parityEntry).nullable(),
});

/** The parsed `model.json`. */
export type ModelJson = z.infer<typeof modelJson>;

/** One entry of `ModelJson.nets`. */
export type NetEntry = z.infer<typeof netEntry>;

/** A model folder whose `model.json` is consistent. */
export interface ModelFolder {
  folder: string;
  json: ModelJson;
}

/**
 * Opens a model folder: reads `model.json` and checks that every network it needs is named, stands
 * in the folder and has its size. Contents are compared with their hashes when they are loaded.
 *
 * @throws {InputError} If something is missing or inconsistent.
 */
export async function openModel(folder: string): Promise<ModelFolder> {
  const file = join(folder, MODEL_FILE);
  const hint = "make a model folder with `model import CHECKPOINT -o DIR`";
  if (!(await Deno.stat(file).catch(() => undefined))?.isFile) {
    throw new InputError("Cannot read the model: no such file or folder", { file, hint });
  }
  const json = await readJson(modelJson, file, { what: "the model", hint });
  const fault = pipelineFault(json.pipeline) ?? missingNet(json);
  if (fault !== undefined) throw new InputError(`Cannot use the model: ${fault}`, { file });
  for (const name of Object.keys(json.nets)) {
    const path = netPath({ folder, json }, name);
    const stat = await Deno.stat(path).catch(() => undefined);
    if (stat?.isFile !== true || stat.size !== json.nets[name].bytes) {
      throw new InputError(
        `Cannot use the model: "${json.nets[name].file}" has ` +
          `${stat === undefined ? "no" : stat.size} bytes, expected ${json.nets[name].bytes}`,
        { file: path, hint: "import the checkpoint again" },
      );
    }
  }
  return { folder, json };
}

/** Reads a list of training data. @throws {InputError} If the file is no such list. */
export async function trainedOnFile(file: string): Promise<TrainedOn[]> {
  return await readJson(z.array(trainedOnSchema), file, { what: "the list of training data" });
}

/** Names of the networks that the pipeline runs, in its order. */
export function neededNets({ pipeline }: Pick<ModelJson, "pipeline">): string[] {
  if (pipeline.compact !== undefined) {
    const { lifter, parts } = pipeline.compact;
    return [...(lifter ? ["lifter"] : []), "coarse", ...(parts === "none" ? [] : ["part"])];
  }
  return [
    "coarse_normal",
    ...new Set(pipeline.groups.map(({ net }) => net)),
    "coarse_depth",
    ...(pipeline.refine === "none" ? [] : ["refine"]),
  ];
}

/** The file of a network. */
export function netPath({ folder, json }: ModelFolder, name: string): string {
  return insideOf(folder, json.nets[name].file);
}

function missingNet(json: ModelJson): string | undefined {
  const name = neededNets(json).find((name) => !(name in json.nets));
  return name === undefined ? undefined : `it has no network "${name}"`;
}
