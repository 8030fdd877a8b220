/** The sRGB transfer curve (IEC 61966-2-1), between 8 bits and linear light. */

/** Linear light, 0 to 1, as an sRGB byte; values outside are clamped, as bytes must be. */
export function linearToSrgb(linear: number): number {
  const value = linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
  return Math.round(255 * Math.min(1, Math.max(0, value)));
}

/** An sRGB byte as linear light. */
export function srgbToLinear(byte: number): number {
  const value = byte / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}
