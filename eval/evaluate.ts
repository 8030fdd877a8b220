/** Scores predictions against a data set: one item a subject and method, results.json at the end. */
import { basename, dirname, join } from "../core/work/path.ts";
import { InputError } from "../core/work/errors.ts";
import { hashPlace, hasPlace } from "../core/files/place.ts";
import type { FileRecord } from "../core/work/hash.ts";
import type { Json } from "../core/work/json.ts";
import { portablePath } from "../core/work/paths.ts";
import { WORK_FOLDER } from "../core/work/scratch.ts";
import { SUITE_VERSION } from "../core/work/version.ts";
import {
  type Item,
  keysOf,
  type RunOptions,
  type RunSummary,
  runWork,
} from "../core/work/work_list.ts";
import type { PredictionFrame } from "../core/files/predictions_json.ts";
import { toRows } from "../core/geometry/transform.ts";
import { jsonOfFit } from "../body/fit_json.ts";
import type { Dataset, Subject } from "../datasets/subject.ts";
import { viewsOf } from "../datasets/views.ts";
import {
  chosenProtocol,
  type EvalEntry,
  type EvalPayload,
  pairPlaces,
  type ProtocolChoice,
} from "./eval_task.ts";
import { type EvalPlan, writePlan } from "./partial_results.ts";
import { answersFor, type PredictionEntry, type PredictionSet } from "./predictions.ts";
import { protocolRecord } from "./protocols/protocol.ts";
import {
  type InputRecord,
  type ResultRow,
  type Results,
  RESULTS_SCHEMA,
  writeResults,
} from "./results.ts";

/** What to score, and how. */
export interface EvalJob {
  /** The scans; its subjects are the targets. */
  truth: Dataset;
  sets: readonly PredictionSet[];
  protocols: readonly ProtocolChoice[];
  /** Seed of all samples. */
  seed: number;
}

/** How it ended. */
export interface EvalSummary extends RunSummary {
  /** Written once no item is missing. */
  results: Results | undefined;
}

/** A prediction set's subject: what is there, what is missing. */
interface Target {
  subject: Subject;
  set: PredictionSet;
  entries: EvalEntry[];
  inputs: InputRecord[];
}

/**
 * Scores everything and writes `file` (results.json), going on where an earlier call was stopped.
 * A target without a prediction and a prediction without a target are failed rows; subjects that
 * were not asked of a method (`only` of its predictions.json) have no rows of it.
 *
 * @throws {InputError} If two sets have the same method's name, or the file cannot be written.
 * @throws {CancelledError} If the signal fired.
 */
export async function evaluate(
  file: string,
  job: EvalJob,
  run: RunOptions = {},
): Promise<EvalSummary> {
  const { truth, sets, protocols, seed } = job;
  checkNames(sets);
  const folder = dirname(file);
  const files = new HashedFiles(folder);
  const targets: Target[] = [];
  const views = truth.format === "suite-views"
    ? new Map(
      await Promise.all(
        truth.subjects.map(async ({ id }) => [id, await viewsOf(truth.folder, id)] as const),
      ),
    )
    : undefined;
  for (const subject of truth.subjects) {
    for (const set of sets) {
      if (!answersFor(set, subject.id)) continue;
      targets.push(await targetOf({ subject, set, files, truth, views: views?.get(subject.id) }));
    }
  }
  const items = targets.map(({ subject, set, entries, inputs }): Item<EvalPayload> => ({
    id: `${subject.id}/${set.header.method.name}`,
    group: subject.id,
    inputs: inputs.map(({ role, path, bytes, sha256 }) => ({ role, path, bytes, sha256 })),
    options: entries.map(({ view, failed }) => ({ view, failed })) as unknown as Json,
    holds: pairPlaces(subject, entries),
    weight: inputs.reduce((sum, { role, bytes }) => role === "prediction" ? sum + bytes : sum, 0),
    payload: {
      subject,
      method: set.header.method.name,
      frame: set.header.frame,
      unit: set.header.unit,
      entries,
      protocols: [...protocols],
      seed,
    },
  }));
  const work = {
    title: "eval",
    module: new URL("./eval_task.ts", import.meta.url),
    out: folder,
    work: join(folder, WORK_FOLDER, basename(file)),
    options: {
      protocols: protocols.map((choice) => protocolRecord(chosenProtocol(choice))),
      seed,
    } as unknown as Json,
    items,
  };
  await writePlan(work.work, planOf(job, targets, keysOf(work)));
  const summary = await runWork(work, run);
  if (summary.missing.length > 0) return { ...summary, results: undefined };
  const results = resultsOf(job, targets, summary);
  await writeResults(file, results);
  return { ...summary, results };
}

