/** Runs a method over views or photos: one item a view. */
import { join } from "../core/work/path.ts";
import { type FileRecord, hashFile } from "../core/work/hash.ts";
import { type Json, stableJson } from "../core/work/json.ts";
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
import { type Predictions, PREDICTIONS_SCHEMA } from "../core/files/predictions_json.ts";
import type { InferPayload } from "./infer_task.ts";
import type { Method, PredictionFrame } from "./method.ts";
import type { PhotoPlace } from "./photo_input.ts";
import type { ViewPlace } from "./view_input.ts";

/** What to reconstruct, and how. */
export interface InferJob {
  method: Method;
  views: readonly ViewPlace[];
  photos?: readonly (PhotoPlace & { id: string })[];
  /** Options of the method that decide bytes. */
  options?: { [key: string]: Json };
}

/** How it ended. */
export interface InferSummary extends RunSummary {
  /** Written, with `predictions.json`, once no item is missing. */
  manifest: Manifest | undefined;
}

/**
 * Writes `<subject>/<view>.ply` (or `<photo>.ply`), `predictions.json` and `manifest.json` into
 * `out`, going on where an earlier call was stopped.
 *
 * @throws {InputError} If `out` cannot be written or an input cannot be read to hash it.
 * @throws {CancelledError} If the signal fired.
 */
export async function inferViews(
  out: string,
  { method, views, photos = [], options = {} }: InferJob,
  run: RunOptions = {},
): Promise<InferSummary> {
  const items: Item<InferPayload>[] = [];
  for (const place of views) {
    const id = `${place.subject}/${place.view}`;
    items.push({
      id,
      group: place.subject,
      inputs: await viewInputs(place, out),
      payload: {
        method: method.name,
        input: { kind: "view", ...place },
        options,
        mesh: `${id}.ply`,
      },
    });
  }
  for (const { id, ...place } of photos) {
    const inputs = [await record("photo", place.path, out)];
    const { maskFile, keypointsFile } = place;
    if (maskFile !== undefined) inputs.push(await record("mask", maskFile, out));
    if (keypointsFile !== undefined) inputs.push(await record("keypoints", keypointsFile, out));
    items.push({
      id,
      inputs,
      payload: {
        method: method.name,
        input: { kind: "photo", ...place },
        options,
        mesh: `${id}.ply`,
      },
    });
  }
  const runOptions: Json = { method: method.name, version: method.version, ...options };
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
  await writeWhole(file, stableJson(predictionsOf(method, summary, frame) as unknown as Json));
  const manifest = await writeManifest(out, {
    kind: "predictions",
    command: "infer",
    options: runOptions,
    files: [{ role: "predictions", path: "predictions.json", ...await hashFile(file) }],
  }, summary.records);
  return { ...summary, manifest };
}

function predictionsOf(
  method: Method,
  { records }: RunSummary,
  frame: PredictionFrame,
): Predictions {
  return {
    schema: PREDICTIONS_SCHEMA,
    method: { name: method.name, version: method.version, trainedOn: method.trainedOn },
    usesTruth: method.usesTruth,
    frame,
    unit: "m",
    items: records.map(({ id, status, reason, outputs }) => {
      const [subject, view] = id.split("/");
      return {
        subject,
        ...(view === undefined ? {} : { view }),
        ...(status === "ok" ? { mesh: outputs[0].path } : { failed: reason ?? true }),
      };
    }),
  };
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
