/** The pose network's points with the depths that the lifter makes of them, for fitting a body. */
import { upright } from "../align/align_photo.ts";
import { POINTS_33 } from "../photo/landmarks.ts";
import type { SessionOptions } from "../onnx/session.ts";
import { lift } from "./compact_coarse.ts";
import type { ModelFolder } from "./model_json.ts";
import {
  type CropSquare,
  CUE_POINTS,
  cuePoints,
  landmarkScale,
  type PoseLandmarks,
} from "./pose_cue.ts";

type Name = (typeof POINTS_33)[number];

/** Points that the lifter knows: those of the cue but for the nose and hands, which stand for joints. */
const LIFTED: readonly Name[] = CUE_POINTS.filter((name) =>
  name !== "nose" && !name.endsWith("_knuckle")
);

/** Points that move along with others. */
const FOLLOW: readonly (readonly [Name, readonly Name[]])[] = [
  ["l_heel", ["l_ankle"]],
  ["r_heel", ["r_ankle"]],
  ["nose", ["l_shoulder", "r_shoulder"]],
  ["l_ear", ["l_shoulder", "r_shoulder"]],
  ["r_ear", ["l_shoulder", "r_shoulder"]],
];

/**
 * Corrects the depths of the front end's points.
 *
 * @returns 33 × 3 metres that do not lean: `alignPhoto` takes them with `leanRad: 0`.
 * @throws {InputError} If the lifter cannot be loaded.
 */
export async function liftedWorld(
  landmarks: PoseLandmarks,
  square: CropSquare,
  { model, session }: { model: ModelFolder; session: SessionOptions },
): Promise<Float64Array> {
  const lifted = await lift(cuePoints(landmarks, square), model, session);
  return withDepths(landmarks, lifted, square.sidePx / landmarkScale(landmarks));
}

/**
 * Puts a cue's depths into upright landmarks.
 *
 * @param lifted Points of a cue, depths in shares of a side from the middle of the hips.
 * @param sideM Metres a side.
 */
export function withDepths(
  { worldM }: PoseLandmarks,
  lifted: Float64Array,
  sideM: number,
): Float64Array {
  const out = upright(worldM), z = (name: Name) => 3 * POINTS_33.indexOf(name) + 2;
  const before = out.slice(), hips = (before[z("l_hip")] + before[z("r_hip")]) / 2;
  for (const name of LIFTED) {
    out[z(name)] = hips + sideM * lifted[4 * CUE_POINTS.indexOf(name) + 2];
  }
  for (const [name, leaders] of FOLLOW) {
    for (const leader of leaders) {
      out[z(name)] += (out[z(leader)] - before[z(leader)]) / leaders.length;
    }
  }
  return out;
}
