/** Renders a data set: one item a view, grouped by subject, plus one for each subject's own file. */
import { type FileRecord, hashFile } from "../core/work/hash.ts";
import { join } from "../core/work/path.ts";
import type { Json } from "../core/work/json.ts";
import { type Manifest, writeManifest } from "../core/work/manifest.ts";
import { portablePath } from "../core/work/paths.ts";
import { WORK_FOLDER } from "../core/work/scratch.ts";
import { writeTiming } from "../core/work/timing.ts";
import { type Item, type RunOptions, type RunSummary, runWork } from "../core/work/work_list.ts";
import type { Subject } from "../datasets/subject.ts";
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
 * @throws {CancelledError} If the signal fired.
 */
export async function renderDataset(
  out: string,
  { subjects, views, bodyFile, ...job }: RenderJob,
  run: RunOptions = {},
): Promise<RenderSummary> {
  const options: RenderOptions = { ...RENDER_DEFAULTS, ...job.options };
  const items: Item<RenderTaskPayload>[] = [];
  for (const subject of subjects) {
    const folder = join(out, subject.id);
    const body = bodyFile ?? subject.fit?.bodyFile;
    const inputs = await inputsOf(subject, body, out);
    const shared = { group: subject.id, inputs };
    items.push({
      ...shared,
      id: subject.id,
      payload: { kind: "subject", subject, bodyFile: body, folder },
    });
    for (const angles of views) {
      items.push({
        ...shared,
        id: `${subject.id}/${viewName(angles)}`,
        payload: { kind: "view", subject, angles, options, bodyFile: body },
      });
    }
  }
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
  const head = { kind: "views", command: "render", options: json, files: [] } as const;
  return { ...summary, manifest: await writeManifest(out, head, summary.records) };
}

async function inputsOf(
  subject: Subject,
  body: string | undefined,
  out: string,
): Promise<FileRecord[]> {
  const record = async (role: string, path: string) => ({
    role,
    path: portablePath(path, out),
    ...await hashFile(path),
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
