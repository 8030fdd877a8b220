/** Writes `subject.json` of a view set: what its views were made from and how they were framed. */
import { join } from "../core/work/path.ts";
import { hashPlace } from "../core/files/place.ts";
import { type Json, stableJson } from "../core/work/json.ts";
import { portablePath } from "../core/work/paths.ts";
import { writeWhole } from "../core/work/scratch.ts";
import { toRows } from "../core/geometry/transform.ts";
import { jsonOfFit } from "../body/fit_json.ts";
import { loadScan } from "../datasets/load.ts";
import type { Subject } from "../datasets/subject.ts";
import { type Framing, framingOf } from "./cameras.ts";

/** Where `subject.json` will stand, and whose it is. */
export interface SubjectFile {
  subject: Subject;
  bodyFile: string | undefined;
  /** Final folder of the subject: recorded paths are relative to it. */
  folder: string;
}

/** Loads the scan's geometry and measures its framing. */
export async function measureFraming(subject: Subject): Promise<Framing> {
  const { mesh } = await loadScan(subject, { textures: "skip" });
  return framingOf(mesh, subject.upright);
}

/** Writes `subject.json` into `scratch`. */
export async function writeSubjectFile(scratch: string, file: SubjectFile): Promise<void> {
  const { subject } = file;
  const json = await subjectJson(file, await measureFraming(subject));
  await writeWhole(join(scratch, subject.id, "subject.json"), stableJson(json));
}

async function subjectJson(
  { subject, bodyFile, folder }: SubjectFile,
  framing: Framing,
): Promise<Json> {
  const ref = async (path: string) => ({
    path: portablePath(path, folder),
    sha256: (await hashPlace(path)).sha256,
  });
  const known = (points: Float64Array) => Array.from(points, (v) => Number.isFinite(v) ? v : null);
  const { fit, keypoints } = subject;
  return {
    schema: "scan2score/subject-1",
    id: subject.id,
    dataset: subject.dataset,
    unit: subject.unit,
    ...(subject.metresPerUnit === undefined ? {} : { metresPerUnit: subject.metresPerUnit }),
    scan: await ref(subject.scanFile),
    companions: await Promise.all(subject.companions.map(ref)),
    body: bodyFile === undefined ? null : await ref(bodyFile),
    fit: fit === undefined ? null : { ...await ref(fit.file), ...jsonOfFit(fit.fit) },
    keypoints3d: keypoints === undefined ? null : {
      body25: known(keypoints.body25),
      handLeft: known(keypoints.handLeft),
      handRight: known(keypoints.handRight),
    },
    upright: toRows(subject.upright),
    uprightSource: subject.uprightSource,
    framing: { centroidM: [...framing.centroidM], radiusM: framing.radiusM },
    attributes: subject.attributes ?? {},
  };
}
