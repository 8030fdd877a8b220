/**
 * The suite's own data set layout: `subjects/<id>.json` beside `<id>.glb` (or another mesh file that
 * the JSON names) and one body file, as in `fixtures/humans`. A folder that holds the pairs
 * directly is read too. `docs/formats.md` lists every key.
 */
import { z } from "zod";
import { basename, dirname, join } from "../core/work/path.ts";
import { InputError } from "../core/work/errors.ts";
import { hasPlace, placeEntries, readPlaceText } from "../core/files/place.ts";
import { cleanPath } from "../core/files/source.ts";
import { open, parseJson } from "../core/work/schema.ts";
import type { BodyFit } from "../body/fit.ts";
import type { Keypoints3D } from "../body/keypoints.ts";
import { scaleFit } from "../body/fit.ts";
import { identity } from "../core/geometry/transform.ts";
import { type Dataset, METRES_PER_UNIT, type Subject, type Unit } from "./subject.ts";
import { companionsOf } from "./companions.ts";
import { uprightFromFit } from "./upright.ts";

const point = z.array(z.number()).length(3);
const points = (n: number) => z.array(point).length(n);

/** A subject's JSON. Unknown keys are allowed. */
export const suiteSubject = open({
  id: z.string().min(1),
  /** Mesh file beside the JSON; `glb` is its older name. */
  scan: z.string().optional(),
  glb: z.string().optional(),
  units: z.enum(["metre", "m", "centimetre", "cm", "millimetre", "mm"]).optional(),
  up: z.enum(["+y", "any"]).optional(),
  front: z.enum(["+z", "any"]).optional(),
  body: open({
    model: z.string().optional(),
    /** Default: smpl. The pose has all joints of the kind. */
    kind: z.enum(["smpl", "smplh", "smplx"]).optional(),
    betas: z.array(z.number()).max(300),
    pose: z.array(point).min(2),
    transl: point,
    scale: z.number().positive(),
  }).optional(),
  body25: open({ positions: points(25) }).optional(),
  hand_left: points(21).optional(),
  hand_right: points(21).optional(),
  attributes: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
});

type SuiteSubject = z.infer<typeof suiteSubject>;

/** Why the folder is in this layout, or undefined. */
export async function detectSuite(folder: string): Promise<string | undefined> {
  for (const sub of ["subjects", "."]) {
    const pairs = await jsonFiles(join(folder, sub));
    for (const file of pairs.slice(0, 3)) {
      const text = await readPlaceText(file).catch(() => "");
      if (/"id"\s*:/.test(text) && /"(?:glb|scan)"\s*:\s*"/.test(text)) {
        return `${pairs.length} subject files like ${sub === "." ? "" : "subjects/"}${
          basename(file)
        }`;
      }
    }
  }
  return undefined;
}

/**
 * Opens a data set in the suite's layout.
 *
 * @throws {InputError} If it holds no subject file.
 */
export async function openSuite(folder: string): Promise<Dataset> {
  const inner = join(folder, "subjects");
  const nested = (await jsonFiles(inner)).length > 0;
  const files = nested ? await jsonFiles(inner) : await jsonFiles(folder);
  if (files.length === 0) {
    throw new InputError("Cannot open the data set: found no subjects/<id>.json", {
      file: folder,
      hint: "a suite data set holds subjects/<id>.json beside subjects/<id>.glb",
    });
  }
  const dataset: Dataset = {
    name: basename(folder),
    format: "suite",
    evidence: `${files.length} files subjects/<id>.json`,
    folder,
    subjects: [],
    broken: [],
  };
  const seen = new Map<string, string>();
  for (const file of files) {
    const id = basename(file, ".json");
    try {
      const subject = await readSubject(file, dataset.name);
      const other = seen.get(subject.id);
      if (other !== undefined) {
        throw new InputError(`Cannot use subject "${subject.id}": ${other} has the same id`, {
          file,
          hint: "give every subject an id of its own",
        });
      }
      seen.set(subject.id, basename(file));
      dataset.subjects.push(subject);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      dataset.broken.push({
        id,
        code: error.message.includes("same id")
          ? "duplicate-id"
          : /its mesh .* is missing/.test(error.message)
          ? "scan-missing"
          : "subject-unreadable",
        text: error.message,
        ...(error.hint === undefined ? {} : { hint: error.hint }),
        file: basename(file),
      });
    }
  }
  dataset.broken.push(...await lonelyMeshes(dirname(files[0]), files));
  dataset.subjects.sort((a, b) => a.id < b.id ? -1 : 1);
  return dataset;
}

