/** Reposes one scan: the task that workers run. */
import { encodeGlb } from "../core/files/glb_write.ts";
import { boundsOf, faceCount, type Mesh, vertexCount } from "../core/geometry/mesh.ts";
import { type Json, stableJson } from "../core/work/json.ts";
import { basename, join } from "../core/work/path.ts";
import { random } from "../core/work/random.ts";
import { writeWhole } from "../core/work/scratch.ts";
import type { Task } from "../core/work/task.ts";
import { keypointsOfBody } from "../body/body_keypoints.ts";
import { BODY_25 } from "../body/keypoints.ts";
import type { BodyModel } from "../body/model.ts";
import { loadBody, loadScan } from "./load.ts";
import { attachScan, reposeScan, stretchedEdges } from "./repose.ts";
import { drawPose, selfIntersection } from "./repose_pose.ts";
import type { Subject } from "./subject.ts";

/** One scan to repose. */
export interface ReposePayload {
  subject: Subject;
  /** Known poses, 72 numbers each. */
  library: readonly (readonly number[])[];
  poses: number;
  seed: number;
}

/** Shares of a limb inside of another part, and of edges torn long, up to which a pose counts. */
export const MOST_THROUGH = 0.02, MOST_STRETCHED = 0.004;

/** Poses that are drawn before one is given up. */
export const POSE_ATTEMPTS = 12;

const repose: Task<ReposePayload> = async (
  { subject, library, poses, seed },
  { scratch, stage },
) => {
  const { mesh } = await loadScan(subject);
  const { model, fit, bodyFile } = await loadBody(subject);
  const attached = attachScan(mesh, { model, fit });
  const known = library.map((pose) => Float64Array.from(pose));
  const warnings: string[] = [], made: Json[] = [];
  const floor = boundsOf(mesh).min[1];
  for (let p = 0; p < poses; p++) {
    stage?.("pose", p, poses);
    const draw = random(seed, "pose", subject.id, p),
      id = `${subject.id}_r${String(p).padStart(2, "0")}`;
    let found = false;
    for (let attempt = 1; attempt <= POSE_ATTEMPTS && !found; attempt++) {
      const pose = drawPose(known, draw);
      const next = reposeScan(attached, pose.slice(3), pose.slice(0, 3));
      const through = selfIntersection(model, next.posed);
      const stretched = stretchedEdges(mesh, next.mesh);
      if (through >= MOST_THROUGH || stretched >= MOST_STRETCHED) continue;
      found = true;
      // The lowest point stays at the height of the scan's own.
      const up = floor - boundsOf(next.mesh).min[1];
      for (let i = 1; i < next.mesh.positions.length; i += 3) next.mesh.positions[i] += up;
      for (const points of [next.posed.vertices, next.posed.joints]) {
        for (let i = 1; i < points.length; i += 3) points[i] += up;
      }
      next.fit.transl = Float64Array.from(next.fit.transl, (t, k) => k === 1 ? t + up : t);
      const json = subjectJson(id, next, { subject, model, bodyFile });
      await writeWhole(
        join(scratch, "subjects", `${id}.glb`),
        await encodeGlb(next.mesh, { pictures: "jpeg" }),
      );
      await writeWhole(join(scratch, "subjects", `${id}.json`), stableJson(json));
      made.push({ id, attempt, through, stretched });
    }
    if (!found) warnings.push(`pose ${p}: none of ${POSE_ATTEMPTS} was free of self-intersection`);
  }
  return { result: { synthetic: true, stiffVertices: attached.stiff, poses: made }, warnings };
};

function subjectJson(
  id: string,
  { mesh, fit, posed }: ReturnType<typeof reposeScan>,
  { subject, model, bodyFile }: { subject: Subject; model: BodyModel; bodyFile: string },
): Json {
  const points = keypointsOfBody(model, posed);
  const rows = (list: Float64Array) =>
    Array.from({ length: list.length / 3 }, (_, i) => [...list.subarray(3 * i, 3 * i + 3)]);
  const known = (list: Float64Array) => list.every(Number.isFinite);
  return {
    id,
    glb: `${id}.glb`,
    units: "metre",
    up: "+y",
    front: "+z",
    body: {
      model: basename(bodyFile),
      betas: [...fit.betas],
      pose: rows(Float64Array.of(...fit.globalOrient, ...fit.bodyPose)),
      transl: [...fit.transl],
      scale: fit.scale,
    },
    ...(known(points.body25)
      ? { body25: { names: [...BODY_25], positions: rows(points.body25) } }
      : {}),
    ...(known(points.handLeft) ? { hand_left: rows(points.handLeft) } : {}),
    ...(known(points.handRight) ? { hand_right: rows(points.handRight) } : {}),
    attributes: {
      ...(subject.attributes as { [key: string]: Json } | undefined),
      pose: "drawn",
      synthetic_pose_of: subject.id,
    },
    mesh: meshJson(mesh),
  };
}

function meshJson(mesh: Mesh): Json {
  const { min, max } = boundsOf(mesh);
  return { triangles: faceCount(mesh), vertices: vertexCount(mesh), bounds: { min, max } };
}

export default repose;
