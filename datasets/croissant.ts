/**
 * Describes a data set in Croissant 1.1 (MLCommons), JSON-LD: every file with its SHA-256, and a record
 * of each subject. Nothing of a scan's content is in it.
 */
import { archiveOf, hashPlace } from "../core/files/place.ts";
import type { Json } from "../core/work/json.ts";
import { extname, relative } from "../core/work/path.ts";
import { slashes } from "../core/work/paths.ts";
import { type Progress, SILENT } from "../core/work/progress.ts";
import { type Dataset, metresPerUnitOf, type Subject } from "./subject.ts";

/** What only its owner knows of a data set. */
export interface CroissantFacts {
  description?: string | undefined;
  /** A licence's URL or SPDX name. */
  license?: string | undefined;
  url?: string | undefined;
  version?: string | undefined;
  /** How to cite it, BibTeX. */
  citeAs?: string | undefined;
  /** ISO date. */
  datePublished?: string | undefined;
  creator?: string | undefined;
}

const FORMATS: Readonly<Record<string, string>> = {
  ".obj": "model/obj",
  ".glb": "model/gltf-binary",
  ".gltf": "model/gltf+json",
  ".ply": "application/octet-stream",
  ".mtl": "model/mtl",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".json": "application/json",
  ".npz": "application/zip",
  ".zip": "application/zip",
  ".tar": "application/x-tar",
};

/** The names of Croissant 1.1, as its specification lists them. */
const CONTEXT = {
  "@language": "en",
  "@vocab": "https://schema.org/",
  arrayShape: "cr:arrayShape",
  citeAs: "cr:citeAs",
  column: "cr:column",
  conformsTo: "dct:conformsTo",
  containedIn: "cr:containedIn",
  cr: "http://mlcommons.org/croissant/",
  data: { "@id": "cr:data", "@type": "@json" },
  dataBiases: "cr:dataBiases",
  dataCollection: "cr:dataCollection",
  dataType: { "@id": "cr:dataType", "@type": "@vocab" },
  dct: "http://purl.org/dc/terms/",
  equivalentProperty: "cr:equivalentProperty",
  examples: { "@id": "cr:examples", "@type": "@json" },
  excludes: "cr:excludes",
  extract: "cr:extract",
  field: "cr:field",
  fileObject: "cr:fileObject",
  fileProperty: "cr:fileProperty",
  fileSet: "cr:fileSet",
  format: "cr:format",
  includes: "cr:includes",
  isArray: "cr:isArray",
  isLiveDataset: "cr:isLiveDataset",
  jsonPath: "cr:jsonPath",
  key: "cr:key",
  md5: "cr:md5",
  parentField: "cr:parentField",
  path: "cr:path",
  personalSensitiveInformation: "cr:personalSensitiveInformation",
  rai: "http://mlcommons.org/croissant/RAI/",
  recordSet: "cr:recordSet",
  references: "cr:references",
  regex: "cr:regex",
  repeated: "cr:repeated",
  replace: "cr:replace",
  samplingRate: "cr:samplingRate",
  sc: "https://schema.org/",
  separator: "cr:separator",
  source: "cr:source",
  subField: "cr:subField",
  transform: "cr:transform",
};

/** Makes the description. Files are hashed: this takes as long as reading them. */
export async function croissantOf(
  dataset: Dataset,
  facts: CroissantFacts = {},
  { progress = SILENT }: { progress?: Progress } = {},
): Promise<Json> {
  const { name, format, subjects } = dataset;
  const files = new Map<string, Json>();
  progress.start({ title: "describe", total: subjects.length, done: 0 });
  const records: Json[] = [];
  for (const subject of subjects) {
    const started = performance.now();
    const paths = filesOf(subject);
    for (const path of paths) {
      const local = localPath(dataset, path);
      if (!files.has(local)) files.set(local, await fileObject(path, local));
    }
    records.push(recordOf(dataset, subject));
    progress.item({
      id: subject.id,
      status: "done",
      seconds: (performance.now() - started) / 1000,
    });
  }
  progress.end();
  const optional = Object.fromEntries(
    Object.entries({
      license: facts.license,
      url: facts.url,
      version: facts.version,
      citeAs: facts.citeAs,
      datePublished: facts.datePublished,
      creator: facts.creator === undefined
        ? undefined
        : { "@type": "Organization", name: facts.creator },
    }).filter(([, value]) => value !== undefined),
  ) as { [key: string]: Json };
  return {
    "@context": CONTEXT,
    "@type": "Dataset",
    conformsTo: "http://mlcommons.org/croissant/1.1",
    name,
    description: facts.description ??
      `${subjects.length} scans of people in the layout ${format}, with what goes with them.`,
    ...optional,
    personalSensitiveInformation:
      "Scans of people: they can be recognised. Keep to the terms they were given under.",
    distribution: [...files.values()],
    recordSet: [recordSet(records)],
  };
}

function filesOf({ scanFile, companions, fit, keypointsFile }: Subject): string[] {
  const paths = [scanFile, ...companions];
  if (fit !== undefined) {
    paths.push(fit.file);
    if (fit.bodyFile !== undefined) paths.push(fit.bodyFile);
  }
  if (keypointsFile !== undefined) paths.push(keypointsFile);
  return [...new Set(paths)];
}

/** Relative to the data set's folder; of an archive, inside it. */
function localPath({ folder }: Dataset, path: string): string {
  const inside = archiveOf(path), root = archiveOf(folder);
  if (inside !== undefined && root !== undefined) {
    return root.inner === "" ? inside.inner : relative(root.inner, inside.inner);
  }
  return slashes(relative(folder, path));
}

async function fileObject(path: string, local: string): Promise<Json> {
  const { bytes, sha256 } = await hashPlace(path);
  return {
    "@type": "cr:FileObject",
    "@id": local,
    name: local,
    contentUrl: local,
    contentSize: `${bytes} B`,
    encodingFormat: FORMATS[extname(local).toLowerCase()] ?? "application/octet-stream",
    sha256,
  };
}

const FIELDS = [
  ["id", "sc:Text", "Unique in the data set"],
  ["scan", "sc:Text", "The mesh file"],
  ["metresPerUnit", "sc:Float", "Metres per unit of the mesh's coordinates"],
  ["fit", "sc:Text", "The file of the body fit; empty where there is none"],
  ["attributes", "sc:Text", "What else the data set says, as JSON"],
] as const;

function recordOf(dataset: Dataset, subject: Subject): Json {
  return {
    "subjects/id": subject.id,
    "subjects/scan": localPath(dataset, subject.scanFile),
    "subjects/metresPerUnit": metresPerUnitOf(subject),
    "subjects/fit": subject.fit === undefined ? "" : localPath(dataset, subject.fit.file),
    "subjects/attributes": JSON.stringify(subject.attributes ?? {}),
  };
}

function recordSet(data: Json[]): Json {
  return {
    "@type": "cr:RecordSet",
    "@id": "subjects",
    name: "subjects",
    description: "One record a person (or a frame of one).",
    key: { "@id": "subjects/id" },
    field: FIELDS.map(([name, dataType, description]) => ({
      "@type": "cr:Field",
      "@id": `subjects/${name}`,
      name: `subjects/${name}`,
      description,
      dataType,
    })),
    data,
  };
}
