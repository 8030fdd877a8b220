/** The files of one view in the layout `suite`: names, groups, JSON. */
import { z } from "zod";
import { type Camera, cameraJson } from "../../core/geometry/camera.ts";
import { fromRows } from "../../core/geometry/transform.ts";
import type { Json } from "../../core/work/json.ts";
import { open, parseJson } from "../../core/work/schema.ts";
import type { RasterMapName } from "../backend.ts";
import type { ViewKeypoints } from "../keypoints.ts";

/** The file of each map. */
export const SUITE_FILES = Object.freeze({
  color: "color.png",
  color_back: "color_back.png",
  shaded: "shaded.png",
  normal: "normal.png",
  normal_back: "normal_back.png",
  depth: "depth.exr",
  depth_back: "depth_back.exr",
  mask: "mask.png",
  body_normal: "body_normal.png",
});

/** A map that a view of the suite can hold. */
export type SuiteMapName = keyof typeof SUITE_FILES;

/** The file of the camera; always there. */
export const CAMERA_FILE = "camera.json";
/** The file of the keypoints. */
export const KEYPOINTS_FILE = "keypoints.json";

/** What `--maps` asks for, and which files that makes. */
export const SUITE_GROUPS = Object.freeze(
  {
    color: ["color", "color_back"],
    shaded: ["shaded"],
    normal: ["normal", "normal_back"],
    depth: ["depth", "depth_back"],
    mask: ["mask"],
    keypoints: [],
    body: ["body_normal"],
  } satisfies { [group: string]: readonly SuiteMapName[] },
);

/** One of `--maps`. */
export type SuiteGroup = keyof typeof SUITE_GROUPS;

/** One view: its camera and as much of the rest as was drawn. Arrays as `RasterMaps` has them. */
export interface SuiteView {
  camera: Camera;
  color?: Uint8Array;
  color_back?: Uint8Array;
  shaded?: Uint8Array;
  normal?: Uint16Array;
  normal_back?: Uint16Array;
  depth?: Float32Array;
  depth_back?: Float32Array;
  /** 0 or 255. */
  mask?: Uint8Array;
  /** Front normals of the body fit, as `normal`. */
  body_normal?: Uint16Array;
  keypoints?: ViewKeypoints;
}

/** The maps of a request that a back-end draws of the scan itself. */
export function scanMaps(groups: readonly SuiteGroup[]): RasterMapName[] {
  return groups.flatMap((group) => SUITE_GROUPS[group] as readonly SuiteMapName[])
    .filter((name) => name !== "body_normal");
}

const finite = z.number();
const pixels = z.int().min(1).max(1 << 17);
const frame = {
  schema: z.literal("scan2score/camera-1"),
  width: pixels.describe("Pixels"),
  height: pixels.describe("Pixels"),
  camFromScan: z.array(z.array(finite).length(4)).length(4)
    .describe("Rigid map from the scan (metres) to the camera (x right, y up, looking along -z)"),
  yawDeg: finite.describe("Above 0 turns the subject's +z towards +x; degrees"),
  pitchDeg: finite.describe("Above 0 looks down on the subject; degrees"),
};

/** `camera.json`. */
export const cameraSchema = z.discriminatedUnion("projection", [
  open({
    ...frame,
    projection: z.literal("perspective"),
    fx: finite.positive().describe("Focal length, pixels"),
    fy: finite.positive().describe("Focal length, pixels"),
    cx: finite.describe("Principal point, pixels from the left edge"),
    cy: finite.describe("Principal point, pixels from the top edge"),
  }),
  open({
    ...frame,
    projection: z.literal("orthographic"),
    halfWidthM: finite.positive().describe("Half of the picture's width, metres"),
  }),
]);

const row = z.tuple([finite, finite, z.int().min(0).max(2)]);

/** `keypoints.json`. */
export const keypointsSchema = open({
  schema: z.literal("scan2score/keypoints-1"),
  body25: z.array(row).length(25)
    .describe("BODY_25: u, v in pixels, and 0 unknown or out of the picture, 1 hidden, 2 seen"),
  handLeft: z.array(row).length(21).describe("OpenPose hand, as body25"),
  handRight: z.array(row).length(21).describe("OpenPose hand, as body25"),
  keypoints31: z.array(row).length(31).describe("What 2K2K's network is given, derived"),
});

/** Writes `camera.json`'s content. */
export function cameraFileJson(camera: Camera): Json {
  return cameraJson(camera);
}

/**
 * Reads `camera.json`'s text.
 *
 * @throws {InputError} If it is not such a file.
 */
export function parseCamera(text: string, file: string): Camera {
  const { schema: _, ...parsed } = parseJson(cameraSchema, text, { what: "a camera", file });
  return { ...parsed, camFromScan: fromRows(parsed.camFromScan) };
}

/** Writes `keypoints.json`'s content. */
export function keypointsFileJson(keypoints: ViewKeypoints): Json {
  const rows = (flat: Float64Array) =>
    Array.from({ length: flat.length / 3 }, (_, i) => Array.from(flat.subarray(3 * i, 3 * i + 3)));
  return {
    schema: "scan2score/keypoints-1",
    body25: rows(keypoints.body25),
    handLeft: rows(keypoints.handLeft),
    handRight: rows(keypoints.handRight),
    keypoints31: rows(keypoints.keypoints31),
  };
}

/**
 * Reads `keypoints.json`'s text.
 *
 * @throws {InputError} If it is not such a file.
 */
export function parseKeypoints(text: string, file: string): ViewKeypoints {
  const parsed = parseJson(keypointsSchema, text, { what: "keypoints of a view", file });
  const flat = (rows: readonly (readonly number[])[]) => Float64Array.from(rows.flat());
  return {
    body25: flat(parsed.body25),
    handLeft: flat(parsed.handLeft),
    handRight: flat(parsed.handRight),
    keypoints31: flat(parsed.keypoints31),
  };
}
