/** What a model folder is, and whether it still is what was imported. */
import { sha256 } from "../../core/work/hash.ts";
import { messageOf } from "../../core/work/errors.ts";
import { decodeModel, OPSET } from "../onnx/format.ts";
import { openSession } from "../onnx/session.ts";
import { type ModelFolder, type ModelJson, neededNets, netPath, openModel } from "./model_json.ts";
import { readNet } from "./nets.ts";

/** A model in figures. */
export interface ModelDescription {
  name: string;
  weights: ModelJson["weights"];
  weightsEvidence: string;
  refined: boolean;
  precision: ModelJson["precision"];
  opset: number;
  source: ModelJson["source"];
  license: string | null;
  canvasPx: number;
  bytes: number;
  parameters: number;
  nets: { name: string; bytes: number; parameters: number; difference: number | null }[];
}

/** Describes a model folder. @throws {InputError} As `openModel`. */
export async function describeModel(folder: string): Promise<ModelDescription> {
  const { json } = await openModel(folder);
  const nets = Object.entries(json.nets).map(([name, net]) => ({
    name,
    bytes: net.bytes,
    parameters: net.parameters,
    difference: json.parity?.[name]?.difference ?? null,
  }));
  const total = (key: "bytes" | "parameters") => nets.reduce((sum, net) => sum + net[key], 0);
  const { name, weights, weightsEvidence, precision, opset, source, license, pipeline } = json;
  return {
    name,
    weights,
    weightsEvidence,
    refined: (pipeline.compact ?? pipeline).refine !== "none",
    precision,
    opset,
    source,
    license,
    canvasPx: pipeline.canvasPx,
    bytes: total("bytes"),
    parameters: total("parameters"),
    nets,
  };
}

/** One network's verdict. */
export interface ModelVerdict {
  net: string;
  /** `ok`, or what is wrong. */
  fault: string | undefined;
}

/**
 * Checks every network of a model: its bytes against the hash, its graph's inputs and operator set
 * against `model.json`, and that the runtime loads it.
 *
 * @throws {InputError} As `openModel`; faults of single networks are verdicts.
 */
export async function verifyModel(folder: string): Promise<ModelVerdict[]> {
  const model = await openModel(folder);
  const names = [...new Set([...neededNets(model.json), ...Object.keys(model.json.nets)])];
  const verdicts: ModelVerdict[] = [];
  for (const net of names) verdicts.push({ net, fault: await faultOf(model, net) });
  return verdicts;
}

async function faultOf(model: ModelFolder, name: string): Promise<string | undefined> {
  try {
    const bytes = await readNet(model, name), entry = model.json.nets[name];
    const graph = decodeModel(bytes, netPath(model, name));
    const inputs = graph.input.map((input) => input.name).join();
    if (inputs !== entry.inputs.join()) return `its inputs are ${inputs}, expected ${entry.inputs}`;
    if (model.json.opset > OPSET) {
      return `operator set ${model.json.opset}, expected at most ${OPSET}`;
    }
    await using session = await openSession(bytes, { memory: "low" });
    return session.outputs.length === 1
      ? undefined
      : `it has ${session.outputs.length} outputs, expected one`;
  } catch (error) {
    return messageOf(error);
  }
}

/** SHA-256 of a model: of its networks' hashes by name. Says which model made a prediction. */
export function modelHash({ nets }: Pick<ModelJson, "nets">): string {
  return sha256(Object.keys(nets).sort().map((name) => `${name} ${nets[name].sha256}\n`).join(""));
}
