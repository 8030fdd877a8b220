/**
 * Back to views of the suite: from shards of `webdataset` (the very same files) and from `2k2k`
 * (colour, shading, depth in its steps; no normals, which its files do not hold). What a view set says
 * of its people (scan, fit, framing) comes from the scans, which are read and not drawn.
 */
import { hashPlace, openPlace, placeFiles } from "../../core/files/place.ts";
import { readAll } from "../../core/files/source.ts";
import { InputError } from "../../core/work/errors.ts";
import type { FileRecord } from "../../core/work/hash.ts";
import type { Json } from "../../core/work/json.ts";
import { readManifest } from "../../core/work/manifest.ts";
import { join } from "../../core/work/path.ts";
import { portablePath } from "../../core/work/paths.ts";
import type { Item, RunOptions } from "../../core/work/work_list.ts";
import type { Subject } from "../../datasets/subject.ts";
import { parseViewName, type ViewAngles, viewName } from "../view_names.ts";
import { subjectInputs, type ViewsSummary, writeViews } from "../write_views.ts";
import type { ConvertPayload } from "./convert_item.ts";
import { CAMERA_FILE, KEYPOINTS_FILE, SUITE_FILES } from "./suite_files.ts";

/** How views are brought back. */
export interface ToSuiteOptions {
  source: "webdataset" | "2k2k";
  /** The scans that the files were rendered from. */
  scans: readonly Subject[];
  /** Body model to use instead of those that subjects name. */
  bodyFile?: string | undefined;
  /** Subjects to take. Default: all. */
  subjects?: readonly string[] | undefined;
}

/** The files of one view, by the suite's names (webdataset) or by what they hold (2k2k). */
interface FoundView {
  subject: string;
  angles: ViewAngles;
  files: { name: string; place: string }[];
}

/**
 * Writes the views in `from` as views of the suite into `out`.
 *
 * @throws {InputError} If there are no views, a subject has no scan, or its scan is not the one that
 * the manifest in `from` names.
 */
export async function convertToSuite(
  from: string,
  out: string,
  { source, scans, bodyFile, subjects }: ToSuiteOptions,
  run: RunOptions = {},
): Promise<ViewsSummary> {
  const all = source === "2k2k" ? await viewsOf2k2k(from) : await viewsOfShards(from);
  const views = all.filter(({ subject }) => subjects?.includes(subject) ?? true);
  if (views.length === 0) {
    throw new InputError(`Cannot convert: found no views in layout ${source}`, { file: from });
  }
  const people = new Map(scans.map((subject) => [subject.id, subject]));
  const made = await scansOfManifest(from);
  const hashes = new Map<string, FileRecord[]>();
  const items: Item<ConvertPayload>[] = [];
  for (const { subject: id, angles, files } of views) {
    const subject = people.get(id);
    if (subject === undefined) {
      throw new InputError(`Cannot convert "${id}": the scans have no subject of this name`, {
        file: from,
        hint: "give the data set that was rendered with --scans, or choose subjects with --only",
      });
    }
    const body = bodyFile ?? subject.fit?.bodyFile;
    let inputs = hashes.get(id);
    if (inputs === undefined) {
      inputs = await subjectInputs(subject, { body, out });
      hashes.set(id, inputs);
      const scan = inputs[0].sha256;
      if (made !== undefined && !made.has(scan)) {
        throw new InputError(`Cannot convert "${id}": it was rendered from another scan`, {
          file: subject.scanFile,
          hint: "the manifest beside the rendered files names the hashes of its scans",
        });
      }
      items.push({
        id,
        group: id,
        inputs,
        payload: { kind: "about", subject, bodyFile: body, folder: join(out, id) },
      });
    }
    const records: FileRecord[] = [];
    for (const { place } of files) {
      records.push({ role: "view", path: portablePath(place, out), ...await hashPlace(place) });
    }
    items.push({
      id: `${id}/${viewName(angles)}`,
      group: id,
      inputs: source === "2k2k" ? [...inputs, ...records] : records,
      payload: source === "2k2k"
        ? { kind: "from-2k2k", subject, angles, files, bodyFile: body }
        : { kind: "unpack", subject: id, view: viewName(angles), files },
    });
  }
  const json: Json = { layout: "suite", source };
  return await writeViews({
    title: "convert",
    command: "dataset convert",
    module: new URL("./convert_item.ts", import.meta.url),
    out,
    options: json,
    items,
  }, run);
}

