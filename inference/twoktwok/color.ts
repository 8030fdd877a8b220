/** The colour steps of the published loader (docs/models.md, "Colour"): Pillow's, on 8-bit values. */
import type { Random } from "../../core/work/random.ts";

/** One enhancement. */
export type ColorStep = "brightness" | "contrast" | "saturation";

/** The order used by default. */
export const COLOR_STEPS: readonly ColorStep[] = Object.freeze([
  "brightness",
  "contrast",
  "saturation",
]);

/** An order drawn as the published script draws one at each call: any permutation. */
export function randomColorSteps(source: Random): ColorStep[] {
  const steps = [...COLOR_STEPS];
  for (let i = steps.length - 1; i > 0; i--) {
    const j = source.below(i + 1);
    [steps[i], steps[j]] = [steps[j], steps[i]];
  }
  return steps;
}

/**
 * Enhances a picture in place, one step after the other, each with `factor` (1 changes nothing).
 *
 * `blend(d, p) = trunc(d + factor (p − d))` in float32, where d is 0 for brightness, the rounded
 * mean luma of the whole picture for contrast, and the pixel's own luma for saturation.
 *
 * @param rgb Interleaved 8-bit RGB.
 */
export function enhanceInPlace(
  rgb: Uint8Array,
  factor: number,
  steps: readonly ColorStep[] = COLOR_STEPS,
): void {
  for (const step of steps) {
    if (step === "saturation") {
      saturate(rgb, factor);
    } else {
      const target = step === "brightness" ? 0 : meanLuma(rgb);
      const table = blendTable(target, factor);
      for (let i = 0; i < rgb.length; i++) rgb[i] = table[rgb[i]];
    }
  }
}

/** What each value becomes. Values outside 0..255 cannot arise for factors up to 1. */
function blendTable(target: number, factor: number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, p) => blend(target, p, Math.fround(factor)));
}

function blend(target: number, p: number, factor32: number): number {
  const value = Math.fround(target + Math.fround(factor32 * (p - target)));
  return Math.min(255, Math.max(0, Math.trunc(value)));
}

function luma(r: number, g: number, b: number): number {
  return (19595 * r + 38470 * g + 7471 * b + 32768) >> 16;
}

function meanLuma(rgb: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < rgb.length; i += 3) sum += luma(rgb[i], rgb[i + 1], rgb[i + 2]);
  return Math.floor(sum / (rgb.length / 3) + 0.5);
}

function saturate(rgb: Uint8Array, factor: number): void {
  const tables = new Map<number, Uint8Array>();
  for (let i = 0; i < rgb.length; i += 3) {
    const grey = luma(rgb[i], rgb[i + 1], rgb[i + 2]);
    let table = tables.get(grey);
    if (table === undefined) tables.set(grey, table = blendTable(grey, factor));
    for (let k = i; k < i + 3; k++) rgb[k] = table[rgb[k]];
  }
}