function checkNames(sets: readonly PredictionSet[]): void {
  const seen = new Map<string, string>();
  for (const { header: { method }, folder } of sets) {
    const other = seen.get(method.name);
    if (other !== undefined) {
      throw new InputError(`Cannot score two methods named "${method.name}"`, {
        file: folder,
        hint: `the other is ${other}; give them different names in predictions.json`,
      });
    }
    seen.set(method.name, folder);
  }
}

/** Lines up what a set holds for a subject with what the truth asks for. */
async function targetOf(
  { subject, set, files, truth, views }: {
    subject: Subject;
    set: PredictionSet;
    files: HashedFiles;
    truth: Dataset;
    views: string[] | undefined;
  },
): Promise<Target> {
  const given = set.entries.filter((entry) => entry.subject === subject.id);
  const byView = set.entries.some((entry) => entry.view !== undefined);
  const wanted: (string | undefined)[] = byView && views !== undefined ? [...views] : [];
  if (!byView) wanted.push(undefined);
  for (const { view } of given) if (!wanted.includes(view)) wanted.push(view);
  if (wanted.length === 0) wanted.push(undefined);

  const method = set.header.method.name;
  const { unit, metresPerUnit } = subject;
  const scan = {
    role: "scan",
    subject: subject.id,
    unit,
    ...(metresPerUnit === undefined ? {} : { metresPerUnit }),
  };
  const inputs = [await files.record(scan, subject.scanFile), ...await bodyInputs(subject, files)];
  if (subject.facesFile !== undefined) {
    inputs.push(await files.record({ role: "faces", subject: subject.id }, subject.facesFile));
  }
  if (set.file !== undefined) {
    inputs.push(await files.record({ role: "predictions", method }, set.file));
  }
  const entries: EvalEntry[] = [];
  for (const view of wanted) {
    const entry: PredictionEntry | undefined = given.find((one) => one.view === view);
    const at = { subject: subject.id, ...(view === undefined ? {} : { view }) };
    const target: EvalEntry = view === undefined ? {} : { view };
    if (view !== undefined && views?.includes(view)) {
      const place = join(truth.folder, subject.id, view);
      target.cameraFile = join(place, "camera.json");
      inputs.push(await files.record({ role: "camera", ...at }, target.cameraFile));
      const color = join(place, "color.png");
      if (await hasPlace(color)) {
        inputs.push(await files.record({ role: "color", ...at }, color));
      }
    }
    if (entry === undefined) target.failed = "no prediction for this target";
    else if (entry.failed !== undefined) target.failed = entry.failed;
    else if ((await Deno.stat(entry.meshFile!).catch(() => undefined))?.isFile !== true) {
      target.failed = `its mesh is missing: ${basename(entry.meshFile!)}`;
    } else {
      target.meshFile = entry.meshFile!;
      const { frame, unit } = set.header;
      const role = { role: "prediction", method, frame, unit, ...uprightIn(subject, frame), ...at };
      inputs.push(await files.record(role, entry.meshFile!));
    }
    entries.push(target);
  }
  return { subject, set, entries, inputs };
}

/** How the scan is turned upright, where that decides where a prediction is. */
function uprightIn({ upright }: Subject, frame: PredictionFrame): { upright?: number[][] } {
  return frame === "scan" || frame === "camera" ? {} : { upright: toRows(upright) };
}

/** The subject's fit, as it was read, and the body model that it is for: labels of parts. */
async function bodyInputs({ id, fit }: Subject, files: HashedFiles): Promise<InputRecord[]> {
  if (fit?.bodyFile === undefined) return [];
  const body = await files.record({ role: "body" }, fit.bodyFile);
  const about = { role: "fit", subject: id, body: body.path, fit: jsonOfFit(fit.fit) };
  return [body, await files.record(about, fit.file)];
}

