/**
 * Loads what a plan names. Every file is checked against its hash: the page never shows one that is
 * not the one that was scored.
 */
import { type Image, readImage } from "../../core/files/image.ts";
import { readMeshFile } from "../../core/files/mesh_file.ts";
import { hashPlace, hasPlace, openPlace, readPlaceText } from "../../core/files/place.ts";
import type { Mesh } from "../../core/geometry/mesh.ts";
import {
  fromRows,
  identity,
  type Matrix4,
  multiply,
  scaling,
  transformPoints,
} from "../../core/geometry/transform.ts";
import { InputError } from "../../core/work/errors.ts";
import { dirname } from "../../core/work/path.ts";
import { resolvePortable } from "../../core/work/paths.ts";
import { readBodyFile } from "../../body/body_file.ts";
import type { BodyFit } from "../../body/fit.ts";
import { fitOfJson } from "../../body/fit_json.ts";
import { bodyMesh, poseBody, type PosedBody } from "../../body/forward.ts";
import type { BodyModel } from "../../body/model.ts";
import { misfit } from "../../body/pose.ts";
import { inMetres } from "../../datasets/load.ts";
import { readScanFile } from "../../datasets/read_scan.ts";
import { METRES_PER_UNIT } from "../../datasets/subject.ts";
import { fitOfViewSubject, readViewSubject } from "../../datasets/views.ts";
import { framingOf, suiteCamera } from "../../render/cameras.ts";
import { parseCamera } from "../../render/layouts/suite_files.ts";
import { placePrediction } from "../prediction_frames.ts";
import type { SubjectScene } from "./pictures.ts";
import type { PlannedFile, SubjectPlan } from "./subject_plan.ts";

/**
 * Loads a subject; predictions are loaded one by one when they are drawn. Without a camera among the
 * results' inputs the subject is seen as the suite's view y000 sees it.
 *
 * @throws {InputError} If the scan, the camera or the picture cannot be read or has changed.
 */
export async function loadScene(
  plan: SubjectPlan,
): Promise<SubjectScene & { subject: string; body?: PlacedBody | undefined }> {
  if (plan.scan === undefined) {
    throw new InputError(`the results do not name the scan of "${plan.subject}"`);
  }
  const scan = await loadScanOf({ scan: plan.scan, faces: plan.faces });
  const camera = plan.camera === undefined
    ? suiteCamera(framingOf(scan), { yawDeg: 0, pitchDeg: 0 })
    : parseCamera(await readPlaceText(await unchanged(plan.camera)), plan.camera.file);
  const predictions = new Map<string, () => Promise<Mesh>>();
  const { color } = plan, body = await loadFittedBody(plan);
  for (const { method, mesh, matrix } of plan.predictions) {
    predictions.set(method, async () => {
      if (mesh === undefined) throw new InputError("the results do not name its mesh");
      const { upright } = mesh as { upright?: number[][] };
      const { scanFromFrame } = placePrediction(mesh.frame ?? "scan", {
        scan,
        upright: upright === undefined ? undefined : fromRows(upright),
        joints: body?.posed.joints,
        view: mesh.view,
        camera: plan.camera === undefined ? undefined : camera,
      });
      const alignment = matrix === undefined ? identity() : fromRows(matrix);
      return await loadMesh(mesh, multiply(alignment, scanFromFrame));
    });
  }
  return {
    subject: plan.subject,
    scan,
    camera,
    predictions,
    ...(color === undefined ? {} : { input: await loadPicture(color) }),
    body,
  };
}

/** A body in the scan's frame, metres. */
export interface PlacedBody {
  model: BodyModel;
  posed: PosedBody;
  mesh: Mesh;
}

/**
 * The subject's body: the one that it was scored with, or that the file beside its views names for
 * this very scan.
 */
async function loadFittedBody(plan: SubjectPlan): Promise<PlacedBody | undefined> {
  try {
    const found = await scoredFit(plan) ?? await fitBesideViews(plan);
    if (found === undefined) return undefined;
    const model = await readBodyFile(found.bodyFile);
    if (misfit(model, found.fit) !== undefined) return undefined;
    const posed = poseBody(model, found.fit);
    return { model, posed, mesh: bodyMesh(model, posed) };
  } catch (error) {
    // The body is an extra: without it there are no parts to choose and nothing to lay over.
    if (!(error instanceof InputError || error instanceof Deno.errors.NotFound)) throw error;
    return undefined;
  }
}

interface FittedBody {
  /** Metres, in the scan's frame. */
  fit: BodyFit;
  bodyFile: string;
}

async function scoredFit({ fit }: SubjectPlan): Promise<FittedBody | undefined> {
  if (fit === undefined) return undefined;
  const { record, body } = fit;
  const numbers = (record as { fit?: unknown }).fit;
  return { fit: fitOfJson(numbers, record.file), bodyFile: await unchanged(body) };
}

async function fitBesideViews(
  { subjectFile, scan }: SubjectPlan,
): Promise<FittedBody | undefined> {
  if (subjectFile === undefined || !await hasPlace(subjectFile)) return undefined;
  const json = await readViewSubject(subjectFile), fit = fitOfViewSubject(json);
  if (json.scan.sha256 !== scan?.sha256 || fit === undefined || json.body === null) {
    return undefined;
  }
  const bodyFile = resolvePortable(json.body.path, dirname(subjectFile));
  return (await hashPlace(bodyFile)).sha256 === json.body.sha256 ? { fit, bodyFile } : undefined;
}

/** The scan in metres: positions and triangles only. */
async function loadScanOf(
  { scan, faces }: { scan: PlannedFile; faces: PlannedFile | undefined },
): Promise<Mesh> {
  const { mesh } = await readScanFile({
    scanFile: await unchanged(scan),
    ...(faces === undefined ? {} : { facesFile: await unchanged(faces) }),
  }, { textures: "skip" });
  const { metresPerUnit } = scan as { metresPerUnit?: unknown };
  const unit = typeof metresPerUnit === "number" ? metresPerUnit : scan.unit ?? "m";
  return { positions: inMetres(mesh, unit).positions, indices: mesh.indices };
}

/** A mesh in metres: its unit first, then `place`. Positions and triangles only. */
async function loadMesh(planned: PlannedFile, place: Matrix4): Promise<Mesh> {
  const { mesh } = await readMeshFile(await unchanged(planned), { textures: "skip" });
  const matrix = multiply(place, scaling(METRES_PER_UNIT[planned.unit ?? "m"]));
  return { positions: transformPoints(matrix, mesh.positions), indices: mesh.indices };
}

async function loadPicture(planned: PlannedFile): Promise<Image> {
  return await readImage(await openPlace(await unchanged(planned)), { bits: 8 });
}

/** The path of a file, once its bytes are those that were scored. */
async function unchanged({ file, path, bytes, sha256 }: PlannedFile): Promise<string> {
  const now = await hashPlace(file);
  if (now.bytes !== bytes || now.sha256 !== sha256) {
    throw new InputError(`${path} is not the file that was scored`, {
      hint: "score it again, or restore the file",
    });
  }
  return file;
}
