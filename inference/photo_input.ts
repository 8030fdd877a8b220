/** A photo as methods see it: a square picture of its person, with keypoints and mask. */
import type { PerspectiveCamera } from "../core/geometry/camera.ts";
import { identity } from "../core/geometry/transform.ts";
import { InputError } from "../core/work/errors.ts";
import { basename, extname } from "../core/work/path.ts";
import { SUITE_FOV_DEG } from "../render/cameras.ts";
import type { Need } from "./method.ts";
import { analysePhoto, type PhotoAnalysis } from "./photo/analyse_photo.ts";
import { openPoseNetworks, type PoseNetworks } from "./photo/networks.ts";
import { readOwnKeypoints } from "./photo/own_keypoints.ts";
import { readMask } from "./photo/own_mask.ts";
import { type Photo, readPhoto } from "./photo/read_photo.ts";
import { type PhotoSquare, type WorkingPicture, workingPicture } from "./photo/working_picture.ts";
import type { MaskMap, ViewInput } from "./view_input.ts";

/** A photo and what the user knows about it. */
export interface PhotoPlace {
  /** Picture file. */
  path: string;
  /** Mask picture of the photo's size: above 0 is the person. Absent: the network's. */
  maskFile?: string | undefined;
  /** OpenPose JSON of the photo. Absent: the network's keypoints. */
  keypointsFile?: string | undefined;
  /**
   * What the square picture shows: the person as large as in the suite's views, or the whole
   * photo, padded. Default: `person`.
   */
  frame?: "person" | "photo" | undefined;
}

/** A photo's view, and what it was made from. */
export interface PhotoInput extends ViewInput {
  photo: Photo;
  analysis: PhotoAnalysis;
  working: WorkingPicture;
}

/** Height that a person in a photo is taken to have, metres: only the shape can be observed. */
export const ASSUMED_HEIGHT_M = 1.7;

/** Loaded with the first photo that needs them and kept: one set a thread. */
let networks: Promise<PoseNetworks> | undefined;

/** The pose networks of this thread. */
export function sharedNetworks(): Promise<PoseNetworks> {
  networks ??= openPoseNetworks().catch((error) => {
    networks = undefined;
    throw error;
  });
  return networks;
}

/**
 * Opens a photo: finds its person, or takes the user's own keypoints and mask, and cuts out a square
 * of 2048². The photo is taken to be from a camera with 2K2K's field of view over its longer side,
 * the person to be 1.7 m tall in the mask; the square's camera is that camera's part.
 *
 * @throws {InputError} If a file cannot be read, sizes differ, nobody is there or the mask is empty.
 */
export async function openPhoto(
  { path, maskFile, keypointsFile, frame = "person" }: PhotoPlace,
): Promise<PhotoInput> {
  const subject = basename(path, extname(path));
  const photo = await readPhoto(path);
  const mask = maskFile === undefined ? undefined : await readMask(maskFile, photo);
  const keypoints = keypointsFile === undefined
    ? undefined
    : await readOwnKeypoints(keypointsFile, photo);
  const complete = mask !== undefined && keypoints !== undefined;
  const analysis = await analysePhoto(photo, {
    mask,
    keypoints,
    ...(complete ? {} : { networks: await sharedNetworks() }),
  });
  const working = await workingPicture({ photo, analysis }, { frame });
  const camera = cameraOfSquare(photo, working);
  const missing = () => {
    throw new InputError(`Cannot use photo "${subject}": it has no ground truth`, { file: path });
  };
  return {
    subject,
    view: undefined,
    frame: "camera",
    camera: { camera, subjectDistanceM: camera.fy * ASSUMED_HEIGHT_M / rowsOf(working.mask) },
    has: new Set<Need>(["camera", "color", "mask", "keypoints"]),
    depth: missing,
    color: (side) =>
      Promise.resolve(
        side === "front" ? { data: working.picture.data, channels: 3 as const } : undefined,
      ),
    mask: () => Promise.resolve(working.mask),
    keypoints: () => Promise.resolve(working.keypoints),
    cue: analysis.cue,
    notes: [...photo.notes.filter(({ code }) => code !== "photo-shrunk"), ...analysis.warnings],
    body: missing,
    photo,
    analysis,
    working,
  };
}

/** The part of the photo's assumed camera that a square shows. */
function cameraOfSquare(
  { width, height }: Photo,
  { square, picture }: { square: PhotoSquare; picture: { width: number } },
): PerspectiveCamera {
  const scale = picture.width / square.sidePx;
  const focal = scale * Math.max(width, height) / (2 * Math.tan(SUITE_FOV_DEG / 360 * Math.PI));
  return {
    projection: "perspective",
    width: picture.width,
    height: picture.width,
    fx: focal,
    fy: focal,
    cx: scale * (width / 2 - square.x),
    cy: scale * (height / 2 - square.y),
    camFromScan: identity(),
    yawDeg: 0,
    pitchDeg: 0,
  };
}

/** Rows from the first to the last that the mask covers. */
function rowsOf({ width, height, data }: MaskMap): number {
  const covered = (y: number) => data.subarray(y * width, (y + 1) * width).includes(255);
  let top = 0, bottom = height - 1;
  while (top < bottom && !covered(top)) top++;
  while (bottom > top && !covered(bottom)) bottom--;
  return bottom - top + 1;
}
