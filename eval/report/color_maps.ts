/**
 * The colours of an error. One sequential map, pale where the error is small: a good mesh looks like
 * plaster, and what is wrong glows and then darkens. Lightness falls evenly from end to end, so it
 * reads without colour vision and on paper.
 */

/** sRGB, 0…255. */
export type Rgb = readonly [number, number, number];

/** Anchors of the map from no error to the end of the scale. */
const ANCHORS: readonly (readonly [at: number, color: Rgb])[] = [
  [0, [233, 231, 226]],
  [0.2, [241, 208, 140]],
  [0.4, [233, 156, 73]],
  [0.6, [210, 92, 62]],
  [0.8, [156, 45, 94]],
  [1, [82, 25, 110]],
];

/**
 * Anchors of the map for signed distances: blue inside the scan, pale on it, brown outside. Both
 * arms darken evenly and differ in hue for every common kind of colour vision.
 */
const SIGNED_ANCHORS: readonly (readonly [at: number, color: Rgb])[] = [
  [0, [24, 46, 110]],
  [0.25, [74, 128, 196]],
  [0.42, [176, 205, 232]],
  [0.5, [240, 239, 235]],
  [0.58, [246, 208, 160]],
  [0.75, [221, 132, 60]],
  [1, [117, 44, 10]],
];

const STEPS = 256;

/** The map as a table: `STEPS` colours, evenly spaced from 0 to the end of the scale. */
export const ERROR_COLORS: readonly Rgb[] = Object.freeze(
  Array.from({ length: STEPS }, (_, i) => mix(i / (STEPS - 1), ANCHORS)),
);

/** The map for signed distances as a table: from the end inside to the end outside. */
export const SIGNED_COLORS: readonly Rgb[] = Object.freeze(
  Array.from({ length: STEPS }, (_, i) => mix(i / (STEPS - 1), SIGNED_ANCHORS)),
);

/** A table as bytes: 256 × RGB. */
export function colorBytes(table: readonly Rgb[]): Uint8Array {
  return Uint8Array.from(table.flat());
}

/** The colour of an error; above the end of the scale, the end's colour. */
export function errorColor(value: number, max: number): Rgb {
  const at = Math.min(1, Math.max(0, value / max));
  return ERROR_COLORS[Math.round(at * (STEPS - 1))];
}

/** The map as a CSS gradient's stops, left to right. */
export function errorGradient(stops = 17): string {
  return Array.from({ length: stops }, (_, i) => {
    const at = i / (stops - 1);
    const [r, g, b] = ERROR_COLORS[Math.round(at * (STEPS - 1))];
    return `rgb(${r} ${g} ${b}) ${(100 * at).toFixed(2)}%`;
  }).join(", ");
}

/** Perceived lightness 0…1 (L of OKLab, Ottosson 2020). */
export function lightness([r, g, b]: Rgb): number {
  return toOklab([r, g, b])[0];
}

/** Mixes the two anchors round `at` in OKLab, so that steps look even. */
function mix(at: number, anchors: readonly (readonly [at: number, color: Rgb])[]): Rgb {
  const above = Math.max(1, anchors.findIndex(([position]) => position >= at));
  const [fromAt, from] = anchors[above - 1], [toAt, to] = anchors[above];
  const t = (at - fromAt) / (toAt - fromAt);
  const a = toOklab(from), b = toOklab(to);
  return fromOklab([a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]), a[2] + t * (b[2] - a[2])]);
}

type Triple = readonly [number, number, number];

/** sRGB to OKLab (Ottosson 2020, "A perceptual color space for image processing"). */
function toOklab(color: Rgb): Triple {
  const [r, g, b] = color.map((v) => {
    const c = v / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function fromOklab([L, a, b]: Triple): Rgb {
  const l = (L + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (L - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (L - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const encode = (linear: number) => {
    const c = linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
    return Math.round(255 * Math.min(1, Math.max(0, c)));
  };
  return [
    encode(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    encode(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    encode(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}
