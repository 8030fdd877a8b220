/** One view as methods see it: what there is of it is read when it is asked for. */
import { readImage } from "../core/files/image.ts";
import { DiskFolder, diskPlace } from "../core/files/disk.ts";
import { InputError } from "../core/work/errors.ts";
import { basename, extname, join } from "../core/work/path.ts";
import { resolvePortable } from "../core/work/paths.ts";
import type { BodyFit } from "../body/fit.ts";
import type { BodyModel } from "../body/model.ts";
import { readBodyFile } from "../body/body_file.ts";
import { fitOfViewSubject, readViewSubject } from "../datasets/views.ts";
import { identity } from "../core/geometry/transform.ts";
import { SUITE_DISTANCE_RADII, SUITE_FOV_DEG } from "../render/cameras.ts";
import { readSuiteView } from "../render/layouts/suite_reader.ts";
import type { SuiteMapName } from "../render/layouts/suite_files.ts";
import type { Need, PredictionFrame, ViewCamera } from "./method.ts";
import type { ColorMap } from "./meshing/solid.ts";

/** Keypoints on the picture: rows u, v, and how far they are known (0 not at all). */
export interface Keypoints2D {
  /** BODY_25, length 75. */
  body25: Float64Array;
}

/** A silhouette: above 0 is the person. */
export interface MaskMap {
  width: number;
  height: number;
  data: Uint8Array;
}

/** What methods see of a view. */
export interface ViewInput {
  subject: string;
  /** Undefined for a photo. */
  view: string | undefined;
  /** Frame that reconstructions of this view are in. */
  frame: PredictionFrame;
  camera: ViewCamera | undefined;
  /** What this view has. */
  has: ReadonlySet<Need>;
  /** True depth, metres along −z. @throws {InputError} If the view has none. */
  depth(side: "front" | "back"): Promise<Float32Array>;
  /** The picture. The back one is truth; without it the front one stands in. */
  color(side: "front" | "back"): Promise<ColorMap | undefined>;
  mask(): Promise<MaskMap>;
  keypoints(): Promise<Keypoints2D | undefined>;
  /** The true body fit and its model. */
  body(): Promise<{ model: BodyModel; fit: BodyFit }>;
}

/** Where a view of a view set is. */
export interface ViewPlace {
  /** Folder of the view set. */
  root: string;
  subject: string;
  view: string;
  bodyFile?: string | undefined;
}

/**
 * Opens a view of a view set.
 *
 * @throws {InputError} If its camera or its subject's file cannot be read.
 */
export async function openView({ root, subject, view, bodyFile }: ViewPlace): Promise<ViewInput> {
  const folder = new DiskFolder(join(root, subject, view));
  const file = join(root, subject, "subject.json");
  const json = await readViewSubject(file);
  const { camera } = await readSuiteView(folder, { needed: [] });
  const map = async (name: SuiteMapName) => (await readSuiteView(folder, { needed: [name] }))[name];
  const { width, height } = camera;
  const has = new Set<Need>(["camera"]);
  if (await folder.has("color.png")) has.add("color");
  if (await folder.has("mask.png")) has.add("mask");
  if (await folder.has("depth.exr") && await folder.has("depth_back.exr")) has.add("depth");
  if (await folder.has("keypoints.json")) has.add("keypoints");
  if (json.fit !== null && (bodyFile !== undefined || json.body !== null)) has.add("body");
  return {
    subject,
    view,
    frame: "scan",
    camera: { camera, subjectDistanceM: SUITE_DISTANCE_RADII * json.framing.radiusM },
    has,
    async depth(side) {
      const data = await map(side === "front" ? "depth" : "depth_back");
      return data as Float32Array;
    },
    async color(side) {
      const name = side === "front" ? "color" : "color_back";
      if (!(await folder.has(`${name}.png`))) return undefined;
      return { data: await map(name) as Uint8Array, channels: 4 };
    },
    async mask() {
      return { width, height, data: await map("mask") as Uint8Array };
    },
    async keypoints() {
      if (!has.has("keypoints")) return undefined;
      const { keypoints } = await readSuiteView(folder, { needed: ["keypoints"] });
      return { body25: keypoints!.body25 };
    },
    async body() {
      const path = bodyFile ?? resolvePortable(json.body!.path, join(root, subject));
      return { model: await readBodyFile(path), fit: fitOfViewSubject(json)! };
    },
  };
}

