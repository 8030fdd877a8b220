/** Loads a model's networks, checks that they are what `model.json` says, and runs them. */
import { InputError, messageOf } from "../../core/work/errors.ts";
import { hashFile, sha256 } from "../../core/work/hash.ts";
import { openSession, type Session, type SessionOptions, type Tensor } from "../onnx/session.ts";
import { type ModelFolder, netPath } from "./model_json.ts";

/** Inputs of a network, by name. */
export type Feeds = Readonly<Record<string, Tensor<Float32Array>>>;

/**
 * Reads the bytes of a network.
 *
 * @throws {InputError} If the file cannot be read or is not the one in `model.json`.
 */
export async function readNet(model: ModelFolder, name: string): Promise<Uint8Array> {
  const file = netPath(model, name);
  let bytes: Uint8Array;
  try {
    bytes = await Deno.readFile(file);
  } catch (cause) {
    throw new InputError(`Cannot load the network "${name}": ${messageOf(cause)}`, { file, cause });
  }
  checkHash(model, name, sha256(bytes));
  return bytes;
}

/**
 * Loads a network. Its file is hashed piece by piece and read by the runtime, so that it is never
 * in memory twice.
 *
 * @throws {InputError} As `readNet`, or if the runtime refuses the graph.
 */
export async function openNet(
  model: ModelFolder,
  name: string,
  options: SessionOptions,
): Promise<Session> {
  const file = netPath(model, name);
  checkHash(model, name, (await hashFile(file)).sha256);
  return await openSession(file, options);
}

function checkHash(model: ModelFolder, name: string, found: string): void {
  if (found === model.json.nets[name].sha256) return;
  throw new InputError(`Cannot load the network "${name}": its hash is not the one in model.json`, {
    file: netPath(model, name),
    hint: "the file was changed or damaged: import the checkpoint again",
  });
}

/**
 * Runs a network that has one output.
 *
 * @throws {RangeError} If it has several, or gives another number of values than expected.
 */
export async function runNet(
  session: Session,
  feeds: Feeds,
  valueCount: number,
): Promise<Float32Array> {
  const results = Object.values(await session.run(feeds));
  if (results.length !== 1 || results[0].data.length !== valueCount) {
    throw new RangeError(
      `Cannot run a network: it gave ${results.map((r) => r.dims.join(" × ")).join(" and ")}, ` +
        `expected one output of ${valueCount} values`,
    );
  }
  return results[0].data;
}
