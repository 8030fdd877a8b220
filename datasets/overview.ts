/** A data set at a glance: how much there is of what, and what is missing. */
import { hasPlace, openPlace } from "../core/files/place.ts";
import { extname } from "../core/work/path.ts";
import { type Dataset, metresPerUnitOf, type Subject } from "./subject.ts";

/** Counts over a data set. */
export interface Overview {
  name: string;
  format: string;
  evidence: string;
  subjects: number;
  /** Subjects that could not be opened, by code. */
  broken: { [code: string]: number };
  /** People, where several subjects are frames of one. */
  people: number;
  /** Subjects by unit of their scans' files. */
  units: { [unit: string]: number };
  /** Subjects by suffix of their scans' files. */
  scans: { [suffix: string]: number };
  withTexture: number;
  withFit: number;
  withKeypoints: number;
  /** Subjects by kind of body that their fit goes with. */
  fitKinds: { [kind: string]: number };
  /** Values of attributes with at most twelve of them, with their counts: splits, releases, sexes. */
  attributes: { [attribute: string]: { [value: string]: number } };
  /** Notes on subjects, by code, each with a few ids. */
  notes: { [code: string]: { count: number; some: string[] } };
  /** Of all files that subjects name, each once. */
  bytes: number;
  files: number;
}

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
    notes: notesOf(subjects),
    bytes,
    files: files.size,
  };
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

function notesOf(subjects: readonly Subject[]): Overview["notes"] {
  const out: Overview["notes"] = {};
  for (const { id, notes } of subjects) {
    for (const { code } of notes) {
      const note = out[code] ??= { count: 0, some: [] };
      note.count++;
      if (note.some.length < SOME && !note.some.includes(id)) note.some.push(id);
    }
  }
  return out;
}
