/** Keypoints and mask of the person in a photo. */
import type { OpenPoseKeypoints } from "../../core/files/openpose_json.ts";
import type { Note } from "../../core/files/note.ts";
import { BODY_25 } from "../../body/keypoints.ts";
import { InputError } from "../../core/work/errors.ts";
import { choosePerson } from "./choose_person.ts";
import type { FollowedPerson } from "./follow_person.ts";
import { openPoseKeypoints } from "./keypoint_map.ts";
import { LANDMARK_SIZE, POINT_STRIDE } from "./landmarks.ts";
import { type Matte, refineMatte } from "./matte.ts";
import type { PoseNetworks } from "./networks.ts";
import { type OwnKeypoints, regionOfKeypoints } from "./own_keypoints.ts";
import type { OwnMask } from "./own_mask.ts";
import { pyramidOf, type RgbImage } from "./pyramid.ts";
import type { Photo } from "./read_photo.ts";
import type { Region } from "./region.ts";

/** What is known of a photo, and what looks at it. */
export interface PhotoSources {
  /** Needed unless both keypoints and mask are given. */
  networks?: PoseNetworks | undefined;
  /** The user's own keypoints, instead of the network's. */
  keypoints?: OwnKeypoints | undefined;
  /** The user's own mask, instead of the network's. */
  mask?: OwnMask | undefined;
}

/** What the network saw of the person, beside the keypoints. Positions are pixels of the photo. */
export interface PersonCue {
  /** Probability that there is a person in the region. */
  presence: number;
  /** The square that was looked at. */
  region: Region;
  /**
   * The network's own 33 points (`POINTS_33`): x, y, z in pixels (z away from the camera, 0 at the
   * hips), confidence. Length 132.
   */
  points33: Float64Array;
  /**
   * The same points in metres, xyz: x right, y down, z away from the camera, in the axes of the
   * photo; origin in the middle of the hips. A guess of a person of ordinary size. Length 99.
   */
  worldM: Float64Array;
}

/** A photo's person. */
export interface PhotoAnalysis {
  /** OpenPose keypoints, pixels of the photo; see `OpenPoseKeypoints` for what is missing. */
  keypoints: OpenPoseKeypoints;
  /** Coverage by the person at the size of the photo's `picture`, 0 to 255. */
  matte: Matte;
  /** 255 where the matte is above half, else 0. */
  mask: Matte;
  /** Undefined where keypoints and mask were both given. */
  cue: PersonCue | undefined;
  /** People that were found; the most prominent one is meant. */
  people: number;
  /** Where keypoints and mask come from. */
  sources: { keypoints: "network" | "file"; mask: "network" | "alpha" | "file" };
  /** What a user should know. */
  warnings: Note[];
}

/** Share of the photo that must be transparent, and opaque, for its alpha to be a mask. */
const MIN_TRANSPARENT = 0.05, MIN_OPAQUE = 0.005;

/**
 * Finds keypoints and mask of the most prominent person of a photo: the largest, with a preference
 * for the middle. A photo with an alpha channel that cuts the person out is its own mask; keypoints
 * and masks of the user's replace the network's, and say which person is meant.
 *
 * @throws {InputError} If there is nobody, by name of what was looked for.
 * @throws {RangeError} If the networks are needed and were not given.
 */
export async function analysePhoto(
  photo: Photo,
  { networks, keypoints: ownKeypoints, mask: ownMask }: PhotoSources,
): Promise<PhotoAnalysis> {
  const warnings: Note[] = [...ownKeypoints?.notes ?? [], ...ownMask?.notes ?? []];
  const alpha = ownMask === undefined ? maskOfAlpha(photo, warnings) : undefined;
  const given = ownMask?.matte ?? alpha;
  const sources: PhotoAnalysis["sources"] = {
    keypoints: ownKeypoints === undefined ? "network" : "file",
    mask: ownMask !== undefined ? "file" : alpha !== undefined ? "alpha" : "network",
  };
  if (ownKeypoints !== undefined && given !== undefined) {
    const { keypoints } = ownKeypoints;
    const mask = maskOf(given);
    return { keypoints, matte: given, mask, cue: undefined, people: 1, sources, warnings };
  }
  if (networks === undefined) {
    throw new RangeError("Cannot analyse a photo: no networks, and not both keypoints and a mask");
  }
  // With a mask, the networks see the person alone.
  const pyramid = pyramidOf(given === undefined ? photo.picture : cutOut(photo.picture, given));
  const { person, people } = await choosePerson(pyramid, networks, {
    file: photo.file,
    start: ownKeypoints && scaled(regionOfKeypoints(ownKeypoints.keypoints), 1 / scaleOf(photo)),
  });
  warnings.push(...personNotes(person, people));
  const matte = given ?? refineMatte(person, pyramid);
  const mask = maskOf(matte);
  if (!mask.data.includes(255)) {
    throw new InputError("Cannot separate the person from the photo: the mask is empty", {
      file: photo.file,
      hint: "give a mask with --mask FILE",
    });
  }
  const keypoints = ownKeypoints?.keypoints ?? inPhoto(openPoseKeypoints(person), photo);
  if (ownKeypoints === undefined) warnings.push(...cutOff(keypoints, photo));
  return { keypoints, matte, mask, cue: cueOf(person, photo), people, sources, warnings };
}

