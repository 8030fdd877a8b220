/**
 * Soft light for `shaded` maps: order-2 spherical harmonics of the irradiance, which hold it to
 * about 1 % for any distant light (Ramamoorthi and Hanrahan 2001).
 */
import { random } from "../core/work/random.ts";
import type { Vec3 } from "../core/geometry/transform.ts";

/**
 * Irradiance over π as a function of the normal, in the camera's frame: 9 coefficients each of
 * red, green, blue in the order 1, y, z, x, xy, yz, 3z² − 1, xz, x² − y² of orthonormal real
 * harmonics. Length 27, channel by channel. Albedo × this is the light that leaves the surface.
 */
export type SphericalLight = Float64Array;

const Y1 = Math.sqrt(3 / (4 * Math.PI)), Y2 = Math.sqrt(15 / (4 * Math.PI));

/** Factors of the nine polynomials that make them orthonormal harmonics. */
export const HARMONIC_SCALES: readonly number[] = Object.freeze([
  Math.sqrt(1 / (4 * Math.PI)),
  Y1,
  Y1,
  Y1,
  Y2,
  Y2,
  Math.sqrt(5 / (16 * Math.PI)),
  Y2,
  Math.sqrt(15 / (16 * Math.PI)),
]);

/** The nine harmonics in a direction (unit). */
function harmonics([x, y, z]: Vec3): number[] {
  const polynomials = [1, y, z, x, x * y, y * z, 3 * z * z - 1, x * z, x * x - y * y];
  return polynomials.map((value, k) => value * HARMONIC_SCALES[k]);
}

/** Clamped-cosine factors over π of bands 0, 1, 2: 1, 2/3, 1/4. */
const COSINE = [1, 2 / 3, 1 / 4];
const BAND = [0, 1, 1, 1, 2, 2, 2, 2, 2];

/** The clamped cosine's factor over π of each of the nine harmonics. */
export const COSINE_FACTORS: readonly number[] = Object.freeze(BAND.map((band) => COSINE[band]));

/** Writes the nine harmonics in a direction (unit) into `out`. */
export function harmonicsInto(out: Float64Array, x: number, y: number, z: number): void {
  const s = HARMONIC_SCALES;
  out[0] = s[0];
  out[1] = s[1] * y;
  out[2] = s[2] * z;
  out[3] = s[3] * x;
  out[4] = s[4] * x * y;
  out[5] = s[5] * y * z;
  out[6] = s[6] * (3 * z * z - 1);
  out[7] = s[7] * x * z;
  out[8] = s[8] * (x * x - y * y);
}

/** A soft lamp: radiance that falls off as the cosine to its direction. */
export interface Lamp {
  /** Unit direction to the lamp, in the camera's frame. */
  towards: Vec3;
  /** Irradiance over π that a surface facing the lamp receives, linear RGB. */
  rgb: Vec3;
}

/**
 * Adds up lamps and an ambient light. A lamp is a clamped cosine lobe (half a sky, bright in the
 * middle): little of it lies beyond band 2, so what it gives to surfaces that look away rings no
 * lower than −0.8 % of its strength, and any ambient light of more than that keeps the sum above 0.
 *
 * @param ambient Irradiance over π from everywhere, linear RGB.
 */
export function sphericalLight(ambient: Vec3, lamps: readonly Lamp[]): SphericalLight {
  const light = new Float64Array(27);
  // Both the lobe and the receiving surface are clamped cosines: their factors multiply.
  const kernel = COSINE.map((factor) => factor * factor);
  const facing = kernel.reduce((sum, factor, band) => sum + factor * (2 * band + 1), 0);
  for (let channel = 0; channel < 3; channel++) {
    light[9 * channel] = ambient[channel] / HARMONIC_SCALES[0];
    for (const { towards, rgb } of lamps) {
      const towardsY = harmonics(towards);
      for (let k = 0; k < 9; k++) {
        // Addition theorem: Σ Y(n) Y(l) over a band is (2 band + 1)/4π at n = l.
        light[9 * channel + k] += 4 * Math.PI / facing * rgb[channel] * kernel[BAND[k]] *
          towardsY[k];
      }
    }
  }
  return light;
}

/**
 * The radiance whose irradiance over π a light is: coefficients in the same order and layout. What
 * precomputed radiance transfer multiplies.
 */
export function radianceOf(light: SphericalLight): Float64Array {
  return light.map((value, i) => value / COSINE[BAND[i % 9]]);
}

/** Evaluates a light for one normal: irradiance over π, linear RGB. */
export function irradiance(light: SphericalLight, normal: Vec3): [number, number, number] {
  const basis = harmonics(normal);
  const sum = (channel: number) =>
    basis.reduce((total, value, k) => total + value * light[9 * channel + k], 0);
  return [sum(0), sum(1), sum(2)];
}

/** Mean irradiance over π of a sphere's picture under a {@linkcode studioLight}. */
const STUDIO_MEAN = 0.85;

/**
 * Makes a plausible studio light: ambient, a key lamp above on one side, a weaker fill on the
 * other and a rim from behind, each tinted a little warm or cold. Normalised: the picture of a
 * sphere has irradiance over π of 0.85 on average over its pixels and the three channels, so that
 * shaded pictures are about as bright as the albedo and little is clipped.
 *
 * @param seed The run's seed.
 * @param item What the light is for: subject, view.
 */
export function studioLight(seed: number, ...item: readonly (string | number)[]): SphericalLight {
  const { float } = random(seed, "light", ...item);
  const between = (low: number, high: number) => low + (high - low) * float();
  const tinted = (strength: number, most: number): [number, number, number] => {
    const warm = between(-most, most), green = between(-most, most) / 4;
    return [strength * (1 + warm), strength * (1 + green), strength * (1 - warm)];
  };
  const direction = (azimuthDeg: number, elevationDeg: number): [number, number, number] => {
    const azimuth = azimuthDeg * Math.PI / 180, elevation = elevationDeg * Math.PI / 180;
    return [
      Math.sin(azimuth) * Math.cos(elevation),
      Math.sin(elevation),
      Math.cos(azimuth) * Math.cos(elevation),
    ];
  };
  const side = float() < 0.5 ? -1 : 1;
  const ambient = tinted(between(0.3, 0.5), 0.04);
  const lamps: Lamp[] = [
    { towards: direction(side * between(15, 60), between(10, 50)), rgb: tinted(1, 0.08) },
    {
      towards: direction(-side * between(20, 80), between(-10, 40)),
      rgb: tinted(between(0.15, 0.45), 0.08),
    },
    {
      towards: direction(side * between(120, 240), between(10, 50)),
      rgb: tinted(between(0.05, 0.35), 0.08),
    },
  ];
  const light = sphericalLight(ambient, lamps);
  const mean = meanOverSphere(light);
  return light.map((value) => value * STUDIO_MEAN / mean);
}

/** Mean irradiance over the pixels of a sphere seen by parallel rays, and over the channels. */
function meanOverSphere(light: SphericalLight): number {
  const steps = 32;
  let sum = 0, count = 0;
  for (let j = 0; j < steps; j++) {
    for (let i = 0; i < steps; i++) {
      const x = (2 * i + 1) / steps - 1, y = (2 * j + 1) / steps - 1;
      const rest = 1 - x * x - y * y;
      if (rest < 0) continue;
      const [r, g, b] = irradiance(light, [x, y, Math.sqrt(rest)]);
      sum += (r + g + b) / 3;
      count++;
    }
  }
  return sum / count;
}
