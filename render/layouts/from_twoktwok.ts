/** One view of layout `2k2k` as a view of the suite. */
import { type Image, readImage } from "../../core/files/image.ts";
import { openPlace } from "../../core/files/place.ts";
import type { Camera } from "../../core/geometry/camera.ts";
import { InputError } from "../../core/work/errors.ts";
import { join } from "../../core/work/path.ts";
import type { TaskOutcome } from "../../core/work/task.ts";
import type { Subject } from "../../datasets/subject.ts";
import { suiteCamera } from "../cameras.ts";
import { projectKeypoints } from "../keypoints.ts";
import { prepareSubject, type SubjectScene } from "../subject_scene.ts";
import { type ViewAngles, viewName } from "../view_names.ts";
import { writeSuiteView } from "./suite.ts";
import type { SuiteView } from "./suite_files.ts";
import { decodeTwoKTwoKDepth, twoKTwoKCamera, twoKTwoKUnitM } from "./twoktwok.ts";

/** A file by what it holds. */
export interface PlacedFile {
  name: string;
  place: string;
}

/** The files of a view, and whose it is. */
export interface TwoKTwoKFiles {
  subject: Subject;
  angles: ViewAngles;
  /** `color`, `color_back`, `shaded`, `depth`, `depth_back`. */
  files: readonly PlacedFile[];
  bodyFile: string | undefined;
}

/** The subject that this worker converted last: its framing and its keypoints. */
let kept: { key: string; scene: SubjectScene } | undefined;

/**
 * Writes `<subject>/<view>/` below `scratch`: colours where there is depth, depth in the middle of its
 * stored steps, the mask, the camera that 2K2K's program had, and keypoints of the data set.
 *
 * @throws {InputError} If a picture is damaged, of another size than the others, or not of its kind.
 */
export async function suiteViewOf2k2k(
  scratch: string,
  { subject, angles, files, bodyFile }: TwoKTwoKFiles,
): Promise<TaskOutcome> {
  const scene = await sceneOf(subject, bodyFile), placeOf = new Map<string, string>();
  for (const { name, place } of files) placeOf.set(name, place);
  const size = (await pictureAt(placeOf.get("depth")!)).width;
  const parallel = placeOf.get("depth")!.includes("/ORTH/DEPTH/");
  const camera = parallel
    ? twoKTwoKCamera({ scene, angles, options: { size, camera: "ortho" } })
    : suiteCamera(scene.framing, angles, { size });
  const unitM = twoKTwoKUnitM({ scene });
  let clamped = 0;
  const depth = async (name: string) => {
    const { data, channels } = await pictureAt(placeOf.get(name)!, camera);
    if (!(data instanceof Uint16Array) || channels !== 1) {
      throw fault(placeOf.get(name)!, "another picture", "16 bits of grey");
    }
    for (const value of data) if (value === 65535 || value === 1) clamped++;
    return { stored: data, depthM: decodeTwoKTwoKDepth(data, camera, unitM) };
  };
  const front = await depth("depth"), back = await depth("depth_back");
  const color = async (name: string, stored: Uint16Array) =>
    withAlpha(await pictureAt(placeOf.get(name)!, camera), stored, placeOf.get(name)!);
  const view: SuiteView = {
    camera,
    color: await color("color", front.stored),
    color_back: await color("color_back", back.stored),
    shaded: await color("shaded", front.stored),
    depth: front.depthM,
    depth_back: back.depthM,
    mask: Uint8Array.from(front.stored, (value) => value === 0 ? 0 : 255),
  };
  const { keypoints } = scene.prepared;
  if (keypoints !== undefined) {
    const { points, radiiM } = keypoints;
    view.keypoints = projectKeypoints(points, { camera, depth: front.depthM, radiiM });
  }
  await writeSuiteView(join(scratch, subject.id, viewName(angles)), view);
  return {
    warnings: [
      ...scene.warnings.filter((text) => text.startsWith("no keypoints")),
      "normals: layout 2k2k holds none",
      ...(clamped === 0
        ? []
        : [`depth-clamped: ${clamped} pixels lie at the ends of what 16 bits hold`]),
    ],
  };
}

async function sceneOf(subject: Subject, bodyFile: string | undefined): Promise<SubjectScene> {
  const key = JSON.stringify([subject.scanFile, bodyFile]);
  if (kept?.key !== key) {
    kept = undefined; // let go of the last scan before the next is loaded
    const needs = { textures: false, body: false, keypoints: true };
    kept = { key, scene: await prepareSubject(subject, { bodyFile, needs }) };
  }
  return kept.scene;
}

async function pictureAt(place: string, camera?: Camera): Promise<Image> {
  const image = await readImage(await openPlace(place), {
    profile: "ignore",
    orientation: "ignore",
  });
  const { width, height } = image, wanted = camera?.width ?? width;
  if (width === wanted && height === wanted) return image;
  throw fault(place, `${width} × ${height}`, `${wanted} × ${wanted}`);
}

/** RGB on black as RGBA, opaque where there is depth. */
function withAlpha({ data, channels }: Image, stored: Uint16Array, place: string): Uint8Array {
  if (channels !== 3 || !(data instanceof Uint8Array)) {
    throw fault(place, `${channels} channels`, "3 of 8 bits");
  }
  const rgba = new Uint8Array(4 * stored.length);
  for (let pixel = 0; pixel < stored.length; pixel++) {
    if (stored[pixel] === 0) continue;
    rgba.set(data.subarray(3 * pixel, 3 * pixel + 3), 4 * pixel);
    rgba[4 * pixel + 3] = 255;
  }
  return rgba;
}

function fault(file: string, found: string, wanted: string): InputError {
  return new InputError(`Cannot read a map of 2k2k: found ${found}, expected ${wanted}`, { file });
}
