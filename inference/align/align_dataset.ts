/** Fits bodies to the scans of a data set: one item a scan. */
import { hashPlace } from "../../core/files/place.ts";
import { type FileRecord, hashFile } from "../../core/work/hash.ts";
import type { Json } from "../../core/work/json.ts";
import { type Manifest, writeManifest } from "../../core/work/manifest.ts";
import { basename, join } from "../../core/work/path.ts";
import { portablePath } from "../../core/work/paths.ts";
import { WORK_FOLDER } from "../../core/work/scratch.ts";
import { writeTiming } from "../../core/work/timing.ts";
import { type Item, type RunOptions, type RunSummary, runWork } from "../../core/work/work_list.ts";
import type { Clothing } from "../../body/solve/clothing.ts";
import { scanPlace } from "../../datasets/load.ts";
import type { Subject } from "../../datasets/subject.ts";
import { OPEN_BODY_FILE } from "../baselines/body_photo.ts";
import type { AlignPayload } from "./align_task.ts";

/** What to fit, and how. */
export interface AlignJob {
  subjects: readonly Subject[];
  /** Body model; else the subject's own, else the open body. */
  bodyFile?: string | undefined;
  /** What the search begins with. `auto`: the subject's fit where it has one. */
  from: "auto" | "nothing" | "fit";
  clothing: Clothing;
  betas: number;
  scans: "copy" | "leave";
}

/** How it ended. */
export interface AlignSummary extends RunSummary {
  /** Written once no item is missing. */
  manifest: Manifest | undefined;
}

/**
 * Writes `subjects/<id>.json` and `pictures/<id>.webp` into `out`, going on where an earlier call was
 * stopped. With copied scans `out` is a data set in the suite's layout.
 *
 * @throws {InputError} If `out` cannot be written or a scan cannot be read to hash it.
 * @throws {CancelledError} If the signal fired.
 */
export async function alignDataset(
  out: string,
  { subjects, bodyFile, from, clothing, betas, scans }: AlignJob,
  run: RunOptions = {},
): Promise<AlignSummary> {
  const items: Item<AlignPayload>[] = [], bodies = new Set<string>();
  for (const subject of subjects) {
    const body = bodyFile ?? subject.fit?.bodyFile ?? OPEN_BODY_FILE;
    const start = from === "auto" ? subject.fit === undefined ? "nothing" : "fit" : from;
    bodies.add(body);
    items.push({
      id: subject.id,
      inputs: await inputsOf(subject, body, out),
      options: { from: start },
      holds: { use: "align", meshes: [[scanPlace(subject)]] },
      payload: { subject, bodyFile: body, from: start, clothing, betas, scans },
    });
  }
  const options: Json = { from, clothing, betas, scans };
  const summary = await runWork({
    title: "align",
    module: new URL("./align_task.ts", import.meta.url),
    out,
    work: join(out, WORK_FOLDER),
    options,
    items,
  }, run);
  await writeTiming(out, summary.timing);
  if (summary.missing.length > 0) return { ...summary, manifest: undefined };
  const files: FileRecord[] = [];
  for (const body of scans === "copy" ? [...bodies].sort() : []) {
    const path = basename(body);
    await Deno.copyFile(body, join(out, path));
    files.push({ role: "body", path, ...await hashFile(body) });
  }
  const head = { kind: "fits", command: "align", options, files } as const;
  return { ...summary, manifest: await writeManifest(out, head, summary.records) };
}

/** Ids of the fits that are judged bad. */
export function badFits({ records }: RunSummary): string[] {
  return records.filter(({ result }) =>
    (result as { verdict?: string } | undefined)?.verdict === "bad"
  ).map(({ id }) => id);
}

async function inputsOf(subject: Subject, body: string, out: string): Promise<FileRecord[]> {
  const record = async (role: string, path: string) => ({
    role,
    path: portablePath(path, out),
    ...await hashPlace(path),
  });
  const inputs = [await record("scan", subject.scanFile)];
  for (const path of subject.companions) inputs.push(await record("texture", path));
  if (subject.fit !== undefined) inputs.push(await record("fit", subject.fit.file));
  inputs.push(await record("body", body));
  return inputs;
}
