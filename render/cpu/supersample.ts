/** Colour maps from N × N ordered samples a pixel. */
import type { Camera } from "../../core/geometry/camera.ts";
import type { RasterMaps } from "../backend.ts";
import { resampleCamera } from "../cameras.ts";
import type { SphericalLight } from "../light.ts";
import { srgbOfLinear } from "../srgb.ts";
import { albedoSamples } from "./albedo_samples.ts";
import { projectVertices } from "./frame.ts";
import { normalSamples } from "./normal_samples.ts";
import { coveredPixels, samplesOf, type Side } from "./samples.ts";
import type { CpuScene } from "./scene.ts";
import { shadedSamples } from "./shaded_samples.ts";
import type { VisibilitySteps } from "./visibility_steps.ts";

/** Samples of a strip, covered or not: bounds the memory whatever N is. */
const STRIP_SAMPLES = 1 << 21;

/** What to draw, and into what. */
export interface SupersampleRequest {
  /** N: samples a pixel's side. */
  supersample?: number;
  /** Receives `color`, `color_back` and `shaded`, as far as present; all 0 before. */
  maps: Pick<RasterMaps, "color" | "color_back" | "shaded">;
  /** Of `shaded`, in the camera's frame. */
  light?: SphericalLight;
}

/**
 * Draws colour maps at N times the resolution, strip by strip, and averages: light over the
 * samples that hit something, alpha = their share (straight alpha).
 */
export function* supersampledColors(
  scene: CpuScene,
  camera: Camera,
  { maps, supersample = 1, light }: SupersampleRequest,
): VisibilitySteps<void> {
  const { color, color_back, shaded } = maps;
  if (!(color ?? color_back ?? shaded)) return;
  const { width } = camera;
  const frame = projectVertices(scene.positions, resampleCamera(camera, supersample));
  const { x0, x1, y0, y1 } = frame.window;
  const rows = Math.max(1, Math.floor(STRIP_SAMPLES / (supersample ** 2 * width)));
  const sums = new Float64Array(4 * width * rows);
  for (let row = Math.floor(y0 / supersample); row * supersample < y1; row += rows) {
    const top = Math.max(y0, row * supersample);
    const bottom = Math.min(y1, (row + rows) * supersample);
    const visibility = yield {
      frame,
      window: { x0, x1, y0: top, y1: bottom },
      layers: color_back === undefined ? 1 : 2,
    };
    const pixels = coveredPixels(visibility, frame);
    const sampled = (side: Side) => {
      const samples = samplesOf({ scene, frame, visibility }, { pixels, side });
      return { samples, albedo: albedoSamples(scene, frame, samples) };
    };
    if (color !== undefined || shaded !== undefined) {
      const { samples, albedo } = sampled("front");
      if (color !== undefined) average(albedo, pixels, row, color);
      if (shaded !== undefined) {
        const { normals } = normalSamples(scene, frame, { samples, side: "front" });
        average(shadedSamples(albedo, normals, light!), pixels, row, shaded);
      }
    }
    if (color_back !== undefined) average(sampled("back").albedo, pixels, row, color_back);
  }

  /** Averages the samples of a strip into the pixels they belong to. */
  function average(rgb: Float32Array, pixels: Uint32Array, firstRow: number, map: Uint8Array) {
    sums.fill(0);
    const wide = width * supersample;
    for (let n = 0; n < pixels.length; n++) {
      const y = Math.floor(pixels[n] / wide), x = pixels[n] - y * wide;
      const inStrip = Math.floor(y / supersample) - firstRow;
      const to = 4 * (inStrip * width + Math.floor(x / supersample));
      // What would be clipped alone is clipped before it is averaged.
      for (let k = 0; k < 3; k++) sums[to + k] += Math.min(1, rgb[3 * n + k]);
      sums[to + 3]++;
    }
    const start = 4 * firstRow * width;
    for (let from = 0; from < sums.length; from += 4) {
      const hits = sums[from + 3];
      if (hits === 0) continue;
      for (let k = 0; k < 3; k++) map[start + from + k] = srgbOfLinear(sums[from + k] / hits);
      map[start + from + 3] = Math.round(255 * hits / supersample ** 2);
    }
  }
}
