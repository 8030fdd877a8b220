/** Writes a prediction's maps in the suite's own formats, so that they can be compared with truth. */
import { encodeExr } from "../../core/files/exr.ts";
import { join } from "../../core/work/path.ts";
import { writeWhole } from "../../core/work/scratch.ts";
import { writeSuiteView } from "../../render/layouts/suite.ts";
import type { DecodedMaps } from "./decode.ts";

/** The networks' belief that a pixel is the person, float32 EXR, channel `Y`. */
export const CONFIDENCE_FILE = "confidence.exr";

/**
 * Writes `depth.exr`, `depth_back.exr` (metres along −z, background 0), `normal.png`,
 * `normal_back.png`, `mask.png`, `confidence.exr` and `camera.json`, all on the canvas's pixels and
 * coded as in views (docs/formats.md).
 *
 * @throws {InputError} If the file system refuses.
 */
export async function writeOwnMaps(folder: string, maps: DecodedMaps): Promise<void> {
  const { width, height } = maps.camera;
  const confidence = encodeExr({ width, height, channels: { Y: maps.confidence } });
  await writeWhole(join(folder, CONFIDENCE_FILE), confidence);
  await writeSuiteView(folder, {
    camera: maps.camera,
    depth: maps.front,
    depth_back: maps.back,
    normal: coded(maps.frontNormals),
    normal_back: coded(maps.backNormals),
    mask: maskOf(maps.front),
  });
}

/** 255 where there is a depth. */
function maskOf(depth: Float32Array): Uint8Array {
  const mask = new Uint8Array(depth.length);
  for (let i = 0; i < mask.length; i++) if (depth[i] > 0) mask[i] = 255;
  return mask;
}

/** `(n + 1)/2` in 16 bits; the zero vector, which is the background, stays 0. */
function coded(normals: Float32Array): Uint16Array {
  const out = new Uint16Array(normals.length);
  for (let i = 0; i < normals.length; i += 3) {
    if (normals[i] === 0 && normals[i + 1] === 0 && normals[i + 2] === 0) continue;
    for (let k = i; k < i + 3; k++) out[k] = Math.round((normals[k] + 1) * 32767.5);
  }
  return out;
}
