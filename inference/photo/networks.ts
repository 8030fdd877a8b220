/** The two networks of the photo front end, bundled in `fixtures/models/pose`. */
import { join } from "../../core/work/path.ts";
import { FIXTURES } from "../../core/work/paths.ts";
import { openSession, type Session, type SessionOptions } from "../onnx/session.ts";
import { cropRegion } from "./crop.ts";
import { decodeDetections, type Detection, DETECTOR_SIZE } from "./detections.ts";
import { decodeLandmarks, LANDMARK_SIZE, type Landmarks } from "./landmarks.ts";
import type { Pyramid } from "./pyramid.ts";
import { fromRegion, type Region } from "./region.ts";

/** Where the bundled networks are. */
export const POSE_MODELS: string = join(FIXTURES, "models", "pose");

/** What the networks see of one region. */
export interface PersonInRegion extends Landmarks {
  /** The region that was looked at. */
  region: Region;
  /** 256 × 256 logits over the region. */
  segmentation: Float32Array;
}

/** Finds people and looks at one of them. Dispose it to give its memory back. */
export interface PoseNetworks extends AsyncDisposable {
  /** Looks for people in a square of the picture; positions are pixels of the picture. */
  detect(pyramid: Pyramid, window: Region): Promise<Detection[]>;
  /** Looks at the person in a region. */
  look(pyramid: Pyramid, region: Region): Promise<PersonInRegion>;
}

/**
 * Loads the networks (0.3 s, about 60 MB).
 *
 * @throws {InputError} If onnxruntime-node cannot be loaded here, or a model file is missing.
 */
export async function openPoseNetworks(options: SessionOptions = {}): Promise<PoseNetworks> {
  const [detector, landmarks] = await Promise.all(
    ["pose_detection.onnx", "pose_landmark_full.onnx"].map((name) =>
      openSession(join(POSE_MODELS, name), options)
    ),
  );
  return {
    detect: (pyramid, window) => detect(detector, pyramid, window),
    look: (pyramid, region) => look(landmarks, pyramid, region),
    async [Symbol.asyncDispose]() {
      await detector[Symbol.asyncDispose]();
      await landmarks[Symbol.asyncDispose]();
    },
  };
}

async function detect(session: Session, pyramid: Pyramid, window: Region): Promise<Detection[]> {
  const size = DETECTOR_SIZE;
  const data = cropRegion(pyramid, window, { size, outside: "black", range: [-1, 1] });
  const { boxes, scores } = await session.run({ image: { data, dims: [1, size, size, 3] } });
  return decodeDetections(boxes.data, scores.data).map(({ score, box, centre, top }) => {
    const [x, y] = fromRegion(window, box[0], box[1]);
    return {
      score,
      box: [x, y, box[2] * window.sidePx, box[3] * window.sidePx],
      centre: fromRegion(window, ...centre),
      top: fromRegion(window, ...top),
    };
  });
}

async function look(session: Session, pyramid: Pyramid, region: Region): Promise<PersonInRegion> {
  const size = LANDMARK_SIZE;
  const data = cropRegion(pyramid, region, { size });
  const outputs = await session.run({ image: { data, dims: [1, size, size, 3] } });
  const decoded = decodeLandmarks({
    landmarks: outputs.landmarks.data,
    presence: outputs.presence.data,
    heatmaps: outputs.heatmaps.data,
    world: outputs.world.data,
  }, region);
  return { ...decoded, region, segmentation: outputs.segmentation.data };
}