/** Meshes that no subject file stands beside: told, since a forgotten file must not vanish. */
async function lonelyMeshes(folder: string, files: string[]): Promise<Dataset["broken"]> {
  const named = new Set<string>();
  for (const file of files) {
    const text = await readPlaceText(file).catch(() => "");
    named.add(basename(file, ".json"));
    for (const [, name] of text.matchAll(/"(?:glb|scan)"\s*:\s*"([^"]+)"/g)) {
      named.add(name.replace(/\.\w+$/, ""));
    }
  }
  const lonely: Dataset["broken"] = [];
  for (const name of (await placeEntries(folder)).files) {
    const id = name.replace(/\.(glb|gltf|obj|ply)$/i, "");
    if (id === name || named.has(id) || name.startsWith(".")) continue;
    lonely.push({
      id,
      code: "fit-missing",
      text: `Cannot use "${name}": found no ${id}.json beside it`,
      hint: `a subject is a mesh and a JSON; the least is {"id": "${id}", "scan": "${name}"}`,
      file: name,
    });
  }
  return lonely.sort((a, b) => a.id < b.id ? -1 : 1);
}

async function jsonFiles(folder: string): Promise<string[]> {
  const { files } = await placeEntries(folder);
  return files
    .filter((name) => name.endsWith(".json") && !name.startsWith(".") && !NOT_SUBJECTS.has(name))
    .map((name) => join(folder, name));
}

const NOT_SUBJECTS = new Set(["manifest.json", "predictions.json", "results.json", "timing.json"]);

async function readSubject(file: string, dataset: string): Promise<Subject> {
  const json = parseJson(suiteSubject, await readPlaceText(file), { what: "the subject", file });
  const folder = dirname(file);
  const scanName = json.scan ?? json.glb ?? `${json.id}.glb`;
  if (cleanPath(scanName) === undefined) {
    throw new InputError(`Cannot open "${scanName}": it leads out of its folder`, {
      file,
      hint: "paths inside data files must stay inside the folder of that file",
    });
  }
  const scanFile = join(folder, scanName);
  if (!await hasPlace(scanFile)) {
    throw new InputError(`Cannot read subject "${json.id}": its mesh "${scanName}" is missing`, {
      file,
      hint: `put ${scanName} beside ${basename(file)}`,
    });
  }
  const unit = unitOf(json.units);
  const declared = (json.up ?? "+y") === "+y" && (json.front ?? "+z") === "+z";
  const subject: Subject = {
    id: json.id,
    dataset,
    scanFile,
    companions: await companionsOf({ scanFile }),
    unit: unit ?? "m",
    unitSource: unit === undefined ? "guess" : "declared",
    upright: identity(),
    uprightSource: declared ? "declared" : "assumed",
    ...(!declared && (json.up ?? "+y") === "+y" ? { upDeclared: true } : {}),
    notes: [],
  };
  if (json.body !== undefined) {
    const fit = scaleFit(fitOf(json.body), METRES_PER_UNIT[subject.unit]);
    const bodyFile = json.body.model === undefined
      ? undefined
      : await findBody(folder, json.body.model);
    subject.fit = { fit, file, bodyFile };
    if (!declared) {
      subject.upright = uprightFromFit(fit);
      subject.uprightSource = "fit";
    }
  }
  const keypoints = keypointsOf(json, METRES_PER_UNIT[subject.unit]);
  if (keypoints !== undefined) {
    subject.keypoints = keypoints;
    subject.keypointsFile = file;
  }
  if (json.attributes !== undefined) subject.attributes = json.attributes;
  return subject;
}

function unitOf(name: SuiteSubject["units"]): Unit | undefined {
  switch (name) {
    case undefined:
      return undefined;
    case "centimetre":
    case "cm":
      return "cm";
    case "millimetre":
    case "mm":
      return "mm";
    default:
      return "m";
  }
}

/** The fit of a subject's JSON, in the units of its scan's file. */
export function fitOf(body: NonNullable<SuiteSubject["body"]>): BodyFit {
  return {
    kind: body.kind ?? "smpl",
    betas: Float64Array.from(body.betas),
    globalOrient: Float64Array.from(body.pose[0]),
    bodyPose: Float64Array.from(body.pose.slice(1).flat()),
    transl: Float64Array.from(body.transl),
    scale: body.scale,
  };
}

/** Looks for the body file beside the subject, then in the two folders above. */
async function findBody(folder: string, model: string): Promise<string | undefined> {
  for (const place of [folder, dirname(folder), dirname(dirname(folder))]) {
    const path = join(place, basename(model));
    if (await hasPlace(path)) return path;
  }
  return undefined;
}

function keypointsOf(json: SuiteSubject, metres: number): Keypoints3D | undefined {
  if (json.body25 === undefined) return undefined;
  const flat = (list: number[][] | undefined, n: number) =>
    Float64Array.from(list?.flat() ?? new Array(3 * n).fill(NaN), (v) => v * metres);
  return {
    body25: flat(json.body25.positions, 25),
    handLeft: flat(json.hand_left, 21),
    handRight: flat(json.hand_right, 21),
  };
}