/** The matte that a photo's own alpha is, if it cuts somebody out. */
function maskOfAlpha({ alpha, picture }: Photo, warnings: Note[]): Matte | undefined {
  if (alpha === undefined) return undefined;
  let opaque = 0;
  for (const value of alpha) if (value > 127) opaque++;
  const share = opaque / alpha.length;
  if (share >= MIN_OPAQUE && share <= 1 - MIN_TRANSPARENT) {
    return { width: picture.width, height: picture.height, data: alpha };
  }
  warnings.push({
    code: "alpha-ignored",
    text: `${
      (100 * share).toFixed(1)
    } % of the photo are opaque: its alpha was not taken as the mask`,
  });
  return undefined;
}

/** 255 where a matte is above half, else 0. */
export function maskOf({ width, height, data }: Matte): Matte {
  return { width, height, data: data.map((value) => value > 127 ? 255 : 0) };
}

/** The picture with black outside of a matte. */
function cutOut({ width, height, data }: RgbImage, matte: Matte): RgbImage {
  const out = data.slice();
  for (let i = 0; i < matte.data.length; i++) {
    if (matte.data[i] <= 127) out.fill(0, 3 * i, 3 * i + 3);
  }
  return { width, height, channels: 3, data: out };
}

function personNotes(person: FollowedPerson, people: number): Note[] {
  const notes: Note[] = [];
  if (people > 1) {
    notes.push({
      code: "several-people",
      text:
        `${people} people were found; the most prominent one (largest, nearest to the middle) ` +
        "was taken",
    });
  }
  if (!person.settled) {
    notes.push({
      code: "doubtful-pose",
      text: `${person.looks} looks at the person did not agree: check the keypoints`,
    });
  }
  if (person.region.sidePx < LANDMARK_SIZE) {
    notes.push({
      code: "small-person",
      text: `the person fills a square of ${Math.round(person.region.sidePx)} pixels; ` +
        `the network looks at ${LANDMARK_SIZE}`,
    });
  }
  return notes;
}

/** Photo pixels a pixel of its picture, along x and y (equal but for rounding). */
function scalesOf({ width, height, picture }: Photo): [number, number] {
  return [width / picture.width, height / picture.height];
}

function scaleOf(photo: Photo): number {
  return scalesOf(photo)[0];
}

function scaled(region: Region | undefined, factor: number): Region | undefined {
  return region && {
    cx: factor * region.cx,
    cy: factor * region.cy,
    sidePx: factor * region.sidePx,
    angleRad: region.angleRad,
  };
}

/** Brings keypoints from the picture to the photo. */
function inPhoto(keypoints: OpenPoseKeypoints, photo: Photo): OpenPoseKeypoints {
  const [scaleX, scaleY] = scalesOf(photo);
  const each = (points: Float64Array) =>
    points.map((value, i) => i % 3 === 0 ? scaleX * value : i % 3 === 1 ? scaleY * value : value);
  return {
    body25: each(keypoints.body25),
    handLeft: each(keypoints.handLeft),
    handRight: each(keypoints.handRight),
  };
}

/** Takes the confidence of points outside of the photo, in place, and names them. */
function cutOff(keypoints: OpenPoseKeypoints, { width, height }: Photo): Note[] {
  const names: string[] = [];
  for (const part of ["body25", "handLeft", "handRight"] as const) {
    const points = keypoints[part];
    let outside = 0;
    for (let k = 0; 3 * k < points.length; k++) {
      const x = points[3 * k], y = points[3 * k + 1];
      if (x >= 0 && y >= 0 && x <= width && y <= height) continue;
      points[3 * k + 2] = 0;
      outside++;
      if (part === "body25") names.push(BODY_25[k]);
    }
    if (outside > 0 && part !== "body25") {
      names.push(`${outside} points of the ${part === "handLeft" ? "left" : "right"} hand`);
    }
  }
  return names.length === 0 ? [] : [{
    code: "cut-off",
    text: `the person is cut off: ${names.join(", ")} lie outside of the photo (confidence 0)`,
  }];
}

function cueOf(person: FollowedPerson, photo: Photo): PersonCue {
  const [scaleX, scaleY] = scalesOf(photo);
  const { points, worldM, presence } = person;
  const points33 = new Float64Array(points.length / POINT_STRIDE * 4);
  for (let from = 0, to = 0; from < points.length; from += POINT_STRIDE, to += 4) {
    points33[to] = scaleX * points[from];
    points33[to + 1] = scaleY * points[from + 1];
    points33[to + 2] = scaleX * points[from + 2];
    points33[to + 3] = points[from + 3] * points[from + 4];
  }
  return { presence, region: scaled(person.region, scaleX)!, points33, worldM };
}
