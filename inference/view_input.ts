/** One view as methods see it: what there is of it is read when it is asked for. */
import { DiskFolder } from "../core/files/disk.ts";
import type { Note } from "../core/files/note.ts";
import { join } from "../core/work/path.ts";
import { resolvePortable } from "../core/work/paths.ts";
import type { BodyFit } from "../body/fit.ts";
import type { BodyModel } from "../body/model.ts";
import { readBodyFile } from "../body/body_file.ts";
import { fitOfViewSubject, readViewSubject } from "../datasets/views.ts";
import { SUITE_DISTANCE_RADII } from "../render/cameras.ts";
import { readSuiteView } from "../render/layouts/suite_reader.ts";
import type { SuiteMapName } from "../render/layouts/suite_files.ts";
import type { Need, PredictionFrame, ViewCamera } from "./method.ts";
import type { ColorMap } from "./meshing/solid.ts";
import type { PersonCue } from "./photo/analyse_photo.ts";

/** Keypoints on the picture: rows u, v, and how far they are known (0 not at all). */
export interface Keypoints2D {
  /** BODY_25, length 75. */
  body25: Float64Array;
  /** OpenPose's hands, length 63. */
  handLeft: Float64Array;
  handRight: Float64Array;
}

/** A silhouette: above 0 is the person. */
export interface MaskMap {
  width: number;
  height: number;
  data: Uint8Array;
}

/** A picture as it was taken, with what is known of its person in its own pixels. */
export interface WholePicture {
  picture: { width: number; height: number; data: Uint8Array };
  keypoints: Keypoints2D;
  /** Of the picture's size. */
  mask: MaskMap;
  view: ViewCamera;
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
  /** True unit normals in the camera's frame, xyz interleaved, 0 outside; undefined without a map. */
  normals?(side: "front" | "back"): Promise<Float32Array | undefined>;
  /** The picture. The back one is truth; without it the front one stands in. */
  color(side: "front" | "back"): Promise<ColorMap | undefined>;
  mask(): Promise<MaskMap>;
  keypoints(): Promise<Keypoints2D | undefined>;
  /**
   * The picture as it was taken, RGB, for methods that frame it themselves: a photo whole, not cut
   * around its person; of a view the lit picture, or the bare colours where there is none.
   *
   * @throws {InputError} If the view has no picture, no mask or no keypoints.
   */
  whole(): Promise<WholePicture>;
  /** What the pose networks saw of a photo's person; undefined of a view, or where they were not run. */
  cue?: PersonCue | undefined;
  /** What a user should know about the input, before anything was made of it. */
  notes?: readonly Note[];
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
  const shaded = await folder.has("shaded.png");
  if (await folder.has("color.png")) has.add("color");
  if (shaded || has.has("color")) has.add("picture");
  if (await folder.has("mask.png")) has.add("mask");
  if (await folder.has("depth.exr") && await folder.has("depth_back.exr")) has.add("depth");
  if (await folder.has("keypoints.json")) has.add("keypoints");
  if (json.fit !== null && (bodyFile !== undefined || json.body !== null)) has.add("body");
  const seenBy = { camera, subjectDistanceM: SUITE_DISTANCE_RADII * json.framing.radiusM };
  return {
    subject,
    view,
    frame: "scan",
    camera: seenBy,
    has,
    async depth(side) {
      const data = await map(side === "front" ? "depth" : "depth_back");
      return data as Float32Array;
    },
    async normals(side) {
      const name = side === "front" ? "normal" : "normal_back";
      if (!(await folder.has(`${name}.png`))) return undefined;
      return decodedNormals(await map(name) as Uint16Array, await map("mask") as Uint8Array);
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
      const { body25, handLeft, handRight } = keypoints!;
      return { body25, handLeft, handRight };
    },
    async whole() {
      const name = shaded ? "shaded" : "color";
      const found = await readSuiteView(folder, { needed: [name, "mask", "keypoints"] });
      return {
        picture: { width, height, data: withoutAlpha(found[name]!) },
        keypoints: found.keypoints!,
        mask: { width, height, data: found.mask! },
        view: seenBy,
      };
    },
    async body() {
      const path = bodyFile ?? resolvePortable(json.body!.path, join(root, subject));
      return { model: await readBodyFile(path), fit: fitOfViewSubject(json)! };
    },
  };
}

/** Unit vectors of 16-bit codes (n + 1)/2; 0 where the mask is. */
function decodedNormals(codes: Uint16Array, mask: Uint8Array): Float32Array {
  const out = new Float32Array(codes.length);
  for (let p = 0; p < mask.length; p++) {
    if (mask[p] === 0) continue;
    const x = codes[3 * p] / 32767.5 - 1, y = codes[3 * p + 1] / 32767.5 - 1;
    const z = codes[3 * p + 2] / 32767.5 - 1, length = Math.sqrt(x * x + y * y + z * z);
    out[3 * p] = x / length, out[3 * p + 1] = y / length, out[3 * p + 2] = z / length;
  }
  return out;
}

/** RGB of RGBA. */
function withoutAlpha(rgba: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(rgba.length / 4 * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    rgb[to] = rgba[from];
    rgb[to + 1] = rgba[from + 1];
    rgb[to + 2] = rgba[from + 2];
  }
  return rgb;
}
