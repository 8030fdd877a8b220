/** Between stored colours (sRGB, IEC 61966-2-1) and light (linear), by table. */

/** Light, 0 to 1, of a stored 8-bit value; length 256. */
export const LINEAR_OF_SRGB: Float64Array = Float64Array.from({ length: 256 }, (_, stored) => {
  const s = stored / 255;
  return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
});

const STEPS = 65535;

/** The nearest stored value of each of 65536 evenly spaced lights. */
const STORED: Uint8Array = Uint8Array.from({ length: STEPS + 1 }, (_, step) => {
  const light = step / STEPS;
  const s = light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055;
  return Math.round(255 * s);
});

/**
 * Finds the stored 8-bit value of a light; lights outside 0 to 1 are clamped. Goes round without
 * loss: `srgbOfLinear(LINEAR_OF_SRGB[s]) === s`.
 */
export function srgbOfLinear(light: number): number {
  return STORED[light > 0 ? (light < 1 ? (light * STEPS + 0.5) | 0 : STEPS) : 0];
}
