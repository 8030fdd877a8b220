/** Keypoints that the user brings. */
import { diskPlace } from "../../core/files/disk.ts";
import type { Note } from "../../core/files/note.ts";
import {
  type OpenPoseKeypoints,
  type OpenPosePerson,
  readOpenPose,
} from "../../core/files/openpose_json.ts";
import { InputError } from "../../core/work/errors.ts";
import type { Photo } from "./read_photo.ts";
import { type Region, regionOfCircle } from "./region.ts";

/** Keypoints of one person from a file, pixels of the photo. */
export interface OwnKeypoints {
  keypoints: OpenPoseKeypoints;
  notes: Note[];
}

/** Points that a body must have to be used at all. */
const MIN_POINTS = 4;

/**
 * Reads an OpenPose JSON of a photo. Of several people the one who reaches furthest is taken.
 *
 * @throws {InputError} If it is no such file, holds nobody, or lies beside the photo altogether.
 */
export async function readOwnKeypoints(path: string, photo: Photo): Promise<OwnKeypoints> {
  const { folder, name } = diskPlace(path);
  return chooseKeypoints(await readOpenPose(await folder.open(name)), photo, path);
}

/** Chooses the person of a keypoint file; see {@linkcode readOwnKeypoints}. */
export function chooseKeypoints(
  people: readonly OpenPosePerson[],
  photo: Pick<Photo, "width" | "height">,
  file: string,
): OwnKeypoints {
  const usable = people.filter(({ body25 }) => placesOf(body25).length >= MIN_POINTS);
  if (usable.length === 0) {
    throw new InputError(
      people.length === 0
        ? "Cannot use the keypoints: the file holds nobody, expected a person"
        : `Cannot use the keypoints: nobody in the file has ${MIN_POINTS} or more body points`,
      { file },
    );
  }
  const person = usable.reduce((a, b) => reachOf(b.body25) > reachOf(a.body25) ? b : a);
  const places = placesOf(person.body25);
  const inside = places.filter(([x, y]) =>
    x >= 0 && y >= 0 && x <= photo.width && y <= photo.height
  );
  if (inside.length < places.length / 2) {
    throw new InputError(
      `Cannot use the keypoints: ${
        places.length - inside.length
      } of ${places.length} lie outside ` +
        `of the photo's ${photo.width} × ${photo.height} pixels`,
      { file, hint: "were they made from the photo at another size?" },
    );
  }
  const notes: Note[] = [];
  if (usable.length > 1) {
    notes.push({
      code: "keypoints-several",
      text:
        `the keypoint file holds ${usable.length} people; the one who reaches furthest was taken`,
    });
  }
  if (person.layout === "COCO_18") {
    notes.push({
      code: "keypoints-coco",
      text: "the keypoints are COCO_18: the middle of the hips was computed, the feet are missing",
    });
  }
  if (!person.hasHands) {
    notes.push({ code: "keypoints-no-hands", text: "the keypoint file has no hands" });
  }
  const { body25, handLeft, handRight } = person;
  return { keypoints: { body25, handLeft, handRight }, notes };
}

/** Positions of the points that are there. */
function placesOf(points: Float64Array): [number, number][] {
  const places: [number, number][] = [];
  for (let i = 0; i < points.length; i += 3) {
    if (points[i] !== 0 || points[i + 1] !== 0) places.push([points[i], points[i + 1]]);
  }
  return places;
}

/** Diagonal of the box around a body, pixels. */
function reachOf(body25: Float64Array): number {
  const places = placesOf(body25);
  const xs = places.map(([x]) => x), ys = places.map(([, y]) => y);
  return Math.hypot(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys));
}

/** BODY_25 indices of neck, middle of the hips, and both shoulders and hips. */
const NECK = 1, MID_HIP = 8, SHOULDERS = [2, 5], HIPS = [9, 12];

/** The network's circle reaches this much beyond the furthest keypoint: hair, soles, fingers. */
const BEYOND = 1.08;

/**
 * The region of a person from their keypoints: around the middle of the hips, its top in the
 * direction of the neck. Undefined where the trunk is not known.
 */
export function regionOfKeypoints({ body25 }: OpenPoseKeypoints): Region | undefined {
  const point = (k: number): [number, number] | undefined => {
    const x = body25[3 * k], y = body25[3 * k + 1];
    return x === 0 && y === 0 ? undefined : [x, y];
  };
  const middle = (pair: readonly number[]): [number, number] | undefined => {
    const a = point(pair[0]), b = point(pair[1]);
    return a && b && [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
  };
  const hips = point(MID_HIP) ?? middle(HIPS), neck = point(NECK) ?? middle(SHOULDERS);
  if (hips === undefined || neck === undefined) return undefined;
  const dx = neck[0] - hips[0], dy = neck[1] - hips[1], trunk = Math.hypot(dx, dy);
  if (!(trunk > 0)) return undefined;
  const reach = BEYOND *
    Math.max(...placesOf(body25).map(([x, y]) => Math.hypot(x - hips[0], y - hips[1])));
  return regionOfCircle(hips, [hips[0] + dx / trunk * reach, hips[1] + dy / trunk * reach]);
}
