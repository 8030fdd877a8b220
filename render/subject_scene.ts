/** Everything that the views of one subject share: loaded and prepared once, kept for the next. */
import { keypointsOfBody } from "../body/body_keypoints.ts";
import type { BodyFit } from "../body/fit.ts";
import { bodyMesh, poseBody, type PosedBody } from "../body/forward.ts";
import type { Keypoints3D } from "../body/keypoints.ts";
import type { BodyModel } from "../body/model.ts";
import { buildTree } from "../core/geometry/bvh.ts";
import { closestPoints } from "../core/geometry/closest.ts";
import type { Mesh } from "../core/geometry/mesh.ts";
import { messageOf } from "../core/work/errors.ts";
import { fitWarning } from "../datasets/check/fit_warning.ts";
import { loadBody, loadScan } from "../datasets/load.ts";
import type { Subject } from "../datasets/subject.ts";
import type { Backend, PrepareOptions } from "./backend.ts";
import { type BackendName, openBackend } from "./backends.ts";
import { type Framing, framingOf } from "./cameras.ts";
import type { KeypointRadii } from "./keypoints.ts";
import type { PreparedSubject } from "./layouts/suite_draw.ts";

/** What a subject's views are drawn from. */
export interface SubjectScene {
  backend: Backend;
  prepared: PreparedSubject<unknown>;
  framing: Framing;
  /** The scan in metres; only where asked for. */
  mesh?: Mesh;
  /** The posed body; only where the body is needed and there. */
  body?: { model: BodyModel; fit: BodyFit; posed: PosedBody };
  /** Notes on the scan, and what the subject lacks. */
  warnings: string[];
}

/** What to prepare. */
export interface SubjectSceneOptions extends PrepareOptions {
  /** Who draws. Default: `cpu`. */
  backend?: BackendName;
  /** Body model to use instead of the one the subject names. */
  bodyFile?: string | undefined;
  /** Whether the textures, the body, the keypoints, and the scan's own mesh are needed. */
  needs: { textures: boolean; body: boolean; keypoints: boolean; mesh?: boolean };
}

/**
 * Loads and prepares a subject.
 *
 * @throws {InputError} If the scan cannot be used. A missing body or missing keypoints are warnings:
 * the maps that need them are left out.
 */
export async function prepareSubject(
  subject: Subject,
  { bodyFile, needs, backend: backendName = "cpu", ...prepare }: SubjectSceneOptions,
): Promise<SubjectScene> {
  const backend = await openBackend(backendName);
  const { mesh, notes } = await loadScan(subject, {
    textures: needs.textures ? "decode" : "skip",
  });
  const warnings = [...subject.notes, ...notes].map((note) => `${note.code}: ${note.text}`);
  const prepared: PreparedSubject<unknown> = { scan: await backend.prepare(mesh, prepare) };
  let body: SubjectScene["body"];
  // Keypoints that the data set lacks are told by its fit.
  const derived = needs.keypoints && subject.keypoints === undefined && subject.fit !== undefined;
  if (needs.body || derived) {
    try {
      const { model, fit, note } = await loadBody(subject, { bodyFile, scan: mesh });
      if (note !== undefined) warnings.push(note);
      const posed = poseBody(model, fit);
      if (needs.body) prepared.body = await backend.prepare(bodyMesh(model, posed));
      body = { model, fit, posed };
      const warning = fitWarning(mesh, body);
      if (warning !== undefined) warnings.push(warning);
    } catch (error) {
      warnings.push(`no body map: ${messageOf(error)}`);
    }
  }
  if (needs.keypoints) {
    const points = subject.keypoints ??
      (body === undefined ? undefined : keypointsOfBody(body.model, body.posed));
    if (points === undefined) {
      warnings.push("no keypoints: the data set has none for this subject");
    } else {
      if (subject.keypoints === undefined) warnings.push("keypoints: derived from the body's fit");
      prepared.keypoints = { points, radiiM: keypointRadii(points, mesh) };
    }
  }
  return {
    backend,
    prepared,
    framing: framingOf(mesh, subject.upright),
    ...(needs.mesh ? { mesh } : {}),
    ...(body === undefined ? {} : { body }),
    warnings,
  };
}

/** Gives back what a subject's scene holds outside JavaScript's memory. */
export function releaseSubject({ backend, prepared: { scan, body } }: SubjectScene): void {
  backend.release(scan);
  if (body !== undefined) backend.release(body);
}

/** Distance of each keypoint to the nearest surface of the scan, metres; 0 where unknown. */
export function keypointRadii(keypoints: Keypoints3D, scan: Mesh): KeypointRadii {
  using tree = buildTree(scan);
  const radii = (points: Float64Array) => {
    const known = points.map((value) => Number.isFinite(value) ? value : 0);
    const { distance } = closestPoints(tree, known);
    return distance.map((d, i) => Number.isFinite(points[3 * i]) ? d : 0);
  };
  return {
    body25: radii(keypoints.body25),
    handLeft: radii(keypoints.handLeft),
    handRight: radii(keypoints.handRight),
  };
}
