/**
 * Brings predictions into the scan's frame: from a camera's, and by rule from the frames in which
 * other programs write the meshes of pictures that were rendered as they render.
 */
import type { PredictionFrame } from "../core/files/predictions_json.ts";
import type { Camera } from "../core/geometry/camera.ts";
import type { Mesh } from "../core/geometry/mesh.ts";
import { identity, invert, type Matrix4 } from "../core/geometry/transform.ts";
import { InputError } from "../core/work/errors.ts";
import { framingOf } from "../render/cameras.ts";
import { iconSquareFromScan } from "../render/layouts/icon.ts";
import { twoKTwoKMeshFromScan } from "../render/layouts/twoktwok.ts";
import { parseViewName, type ViewAngles } from "../render/view_names.ts";

/** What decides where a prediction is. */
export interface FrameFacts {
  /** Metres, scan's frame. */
  scan: Mesh;
  /** Turns the scan upright and facing +z: other programs render it so. Default: identity. */
  upright?: Matrix4 | undefined;
  /** Joints of the scan's fit, xyz, the root first; metres, scan's frame. */
  joints?: ArrayLike<number> | undefined;
  /** The view that the method saw. Default: `y000`. */
  view?: string | undefined;
  /** Its camera, where the truth has it. */
  camera?: Camera | undefined;
}

/** Where a prediction is. */
export interface FramePlacement {
  /** From the prediction's frame, in metres where it has no unit of its own, to the scan's. */
  scanFromFrame: Matrix4;
  /** What was taken for granted. */
  warnings: string[];
}

/**
 * Places a prediction.
 *
 * @throws {InputError} If what its frame needs is not there: a camera, a view's angles.
 */
export function placePrediction(frame: PredictionFrame, facts: FrameFacts): FramePlacement {
  const { scan, upright = identity(), joints, camera } = facts;
  if (frame === "scan") return { scanFromFrame: identity(), warnings: [] };
  if (frame === "camera") {
    if (camera === undefined) {
      throw new InputError(
        "Cannot place the prediction: it is in a camera's frame and the truth has " +
          "no such view",
        { hint: "give the folder of views as --truth" },
      );
    }
    return { scanFromFrame: invert(camera.camFromScan), warnings: [] };
  }
  const angles = anglesOf(facts);
  if (frame === "2k2k") {
    const framing = framingOf(scan, upright);
    return { scanFromFrame: invert(twoKTwoKMeshFromScan(framing, angles)), warnings: [] };
  }
  const { positions } = scan;
  return {
    scanFromFrame: invert(iconSquareFromScan({ positions, upright, joints }, angles)),
    warnings: joints === undefined
      ? ["placed by the median of the scan's vertices, as it has no fit: ICON takes the root joint"]
      : [],
  };
}

function anglesOf({ view = "y000", camera }: FrameFacts): ViewAngles {
  const named = parseViewName(view);
  if (named !== undefined) return named;
  if (camera !== undefined) return { yawDeg: camera.yawDeg, pitchDeg: camera.pitchDeg };
  throw new InputError(
    `Cannot place the prediction: its view is "${view}", expected a name that tells its angles`,
    { hint: "name views y000, y120, y-30, …" },
  );
}
