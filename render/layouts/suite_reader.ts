/** Reading the layout `suite` back: what methods and metrics take in. */
import { readExr } from "../../core/files/exr.ts";
import { readImage } from "../../core/files/image.ts";
import { type Folder, readAll } from "../../core/files/source.ts";
import type { Camera } from "../../core/geometry/camera.ts";
import { InputError } from "../../core/work/errors.ts";
import {
  CAMERA_FILE,
  KEYPOINTS_FILE,
  parseCamera,
  parseKeypoints,
  SUITE_FILES,
  type SuiteMapName,
  type SuiteView,
} from "./suite_files.ts";

/** What is read. */
export interface SuiteReadOptions {
  /** Maps that must be there; absent: all that are. `keypoints` names the keypoints. */
  needed?: readonly (SuiteMapName | "keypoints")[];
}

/**
 * Reads one view: its camera, and the maps that are asked for.
 *
 * @param folder The view's folder.
 * @throws {InputError} If the camera or a needed file is missing, a file is damaged, or a map is
 * not of the camera's size or kind.
 */
export async function readSuiteView(
  folder: Folder,
  { needed }: SuiteReadOptions = {},
): Promise<SuiteView> {
  const text = async (path: string) =>
    new TextDecoder().decode(await readAll(await folder.open(path)));
  const camera = parseCamera(await text(CAMERA_FILE), `${folder.name}/${CAMERA_FILE}`);
  const view: SuiteView = { camera };
  const wants = async (name: SuiteMapName | "keypoints", file: string) =>
    needed === undefined ? await folder.has(file) : needed.includes(name);
  for (const name of Object.keys(SUITE_FILES) as SuiteMapName[]) {
    if (await wants(name, SUITE_FILES[name])) await readMap(view, name, folder);
  }
  if (await wants("keypoints", KEYPOINTS_FILE)) {
    view.keypoints = parseKeypoints(await text(KEYPOINTS_FILE), `${folder.name}/${KEYPOINTS_FILE}`);
  }
  return view;
}

async function readMap(view: SuiteView, name: SuiteMapName, folder: Folder): Promise<void> {
  const path = SUITE_FILES[name], source = await folder.open(path), file = `${folder.name}/${path}`;
  const { camera } = view;
  if (name === "depth" || name === "depth_back") {
    const { width, height, channels } = await readExr(source);
    checkSize({ width, height }, camera, file);
    if (channels.Y === undefined) {
      throw fault(file, `channels ${Object.keys(channels).join(", ")}`, "Y");
    }
    view[name] = channels.Y;
    return;
  }
  const channels = name === "mask" ? 1 : name.includes("normal") ? 3 : 4;
  const { data, ...size } = await readImage(source, { profile: "ignore", orientation: "ignore" });
  checkSize(size, camera, file);
  if (size.channels !== channels) {
    throw fault(file, `${size.channels} channels`, `${channels}`);
  }
  if (name === "normal" || name === "normal_back" || name === "body_normal") {
    if (!(data instanceof Uint16Array)) throw fault(file, "8 bits a channel", "16");
    view[name] = data;
  } else {
    if (!(data instanceof Uint8Array)) throw fault(file, "16 bits a channel", "8");
    view[name] = data;
  }
}

function checkSize(
  found: { width: number; height: number },
  { width, height }: Camera,
  file: string,
): void {
  if (found.width === width && found.height === height) return;
  throw fault(file, `${found.width} × ${found.height}`, `the camera's ${width} × ${height}`);
}

function fault(file: string, found: string, wanted: string): InputError {
  return new InputError(`Cannot read a map: found ${found}, expected ${wanted}`, {
    file,
    hint: "render the view again",
  });
}
