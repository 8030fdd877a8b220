/** How far the joints that a pose network sees in one picture lie from those it sees in another. */
import { InputError, messageOf } from "../../core/work/errors.ts";
import { choosePerson } from "../../inference/photo/choose_person.ts";
import { POINT_STRIDE, POINTS_33 } from "../../inference/photo/landmarks.ts";
import type { PoseNetworks } from "../../inference/photo/networks.ts";
import { pyramidOf, type RgbImage } from "../../inference/photo/pyramid.ts";

/** The joints that count: shoulders, elbows, wrists, hips, knees, ankles (MediaPipe's 11–16, 23–28). */
export const ERROR_JOINTS: readonly number[] = Object.freeze(
  POINTS_33.flatMap((name, i) =>
    /^[lr]_(shoulder|elbow|wrist|hip|knee|ankle)$/.test(name) ? i : []
  ),
);

/** What {@linkcode keypointError} found. */
export interface KeypointError {
  /** Mean distance of the twelve joints, pixels; null where a picture shows nobody. */
  meanPx: number | null;
  /** Why it is null. */
  problem?: string;
}

/**
 * Mean distance between the joints of the most prominent person of two pictures of one size: SiTH's
 * joint error (`tools/evaluate_image.py`), by the bundled pose network.
 */
export async function keypointError(
  prediction: RgbImage,
  truth: RgbImage,
  networks: PoseNetworks,
): Promise<KeypointError> {
  const found: Float64Array[] = [];
  for (const [name, picture] of [["prediction", prediction], ["scan", truth]] as const) {
    try {
      const { person } = await choosePerson(pyramidOf(picture), networks, { file: name });
      found.push(person.points);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return { meanPx: null, problem: `no keypoint error: in the ${name}, ${messageOf(error)}` };
    }
  }
  return { meanPx: meanDistance(found[0], found[1]) };
}

/** Mean distance of the joints that count. */
export function meanDistance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (const joint of ERROR_JOINTS) {
    const at = POINT_STRIDE * joint;
    sum += Math.hypot(a[at] - b[at], a[at + 1] - b[at + 1]);
  }
  return sum / ERROR_JOINTS.length;
}
