/** Smaller pictures of the same view: blocks of `step` × `step` pixels become one. */
import type { Camera } from "../../core/geometry/camera.ts";
import { resampleCamera } from "../../render/cameras.ts";
import type { ColorMap } from "../meshing/solid.ts";
import type { Keypoints2D, MaskMap } from "../view_input.ts";

/** A pixel is covered where at least half of its block is. */
export function shrunkMask(mask: MaskMap, step: number): MaskMap {
  if (step === 1) return mask;
  const width = mask.width / step, height = mask.height / step;
  const data = new Uint8Array(width * height);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to++) {
      let covered = 0;
      for (let v = 0; v < step; v++) {
        const row = (y * step + v) * mask.width + x * step;
        for (let u = 0; u < step; u++) covered += mask.data[row + u] > 0 ? 1 : 0;
      }
      data[to] = 2 * covered >= step * step ? 255 : 0;
    }
  }
  return { ...mask, width, height, data };
}

/** The pixel at the middle of each block: a mean would mix the background in along the rim. */
export function shrunkColor(
  color: ColorMap | undefined,
  { width: wide, height: high }: { width: number; height: number },
  step: number,
): ColorMap | undefined {
  if (color === undefined || step === 1) return color;
  const width = wide / step, height = high / step, { channels } = color;
  const data = color.data.slice(0, width * height * channels);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = ((y * step + (step >> 1)) * wide + x * step + (step >> 1)) * channels;
      for (let k = 0; k < channels; k++) data[to++] = color.data[from + k];
    }
  }
  return { ...color, data };
}

/** Points in pixels of the smaller picture. */
export function shrunkKeypoints(
  keypoints: Keypoints2D | undefined,
  step: number,
): Pick<Keypoints2D, "body25"> | undefined {
  if (keypoints === undefined) return undefined;
  return { body25: keypoints.body25.map((value, i) => i % 3 === 2 ? value : value / step) };
}

/** The same camera with fewer pixels; `step` divides them. */
export function shrunkCamera(camera: Camera, step: number): Camera {
  const { width, height } = camera;
  return { ...resampleCamera(camera, 1 / step), width: width / step, height: height / step };
}