/** Hashes of the scans that a folder's manifest names, where there is one. */
async function scansOfManifest(folder: string): Promise<Set<string> | undefined> {
  const there = await Deno.stat(join(folder, "manifest.json")).catch(() => undefined);
  if (there === undefined) return undefined;
  const { items } = await readManifest(folder);
  const scans = items.flatMap(({ inputs }) => inputs.filter(({ role }) => role === "scan"));
  // What was converted itself names views, not scans.
  return scans.length === 0 ? undefined : new Set(scans.map(({ sha256 }) => sha256));
}

const VIEW_OF_2K2K =
  /^(PERS|ORTH)\/COLOR\/NOSHADING\/([^/]+_(-?\d+(?:\.\d+)?)_y_(-?\d+(?:\.\d+)?)_x)\/([^/]+)_front\.png$/;

async function viewsOf2k2k(from: string): Promise<FoundView[]> {
  const paths = await placeFiles(from), known = new Set(paths);
  const views = paths.flatMap((path): FoundView[] => {
    const match = VIEW_OF_2K2K.exec(path);
    if (match === null) return [];
    const [, root, folder, pitch, yaw, subject] = match;
    const wanted: readonly [name: string, path: string][] = [
      ["color", path],
      ["color_back", `${root}/COLOR/NOSHADING/${folder}/${subject}_back.png`],
      ["shaded", `${root}/COLOR/SHADED/${folder}/${subject}_front.png`],
      ["depth", `${root}/DEPTH/${folder}/${subject}_front.png`],
      ["depth_back", `${root}/DEPTH/${folder}/${subject}_back.png`],
    ];
    const lost = wanted.find(([, path]) => !known.has(path));
    if (lost !== undefined) {
      throw new InputError(`Cannot convert "${subject}" from 2k2k: it has no ${lost[1]}`, {
        file: from,
      });
    }
    return [{
      subject,
      angles: { yawDeg: Number(yaw), pitchDeg: Number(pitch) },
      files: wanted.map(([name, path]) => ({ name, place: join(from, path) })),
    }];
  });
  const seen = new Set<string>();
  for (const { subject, angles } of views) {
    const name = `${subject}/${viewName(angles)}`;
    if (seen.has(name)) {
      throw new InputError(`Cannot convert: found the view ${name} more than once`, {
        file: from,
        hint: "convert one set, and PERS or ORTH, at a time",
      });
    }
    seen.add(name);
  }
  return views;
}

const SUITE_NAMES: readonly string[] = [
  ...Object.values(SUITE_FILES),
  KEYPOINTS_FILE,
  CAMERA_FILE,
];

async function viewsOfShards(from: string): Promise<FoundView[]> {
  const views: FoundView[] = [];
  for (const name of await placeFiles(from, 0)) {
    if (!name.endsWith(".tar")) continue;
    const shard = `${join(from, name)}!`, members = new Set(await placeFiles(shard, 0));
    for (const member of members) {
      const key = /^([^.]+)\.json$/.exec(member)?.[1];
      if (key === undefined) continue;
      const about = await sampleOf(`${shard}/${member}`);
      const files = SUITE_NAMES.filter((file) => members.has(`${key}.${file}`));
      views.push({
        ...about,
        files: files.map((file) => ({ name: file, place: `${shard}/${key}.${file}` })),
      });
    }
  }
  return views;
}

async function sampleOf(place: string): Promise<{ subject: string; angles: ViewAngles }> {
  const text = new TextDecoder().decode(await readAll(await openPlace(place)));
  try {
    const { subject, view } = JSON.parse(text) as { subject?: unknown; view?: unknown };
    const angles = typeof view === "string" ? parseViewName(view) : undefined;
    if (typeof subject === "string" && angles !== undefined) return { subject, angles };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new InputError("Cannot read a sample: expected its subject and a view of the suite", {
    file: place,
  });
}
