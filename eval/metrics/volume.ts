/** Volumes that prediction and scan share, from generalized winding numbers at points of their box. */
import { type Bounds } from "../../core/geometry/mesh.ts";
import { windingNumbers, type WindingTree } from "../../core/geometry/winding.ts";
import type { Matrix4 } from "../../core/geometry/transform.ts";
import { transformPoints } from "../../core/geometry/transform.ts";
import type { Random } from "../../core/work/random.ts";

/** A surface and how it is moved. */
export interface PlacedSolid {
  winding: WindingTree;
  /** From where the points are to where its tree is; absent: they are in one frame. */
  toTree?: Matrix4;
}

/** What {@linkcode volumeOverlap} finds. Shares of the box that was searched. */
export interface VolumeOverlap {
  a: number;
  b: number;
  both: number;
  either: number;
  /** Of each, the share of its points (winding number ≥ 0.25) that are neither clearly in nor out. */
  unclear: { a: number; b: number };
  /** Which of them run clockwise seen from outside; their winding numbers were negated. */
  insideOut: { a: boolean; b: boolean };
}

/**
 * Counts points in either solid and in both. A point is inside where its winding number is at least
 * a half, so holes and several layers do not keep a surface from having an inside.
 *
 * @param points Where to look: see {@linkcode boxPoints}.
 */
export function volumeOverlap(
  a: PlacedSolid,
  b: PlacedSolid,
  { points, reach }: { points: Float64Array; reach: number },
): VolumeOverlap {
  const one = insideOf(a, { points, reach }), other = insideOf(b, { points, reach });
  const count = points.length / 3, sums = { a: 0, b: 0, both: 0, either: 0 };
  for (let i = 0; i < count; i++) {
    sums.a += one.inside[i], sums.b += other.inside[i];
    sums.both += one.inside[i] & other.inside[i];
    sums.either += one.inside[i] | other.inside[i];
  }
  return {
    a: sums.a / count,
    b: sums.b / count,
    both: sums.both / count,
    either: sums.either / count,
    unclear: { a: one.unclear, b: other.unclear },
    insideOut: { a: one.insideOut, b: other.insideOut },
  };
}

/** Winding numbers between this and one less this of a whole number are unclear. */
const UNCLEAR = 0.25;

function insideOf(
  { winding, toTree }: PlacedSolid,
  { points, reach }: { points: Float64Array; reach: number },
): { inside: Uint8Array; unclear: number; insideOut: boolean } {
  const numbers = windingNumbers(
    winding,
    toTree === undefined ? points : transformPoints(toTree, points),
    { reach },
  );
  let balance = 0;
  for (const value of numbers) balance += Math.sign(Math.round(value));
  const insideOut = balance < 0, sign = insideOut ? -1 : 1;
  const inside = new Uint8Array(numbers.length);
  let near = 0, unclear = 0;
  for (let i = 0; i < inside.length; i++) {
    const value = sign * numbers[i];
    if (value >= 0.5) inside[i] = 1;
    if (value < UNCLEAR) continue;
    near++;
    if (Math.abs(value - Math.round(value)) > UNCLEAR) unclear++;
  }
  return { inside, unclear: near === 0 ? 0 : unclear / near, insideOut };
}

/** A side of a box is taken for at least this share of its longest. */
const THINNEST = 1e-3;

/**
 * Points all over a box: one at random in each cell of a grid of about `count` cells, as near to
 * cubes as fit. Counts over them vary much less than over independent points.
 *
 * @returns xyz interleaved, length 3n.
 */
export function boxPoints(
  { min, max }: Bounds,
  { count, draw }: { count: number; draw: Random },
): Float64Array {
  const longest = Math.max(...max.map((high, k) => high - min[k]));
  const sides = max.map((high, k) => Math.max(high - min[k], THINNEST * longest));
  const cell = Math.cbrt(sides[0] * sides[1] * sides[2] / count);
  const [nx, ny, nz] = sides.map((side) => Math.max(1, Math.round(side / cell)));
  const points = new Float64Array(3 * nx * ny * nz);
  let at = 0;
  for (let z = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++) {
        points[at++] = min[0] + sides[0] * (x + draw.float()) / nx;
        points[at++] = min[1] + sides[1] * (y + draw.float()) / ny;
        points[at++] = min[2] + sides[2] * (z + draw.float()) / nz;
      }
    }
  }
  return points;
}
