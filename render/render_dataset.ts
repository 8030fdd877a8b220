/**
 * Renders a data set in a layout: one item a view, grouped by subject, plus one for what a subject's
 * views share; or one item a subject or a shard, where the layout's files hold so much.
 */
import { hashPlace } from "../core/files/place.ts";
import { type FileRecord, hashFile } from "../core/work/hash.ts";
import { join } from "../core/work/path.ts";
import type { Json } from "../core/work/json.ts";
import { type Manifest, writeManifest } from "../core/work/manifest.ts";
import { portablePath } from "../core/work/paths.ts";
import { WORK_FOLDER, writeWhole } from "../core/work/scratch.ts";
import { writeTiming } from "../core/work/timing.ts";
import { type Item, type RunOptions, type RunSummary, runWork } from "../core/work/work_list.ts";
import type { Subject } from "../datasets/subject.ts";
import type { LayoutSet } from "./layouts/layout.ts";
import { layoutNamed, setName } from "./layouts/layouts.ts";
import { RENDER_DEFAULTS, type RenderOptions } from "./render_options.ts";
import type { RenderTaskPayload } from "./render_item.ts";
import { type ViewAngles, viewName } from "./view_names.ts";

/** What to render, and how. */
export interface RenderJob {
  subjects: readonly Subject[];
  views: readonly ViewAngles[];
  /** Body model to use instead of those that subjects name. */
  bodyFile?: string | undefined;
  options?: Partial<RenderOptions>;
}

/** How rendering ended. */
export interface RenderSummary extends RunSummary {
  /** Written once no item is missing. */
  manifest: Manifest | undefined;
}

/**
 * Renders into `out`, going on where an earlier call was stopped.
 *
 * @throws {InputError} If `out` cannot be written or a scan cannot be read to hash it.
 * @throws {UsageError} If the layout cannot hold these subjects or views.
 * @throws {CancelledError} If the signal fired.
 */
export async function renderDataset(
  out: string,
  job: RenderJob,
  run: RunOptions = {},
): Promise<RenderSummary> {
  const options: RenderOptions = { ...RENDER_DEFAULTS, ...job.options };
  const { subjects, views } = job, layout = layoutNamed(options.layout);
  const name = subjects[0]?.dataset ?? "set";
  const set: LayoutSet = {
    set: options.set ?? setName({ format: "", name }),
    subjects: subjects.map(({ id }) => id),
    views,
    options,
  };
  layout.check?.(set);
  const items = await itemsOf(out, { ...job, options, set: set.set });
  const json = { ...options, maps: [...options.maps] } as unknown as Json;
  const summary = await runWork({
    title: "render",
    module: new URL("./render_item.ts", import.meta.url),
    out,
    work: join(out, WORK_FOLDER),
    options: json,
    items,
  }, run);
  await writeTiming(out, summary.timing);
  if (summary.missing.length > 0) return { ...summary, manifest: undefined };
  const failed = new Set(
    summary.records.filter(({ status }) => status === "failed").map(({ id }) => id.split("/")[0]),
  );
  const whole = { ...set, subjects: set.subjects.filter((id) => !failed.has(id)) };
  const files: FileRecord[] = [];
  for (const [path, data] of await layout.finish?.(whole) ?? []) {
    await writeWhole(join(out, path), data);
    files.push({ role: "output", path, ...await hashFile(join(out, path)) });
  }
  const head = { kind: "views", command: "render", options: json, files } as const;
  return { ...summary, manifest: await writeManifest(out, head, summary.records) };
}

async function itemsOf(
  out: string,
  { subjects, views, bodyFile, options, set }: RenderJob & { options: RenderOptions; set: string },
): Promise<Item<RenderTaskPayload>[]> {
  const { item, name, subject: hasSubjectFiles } = layoutNamed(options.layout);
  const shared = { options, views, set, bodyFile };
  // Of other layouts than the suite's, views are numbered and files of a subject list them all.
  const itemOptions = name === "suite" ? {} : { options: { views, set } as unknown as Json };
  const inputs = new Map<string, FileRecord[]>();
  for (const subject of subjects) {
    inputs.set(subject.id, await inputsOf(subject, bodyFile ?? subject.fit?.bodyFile, out));
  }
  const items: Item<RenderTaskPayload>[] = [];
  if (typeof item === "object") {
    const count = item.shardSubjects;
    for (let index = 0; index * count < subjects.length; index++) {
      const part = subjects.slice(index * count, (index + 1) * count);
      items.push({
        id: `shard-${String(index).padStart(6, "0")}`,
        ...itemOptions,
        inputs: part.flatMap(({ id }) => inputs.get(id)!),
        payload: { kind: "shard", subjects: part, index, ...shared },
      });
    }
    return items;
  }
  for (const subject of subjects) {
    const { id } = subject, folder = join(out, id);
    const common = { group: id, inputs: inputs.get(id)!, ...itemOptions };
    if (name === "suite") {
      const body = bodyFile ?? subject.fit?.bodyFile;
      items.push({ id, ...common, payload: { kind: "subject", subject, bodyFile: body, folder } });
    } else if (hasSubjectFiles !== undefined) {
      items.push({ id, ...common, payload: { kind: "whole", subject, ...shared } });
    }
    if (item === "subject") continue;
    views.forEach((angles, index) => {
      const payload = { kind: "view", subject, index, ...shared } as const;
      items.push({ id: `${id}/${viewName(angles)}`, ...common, payload });
    });
  }
  return items;
}

async function inputsOf(
  subject: Subject,
  body: string | undefined,
  out: string,
): Promise<FileRecord[]> {
  const record = async (role: string, path: string) => ({
    role,
    path: portablePath(path, out),
    ...await hashPlace(path),
  });
  const inputs = [await record("scan", subject.scanFile)];
  for (const path of subject.companions) inputs.push(await record("texture", path));
  if (subject.fit !== undefined) inputs.push(await record("fit", subject.fit.file));
  if (body !== undefined) inputs.push(await record("body", body));
  const { keypointsFile } = subject;
  if (keypointsFile !== undefined && keypointsFile !== subject.fit?.file) {
    inputs.push(await record("keypoints", keypointsFile));
  }
  return inputs;
}
