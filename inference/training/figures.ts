/** Figures in new poses and the cameras that look at them: what both makers of training data share. */
import { type Camera, project } from "../../core/geometry/camera.ts";
import type { Mesh } from "../../core/geometry/mesh.ts";
import { multiply, transformPoint, translation } from "../../core/geometry/transform.ts";
import { type Random, random } from "../../core/work/random.ts";
import { loadBody, loadScan } from "../../datasets/load.ts";
import { openDataset } from "../../datasets/open.ts";
import { attachScan, reposeScan, stretchedEdges } from "../../datasets/repose.ts";
import { drawPose, selfIntersection } from "../../datasets/repose_pose.ts";
import { MOST_STRETCHED, MOST_THROUGH, POSE_ATTEMPTS } from "../../datasets/repose_task.ts";
import type { Subject } from "../../datasets/subject.ts";
import type { PosedBody } from "../../body/forward.ts";
import type { BodyModel } from "../../body/model.ts";
import { fullPose } from "../../body/pose.ts";
import type { RasterMaps } from "../../render/backend.ts";
import type { RgbImage } from "../photo/pyramid.ts";

/** Where figures and poses come from. */
export interface Figures {
  subjects: readonly Subject[];
  model: BodyModel;
  /** Poses of the people in the library, 72 numbers each. */
  library: readonly Float64Array[];
  /** Whether a figure's own pose is in the library and may be shown. */
  knows(subject: string): boolean;
}

/** Opens a data set; `ids` and `library` are files with one id a line, or empty for all. */
export async function openFigures(
  data: string,
  { ids, library }: { ids: string; library: string },
): Promise<Figures> {
  const dataset = await openDataset(data);
  const list = async (file: string) =>
    file === ""
      ? undefined
      : new Set((await Deno.readTextFile(file)).split(/\s+/).filter((id) => id !== ""));
  const wanted = await list(ids), known = await list(library);
  const subjects = dataset.subjects.filter(({ id }) => wanted === undefined || wanted.has(id));
  const { model } = await loadBody(subjects[0]);
  const knows = (id: string) => known === undefined || known.has(id);
  return {
    subjects,
    model,
    library: dataset.subjects.filter(({ id }) => knows(id)).map(({ fit }) =>
      fullPose(model, fit!.fit)
    ),
    knows,
  };
}

/** A figure in one pose. */
export interface PosedFigure {
  pose: number;
  mesh: Mesh;
  posed: PosedBody;
  through: number;
  stretched: number;
}

/** A subject in `poses` poses, the first its own where that may be shown. Some may be given up. */
export async function* posedFigures(
  subject: Subject,
  { library, knows }: Figures,
  { poses, seed }: { poses: number; seed: number },
): AsyncGenerator<PosedFigure> {
  const { mesh } = await loadScan(subject);
  const { model, fit } = await loadBody(subject);
  const attached = attachScan(mesh, { model, fit });
  for (let pose = 0; pose < poses; pose++) {
    const drawn = random(seed, "pose", subject.id, pose), own = pose === 0 && knows(subject.id);
    for (let attempt = 0; attempt < POSE_ATTEMPTS; attempt++) {
      const angles = own ? fullPose(model, fit) : drawPose(library, drawn);
      const next = reposeScan(attached, angles.slice(3), angles.slice(0, 3));
      const through = selfIntersection(model, next.posed);
      const stretched = stretchedEdges(mesh, next.mesh);
      if (!own && !(through < MOST_THROUGH && stretched < MOST_STRETCHED)) continue;
      yield { pose, mesh: next.mesh, posed: next.posed, through, stretched };
      break;
    }
  }
}

/** The box of a mesh's picture: left, top, right, bottom, pixels. */
export function pictureBox(
  camera: Camera,
  positions: Float32Array,
): [number, number, number, number] {
  let x0 = Infinity, y0 = Infinity, x1 = -Infinity, y1 = -Infinity;
  for (let i = 0; i < positions.length; i += 3) {
    const [u, v] = project(camera, [positions[i], positions[i + 1], positions[i + 2]]);
    x0 = Math.min(x0, u), x1 = Math.max(x1, u), y0 = Math.min(y0, v), y1 = Math.max(y1, v);
  }
  return [x0, y0, x1, y1];
}

/**
 * The camera with its picture cut to the person: the longer side of their box is 0.82 to 0.98 of the
 * picture's, anywhere in the room that leaves.
 */
export function tightCamera(camera: Camera, positions: Float32Array, r: Random): Camera {
  const [x0, y0, x1, y1] = pictureBox(camera, positions);
  const { width } = camera, longest = Math.max(x1 - x0, y1 - y0);
  const factor = (0.82 + 0.16 * r.float()) * width / longest;
  const room = (width - factor * longest) / 2;
  const shift = () => 2 * room * (r.float() - 0.5);
  const middleX = width / 2 + shift(), middleY = width / 2 + shift();
  if (camera.projection === "orthographic") {
    const right = ((x0 + x1) / 2 - width / 2) * 2 * camera.halfWidthM / width;
    const down = ((y0 + y1) / 2 - width / 2) * 2 * camera.halfWidthM / width;
    const halfWidthM = camera.halfWidthM / factor, metres = 2 * halfWidthM / width;
    const move = translation(
      -right + (middleX - width / 2) * metres,
      down - (middleY - width / 2) * metres,
      0,
    );
    return { ...camera, halfWidthM, camFromScan: multiply(move, camera.camFromScan) };
  }
  return {
    ...camera,
    fx: camera.fx * factor,
    fy: camera.fy * factor,
    cx: middleX + factor * (camera.cx - (x0 + x1) / 2),
    cy: middleY + factor * (camera.cy - (y0 + y1) / 2),
  };
}

/** The shaded figure over black or, half of the time, a smooth ground. */
export function composite({ shaded, width: side }: RasterMaps, r: Random): RgbImage {
  const data = new Uint8Array(3 * side * side), plain = r.float() < 0.5;
  const corner = Array.from({ length: 12 }, () => plain ? 0 : 255 * r.float());
  for (let i = 0; i < side * side; i++) {
    const a = shaded![4 * i + 3] / 255, u = (i % side) / side, v = Math.floor(i / side) / side;
    for (let k = 0; k < 3; k++) {
      const ground = (1 - u) * (1 - v) * corner[k] + u * (1 - v) * corner[3 + k] +
        (1 - u) * v * corner[6 + k] + u * v * corner[9 + k];
      data[3 * i + k] = a * shaded![4 * i + k] + (1 - a) * ground;
    }
  }
  return { width: side, height: side, channels: 3, data };
}

/** x, y and depth behind the centre's plane of joints, shares of the picture's side. */
export function jointsIn(joints: Float64Array, camera: Camera, distanceM: number): number[] {
  const list: number[] = [], side = camera.width;
  const metres = camera.projection === "perspective"
    ? distanceM / camera.fx
    : 2 * camera.halfWidthM / side;
  for (let j = 0; j < joints.length; j += 3) {
    const point = [joints[j], joints[j + 1], joints[j + 2]] as [number, number, number];
    const [u, v] = project(camera, point), [, , z] = transformPoint(camera.camFromScan, point);
    list.push(u / side, v / side, (-z - distanceM) / metres / side);
  }
  return list.map((x) => Number(x.toFixed(5)));
}
