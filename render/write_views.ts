/**
 * How every folder of rendered files comes about, drawn or converted: the work list, its timing, the
 * files of the whole set once no item is missing, and the manifest.
 */
import { hashPlace } from "../core/files/place.ts";
import { type FileRecord, hashFile } from "../core/work/hash.ts";
import type { Json } from "../core/work/json.ts";
import type { Holding } from "../core/work/memory.ts";
import { type Manifest, writeManifest } from "../core/work/manifest.ts";
import { join } from "../core/work/path.ts";
import { portablePath } from "../core/work/paths.ts";
import { WORK_FOLDER, writeWhole } from "../core/work/scratch.ts";
import { writeTiming } from "../core/work/timing.ts";
import { type Item, type RunOptions, type RunSummary, runWork } from "../core/work/work_list.ts";
import type { Subject } from "../datasets/subject.ts";

/** What is to be written. */
export interface ViewsWork<P> {
  /** Shown to the user: "render", "convert". */
  title: string;
  /** As the manifest names what wrote it: "render", "dataset convert". */
  command: string;
  /** Module whose default export does an item. */
  module: URL;
  /** Folder of the artifact. */
  out: string;
  /** Options that decide bytes. */
  options: Json;
  items: readonly Item<P>[];
  /** Files of the whole set by path: lists, indices. Gets the subjects of items that failed. */
  finish?: (
    failed: ReadonlySet<string>,
  ) => Map<string, Uint8Array | string> | Promise<Map<string, Uint8Array | string>>;
}

/** How writing ended. */
export interface ViewsSummary extends RunSummary {
  /** Written once no item is missing. */
  manifest: Manifest | undefined;
}

/** What a worker holds that reads no mesh. */
const PICTURES: Holding = { use: "convert", meshes: [] };

/**
 * Does the work, going on where an earlier call was stopped.
 *
 * @throws {CancelledError} If the signal fired.
 */
export async function writeViews<P>(
  { title, command, module, out, options, items, finish }: ViewsWork<P>,
  run: RunOptions = {},
): Promise<ViewsSummary> {
  const work = join(out, WORK_FOLDER);
  const list = items.map((item): Item<P> => ({ holds: PICTURES, ...item }));
  const summary = await runWork({ title, module, out, work, options, items: list }, run);
  await writeTiming(out, summary.timing);
  if (summary.missing.length > 0) return { ...summary, manifest: undefined };
  const failed = new Set(
    summary.records.filter(({ status }) => status === "failed").map(({ id }) => id.split("/")[0]),
  );
  const files: FileRecord[] = [];
  for (const [path, data] of await finish?.(failed) ?? []) {
    await writeWhole(join(out, path), data);
    files.push({ role: "output", path, ...await hashFile(join(out, path)) });
  }
  const head = { kind: "views", command, options, files } as const;
  return { ...summary, manifest: await writeManifest(out, head, summary.records) };
}

/** Where a subject's views are written, and of which body. */
export interface SubjectInputsOptions {
  /** The body model's file, where one is used. */
  body: string | undefined;
  /** Folder of the artifact: recorded paths are relative to it. */
  out: string;
}

/**
 * Hashes everything that a subject's views are made of, the scan first: whoever changes one of these
 * files makes them stale.
 *
 * @throws {InputError} If a file cannot be read.
 */
export async function subjectInputs(
  { scanFile, companions, fit, keypointsFile }: Subject,
  { body, out }: SubjectInputsOptions,
): Promise<FileRecord[]> {
  const files: (readonly [role: string, path: string | undefined])[] = [
    ["scan", scanFile],
    ...companions.map((path) => ["texture", path] as const),
    ["fit", fit?.file],
    ["body", body],
    ["keypoints", keypointsFile === fit?.file ? undefined : keypointsFile],
  ];
  const records: FileRecord[] = [];
  for (const [role, path] of files) {
    if (path === undefined) continue;
    records.push({ role, path: portablePath(path, out), ...await hashPlace(path) });
  }
  return records;
}
