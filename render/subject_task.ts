/** Writes `subject.json` of a view set: what its views were made from and how they were framed. */
import { join } from "../core/work/path.ts";
import { hashPlace } from "../core/files/place.ts";
import { type Json, stableJson } from "../core/work/json.ts";
import { portablePath } from "../core/work/paths.ts";
import { writeWhole } from "../core/work/scratch.ts";
import { InputError } from "../core/work/errors.ts";
import type { Mesh } from "../core/geometry/mesh.ts";
import { toRows } from "../core/geometry/transform.ts";
import { keypointsOfBody } from "../body/body_keypoints.ts";
import { jsonOfFit } from "../body/fit_json.ts";
import { poseBody } from "../body/forward.ts";
import { loadBody, loadScan } from "../datasets/load.ts";
import type { Subject } from "../datasets/subject.ts";
import { type Framing, framingOf } from "./cameras.ts";

/** Where `subject.json` will stand, and whose it is. */
export interface SubjectFile {
  subject: Subject;
  bodyFile: string | undefined;
  /** Final folder of the subject: recorded paths are relative to it. */
  folder: string;
}

/**
 * Writes `subject.json` into `scratch`.
 *
 * @param known The scan's framing, where its views have just been drawn: then the scan is not read again.
 */
export async function writeSubjectFile(
  scratch: string,
  file: SubjectFile,
  known?: Framing,
): Promise<void> {
  let loading: Promise<Mesh> | undefined;
  const scan = () =>
    loading ??= loadScan(file.subject, { textures: "skip" }).then(({ mesh }) => mesh);
  const subject = await withChosenFit(file, scan);
  const json = await subjectJson(
    { ...file, subject },
    known ?? framingOf(await scan(), subject.upright),
  );
  await writeWhole(join(scratch, subject.id, "subject.json"), stableJson(json));
}

/** The subject with its fit and its keypoints as its views have them. */
async function withChosenFit(
  { subject, bodyFile }: SubjectFile,
  scan: () => Promise<Mesh>,
): Promise<Subject> {
  const plain = subject.fit?.candidates === undefined && subject.keypoints !== undefined;
  if (subject.fit === undefined || plain || bodyFile === undefined) return subject;
  try {
    const { model, fit } = await loadBody(subject, { bodyFile, scan: await scan() });
    const keypoints = subject.keypoints ?? keypointsOfBody(model, poseBody(model, fit));
    return { ...subject, keypoints, fit: { ...subject.fit, fit } };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return subject; // the views say that the body cannot be posed
  }
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
  const { fit, keypoints, textureFile, facesFile } = subject;
  return {
    schema: "scan2score/subject-1",
    id: subject.id,
    dataset: subject.dataset,
    unit: subject.unit,
    ...(subject.metresPerUnit === undefined ? {} : { metresPerUnit: subject.metresPerUnit }),
    scan: await ref(subject.scanFile),
    companions: await Promise.all(subject.companions.map(ref)),
    ...(textureFile === undefined ? {} : { texture: portablePath(textureFile, folder) }),
    ...(facesFile === undefined ? {} : { faces: portablePath(facesFile, folder) }),
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
