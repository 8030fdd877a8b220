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
import type { MaskMap, ViewInput, WholePicture } from "./view_input.ts";

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
    has: new Set<Need>(["camera", "color", "picture", "mask", "keypoints"]),
    depth: missing,
    color: (side) =>
      Promise.resolve(
        side === "front" ? { data: working.picture.data, channels: 3 as const } : undefined,
      ),
    mask: () => Promise.resolve(working.mask),
    keypoints: () => Promise.resolve(working.keypoints),
    whole: () => wholePhoto({ photo, analysis }, maskFile),
    cue: analysis.cue,
    notes: [...photo.notes.filter(({ code }) => code !== "photo-shrunk"), ...analysis.warnings],
    body: missing,
    photo,
    analysis,
    working,
  };
}

/** The photo at full resolution with its assumed camera; a mask file is taken pixel by pixel. */
async function wholePhoto(
  { photo, analysis }: { photo: Photo; analysis: PhotoAnalysis },
  maskFile: string | undefined,
): Promise<WholePicture> {
  const { width, height, picture } = photo;
  const full = picture.width === width && picture.height === height;
  const sidePx = Math.max(width, height), square = { x: 0, y: 0, sidePx };
  const mask = full
    ? analysis.mask
    : maskFile === undefined
    ? enlarged(analysis.mask, width, height)
    : (await readMask(maskFile, { ...photo, picture: { ...picture, width, height } })).matte;
  const camera = cameraOfSquare(photo, { square, picture: { width: sidePx } });
  return {
    picture: full ? picture : await photo.part({ left: 0, top: 0, width, height }, sidePx),
    keypoints: analysis.keypoints,
    mask,
    view: {
      camera: { ...camera, width, height },
      subjectDistanceM: camera.fy * ASSUMED_HEIGHT_M / rowsOf(mask),
    },
  };
}

/** A mask at another size: the nearest pixel counts. */
function enlarged(mask: MaskMap, width: number, height: number): MaskMap {
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = Math.floor((y + 0.5) * mask.height / height) * mask.width;
    for (let x = 0; x < width; x++) {
      data[y * width + x] = mask.data[row + Math.floor((x + 0.5) * mask.width / width)];
    }
  }
  return { width, height, data };
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
