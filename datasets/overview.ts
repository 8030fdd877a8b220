/** A data set at a glance: how much there is of what, and what is missing. */
import { z } from "zod";
import { hasPlace, openPlace } from "../core/files/place.ts";
import { extname } from "../core/work/path.ts";
import { open } from "../core/work/schema.ts";
import { type Dataset, metresPerUnitOf, type Subject } from "./subject.ts";

const counts = z.record(z.string(), z.int());
const withIds = z.record(z.string(), open({ count: z.int(), some: z.array(z.string()) }));

/** Counts over a data set. */
export const overviewSchema = open({
  name: z.string(),
  format: z.string(),
  evidence: z.string(),
  subjects: z.int(),
  broken: counts.describe("Subjects that could not be opened, by code"),
  people: z.int().describe("People, where several subjects are frames of one"),
  units: counts.describe("Subjects by unit of their scans' files"),
  scans: counts.describe("Subjects by suffix of their scans' files"),
  withTexture: z.int(),
  withFit: z.int(),
  withKeypoints: z.int(),
  fitKinds: counts.describe("Subjects by kind of body that their fit goes with"),
  attributes: z.record(z.string(), counts).describe(
    "Values of attributes with at most twelve of them: splits, releases, sexes",
  ),
  missing: withIds.describe("What subjects lack (texture, fit, body model, keypoints), a few ids"),
  notes: withIds.describe("Notes on subjects, by code, each with a few ids"),
  bytes: z.int().describe("Of all files that subjects name, each once"),
  files: z.int(),
});

/** Counts over a data set. */
export type Overview = z.infer<typeof overviewSchema>;

/** Attributes with more values than this are names, not kinds. */
const MOST_VALUES = 12;
const SOME = 3;
const PICTURES = [".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff"];

/** Counts what a data set holds. Reads no scan; looks up the sizes of its files. */
export async function overviewOf(dataset: Dataset): Promise<Overview> {
  const { name, format, evidence, subjects, broken } = dataset;
  const files = new Set(subjects.flatMap(filesOf));
  let bytes = 0;
  for (const file of files) {
    if (await hasPlace(file)) bytes += (await openPlace(file)).byteLength;
  }
  const count = (values: readonly string[]) => {
    const counts: { [value: string]: number } = {};
    for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
    return counts;
  };
  return {
    name,
    format,
    evidence,
    subjects: subjects.length,
    broken: count(broken.map(({ code }) => code)),
    people: new Set(subjects.map(({ id, attributes }) => attributes?.person ?? id)).size,
    units: count(subjects.map(unitText)),
    scans: count(subjects.map(({ scanFile }) => extname(scanFile).toLowerCase())),
    withTexture: subjects.filter(hasTexture).length,
    withFit: subjects.filter(({ fit }) => fit !== undefined).length,
    withKeypoints: subjects.filter(({ keypoints }) => keypoints !== undefined).length,
    fitKinds: count(subjects.flatMap(({ fit }) => fit === undefined ? [] : [fit.fit.kind])),
    attributes: attributesOf(subjects, count),
    missing: named(subjects, missingOf),
    notes: named(subjects, ({ notes }) => notes.map(({ code }) => code)),
    bytes,
    files: files.size,
  };
}

/**
 * What a subject lacks of all that its views could show. Keypoints that its fit would give are not
 * missing.
 */
export function missingOf(subject: Subject): string[] {
  const { fit, keypoints } = subject;
  return [
    ...(hasTexture(subject) ? [] : ["texture"]),
    ...(fit === undefined ? ["fit"] : fit.bodyFile === undefined ? ["body model"] : []),
    ...(keypoints === undefined && fit === undefined ? ["keypoints"] : []),
  ];
}

function filesOf({ scanFile, companions, fit, keypointsFile }: Subject): string[] {
  return [
    scanFile,
    ...companions,
    ...(fit === undefined ? [] : [fit.file, ...(fit.bodyFile === undefined ? [] : [fit.bodyFile])]),
    ...(keypointsFile === undefined ? [] : [keypointsFile]),
  ];
}

function unitText(subject: Subject): string {
  return subject.metresPerUnit === undefined
    ? subject.unit
    : Math.abs(metresPerUnitOf(subject) - 1) < 1e-9
    ? "m"
    : "own scale";
}

/** A picture among its files, or a format that holds its own. */
function hasTexture({ scanFile, companions, textureFile }: Subject): boolean {
  return textureFile !== undefined || /\.(?:glb|gltf)$/i.test(scanFile) ||
    companions.some((path) => PICTURES.includes(extname(path).toLowerCase()));
}

function attributesOf(
  subjects: readonly Subject[],
  count: (values: readonly string[]) => { [value: string]: number },
): Overview["attributes"] {
  const names = new Set(subjects.flatMap(({ attributes }) => Object.keys(attributes ?? {})));
  const out: Overview["attributes"] = {};
  for (const name of [...names].sort()) {
    const values = count(
      subjects.flatMap(({ attributes }) =>
        attributes?.[name] === undefined ? [] : [String(attributes[name])]
      ),
    );
    if (Object.keys(values).length <= MOST_VALUES) out[name] = values;
  }
  return out;
}

/** Counts what `codesOf` says of each subject, with the first few ids. */
function named(
  subjects: readonly Subject[],
  codesOf: (subject: Subject) => readonly string[],
): Overview["notes"] {
  const out: Overview["notes"] = {};
  for (const subject of subjects) {
    for (const code of codesOf(subject)) {
      const entry = out[code] ??= { count: 0, some: [] };
      entry.count++;
      if (entry.some.length < SOME && !entry.some.includes(subject.id)) {
        entry.some.push(subject.id);
      }
    }
  }
  return out;
}
