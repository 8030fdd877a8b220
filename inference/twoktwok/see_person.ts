/** What the photo front end sees of a square picture: the compact model's own eyes. */
import type { OpenPoseKeypoints } from "../../core/files/openpose_json.ts";
import { analysePhoto } from "../photo/analyse_photo.ts";
import type { PoseNetworks } from "../photo/networks.ts";
import type { MaskPicture, RgbPicture } from "./picture.ts";
import type { CanvasPlace } from "./picture.ts";
import type { PoseLandmarks } from "./pose_cue.ts";

/** A person as the front end sees them; positions are pixels of the picture. */
export interface SeenPerson {
  keypoints: OpenPoseKeypoints;
  /** 255 inside. */
  mask: MaskPicture & { data: Uint8Array };
  landmarks: PoseLandmarks;
  warnings: string[];
}

/**
 * Looks at a picture.
 *
 * @param name The picture, for messages.
 * @throws {InputError} If nobody is there.
 */
export async function seePerson(
  picture: RgbPicture,
  networks: PoseNetworks,
  name: string,
): Promise<SeenPerson> {
  const { width, height, data } = picture;
  const { keypoints, mask, cue, warnings } = await analysePhoto({
    file: name,
    width,
    height,
    picture: { width, height, channels: 3, data },
    alpha: undefined,
    notes: [],
    part: () => Promise.reject(new TypeError("Cannot decode a part: the picture is no file")),
  }, { networks });
  const pointsPx = new Float64Array(99);
  for (let k = 0; k < 33; k++) {
    pointsPx[3 * k] = cue!.points33[4 * k];
    pointsPx[3 * k + 1] = cue!.points33[4 * k + 1];
    pointsPx[3 * k + 2] = cue!.points33[4 * k + 3];
  }
  return {
    keypoints,
    mask,
    landmarks: { pointsPx, worldM: cue!.worldM },
    warnings: warnings.map(({ code, text }) => `${code}: ${text}`),
  };
}

/** Landmarks of a picture on the canvas that it was put on. */
export function landmarksOnCanvas(
  { pointsPx, worldM }: PoseLandmarks,
  { padX, padY, scale }: CanvasPlace,
): PoseLandmarks {
  const moved = pointsPx.slice();
  for (let i = 0; i < moved.length; i += 3) {
    moved[i] = (pointsPx[i] + padX) * scale;
    moved[i + 1] = (pointsPx[i + 1] + padY) * scale;
  }
  return { pointsPx: moved, worldM };
}

/** The grey of {@linkcode overGrey}. */
const GREY = 128;

/**
 * A cut-out over grey instead of black: pose networks lose dark clothes in a black ground.
 *
 * @param inside > 0 where the cut-out is.
 */
export function overGrey(picture: RgbPicture, inside: MaskPicture): RgbPicture {
  const data = picture.data.slice();
  for (let i = 0; i < inside.data.length; i++) {
    if (!(inside.data[i] > 0)) data.fill(GREY, 3 * i, 3 * i + 3);
  }
  return { ...picture, data };
}
