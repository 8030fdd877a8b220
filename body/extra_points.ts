/**
 * Points on the surface that belong to a skeleton but are no joints: nose, eyes, ears, feet, finger
 * tips (vertices of the two official topologies) and the landmarks of the face.
 */
import type { PosedBody } from "./forward.ts";
import { JOINT_NAMES, jointIndex } from "./joints.ts";
import { type BodyModel, bodyVertexCount, type SurfacePoints } from "./model.ts";

/** The 21 points, in the order in which smplx appends them to the joints. */
export const EXTRA_POINTS = [
  "nose",
  "r_eye_front",
  "l_eye_front",
  "r_ear",
  "l_ear",
  "l_big_toe",
  "l_small_toe",
  "l_heel",
  "r_big_toe",
  "r_small_toe",
  "r_heel",
  "l_thumb_tip",
  "l_index_tip",
  "l_middle_tip",
  "l_ring_tip",
  "l_pinky_tip",
  "r_thumb_tip",
  "r_index_tip",
  "r_middle_tip",
  "r_ring_tip",
  "r_pinky_tip",
] as const;

/** The name of one of these points. */
export type ExtraPoint = (typeof EXTRA_POINTS)[number];

/**
 * The vertices of these points, as the smplx package (0.1.28, `vertex_ids.py`) numbers them, by how
 * many vertices a model has: SMPL and SMPL-H share one topology.
 */
// deno-fmt-ignore
const EXTRA_VERTICES: ReadonlyMap<number, readonly number[]> = new Map([
  [6890, [
    332, 6260, 2800, 4071, 583, 3216, 3226, 3387, 6617, 6624, 6787,
    2746, 2319, 2445, 2556, 2673, 6191, 5782, 5905, 6016, 6133,
  ]],
  [10475, [
    9120, 9929, 9448, 616, 6, 5770, 5780, 8846, 8463, 8474, 8635,
    5361, 4933, 5058, 5169, 5286, 8079, 7669, 7794, 7905, 8022,
  ]],
]);

/** The vertices of `EXTRA_POINTS`, or undefined where the model has neither official topology. */
export function extraVertices(model: BodyModel): readonly number[] | undefined {
  return EXTRA_VERTICES.get(bodyVertexCount(model));
}

/** Named points of a posed body: xyz interleaved, in the units of the posed body. */
export interface NamedPoints {
  names: string[];
  positions: Float64Array;
}

/** What {@linkcode skeletonPoints} adds to the joints. */
export interface SkeletonPointsOptions {
  /** The 17 points of the jaw line, which depend on how far the neck is turned. Default: left out. */
  contour?: "include" | "omit";
}

/**
 * The joints of a posed body, then the extra points where its topology is known, then the 51
 * landmarks of the face (`face17` … `face67`, iBUG's numbers) where its file has them, then with
 * `contour` the jaw line (`face0` … `face16`): the order of smplx's `joints`.
 */
export function skeletonPoints(
  model: BodyModel,
  posed: PosedBody,
  { contour = "omit" }: SkeletonPointsOptions = {},
): NamedPoints {
  const names: string[] = [...JOINT_NAMES[model.kind]];
  const positions: number[] = [...posed.joints];
  const vertices = extraVertices(model);
  if (vertices !== undefined) {
    names.push(...EXTRA_POINTS);
    for (const v of vertices) positions.push(...posed.vertices.subarray(3 * v, 3 * v + 3));
  }
  const inner = faceLandmarks(model, posed);
  if (inner !== undefined) {
    positions.push(...inner);
    for (let i = 0; i < inner.length / 3; i++) names.push(`face${17 + i}`);
  }
  const outer = contour === "include" ? jawLine(model, posed) : undefined;
  if (outer !== undefined) {
    positions.push(...outer);
    for (let i = 0; i < outer.length / 3; i++) names.push(`face${i}`);
  }
  return { names, positions: Float64Array.from(positions) };
}

/** The inner landmarks of the face (iBUG 17 … 67), or undefined where the model has none. */
export function faceLandmarks(model: BodyModel, posed: PosedBody): Float64Array | undefined {
  const { landmarks } = model;
  if (landmarks === undefined) return undefined;
  return pointsOn(model, posed, landmarks, 0, landmarks.face.length);
}

const JAW_POINTS = 17, MAX_TURN_DEG = 39, TURNS = 2 * MAX_TURN_DEG + 1;

/**
 * The jaw line (iBUG 0 … 16), or undefined where the model has none: the points on the outline
 * of the face as seen from the front, looked up by the turn of the neck about y in whole degrees
 * (rows 0 … 39: to one side; 40 … 78: to the other), as smplx does.
 */
export function jawLine(model: BodyModel, posed: PosedBody): Float64Array | undefined {
  const { contour, kind } = model;
  if (contour === undefined) return undefined;
  const at = 12 * jointIndex(kind, "neck"), t = posed.transforms;
  const turnDeg = Math.atan2(-t[at + 8], Math.hypot(t[at], t[at + 4])) * 180 / Math.PI;
  const turn = Math.round(Math.min(-turnDeg, MAX_TURN_DEG));
  const row = turn >= 0 ? turn : Math.min(MAX_TURN_DEG - turn, TURNS - 1);
  return pointsOn(model, posed, contour, JAW_POINTS * row, JAW_POINTS);
}

function pointsOn(
  model: BodyModel,
  posed: PosedBody,
  { face, weight }: SurfacePoints,
  from: number,
  count: number,
): Float64Array {
  const out = new Float64Array(3 * count);
  for (let p = 0; p < count; p++) {
    for (let corner = 0; corner < 3; corner++) {
      const v = 3 * model.faces[3 * face[from + p] + corner], w = weight[3 * (from + p) + corner];
      for (let k = 0; k < 3; k++) out[3 * p + k] += w * posed.vertices[v + k];
    }
  }
  return out;
}