/** A photo and what the user knows about it. */
export interface PhotoPlace {
  /** Picture file. */
  path: string;
  /** Mask picture of the same size: above 0 is the person. */
  maskFile?: string | undefined;
}

/** Height that a person in a photo is taken to have, metres: only the shape can be observed. */
export const ASSUMED_HEIGHT_M = 1.7;

/**
 * Opens a photo with a mask of the user's. The picture is taken to be from a camera with 2K2K's
 * field of view over its longer side, the person to be 1.7 m tall in the mask.
 *
 * @throws {InputError} If a picture cannot be read, the sizes differ or the mask is empty.
 */
export async function openPhoto({ path, maskFile }: PhotoPlace): Promise<ViewInput> {
  const subject = basename(path, extname(path));
  if (maskFile === undefined) {
    throw new InputError(`Cannot use photo "${subject}": it has no mask`, {
      file: path,
      hint: "give the silhouette with --mask FILE (a picture of the same size, > 0 is the person)",
    });
  }
  const picture = await readPicture(path);
  const mask = await readMask(maskFile, picture);
  const { width, height } = picture;
  const focal = Math.max(width, height) / (2 * Math.tan(SUITE_FOV_DEG / 360 * Math.PI));
  const subjectDistanceM = focal * ASSUMED_HEIGHT_M / heightOf(mask, maskFile);
  const camera = {
    projection: "perspective" as const,
    width,
    height,
    fx: focal,
    fy: focal,
    cx: width / 2,
    cy: height / 2,
    camFromScan: identity(),
    yawDeg: 0,
    pitchDeg: 0,
  };
  const missing = () => {
    throw new InputError(`Cannot use photo "${subject}": it has no ground truth`, { file: path });
  };
  return {
    subject,
    view: undefined,
    frame: "camera",
    camera: { camera, subjectDistanceM },
    has: new Set<Need>(["camera", "color", "mask"]),
    depth: missing,
    color: (side) => Promise.resolve(side === "front" ? picture : undefined),
    mask: () => Promise.resolve(mask),
    keypoints: () => Promise.resolve(undefined),
    body: missing,
  };
}

async function readPicture(path: string): Promise<MaskMap & ColorMap> {
  const { folder, name } = diskPlace(path);
  const { width, height, data, channels } = await readImage(await folder.open(name));
  const rgb = new Uint8Array(3 * width * height);
  const shift = data instanceof Uint16Array ? 8 : 0;
  for (let p = 0; p < width * height; p++) {
    for (let k = 0; k < 3; k++) {
      rgb[3 * p + k] = data[channels * p + (channels < 3 ? 0 : k)] >> shift;
    }
  }
  return { width, height, data: rgb, channels: 3 };
}

async function readMask(
  path: string,
  picture: { width: number; height: number },
): Promise<MaskMap> {
  const { folder, name } = diskPlace(path);
  const { width, height, data, channels } = await readImage(await folder.open(name));
  if (width !== picture.width || height !== picture.height) {
    throw new InputError(
      `Cannot use the mask: it is ${width} × ${height}, ` +
        `expected the picture's ${picture.width} × ${picture.height}`,
      { file: path },
    );
  }
  const mask = new Uint8Array(width * height);
  for (let p = 0; p < mask.length; p++) mask[p] = data[channels * p] > 0 ? 255 : 0;
  return { width, height, data: mask };
}

function heightOf({ width, height, data }: MaskMap, file: string): number {
  let top = -1, bottom = -1;
  for (let y = 0; y < height; y++) {
    if (!data.subarray(y * width, (y + 1) * width).some((value) => value > 0)) continue;
    if (top < 0) top = y;
    bottom = y;
  }
  if (top < 0) {
    throw new InputError("Cannot use the mask: it is empty", {
      file,
      hint: "a mask is above 0 where the person is",
    });
  }
  return bottom - top + 1;
}
