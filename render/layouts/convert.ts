/**
 * From one layout of rendered data to another where the maps are enough: nothing is drawn again. Views
 * of the suite (`suite`, perspective, with colour, shading and depth) become `2k2k` or `webdataset`,
 * the same bytes that `render --layout` would have written.
 */
import { type FileRecord, hashFile } from "../../core/work/hash.ts";
import type { Json } from "../../core/work/json.ts";
import { join } from "../../core/work/path.ts";
import { portablePath } from "../../core/work/paths.ts";
import type { Item, RunOptions } from "../../core/work/work_list.ts";
import { InputError, UsageError } from "../../core/work/errors.ts";
import { viewsOf, viewSubjects } from "../../datasets/views.ts";
import { parseViewName, type ViewAngles } from "../view_names.ts";
import { type ViewsSummary, writeViews } from "../write_views.ts";
import type { ConvertPayload } from "./convert_item.ts";
import { CAMERA_FILE, KEYPOINTS_FILE, SUITE_FILES } from "./suite_files.ts";
import { checkTwoKTwoKNames, twoKTwoKLists } from "./twoktwok.ts";
import { checkSampleKeys, SHARD_SUBJECTS, shardIndex } from "./webdataset.ts";

/** Layouts that views of the suite can be turned into. */
export const CONVERT_TARGETS = ["2k2k", "webdataset"] as const;

/** How a set of views is converted. */
export interface ConvertOptions {
  layout: (typeof CONVERT_TARGETS)[number];
  /** Name of the set in paths. */
  set: string;
  /** Subjects to take. Default: all. */
  subjects?: readonly string[];
}

/** What the target layouts need of a view. */
const TWOKTWOK_NEEDS = ["color", "color_back", "shaded", "depth", "depth_back"] as const;

/**
 * Converts the views in `from` into `out`.
 *
 * @throws {InputError} If `from` holds no views, or they lack a map that the layout needs.
 * @throws {UsageError} If the layout cannot hold the names.
 */
export async function convertViews(
  from: string,
  out: string,
  options: ConvertOptions,
  run: RunOptions = {},
): Promise<ViewsSummary> {
  const { layout, set } = options;
  const all = await viewSubjects(from);
  const subjects = all.filter((id) => options.subjects?.includes(id) ?? true);
  if (subjects.length === 0) {
    throw new InputError("Cannot convert: found no views of the suite", {
      file: from,
      hint: "render them with --layout suite, or render --layout the other one from the scans",
    });
  }
  const samples: Sample[] = [];
  for (const id of subjects) {
    for (const view of inOrder(await viewsOf(from, id))) {
      samples.push({ subject: id, view: view.name, angles: view.angles });
    }
  }
  if (layout === "2k2k") checkTwoKTwoKNames({ set, subjects });
  else checkSampleKeys(samples);
  const items = layout === "2k2k"
    ? await viewItems(from, out, { samples, set })
    : await shardItems(from, out, { samples, subjects, set });
  const json: Json = { layout, set };
  return await writeViews({
    title: "convert",
    command: "dataset convert",
    module: new URL("./convert_item.ts", import.meta.url),
    out,
    options: json,
    items,
    finish: (failed) =>
      layout === "2k2k"
        ? twoKTwoKLists(
          set,
          samples.flatMap(({ subject: id, angles }) => failed.has(id) ? [] : [{ id, angles }]),
          "PERS",
        )
        : shardIndex(
          set,
          subjects.map((id) => ({ id, samples: samples.filter((s) => s.subject === id).length })),
        ),
  }, run);
}

interface Sample {
  subject: string;
  view: string;
  angles: ViewAngles;
}

/** Views by pitch, then yaw, as `render` lists them. */
function inOrder(names: readonly string[]): { name: string; angles: ViewAngles }[] {
  return names
    .flatMap((name) => {
      const angles = parseViewName(name);
      return angles === undefined ? [] : [{ name, angles }];
    })
    .sort((a, b) => a.angles.pitchDeg - b.angles.pitchDeg || a.angles.yawDeg - b.angles.yawDeg);
}

async function viewItems(
  from: string,
  out: string,
  { samples, set }: { samples: readonly Sample[]; set: string },
): Promise<Item<ConvertPayload>[]> {
  const items: Item<ConvertPayload>[] = [];
  for (const { subject, view, angles } of samples) {
    const folder = join(from, subject, view);
    const names = [...TWOKTWOK_NEEDS.map((map) => SUITE_FILES[map]), CAMERA_FILE];
    for (const name of names) {
      if (await exists(join(folder, name))) continue;
      throw new UsageError(`Cannot convert "${subject}/${view}" to 2k2k: it has no ${name}`, {
        hint: "render with --maps color,shaded,depth,keypoints",
      });
    }
    const about = join(from, subject, "subject.json");
    const paths = [...names.map((name) => join(folder, name)), about];
    items.push({
      id: `${subject}/${view}`,
      group: subject,
      inputs: await inputs(paths, out),
      payload: { kind: "2k2k", folder, about, subject, set, angles },
    });
  }
  return items;
}

async function shardItems(
  from: string,
  out: string,
  { samples, subjects, set }: {
    samples: readonly Sample[];
    subjects: readonly string[];
    set: string;
  },
): Promise<Item<ConvertPayload>[]> {
  const items: Item<ConvertPayload>[] = [];
  for (let index = 0; index * SHARD_SUBJECTS < subjects.length; index++) {
    const part = subjects.slice(index * SHARD_SUBJECTS, (index + 1) * SHARD_SUBJECTS);
    const mine = samples.filter(({ subject }) => part.includes(subject));
    const members: { subject: string; view: string; files: string[] }[] = [];
    for (const { subject, view } of mine) {
      const files: string[] = [];
      for (const name of [...Object.values(SUITE_FILES), KEYPOINTS_FILE, CAMERA_FILE]) {
        const path = join(from, subject, view, name);
        if (await exists(path)) files.push(path);
      }
      members.push({ subject, view, files });
    }
    items.push({
      id: `shard-${String(index).padStart(6, "0")}`,
      inputs: await inputs(members.flatMap(({ files }) => files), out),
      payload: { kind: "webdataset", index, set, members },
    });
  }
  return items;
}

async function exists(path: string): Promise<boolean> {
  return (await Deno.stat(path).catch(() => undefined))?.isFile ?? false;
}

async function inputs(paths: readonly string[], out: string): Promise<FileRecord[]> {
  const records: FileRecord[] = [];
  for (const path of paths) {
    records.push({ role: "view", path: portablePath(path, out), ...await hashFile(path) });
  }
  return records;
}
