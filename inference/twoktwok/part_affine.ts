/**
 * The similarity that puts each part upright on its own canvas, from the key points
 * (docs/models.md, "Part transforms").
 */
import { InputError } from "../../core/work/errors.ts";
import { type Part, PARTS } from "./parts.ts";

/**
 * Affine maps as rows `[m00 m01 m02 m10 m11 m12]`, float32 values, twelve after each other:
 * `x' = m00 x + m01 y + m02`, `y' = m10 x + m11 y + m12` in normalised coordinates.
 */
export type Affines = Float32Array;

/** The maps between the picture and the parts. */
export interface PartAffines {
  /** `z` of the specification: part canvas → picture. */
  pictureFromPart: Affines;
  /** Its inverse: picture → part canvas. */
  partFromPicture: Affines;
}

/**
 * Computes the part transforms.
 *
 * @param pointsNormalised 31 points (x, y) in normalised canvas coordinates, length 62. NaN is
 * allowed for fingers alone; they are then left out of the hand's mean.
 * @throws {InputError} If a part's points coincide so that its transform has no inverse, naming the
 * part; the published program skips such a picture.
 */
export function partAffines(pointsNormalised: Float64Array): PartAffines {
  const pictureFromPart = new Float32Array(6 * PARTS.length);
  const partFromPicture = new Float32Array(6 * PARTS.length);
  PARTS.forEach((part, i) => {
    const sources = part.sources.map((source) => sourcePoint(part, source, pointsNormalised));
    // Rounded to float32 where the published program rounds: both ways of the transform.
    const forward = Float32Array.from(similarity(sources, targetsOf(part, sources)));
    const inverse = inverseAffine(forward);
    const back = inverse && inverseOfLu(inverse);
    if (inverse === undefined || back === undefined) {
      throw new InputError(
        `Cannot place the part "${part.name}": its key points coincide`,
        { hint: "give key points of that part" },
      );
    }
    pictureFromPart.set(inverse, 6 * i);
    partFromPicture.set(back, 6 * i);
  });
  return { pictureFromPart, partFromPicture };
}

type Point = readonly [number, number];

function sourcePoint(part: Part, source: Part["sources"][number], points: Float64Array): Point {
  const all = typeof source === "number" ? [source] : source;
  let x = 0, y = 0, known = 0;
  for (const k of all) {
    if (Number.isNaN(points[2 * k]) || Number.isNaN(points[2 * k + 1])) continue;
    x += points[2 * k];
    y += points[2 * k + 1];
    known++;
  }
  if (known === 0) {
    throw new InputError(`Cannot place the part "${part.name}": none of its points is known`, {
      hint: "give key points with hands, or leave out --quirks published",
    });
  }
  return [x / known, y / known];
}

function targetsOf({ targets, shorten }: Part, sources: readonly Point[]): readonly Point[] {
  if (shorten === undefined) return targets;
  const [a, b] = shorten.between.map((k) => sources[k]);
  const length = Math.hypot(b[0] - a[0], b[1] - a[1]);
  if (length >= shorten.length) return targets;
  const factor = length / shorten.length;
  return targets.map(([x, y]) => [factor * x, factor * y] as const);
}

/**
 * The similarity `q = c p + d` (complex numbers) with the least squared error; of several the one
 * with the least `|c|² + |d|²`, as the pseudo-inverse gives it.
 */
function similarity(p: readonly Point[], q: readonly Point[]): number[] {
  const n = p.length;
  const mean = (points: readonly Point[], k: 0 | 1) =>
    points.reduce((sum, point) => sum + point[k], 0) / n;
  const px = mean(p, 0), py = mean(p, 1), qx = mean(q, 0), qy = mean(q, 1);
  let re = 0, im = 0, spread = 0;
  for (let k = 0; k < n; k++) {
    const dx = p[k][0] - px, dy = p[k][1] - py, ex = q[k][0] - qx, ey = q[k][1] - qy;
    re += dx * ex + dy * ey;
    im += dx * ey - dy * ex;
    spread += dx * dx + dy * dy;
  }
  let a: number, b: number;
  // Below this share the pseudo-inverse (cut at 1e-15 of the largest singular value) sees one point.
  const onePoint = Math.sqrt(spread) <= 1e-15 * Math.sqrt(n * (1 + px * px + py * py));
  if (onePoint) {
    const norm = px * px + py * py + 1;
    a = (qx * px + qy * py) / norm;
    b = (qy * px - qx * py) / norm;
    return [a, -b, qx / norm, b, a, qy / norm];
  }
  a = re / spread;
  b = im / spread;
  return [a, -b, qx - (a * px - b * py), b, a, qy - (b * px + a * py)];
}

/** The inverse, its linear part rounded to float32 once; undefined if there is none. */
function inverseAffine(m: Float32Array): Float32Array | undefined {
  const determinant = m[0] * m[4] - m[1] * m[3];
  if (determinant === 0 || !Number.isFinite(determinant)) return undefined;
  return withTranslation([m[4], -m[1], -m[3], m[0]].map((v) => f32(v / determinant)), m);
}

/**
 * The inverse by LU decomposition with pivoting, every step rounded to float32: what the network
 * computes inside. Positions, and with them the rims of the parts, then agree to the last bit.
 */
function inverseOfLu(m: Float32Array): Float32Array | undefined {
  const swap = Math.abs(m[3]) > Math.abs(m[0]);
  const [a, b, c, d] = swap ? [m[3], m[4], m[0], m[1]] : [m[0], m[1], m[3], m[4]];
  const l = f32(c / a), u = f32(d - f32(l * b));
  const solve = (first: number, second: number): [number, number] => {
    const y = f32(f32(second - f32(l * first)) * f32(1 / u));
    return [f32(f32(first - f32(b * y)) * f32(1 / a)), y];
  };
  const left = swap ? solve(0, 1) : solve(1, 0), right = swap ? solve(1, 0) : solve(0, 1);
  return withTranslation([left[0], right[0], left[1], right[1]], m);
}

/** `[R⁻¹ | −R⁻¹ T]` in float32; undefined if a number is not finite. */
function withTranslation(r: number[], m: Float32Array): Float32Array | undefined {
  const shift = (p: number, q: number) => f32(f32(-p * m[2]) + f32(-q * m[5]));
  const inverse = Float32Array.of(r[0], r[1], shift(r[0], r[1]), r[2], r[3], shift(r[2], r[3]));
  return inverse.every(Number.isFinite) ? inverse : undefined;
}

const f32 = Math.fround;
