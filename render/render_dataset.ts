/**
 * Renders a data set in a layout: one item a view, grouped by subject, plus one for what a subject's
 * views share; or one item a subject or a shard, where the layout's files hold so much.
 */
import type { FileRecord } from "../core/work/hash.ts";
import type { Holding } from "../core/work/memory.ts";
import { join } from "../core/work/path.ts";
import type { Json } from "../core/work/json.ts";
import { WORK_FOLDER } from "../core/work/scratch.ts";
import type { Item, RunOptions } from "../core/work/work_list.ts";
import { scanPlace } from "../datasets/load.ts";
import type { Subject } from "../datasets/subject.ts";
import type { LayoutSet } from "./layouts/layout.ts";
import { chooseBackend, viewTrial } from "./choose_backend.ts";
import { layoutNamed, setName } from "./layouts/layouts.ts";
import { RENDER_DEFAULTS, type RenderOptions } from "./render_options.ts";
import type { RenderTaskPayload } from "./render_item.ts";
import { type ViewAngles, viewName } from "./view_names.ts";
import { subjectInputs, type ViewsSummary, writeViews } from "./write_views.ts";

/** What to render, and how. */
export interface RenderJob {
  subjects: readonly Subject[];
  views: readonly ViewAngles[];
  /** Body model to use instead of those that subjects name. */
  bodyFile?: string | undefined;
  options?: Partial<RenderOptions>;
}

/** How rendering ended. */
export type RenderSummary = ViewsSummary;

/**
 * Renders into `out`, going on where an earlier call was stopped.
 *
 * @throws {InputError} If `out` cannot be written or a scan cannot be read to hash it.
 * @throws {UsageError} If the layout cannot hold these subjects or views, or the back-end of a
 * shard is `auto`.
 * @throws {MachineError} If the device that draws fails; what is done stays done.
 * @throws {CancelledError} If the signal fired.
 */
export async function renderDataset(
  out: string,
  job: RenderJob,
  run: RunOptions = {},
): Promise<RenderSummary> {
  const options = await withBackend(out, job, run);
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
  return await writeViews({
    title: "render",
    command: "render",
    module: new URL("./render_item.ts", import.meta.url),
    out,
    options: json,
    items,
    finish: (failed) =>
      layout.finish?.({ ...set, subjects: set.subjects.filter((id) => !failed.has(id)) }) ??
        new Map(),
  }, run);
}

/** The options with a back-end that can be named in records: `auto` is decided. */
async function withBackend(
  out: string,
  { subjects, views, options: given }: RenderJob,
  { shard, progress }: RunOptions,
): Promise<RenderOptions> {
  const options: RenderOptions = { ...RENDER_DEFAULTS, ...given };
  if (options.backend !== "auto") return options;
  if (subjects.length === 0 || views.length === 0) return { ...options, backend: "cpu" };
  const { backend, says } = await chooseBackend(viewTrial(subjects[0], views[0], options), {
    work: join(out, WORK_FOLDER),
    sharded: shard !== undefined,
  });
  progress?.note(says);
  return { ...options, backend };
}

/** What a worker holds to render subjects, one after another. */
export function renderHolds(...subjects: readonly Subject[]): Holding {
  return { use: "render", meshes: [subjects.map(scanPlace)] };
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
    const body = bodyFile ?? subject.fit?.bodyFile;
    inputs.set(subject.id, await subjectInputs(subject, { body, out }));
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
        holds: renderHolds(...part),
        payload: { kind: "shard", subjects: part, index, ...shared },
      });
    }
    return items;
  }
  for (const subject of subjects) {
    const { id } = subject, folder = join(out, id);
    const common = { group: id, inputs: inputs.get(id)!, ...itemOptions };
    const holds = renderHolds(subject);
    if (name !== "suite" && hasSubjectFiles !== undefined) {
      items.push({ id, ...common, holds, payload: { kind: "whole", subject, ...shared } });
    }
    if (item === "subject") continue;
    views.forEach((angles, index) => {
      const payload = { kind: "view", subject, index, ...shared } as const;
      items.push({ id: `${id}/${viewName(angles)}`, ...common, holds, payload });
    });
    if (name === "suite") {
      // After its views, when the scan need not be read again.
      const body = bodyFile ?? subject.fit?.bodyFile;
      const payload = { kind: "subject", subject, bodyFile: body, folder } as const;
      items.push({ id, ...common, holds, payload });
    }
  }
  return items;
}
