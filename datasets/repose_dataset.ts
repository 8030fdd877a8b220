/** New data sets by putting the scans of one into new poses: one item a scan. */
import { hashPlace } from "../core/files/place.ts";
import { InputError } from "../core/work/errors.ts";
import { type FileRecord, hashFile } from "../core/work/hash.ts";
import { type Manifest, writeManifest } from "../core/work/manifest.ts";
import { basename, join } from "../core/work/path.ts";
import { portablePath } from "../core/work/paths.ts";
import { WORK_FOLDER } from "../core/work/scratch.ts";
import { writeTiming } from "../core/work/timing.ts";
import { type Item, type RunOptions, type RunSummary, runWork } from "../core/work/work_list.ts";
import { fullPose } from "../body/pose.ts";
import { loadBody, scanPlace } from "./load.ts";
import type { ReposePayload } from "./repose_task.ts";
import type { Subject } from "./subject.ts";

/** What to repose, and how. */
export interface ReposeJob {
  /** Scans with fits of SMPL's kind. */
  subjects: readonly Subject[];
  /** Whose poses new ones are drawn from, with fits of the same body. Default: `subjects`. */
  posesOf?: readonly Subject[] | undefined;
  /** New poses a scan. */
  poses: number;
  seed: number;
}

/** How it ended. */
export interface ReposeSummary extends RunSummary {
  /** Written once no item is missing. */
  manifest: Manifest | undefined;
}

/**
 * Writes a data set in the suite's layout: `subjects/<id>_r<pose>.glb` and `.json` for each scan and
 * pose, and the body model. Goes on where an earlier call was stopped.
 *
 * @throws {InputError} If a subject has no fit that can be posed, their bodies differ, or `out`
 * cannot be written.
 * @throws {CancelledError} If the signal fired.
 */
export async function reposeDataset(
  out: string,
  { subjects, posesOf = subjects, poses, seed }: ReposeJob,
  run: RunOptions = {},
): Promise<ReposeSummary> {
  const library: number[][] = [];
  let body: string | undefined;
  for (const subject of new Set([...posesOf, ...subjects])) {
    const { model, fit, bodyFile } = await loadBody(subject);
    if (model.kind !== "smpl") {
      throw new InputError(
        `Cannot repose "${subject.id}": its fit is of kind ${model.kind}, expected smpl`,
        { file: subject.fit!.file },
      );
    }
    if (body !== undefined && body !== bodyFile) {
      throw new InputError(`Cannot repose "${subject.id}": its body is another one`, {
        file: bodyFile,
        hint: `repose it apart; the others have ${body}`,
      });
    }
    body = bodyFile;
    if (posesOf.includes(subject)) library.push([...fullPose(model, fit)]);
  }
  const items: Item<ReposePayload>[] = [];
  for (const subject of subjects) {
    items.push({
      id: subject.id,
      inputs: await inputsOf(subject, body!, out),
      options: { library },
      holds: { use: "repose", meshes: [[scanPlace(subject)]] },
      payload: { subject, library, poses, seed },
    });
  }
  const options = { poses, seed };
  const summary = await runWork({
    title: "repose",
    module: new URL("./repose_task.ts", import.meta.url),
    out,
    work: join(out, WORK_FOLDER),
    options,
    items,
  }, run);
  await writeTiming(out, summary.timing);
  if (summary.missing.length > 0) return { ...summary, manifest: undefined };
  const files: FileRecord[] = [];
  if (body !== undefined) {
    const path = basename(body);
    await Deno.copyFile(body, join(out, path));
    files.push({ role: "body", path, ...await hashFile(body) });
  }
  const head = { kind: "dataset", command: "dataset repose", options, files } as const;
  return { ...summary, manifest: await writeManifest(out, head, summary.records) };
}

async function inputsOf(subject: Subject, body: string, out: string): Promise<FileRecord[]> {
  const record = async (role: string, path: string) => ({
    role,
    path: portablePath(path, out),
    ...await hashPlace(path),
  });
  const inputs = [await record("scan", subject.scanFile)];
  for (const path of subject.companions) inputs.push(await record("texture", path));
  inputs.push(await record("fit", subject.fit!.file), await record("body", body));
  return inputs;
}