/** Hashes each file once. */
class HashedFiles {
  private readonly known = new Map<string, Promise<Pick<FileRecord, "bytes" | "sha256">>>();

  constructor(private readonly folder: string) {}

  async record(about: Omit<InputRecord, keyof FileRecord> & { role: string }, path: string) {
    let hash = this.known.get(path);
    if (hash === undefined) this.known.set(path, hash = hashPlace(path));
    return { ...about, path: portablePath(path, this.folder), ...await hash };
  }
}

function resultsOf(job: EvalJob, targets: readonly Target[], summary: RunSummary): Results {
  const { truth, sets, protocols } = job;
  const rows: ResultRow[] = [];
  const chosen = protocols.map(chosenProtocol);
  const records = new Map(summary.records.map((record) => [record.id, record]));
  for (const { subject, set, entries } of targets) {
    const record = records.get(`${subject.id}/${set.header.method.name}`)!;
    if (record.status === "ok") {
      rows.push(...(record.result as unknown as { rows: ResultRow[] }).rows);
      continue;
    }
    // The scan itself could not be used.
    for (const { view } of entries) {
      rows.push(
        ...chosen.map((protocol) =>
          failedRow({ set, subject: subject.id, view, protocol: protocol.id }, record.reason!)
        ),
      );
    }
  }
  const targetIds = new Set(truth.subjects.map(({ id }) => id));
  const broken = new Map(truth.broken.map(({ id, text }) => [id, text]));
  for (const set of sets) {
    const strays = new Map<string, PredictionEntry>();
    for (const entry of set.entries) {
      if (!targetIds.has(entry.subject)) strays.set(`${entry.subject}/${entry.view}`, entry);
    }
    for (const id of broken.keys()) {
      if (!answersFor(set, id)) continue;
      if (![...strays.values()].some((entry) => entry.subject === id)) {
        strays.set(id, { subject: id });
      }
    }
    for (const { subject, view } of strays.values()) {
      const reason = broken.get(subject) ?? "the truth has no subject of this name";
      rows.push(...chosen.map(({ id }) => failedRow({ set, subject, view, protocol: id }, reason)));
    }
  }
  return { ...headOf(job, targets), rows };
}

/** Everything of the results but the rows: known before anything is scored. */
function headOf(job: EvalJob, targets: readonly Target[]): Results & { seed: number } {
  const { truth, sets, protocols, seed } = job;
  const inputs = new Map<string, InputRecord>();
  for (const target of targets) {
    for (const input of target.inputs) {
      const { role, path, subject, view, method } = input;
      inputs.set(JSON.stringify([role, path, subject, view, method]), input);
    }
  }
  return {
    schema: RESULTS_SCHEMA,
    suite: SUITE_VERSION,
    protocols: protocols.map(chosenProtocol).map(protocolRecord),
    seed,
    dataset: { name: truth.name },
    inputs: [...inputs.values()],
    methods: sets.map(({ header: { method, usesTruth, timing, only } }) => ({
      ...method,
      usesTruth,
      ...(timing === undefined ? {} : { timing }),
      ...(only === undefined ? {} : { only: [...only].sort() }),
    })),
    rows: [],
  };
}

/** What an evaluation will do, for whoever looks at it before it is done. */
function planOf(
  job: EvalJob,
  targets: readonly Target[],
  keys: ReadonlyMap<string, string>,
): EvalPlan {
  return {
    head: headOf(job, targets),
    items: targets.map(({ subject, set: { header: { method } }, entries }) => {
      const id = `${subject.id}/${method.name}`;
      return {
        id,
        key: keys.get(id)!,
        method: method.name,
        subject: subject.id,
        views: entries.map(({ view }) => view ?? null),
      };
    }),
  };
}

function failedRow(
  { set, subject, view, protocol }: {
    set: PredictionSet;
    subject: string;
    view: string | undefined;
    protocol: string;
  },
  reason: string,
): ResultRow {
  return {
    method: set.header.method.name,
    subject,
    ...(view === undefined ? {} : { view }),
    protocol,
    status: "failed",
    reason,
    warnings: [],
    scores: {},
  };
}
