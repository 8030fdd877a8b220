/** Keypoints on a picture: where they fall, and whether they can be seen. */
import type { Keypoints3D } from "../body/keypoints.ts";
import { type Camera, project } from "../core/geometry/camera.ts";
import { withDefaults } from "../core/work/options.ts";

/**
 * Keypoints in pixels: rows of u, v, visibility. Visibility is 0 where the point is unknown, behind
 * the camera (both with u = v = 0) or outside of the picture, 1 where something hides it, 2 where
 * it is seen.
 */
export interface ViewKeypoints {
  /** OpenPose BODY_25 order, length 75. */
  body25: Float64Array;
  /** OpenPose hand order, length 63. */
  handLeft: Float64Array;
  handRight: Float64Array;
  /** 2K2K's 31, derived by {@linkcode keypoints31}; length 93. */
  keypoints31: Float64Array;
}

/** How far keypoints lie inside the body: distance to the nearest surface, metres. */
export interface KeypointRadii {
  /** Length 25. */
  body25: ArrayLike<number>;
  /** Length 21. */
  handLeft: ArrayLike<number>;
  handRight: ArrayLike<number>;
}

/** What a picture says about occlusion. */
export interface KeypointView {
  camera: Camera;
  /** Front depth map of the camera's size, metres, 0 = background. */
  depth: Float32Array;
  radiiM: KeypointRadii;
}

/** How occlusion is told. */
export interface KeypointOptions {
  /**
   * How many times its radius a joint may lie behind the front surface: 1 where a limb is seen
   * square on, 2 at 60° from that, a little more under clothes. Chosen on the 16 training people:
   * at 2, nearly half of the ankles that one sees in front views count as hidden by their own hem; at
   * 3, the far hip in profile counts as seen. Default: 2.5.
   */
  radiusFactor?: number;
  /** Added for points on the skin (radius 0), clothes and noise, metres. Default: 0.02. */
  marginM?: number;
}

/** The defaults of {@linkcode KeypointOptions}. */
export const KEYPOINT_DEFAULTS: Required<KeypointOptions> = Object.freeze({
  radiusFactor: 2.5,
  marginM: 0.02,
});

/**
 * Projects keypoints and tells which can be seen. A joint lies inside the flesh, so it counts as
 * seen where the front surface at its pixel is at most `radiusFactor × radius + marginM` before it;
 * beyond that, another part of the body is in the way. A joint over the background is seen.
 *
 * @param keypoints In the scan's frame, metres; NaN where unknown.
 */
export function projectKeypoints(
  keypoints: Keypoints3D,
  view: KeypointView,
  options: KeypointOptions = {},
): ViewKeypoints {
  const settings = withDefaults(KEYPOINT_DEFAULTS, options);
  const rows = (part: "body25" | "handLeft" | "handRight") =>
    projectPart(keypoints[part], view.radiiM[part], view, settings);
  const found = {
    body25: rows("body25"),
    handLeft: rows("handLeft"),
    handRight: rows("handRight"),
  };
  return { ...found, keypoints31: keypoints31(found) };
}

function projectPart(
  points: Float64Array,
  radiiM: ArrayLike<number>,
  { camera, depth }: KeypointView,
  { radiusFactor, marginM }: Required<KeypointOptions>,
): Float64Array {
  const rows = new Float64Array(points.length);
  for (let i = 0; i < points.length; i += 3) {
    const [u, v, depthM] = project(camera, [points[i], points[i + 1], points[i + 2]]);
    if (!(depthM > 0)) continue;
    rows[i] = u;
    rows[i + 1] = v;
    const column = Math.floor(u), row = Math.floor(v);
    if (column < 0 || row < 0 || column >= camera.width || row >= camera.height) continue;
    const frontM = depth[row * camera.width + column];
    const roomM = radiusFactor * radiiM[i / 3] + marginM;
    rows[i + 2] = frontM === 0 || depthM - frontM <= roomM ? 2 : 1;
  }
  return rows;
}

/** Where each of 2K2K's 31 comes from: BODY_25 index, or joint of a hand. */
const SOURCES: readonly (readonly ["body25" | "handLeft" | "handRight", number])[] = [
  ...[0, 16, 15, 18, 17, 5, 2, 6, 3, 7, 4, 12, 9, 13, 10, 14, 11, 19, 20, 21, 22, 23, 24]
    .map((index) => ["body25", index] as const),
  ...[6, 10, 14, 18].map((joint) => ["handLeft", joint] as const),
  ...[6, 10, 14, 18].map((joint) => ["handRight", joint] as const),
];

/**
 * Derives the 31 keypoints that 2K2K's network is given from OpenPose's: nose, eyes, ears,
 * shoulders, elbows, wrists, hips, knees, ankles (left, right), left toes and heel, right toes and
 * heel, second joints of the left and right fingers 2 to 5. An ear that is unknown (u = v = 0)
 * takes the eye of its side, as the published program does.
 *
 * @returns Rows of u, v, visibility, length 93.
 */
export function keypoints31(found: Omit<ViewKeypoints, "keypoints31">): Float64Array {
  const rows = new Float64Array(3 * SOURCES.length);
  SOURCES.forEach(([part, index], i) => {
    rows.set(found[part].subarray(3 * index, 3 * index + 3), 3 * i);
  });
  for (const [ear, eye] of [[3, 1], [4, 2]]) {
    if (rows[3 * ear] === 0 && rows[3 * ear + 1] === 0) {
      rows.copyWithin(3 * ear, 3 * eye, 3 * eye + 3);
    }
  }
  return rows;
}
