/**
 * A set of views written by `render` (layout `suite`), read back: its people are the scans that the
 * views were made from, its views are the inputs of methods.
 */
import { z } from "zod";
import { basename, join } from "../core/work/path.ts";
import { InputError } from "../core/work/errors.ts";
import { hashPlace, hasPlace, placeEntries, readPlaceText } from "../core/files/place.ts";
import { resolvePortable } from "../core/work/paths.ts";
import { open, parseJson } from "../core/work/schema.ts";
import { fromRows, identity } from "../core/geometry/transform.ts";
import type { BodyFit } from "../body/fit.ts";
import { fitJson, fitOfJson } from "../body/fit_json.ts";
import type { Dataset, Subject } from "./subject.ts";

const fileRef = open({ path: z.string(), sha256: z.string().length(64) });
const numbers = z.array(z.number());

/** `subject.json` of a view set: all lengths in metres unless `unit` is named. */
export const viewSubject = open({
  schema: z.literal("scan2score/subject-1"),
  id: z.string().min(1),
  dataset: z.string(),
  /** Unit of the scan file's coordinates; everything rendered is in metres. */
  unit: z.enum(["m", "cm", "mm"]),
  /** Metres per unit, where none of the named units is meant. */
  metresPerUnit: z.number().positive().optional(),
  scan: fileRef,
  companions: z.array(fileRef),
  /** Of the companions: the picture and the triangles that the scan's file does not name. */
  texture: z.string().optional(),
  faces: z.string().optional(),
  body: fileRef.nullable(),
  fit: fitJson.extend({
    path: z.string(),
    sha256: z.string().length(64),
  }).nullable(),
  keypoints3d: open({
    body25: z.array(z.number().nullable()).length(75),
    handLeft: z.array(z.number().nullable()).length(63),
    handRight: z.array(z.number().nullable()).length(63),
  }).nullable(),
  /** What the cameras were made from: centroid in scan metres and largest coordinate about it. */
  framing: open({ centroidM: numbers.length(3), radiusM: z.number().positive() }),
  upright: z.array(z.array(z.number()).length(4)).length(4),
  attributes: z.record(z.string(), z.union([z.string(), z.number()])),
});

/** The parsed `subject.json`. */
export type ViewSubject = z.infer<typeof viewSubject>;

/** Why the folder is a view set, or undefined. */
export async function detectViews(folder: string): Promise<string | undefined> {
  const ids = await viewSubjects(folder);
  return ids.length === 0 ? undefined : `${ids.length} folders with a subject.json of the suite`;
}

/** Names of the view folders of one subject, sorted. */
export async function viewsOf(folder: string, subject: string): Promise<string[]> {
  const views: string[] = [];
  for (const name of (await placeEntries(join(folder, subject))).folders) {
    if (name.startsWith(".")) continue;
    if (await hasPlace(join(folder, subject, name, "camera.json"))) views.push(name);
  }
  return views.sort();
}

/** Opens the people behind a view set. Scans that moved or changed are broken, by name. */
export async function openViews(folder: string): Promise<Dataset> {
  const dataset: Dataset = {
    name: basename(folder),
    format: "suite-views",
    evidence: "",
    folder,
    subjects: [],
    broken: [],
  };
  for (const id of await viewSubjects(folder)) {
    const file = join(folder, id, "subject.json");
    try {
      const json = await readViewSubject(file);
      dataset.name = json.dataset;
      dataset.subjects.push(await subjectOf(json, file));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      dataset.broken.push({
        id,
        code: error.message.includes("changed since") ? "stale" : "scan-missing",
        text: error.message,
        ...(error.hint === undefined ? {} : { hint: error.hint }),
        file: `${id}/subject.json`,
      });
    }
  }
  return dataset;
}

/** Reads and checks one `subject.json`. */
export async function readViewSubject(file: string): Promise<ViewSubject> {
  return parseJson(viewSubject, await readPlaceText(file), {
    what: "the subject of a view set",
    file,
  });
}

async function subjectOf(json: ViewSubject, file: string): Promise<Subject> {
  const folder = join(file, "..");
  const scanFile = resolvePortable(json.scan.path, folder);
  if (!await hasPlace(scanFile)) {
    throw new InputError(`Cannot find the scan of "${json.id}": no file ${json.scan.path}`, {
      file,
      hint: "give the folder of the scans with --truth DIR",
    });
  }
  await checkFresh(json, folder, file);
  const { fit } = json;
  const known = (list: (number | null)[]) => Float64Array.from(list, (v) => v ?? NaN);
  return {
    id: json.id,
    dataset: json.dataset,
    scanFile,
    ...(json.texture === undefined ? {} : { textureFile: resolvePortable(json.texture, folder) }),
    ...(json.faces === undefined ? {} : { facesFile: resolvePortable(json.faces, folder) }),
    companions: json.companions.map(({ path }) => resolvePortable(path, folder)),
    unit: json.unit,
    unitSource: "declared",
    ...(json.metresPerUnit === undefined ? {} : { metresPerUnit: json.metresPerUnit }),
    upright: json.upright.length === 4 ? fromRows(json.upright) : identity(),
    uprightSource: "declared",
    ...(fit === null ? {} : {
      fit: {
        fit: fitOfViewSubject(json)!,
        file: resolvePortable(fit.path, folder),
        bodyFile: json.body === null ? undefined : resolvePortable(json.body.path, folder),
      },
    }),
    ...(json.keypoints3d === null ? {} : {
      keypoints: {
        body25: known(json.keypoints3d.body25),
        handLeft: known(json.keypoints3d.handLeft),
        handRight: known(json.keypoints3d.handRight),
      },
    }),
    attributes: json.attributes,
    notes: [],
  };
}

/**
 * Compares what the views were made from with what is there now. Fits and bodies that moved are not
 * missed: the subject's file holds the fit.
 *
 * @throws {InputError} If one of them changed: names it.
 */
async function checkFresh(json: ViewSubject, folder: string, file: string): Promise<void> {
  const sources = [
    { what: "scan", ref: json.scan },
    ...json.companions.map((ref) => ({ what: `texture "${basename(ref.path)}"`, ref })),
    ...(json.fit === null ? [] : [{ what: "fit", ref: json.fit }]),
    ...(json.body === null ? [] : [{ what: "body model", ref: json.body }]),
  ];
  for (const { what, ref } of sources) {
    const path = resolvePortable(ref.path, folder);
    if (!await hasPlace(path)) continue;
    if ((await hashPlace(path)).sha256 === ref.sha256) continue;
    throw new InputError(
      `Cannot use the ${what} of "${json.id}": it changed since its views were rendered`,
      { file, hint: "render the views again: they are made of an older one" },
    );
  }
}

/** The fit in metres that a subject's file holds, if it holds one. */
export function fitOfViewSubject({ fit }: ViewSubject): BodyFit | undefined {
  return fit === null ? undefined : fitOfJson(fit);
}

/** Ids of the subjects of a view set, sorted. */
export async function viewSubjects(folder: string): Promise<string[]> {
  const ids: string[] = [];
  for (const name of (await placeEntries(folder)).folders) {
    if (name.startsWith(".")) continue;
    const file = join(folder, name, "subject.json");
    const text = await hasPlace(file) ? await readPlaceText(file) : "";
    if (text.includes('"scan2score/subject-1"')) ids.push(name);
  }
  return ids;
}
