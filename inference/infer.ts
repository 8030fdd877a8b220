/** Runs a method over views or photos: one item a view. */
import { join } from "../core/work/path.ts";
import { type FileRecord, hashFile, sha256 } from "../core/work/hash.ts";
import { compactJson, type Json, stableJson } from "../core/work/json.ts";
import { type Manifest, writeManifest } from "../core/work/manifest.ts";
import { portablePath } from "../core/work/paths.ts";
import { WORK_FOLDER, writeWhole } from "../core/work/scratch.ts";
import { writeTiming } from "../core/work/timing.ts";
import {
  filesUnder,
  type Item,
  type RunOptions,
  type RunSummary,
  runWork,
} from "../core/work/work_list.ts";
import {
  type PredictionItem,
  type Predictions,
  PREDICTIONS_SCHEMA,
} from "../core/files/predictions_json.ts";
import type { InferPayload } from "./infer_task.ts";
import { checkFormat, meshPath, type OutputFormat } from "./mesh_output.ts";
import type { Method, MethodDeclaration, MethodSettings, PredictionFrame } from "./method.ts";
import { STAGES_FILE } from "./twoktwok/stages.ts";
import type { PhotoPlace } from "./photo_input.ts";
import type { ViewPlace } from "./view_input.ts";

/** What to reconstruct, and how. */
export interface InferJob {
  method: Method;
  views: readonly ViewPlace[];
  /** Whether the views are of some people picked from more: `predictions.json` then lists them. */
  picked?: boolean | undefined;
  photos?: readonly (PhotoPlace & { id: string })[];
  /** Options of the method that decide bytes. */
  options?: { [key: string]: Json };
  settings?: Omit<MethodSettings, "stages">;
  /** Default: ply. */
  meshFormat?: OutputFormat | undefined;
  /**
   * Folder for intermediate tensors: of a single view or photo directly, else one folder for each
   * prediction, named as it.
   */
  stagesFolder?: string | undefined;
}

/** How it ended. */
export interface InferSummary extends RunSummary {
  /** Written, with `predictions.json`, once no item is missing. */
  manifest: Manifest | undefined;
}

/** An item before it is known what else decides it. */
interface Input {
  id: string;
  group?: string;
  inputs: FileRecord[];
  input: InferPayload["input"];
}

/**
 * Writes `<subject>/<view>.ply` (or `<photo>.ply`; or .glb, .obj), `predictions.json` and `manifest.json` into
 * `out`, going on where an earlier call was stopped.
 *
 * @throws {InputError} If `out` cannot be written, an input cannot be read to hash it, or the format
 * cannot hold what is asked for.
 * @throws {CancelledError} If the signal fired.
 */
