/**
 * Loads what a plan names. Every file is checked against its hash: the page never shows one that is
 * not the one that was scored.
 */
import { fileSource } from "../../core/files/disk.ts";
import { type Image, readImage } from "../../core/files/image.ts";
import { readMeshFile } from "../../core/files/mesh_file.ts";
import type { Mesh } from "../../core/geometry/mesh.ts";
import {
  fromRows,
  identity,
  invert,
  type Matrix4,
  multiply,
  scaling,
  transformPoints,
} from "../../core/geometry/transform.ts";
import { InputError } from "../../core/work/errors.ts";
import { hashFile } from "../../core/work/hash.ts";
import { dirname } from "../../core/work/path.ts";
import { resolvePortable } from "../../core/work/paths.ts";
import { readBodyFile } from "../../body/body_file.ts";
import { bodyMesh, poseBody, type PosedBody } from "../../body/forward.ts";
import type { BodyModel } from "../../body/model.ts";
import { misfit } from "../../body/pose.ts";
import { METRES_PER_UNIT } from "../../datasets/subject.ts";
import { fitOfViewSubject, readViewSubject } from "../../datasets/views.ts";
import { framingOf, suiteCamera } from "../../render/cameras.ts";
import { parseCamera } from "../../render/layouts/suite_files.ts";
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
  const scan = await loadMesh(plan.scan, identity());
  const camera = plan.camera === undefined
    ? suiteCamera(framingOf(scan), { yawDeg: 0, pitchDeg: 0 })
    : parseCamera(await Deno.readTextFile(await unchanged(plan.camera)), plan.camera.file);
  const predictions = new Map<string, () => Promise<Mesh>>();
  for (const { method, mesh, matrix } of plan.predictions) {
    predictions.set(method, async () => {
      if (mesh === undefined) throw new InputError("the results do not name its mesh");
      const fromCamera = mesh.frame === "camera";
      if (fromCamera && plan.camera === undefined) {
        throw new InputError("its mesh is in a camera’s frame that the results do not name");
      }
      const placement = fromCamera ? invert(camera.camFromScan) : identity();
      const alignment = matrix === undefined ? identity() : fromRows(matrix);
      return await loadMesh(mesh, multiply(alignment, placement));
    });
  }
  const { color } = plan;
  return {
    subject: plan.subject,
    scan,
    camera,
    predictions,
    ...(color === undefined ? {} : { input: await loadPicture(color) }),
    body: await loadFittedBody(plan),
  };
}

/** A body in the scan's frame, metres. */
export interface PlacedBody {
  model: BodyModel;
  posed: PosedBody;
  mesh: Mesh;
}

/** The subject's body, where the file beside its views names one that goes with this very scan. */
async function loadFittedBody({ subjectFile, scan }: SubjectPlan): Promise<PlacedBody | undefined> {
  if (subjectFile === undefined) return undefined;
  if (!(await Deno.stat(subjectFile).catch(() => undefined))?.isFile) return undefined;
  try {
    const json = await readViewSubject(subjectFile), fit = fitOfViewSubject(json);
    if (json.scan.sha256 !== scan?.sha256 || fit === undefined || json.body === null) {
      return undefined;
    }
    const file = resolvePortable(json.body.path, dirname(subjectFile));
    if ((await hashFile(file)).sha256 !== json.body.sha256) return undefined;
    const model = await readBodyFile(file);
    if (misfit(model, fit) !== undefined) return undefined;
    const posed = poseBody(model, fit);
    return { model, posed, mesh: bodyMesh(model, posed) };
  } catch (error) {
    // The body is an extra: without it there are no parts to choose and nothing to lay over.
    if (!(error instanceof InputError || error instanceof Deno.errors.NotFound)) throw error;
    return undefined;
  }
}

/** A mesh in metres: its unit first, then `place`. Positions and triangles only. */
async function loadMesh(planned: PlannedFile, place: Matrix4): Promise<Mesh> {
  const { mesh } = await readMeshFile(await unchanged(planned), { textures: "skip" });
  const matrix = multiply(place, scaling(METRES_PER_UNIT[planned.unit ?? "m"]));
  return { positions: transformPoints(matrix, mesh.positions), indices: mesh.indices };
}

async function loadPicture(planned: PlannedFile): Promise<Image> {
  return await readImage(await fileSource(await unchanged(planned)), { bits: 8 });
}

/** The path of a file, once its bytes are those that were scored. */
async function unchanged({ file, path, bytes, sha256 }: PlannedFile): Promise<string> {
  const now = await hashFile(file);
  if (now.bytes !== bytes || now.sha256 !== sha256) {
    throw new InputError(`${path} is not the file that was scored`, {
      hint: "score it again, or restore the file",
    });
  }
  return file;
}
