/** Computes the rows of a results file again from its inputs. */
import { InputError } from "../core/work/errors.ts";
import { compactJson, type Json } from "../core/work/json.ts";
import { runJobs } from "../core/work/pool.ts";
import type { RunOptions } from "../core/work/work_list.ts";
import { SILENT } from "../core/work/progress.ts";
import { fromRows, identity, type Matrix4 } from "../core/geometry/transform.ts";
import { fitOfJson } from "../body/fit_json.ts";
import type { SubjectFit, Unit } from "../datasets/subject.ts";
import { type EvalPayload, pairPlaces, type ProtocolChoice } from "./eval_task.ts";
import { protocolOf } from "./protocols/registry.ts";
import type { InputRecord, ProtocolRecord, ResultRow, Results } from "./results.ts";

/**
 * Recomputes every row that has a prediction.
 *
 * @param fileOf Where an input is now.
 * @throws {InputError} If a protocol is not of this version of the suite, or a scan cannot be read.
 */
export async function rescore(
  results: Results,
  fileOf: (input: InputRecord) => string,
  { workers = 1, memory, progress = SILENT, signal }: RunOptions = {},
): Promise<ResultRow[]> {
  const protocols = results.protocols.map(choiceOf);
  const seed = (results as { seed?: number }).seed ?? 0;
  const payloads = new Map<string, EvalPayload>();
  const find = (role: string, about: Partial<InputRecord>) =>
    results.inputs.find((input) =>
      input.role === role && input.subject === about.subject && input.view === about.view
    );
  for (const input of results.inputs) {
    if (input.role !== "prediction") continue;
    const { subject, view, method, frame, unit } = input as InputRecord & { unit?: Unit };
    const key = `${subject} ${method}`;
    let payload = payloads.get(key);
    if (payload === undefined) {
      const scan = results.inputs.find((i) => i.role === "scan" && i.subject === subject);
      if (scan === undefined) {
        throw new InputError(`Cannot recompute the scores of "${subject}": its scan is not listed`);
      }
      payload = {
        subject: {
          id: subject!,
          dataset: results.dataset.name,
          scanFile: fileOf(scan),
          companions: [],
          unit: (scan as { unit?: Unit }).unit ?? "m",
          ...metresPerUnitIn(scan),
          ...facesIn(results, subject!, fileOf),
          unitSource: "declared",
          upright: uprightIn(input),
          uprightSource: "declared",
          notes: [],
          ...fitIn(results, subject!, fileOf),
        },
        method: method!,
        frame: frame ?? "scan",
        unit: unit ?? "m",
        entries: [],
        protocols,
        seed,
      };
      payloads.set(key, payload);
    }
    const camera = find("camera", { subject, view });
    payload.entries.push({
      ...(view === undefined ? {} : { view }),
      meshFile: fileOf(input),
      ...(camera === undefined ? {} : { cameraFile: fileOf(camera) }),
    });
  }
  const jobs = [...payloads.values()].map((payload) => ({
    group: payload.subject.id,
    payload,
    holds: pairPlaces(payload.subject, payload.entries),
    scratch: () => Promise.resolve(""),
  }));
  const rows: ResultRow[] = [];
  progress.start({ title: "verify", total: jobs.length, done: 0 });
  await runJobs(new URL("./eval_task.ts", import.meta.url), jobs, (i, result) => {
    const { subject, method } = jobs[i].payload;
    const id = `${subject.id}/${method}`;
    if (!result.ok) throw new InputError(`Cannot recompute ${id}: ${result.reason}`);
    progress.item({ id, status: "done", seconds: result.seconds });
    rows.push(...(result.outcome.result as unknown as { rows: ResultRow[] }).rows);
    return Promise.resolve();
  }, { workers: workers > 1 ? workers : 0, memory, signal });
  progress.end();
  return rows;
}

/** The fit that a subject was scored with, and its body model where it is now. */
function fitIn(
  { inputs }: Results,
  subject: string,
  fileOf: (input: InputRecord) => string,
): { fit?: SubjectFit } {
  const record = inputs.find((input) => input.role === "fit" && input.subject === subject);
  if (record === undefined) return {};
  const { body: path, fit } = record as { body?: unknown; fit?: unknown };
  const body = inputs.find((input) => input.role === "body" && input.path === path);
  const file = fileOf(record);
  return {
    fit: {
      fit: fitOfJson(fit, file),
      file,
      bodyFile: body === undefined ? undefined : fileOf(body),
    },
  };
}

/** The triangles of a scan whose own file has vertices alone. */
function facesIn(
  { inputs }: Results,
  subject: string,
  fileOf: (input: InputRecord) => string,
): { facesFile?: string } {
  const record = inputs.find((input) => input.role === "faces" && input.subject === subject);
  return record === undefined ? {} : { facesFile: fileOf(record) };
}

/** How the scan is turned upright, where the prediction's frame depends on it. */
function uprightIn(prediction: InputRecord): Matrix4 {
  const { upright } = prediction as { upright?: number[][] };
  return upright === undefined ? identity() : fromRows(upright);
}

function metresPerUnitIn(scan: InputRecord): { metresPerUnit?: number } {
  const { metresPerUnit } = scan as { metresPerUnit?: unknown };
  return typeof metresPerUnit === "number" ? { metresPerUnit } : {};
}

/**
 * The protocol of a record, and the constants in which it differs.
 *
 * @throws {InputError} If this version of the suite does not know it.
 */
export function choiceOf(record: ProtocolRecord): ProtocolChoice {
  const protocol = protocolOf(record);
  if (protocol === undefined) {
    throw new InputError(
      `Cannot recompute scores under "${record.id}" version ${record.version}: ` +
        "this suite does not know it",
      { hint: "verify with the version of the suite that wrote the results" },
    );
  }
  const changes: { [name: string]: Json } = {};
  for (const [name, value] of Object.entries(protocol.constants)) {
    if (name in record && compactJson(record[name] as Json) !== compactJson(value)) {
      changes[name] = record[name] as Json;
    }
  }
  return { id: protocol.id, changes };
}
