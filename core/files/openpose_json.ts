/**
 * Keypoint files of OpenPose (`--write_json`): 25 body points and two hands of 21 for each person.
 *
 * Positions are in pixels, x right and y down from the top left corner. OpenPose does not say where
 * in a pixel its centre lies; 2K2K reads x / width as a share of the width, which is the suite's own
 * convention (centres at + 0.5), so positions are taken and written as they are.
 */
import { z } from "zod";
import { InputError } from "../work/errors.ts";
import { stableJson } from "../work/json.ts";
import { open, parseJson } from "../work/schema.ts";
import { type ByteSource, readAll } from "./source.ts";

/**
 * Keypoints of one person: x, y (pixels) and confidence, interleaved. A point with x = y = 0 is
 * missing; one with a position and confidence 0 is a guess, as of a foot below the picture's edge.
 */
export interface OpenPoseKeypoints {
  /** BODY_25, length 75. */
  body25: Float64Array;
  /** 21 points of a hand, length 63. */
  handLeft: Float64Array;
  handRight: Float64Array;
}

/** A person of a keypoint file. */
export interface OpenPosePerson extends OpenPoseKeypoints {
  /** The layout that the file used. */
  layout: "BODY_25" | "COCO_18";
  /** False where the file has no hands (or empty lists). */
  hasHands: boolean;
}

/** Numbers a body point list may have, and the layout that this means. */
const LAYOUTS: ReadonlyMap<number, string> = new Map([
  [75, "BODY_25"],
  [54, "COCO_18"],
  [45, "MPI_15"],
  [51, "COCO_17"],
  [57, "BODY_19"],
  [69, "BODY_23"],
  [405, "BODY_135"],
]);

/** BODY_25 index of the points of OpenPose's COCO_18. */
// deno-fmt-ignore
const COCO_18: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18];

const HAND_LENGTH = 63;

/** The most people of one picture, and the longest file that is read. */
const MAX_PEOPLE = 10_000, MAX_BYTES = 8 << 20;

/** Positions beyond this are no pixels. */
const MAX_POSITION = 1e6;

const numbers = z.array(z.number());

const fileSchema = open({
  people: z.array(open({
    pose_keypoints_2d: numbers,
    hand_left_keypoints_2d: numbers.optional(),
    hand_right_keypoints_2d: numbers.optional(),
  })).max(MAX_PEOPLE),
});

/**
 * Reads a keypoint file. COCO_18 bodies are brought to BODY_25: the middle of the hips is computed,
 * feet are missing.
 *
 * @returns Everybody in the file, in its order; may be empty.
 * @throws {InputError} If it is not such a file, uses another layout (named by its number of points)
 * or has positions that are not pixels.
 */
export async function readOpenPose(source: ByteSource): Promise<OpenPosePerson[]> {
  if (source.byteLength > MAX_BYTES) {
    throw new InputError(
      `Cannot read the keypoints: the file has ${source.byteLength} bytes, ` +
        `expected at most ${MAX_BYTES}`,
      { file: source.name },
    );
  }
  const text = new TextDecoder().decode(await readAll(source));
  const { people } = parseJson(fileSchema, text, {
    what: "the keypoints",
    file: source.name,
    hint: "expected OpenPose's JSON: people[].pose_keypoints_2d, hand_left_keypoints_2d, " +
      "hand_right_keypoints_2d",
  });
  return people.map((person, i) => {
    const fault = (found: string, hint?: string) =>
      new InputError(`Cannot read the keypoints: ${found} (person ${i})`, {
        file: source.name,
        ...(hint === undefined ? {} : { hint }),
      });
    const body = person.pose_keypoints_2d;
    const layout = LAYOUTS.get(body.length);
    if (layout !== "BODY_25" && layout !== "COCO_18") {
      const name = layout === undefined ? "" : ` (${layout})`;
      throw fault(
        `pose_keypoints_2d has ${body.length} numbers${name}, expected 75 (BODY_25) or 54 (COCO_18)`,
        "run OpenPose with --model_pose BODY_25 --hand",
      );
    }
    const hand = (name: "hand_left_keypoints_2d" | "hand_right_keypoints_2d") => {
      const list = person[name] ?? [];
      if (list.length !== 0 && list.length !== HAND_LENGTH) {
        throw fault(`${name} has ${list.length} numbers, expected ${HAND_LENGTH} or none`);
      }
      return list;
    };
    const left = hand("hand_left_keypoints_2d"), right = hand("hand_right_keypoints_2d");
    checkPositions([...body, ...left, ...right], fault);
    return {
      body25: layout === "BODY_25" ? Float64Array.from(body) : fromCoco18(body),
      handLeft: handOf(left),
      handRight: handOf(right),
      layout,
      hasHands: left.length > 0 || right.length > 0,
    };
  });
}

function handOf(list: readonly number[]): Float64Array {
  return list.length === 0 ? new Float64Array(HAND_LENGTH) : Float64Array.from(list);
}

function fromCoco18(list: readonly number[]): Float64Array {
  const body25 = new Float64Array(75);
  COCO_18.forEach((index, i) => body25.set(list.slice(3 * i, 3 * i + 3), 3 * index));
  const right = body25.subarray(27, 30), left = body25.subarray(36, 39);
  const known = (point: Float64Array) => point[0] !== 0 || point[1] !== 0;
  if (known(right) && known(left)) {
    const middle = [(right[0] + left[0]) / 2, (right[1] + left[1]) / 2];
    body25.set([...middle, Math.min(right[2], left[2])], 24);
  }
  return body25;
}

function checkPositions(
  list: readonly number[],
  fault: (found: string, hint?: string) => InputError,
): void {
  let largest = 0;
  for (let i = 0; i < list.length; i++) {
    if (i % 3 === 2) {
      if (list[i] < 0) throw fault(`a confidence is ${list[i]}, expected 0 or more`);
    } else largest = Math.max(largest, Math.abs(list[i]));
  }
  if (largest > MAX_POSITION) throw fault(`a position is ${largest}, expected pixels`);
  // All points within a pixel or two of the corner: shares of the picture, −1 to 1.
  if (largest > 0 && largest <= 1.5) {
    throw fault(
      `all positions lie within ±${largest}, expected pixels`,
      "they look like shares of the picture: run OpenPose with --keypoint_scale 0",
    );
  }
}

/**
 * Makes the text of a keypoint file that OpenPose's readers take: version 1.3, all lists present.
 *
 * @throws {RangeError} If a list has another length or a value is not finite.
 */
export function openPoseJson(people: readonly OpenPoseKeypoints[]): string {
  return stableJson({
    version: 1.3,
    people: people.map(({ body25, handLeft, handRight }) => {
      if (body25.length !== 75 || handLeft.length !== 63 || handRight.length !== 63) {
        throw new RangeError(
          `Cannot write keypoints: found lists of ${body25.length}, ${handLeft.length} and ` +
            `${handRight.length}, expected 75, 63 and 63`,
        );
      }
      return {
        person_id: [-1],
        pose_keypoints_2d: Array.from(body25),
        face_keypoints_2d: [],
        hand_left_keypoints_2d: Array.from(handLeft),
        hand_right_keypoints_2d: Array.from(handRight),
        pose_keypoints_3d: [],
        face_keypoints_3d: [],
        hand_left_keypoints_3d: [],
        hand_right_keypoints_3d: [],
      };
    }),
  });
}