export async function inferViews(
  out: string,
  job: InferJob,
  run: RunOptions = {},
): Promise<InferSummary> {
  const { method, views, photos = [], options = {}, settings = {}, stagesFolder } = job;
  const { meshFormat = "ply" } = job;
  checkFormat(meshFormat, options);
  const declared = await declarationOf(method, settings, options);
  for (const text of declared.notes) run.progress?.note(text);
  const files = await Promise.all(declared.files.map(({ role, path }) => record(role, path, out)));
  const inputs: Input[] = [];
  for (const place of views) {
    const id = `${place.subject}/${place.view}`;
    inputs.push({
      id,
      group: place.subject,
      inputs: await viewInputs(place, out),
      input: { kind: "view", ...place },
    });
  }
  for (const { id, ...place } of photos) {
    const own = [await record("photo", place.path, out)];
    const { maskFile, keypointsFile } = place;
    if (maskFile !== undefined) own.push(await record("mask", maskFile, out));
    if (keypointsFile !== undefined) own.push(await record("keypoints", keypointsFile, out));
    inputs.push({ id, inputs: own, input: { kind: "photo", ...place } });
  }
  const runOptions: Json = {
    method: method.name,
    version: declared.version,
    ...options,
    ...(meshFormat === "ply" ? {} : { meshFormat }),
  };
  const items = inputs.map((input): Item<InferPayload> => {
    const all = { ...input, inputs: [...input.inputs, ...files] };
    const stages = stagesFolder === undefined ? undefined : {
      folder: inputs.length === 1 ? stagesFolder : join(stagesFolder, input.id),
      mark: markOf(all, runOptions),
    };
    return {
      id: input.id,
      ...(input.group === undefined ? {} : { group: input.group }),
      inputs: all.inputs,
      holds: { use: "infer", meshes: [] },
      payload: {
        method: method.name,
        input: input.input,
        options,
        settings: { ...settings, stages },
        id: input.id,
        mesh: meshPath(input.id, meshFormat),
      },
      ...(stages === undefined
        ? {}
        : { elsewhere: [{ path: join(stages.folder, STAGES_FILE), contains: stages.mark }] }),
    };
  });
  const summary = await runWork({
    title: "infer",
    module: new URL("./infer_task.ts", import.meta.url),
    out,
    work: join(out, WORK_FOLDER),
    options: runOptions,
    items,
  }, run);
  await writeTiming(out, summary.timing);
  if (summary.missing.length > 0) return { ...summary, manifest: undefined };
  const frame: PredictionFrame = photos.length > 0 ? "camera" : "scan";
  const file = join(out, "predictions.json");
  const only = job.picked === true
    ? [...new Set(views.map(({ subject }) => subject))].sort()
    : undefined;
  await writeWhole(
    file,
    stableJson(predictionsOf([method, declared], summary, { frame, meshFormat, only })),
  );
  const manifest = await writeManifest(out, {
    kind: "predictions",
    command: "infer",
    options: runOptions,
    files: [{ role: "predictions", path: "predictions.json", ...await hashFile(file) }],
  }, summary.records);
  return { ...summary, manifest };
}

/** What tells the stages of one item from those of another. */
function markOf({ id, inputs }: Input, options: Json): string {
  const contents = inputs.map(({ role, sha256 }) => ({ role, sha256 }));
  return sha256(compactJson({ id, options, contents }));
}

async function declarationOf(
  method: Method,
  settings: MethodSettings,
  options: { [key: string]: Json },
): Promise<MethodDeclaration> {
  const { version, trainedOn } = method;
  return await method.declare?.(settings, options) ?? { version, trainedOn, files: [], notes: [] };
}

function predictionsOf(
  [method, { name = method.name, version, trainedOn, untrained }]: readonly [
    Method,
    MethodDeclaration,
  ],
  { records }: RunSummary,
  { frame, meshFormat, only }: {
    frame: PredictionFrame;
    meshFormat: OutputFormat;
    only: string[] | undefined;
  },
): Json {
  const predictions: Predictions = {
    schema: PREDICTIONS_SCHEMA,
    method: { name, version, ...(trainedOn === undefined ? {} : { trainedOn }) },
    usesTruth: method.usesTruth,
    ...(untrained === undefined ? {} : { untrained }),
    frame,
    unit: "m",
    ...(only === undefined ? {} : { only }),
    items: records.flatMap(({ id, status, reason, outputs }): PredictionItem[] => {
      const [subject, view] = id.split("/");
      const head = { subject, ...(view === undefined ? {} : { view }) };
      if (status === "failed") return [{ ...head, failed: reason ?? true }];
      const mesh = outputs.find(({ path }) => path === meshPath(id, meshFormat));
      return mesh === undefined ? [] : [{ ...head, mesh: mesh.path }];
    }),
  };
  return predictions as unknown as Json;
}

/** Every file of a view and its subject's file: any change makes a reconstruction stale. */
async function viewInputs({ root, subject, view, bodyFile }: ViewPlace, out: string) {
  const inputs = [await record("subject", join(root, subject, "subject.json"), out)];
  for (const path of await filesUnder(join(root, subject, view))) {
    inputs.push(await record("view", path, out));
  }
  if (bodyFile !== undefined) inputs.push(await record("body", bodyFile, out));
  return inputs;
}

async function record(role: string, path: string, out: string): Promise<FileRecord> {
  return { role, path: portablePath(path, out), ...await hashFile(path) };
}
