/** Writing the layout `suite`: one folder a view. */
import { encodeExr } from "../../core/files/exr.ts";
import { encodePng } from "../../core/files/image.ts";
import { join } from "../../core/work/path.ts";
import { type Json, stableJson } from "../../core/work/json.ts";
import { writeWhole } from "../../core/work/scratch.ts";
import type { PixelWindow } from "../backend.ts";
import {
  CAMERA_FILE,
  cameraFileJson,
  KEYPOINTS_FILE,
  keypointsFileJson,
  SUITE_FILES,
  type SuiteMapName,
  type SuiteView,
} from "./suite_files.ts";

/** Channels of a map's PNG. */
const CHANNELS = {
  color: 4,
  color_back: 4,
  shaded: 4,
  normal: 3,
  normal_back: 3,
  mask: 1,
  body_normal: 3,
} as const;

/** How a view is encoded. */
export interface EncodeSuiteOptions {
  /** Where the scan's own maps may have anything ({@linkcode RasterMaps.window}). Saves time only. */
  window?: PixelWindow | undefined;
}

/**
 * Encodes one view: colour and masks as 8-bit PNG, normals as 16-bit PNG, depth as float32 EXR
 * (channel `Y`), camera and keypoints as JSON. What the view does not have is left out. Equal views
 * give equal bytes. The camera comes last: a folder with a camera is a whole view.
 */
export function* encodeSuiteView(
  view: SuiteView,
  options: EncodeSuiteOptions = {},
): Generator<readonly [name: string, data: Uint8Array]> {
  const text = (json: Json) => new TextEncoder().encode(stableJson(json));
  for (const name of Object.keys(SUITE_FILES) as SuiteMapName[]) {
    const bytes = encodeMap(view, name, options);
    if (bytes !== undefined) yield [SUITE_FILES[name], bytes];
  }
  if (view.keypoints !== undefined) {
    yield [KEYPOINTS_FILE, text(keypointsFileJson(view.keypoints))];
  }
  yield [CAMERA_FILE, text(cameraFileJson(view.camera))];
}

/**
 * Writes one view as {@linkcode encodeSuiteView} encodes it.
 *
 * @param folder The view's folder; made if need be.
 * @returns The names of the files, in the order they were written.
 * @throws {InputError} If the file system refuses.
 */
export async function writeSuiteView(
  folder: string,
  view: SuiteView,
  options: EncodeSuiteOptions = {},
): Promise<string[]> {
  const written: string[] = [];
  for (const [name, data] of encodeSuiteView(view, options)) {
    await writeWhole(join(folder, name), data);
    written.push(name);
  }
  return written;
}

function encodeMap(
  view: SuiteView,
  name: SuiteMapName,
  { window: ofScan }: EncodeSuiteOptions,
): Uint8Array | undefined {
  const { width, height } = view.camera;
  const data = view[name];
  if (data === undefined) return undefined;
  const window = name === "body_normal" ? undefined : ofScan;
  if (data instanceof Float32Array) {
    return encodeExr({ width, height, channels: { Y: data } }, { window });
  }
  const channels = CHANNELS[name as keyof typeof CHANNELS];
  return encodePng({ width, height, channels, data }, { window });
}
