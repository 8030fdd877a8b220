/** Moving one surface onto another: iterated nearest points (Besl and McKay 1992), bounded. */
import { withDefaults } from "../work/options.ts";
import { newtonStep } from "./_newton.ts";
import type { SurfaceTree } from "./bvh.ts";
import { type Closest, closestPoints } from "./closest.ts";
import { placeRanksInPlace } from "./partial_sort.ts";
import {
  applySimilarity,
  fitSimilarity,
  invertSimilarity,
  limitRotation,
  NO_CHANGE,
  rotationAngle,
  type Similarity,
  similarityMatrix,
} from "./similarity.ts";
import { type Matrix4, transformPoints } from "./transform.ts";

/** A surface as the alignment sees it. */
export interface AlignSide {
  tree: SurfaceTree;
  /** Points of the surface, xyz interleaved, length 3n; fastest where neighbours follow each other. */
  points: Float64Array;
}

/** How {@linkcode alignSurfaces} goes about it. */
export interface AlignOptions {
  /** `similarity` finds a scale, `rigid` keeps 1. */
  kind?: "similarity" | "rigid";
  /** Share of the pairs that count, each way: the nearest ones. */
  keep?: number;
  /** Most iterations. */
  maxIterations?: number;
  /** `newton` goes ahead by Gauss–Newton steps; `plain` fits the pairs alone, many times slower. */
  steps?: "newton" | "plain";
  /** Stops when the fit moves no corner of the box round the moving points farther, metres. */
  stopM?: number;
  /** Bounds of the scale. */
  minScale?: number;
  maxScale?: number;
  /** Largest rotation, degrees. */
  maxRotationDeg?: number;
  /** Largest displacement of the mean of the moving points, metres. */
  maxTranslationM?: number;
  /**
   * The first iterations, at most three fifths of them, take every so-manieth point, until they
   * move no corner farther than 100 · `stopM`; 1: all points from the start.
   */
  sparse?: number;
}

/** The defaults of {@linkcode AlignOptions}: those of `suite-1`, but for `sparse`. */
export const ALIGN_DEFAULTS: Required<AlignOptions> = Object.freeze({
  kind: "similarity",
  keep: 0.9,
  maxIterations: 50,
  steps: "newton",
  stopM: 1e-6,
  minScale: 0.8,
  maxScale: 1.25,
  maxRotationDeg: 30,
  maxTranslationM: 0.5,
  sparse: 1,
});

/** How far the sparse iterations go: share of all, and when they rest, in `stopM`. */
const SPARSE_SHARE = 3 / 5, SPARSE_STOP = 100;

/** What {@linkcode alignSurfaces} found. */
export interface Alignment {
  /** Takes the moving surface onto the fixed one; determinant > 0. */
  matrix: Matrix4;
  similarity: Similarity;
  /** Angle of the rotation, degrees. */
  rotationDeg: number;
  /** How far the mean of the moving points went, metres. */
  translationM: number;
  /** Root mean square distance of the pairs that counted in the last iteration, metres. */
  rmsM: number;
  /** With some of the points and with all. */
  iterations: number;
  /** Whether it came to rest before the iterations ran out. */
  converged: boolean;
  /** Bounds that held the result back in the last iteration. */
  bounds: ("scale" | "rotation" | "translation")[];
}

/**
 * Moves a surface onto another, from where it stands: again and again pairs the points of each with
 * the nearest points of the other surface, drops the farthest pairs each way, and takes the
 * least-squares similarity of the rest ({@linkcode fitSimilarity}), pulled back to the bounds:
 * scale clamped, rotation shortened about its axis, displacement of the mean shortened.
 *
 * Fitting pairs creeps: a surface slides along the other by a few percent of the way at a time. So
 * each iteration goes on from a Gauss–Newton step ({@linkcode newtonStep}) instead, within the same
 * bounds, and returns to the plain fit where that step made the distances larger. It ends where
 * the plain fit moves nothing, which is where plain iteration ends.
 *
 * Pairs both ways keep the surface from shrinking into the other. Nothing is ever mirrored.
 *
 * @throws {RangeError} If `keep` is not in (0, 1], or `sparse` is no positive integer.
 */
export function alignSurfaces(
  moving: AlignSide,
  fixed: AlignSide,
  options: AlignOptions = {},
): Alignment {
  const settings = withDefaults(ALIGN_DEFAULTS, options);
  if (!(settings.keep > 0 && settings.keep <= 1)) {
    throw new RangeError(
      `Cannot align surfaces: keep is ${settings.keep}, expected more than 0, at most 1`,
    );
  }
  if (!(Number.isInteger(settings.sparse) && settings.sparse > 0)) {
    throw new RangeError(
      `Cannot align surfaces: sparse is ${settings.sparse}, expected a positive integer`,
    );
  }
  const { sparse, stopM, maxIterations } = settings;
  const way = { centre: meanOf(moving.points), corners: boxCorners(moving.points), settings };
  let start = NO_CHANGE, before = 0;
  if (sparse > 1) {
    const [some, others] = [moving, fixed].map(({ tree, points }) => ({
      tree,
      points: everyNth(points, sparse),
    }));
    const most = Math.floor(SPARSE_SHARE * maxIterations);
    const ahead = iterate(some, others, { ...way, start, most, stopM: SPARSE_STOP * stopM });
    start = ahead.similarity, before = ahead.iterations;
  }
  const most = maxIterations - before;
  const { similarity, ...found } = iterate(moving, fixed, { ...way, start, most, stopM });
  return {
    matrix: similarityMatrix(similarity),
    similarity,
    rotationDeg: rotationAngle(similarity.rotation) * 180 / Math.PI,
    translationM: distance(applySimilarity(similarity, way.centre), way.centre),
    ...found,
    iterations: before + found.iterations,
  };
}

/** What {@linkcode iterate} starts from and keeps to. */
interface Way {
  centre: number[];
  corners: readonly number[][];
  settings: Required<AlignOptions>;
  start: Similarity;
  /** Most iterations. */
  most: number;
  stopM: number;
}

/** Iterates until the surface is at rest, or the iterations are used up. */
function iterate(
  moving: AlignSide,
  fixed: AlignSide,
  { centre, corners, settings, start, most, stopM }: Way,
): Pick<Alignment, "similarity" | "rmsM" | "iterations" | "converged" | "bounds"> {
  const clamp = (next: Similarity) => withinBounds(next, { centre, settings });
  let current = start; // where distances are measured
  let plain = start; // where the last fit led
  let bounds: Alignment["bounds"] = [];
  let iterations = 0, rmsM = Infinity, converged = false;
  let there: Closest | undefined, back: Closest | undefined;
  while (iterations < most && !converged) {
    iterations++;
    // 1. Nearest points both ways. The moving surface stays where its tree is: the fixed points
    // are taken to it, and distances there are 1 / scale of what they are here.
    const matrix = similarityMatrix(current), inverse = similarityMatrix(invertSimilarity(current));
    there = nearest(fixed.tree, transformPoints(matrix, moving.points), there);
    back = nearest(moving.tree, transformPoints(inverse, fixed.points), back);

    // 2. The nearest pairs each way.
    const pairs = new PairList(moving.points.length + fixed.points.length);
    addNearest(pairs, there, settings.keep, { from: moving.points, to: there.point! });
    addNearest(pairs, back, settings.keep, { from: back.point!, to: fixed.points });
    const rms = pairs.rms(matrix);
    if (rms > rmsM && current !== plain) { // the step ahead led uphill: go back to the plain fit
      current = plain;
      continue;
    }
    rmsM = rms;

    // 3. The best similarity within the bounds: where it moves nothing, the surface is at rest.
    // Until then a Newton step goes ahead of it.
    const fit = clamp(fitSimilarity(pairs.from, pairs.to, { kind: settings.kind }));
    plain = fit.kept;
    bounds = fit.bounds;
    converged = largestMove(corners, current, plain) <= stopM;
    current = settings.steps === "plain"
      ? plain
      : clamp(newtonStep(pairs, current, { centre, kind: settings.kind })).kept;
  }
  return { similarity: plain, rmsM, iterations, converged, bounds };
}

/** Every n-th point, from the first. */
function everyNth(points: Float64Array, n: number): Float64Array {
  const count = Math.ceil(points.length / 3 / n), some = new Float64Array(3 * count);
  for (let i = 0; i < count; i++) some.set(points.subarray(3 * n * i, 3 * n * i + 3), 3 * i);
  return some;
}

function nearest(tree: SurfaceTree, points: Float64Array, last: Closest | undefined): Closest {
  return closestPoints(tree, points, {
    withPoints: true,
    order: "given",
    ...(last === undefined ? {} : { guesses: last.face }),
  });
}

/** Pulls a similarity back to the bounds, and names those it broke. */
function withinBounds(
  { scale, rotation, shift }: Similarity,
  { centre, settings }: { centre: number[]; settings: Required<AlignOptions> },
): { kept: Similarity; bounds: Alignment["bounds"] } {
  const bounds: Alignment["bounds"] = [];
  const goal = applySimilarity({ scale, rotation, shift }, centre);
  const keptScale = Math.min(settings.maxScale, Math.max(settings.minScale, scale));
  if (keptScale !== scale) bounds.push("scale");
  const keptRotation = limitRotation(rotation, settings.maxRotationDeg * Math.PI / 180);
  if (keptRotation !== rotation) bounds.push("rotation");
  const far = distance(goal, centre);
  const share = far > settings.maxTranslationM ? settings.maxTranslationM / far : 1;
  if (share < 1) bounds.push("translation");
  const kept = { scale: keptScale, rotation: keptRotation };
  return { kept: { ...kept, shift: shiftTo(kept, centre, share, goal) }, bounds };
}

/** The shift with which the centre goes the given share of the way to the goal. */
function shiftTo(
  turn: Pick<Similarity, "scale" | "rotation">,
  centre: readonly number[],
  share: number,
  goal: readonly number[],
): Similarity["shift"] {
  const turned = applySimilarity({ ...turn, shift: [0, 0, 0] }, centre);
  const [x, y, z] = [0, 1, 2].map((k) => centre[k] + share * (goal[k] - centre[k]) - turned[k]);
  return [x, y, z];
}

/** Pairs of points, growing within a length known beforehand. */
class PairList {
  #from: Float64Array;
  #to: Float64Array;
  #length = 0;

  constructor(most: number) {
    this.#from = new Float64Array(most);
    this.#to = new Float64Array(most);
  }

  add(from: Float64Array, to: Float64Array, at: number): void {
    for (let k = 0; k < 3; k++) {
      this.#from[this.#length] = from[at + k];
      this.#to[this.#length++] = to[at + k];
    }
  }

  get from(): Float64Array {
    return this.#from.subarray(0, this.#length);
  }

  get to(): Float64Array {
    return this.#to.subarray(0, this.#length);
  }

  /** Root mean square distance once `from` is moved. */
  rms(matrix: Matrix4): number {
    const moved = transformPoints(matrix, this.from), { to } = this;
    let sum = 0;
    for (let i = 0; i < to.length; i++) sum += (moved[i] - to[i]) ** 2;
    return Math.sqrt(sum / (to.length / 3));
  }
}

/** Adds the share `keep` of the pairs with the least distance, in the order of the points. */
function addNearest(
  pairs: PairList,
  { distance }: Closest,
  keep: number,
  { from, to }: { from: Float64Array; to: Float64Array },
): void {
  const values = distance.slice(), rank = Math.max(1, Math.ceil(keep * values.length)) - 1;
  placeRanksInPlace(values, [rank]);
  const most = values[rank];
  for (let i = 0; i < distance.length; i++) {
    if (distance[i] <= most) pairs.add(from, to, 3 * i);
  }
}

function meanOf(points: Float64Array): [number, number, number] {
  let x = 0, y = 0, z = 0;
  for (let i = 0; i < points.length; i += 3) x += points[i], y += points[i + 1], z += points[i + 2];
  const n = points.length / 3;
  return [x / n, y / n, z / n];
}

function boxCorners(points: Float64Array): number[][] {
  const low = [Infinity, Infinity, Infinity], high = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < points.length; i++) {
    low[i % 3] = Math.min(low[i % 3], points[i]);
    high[i % 3] = Math.max(high[i % 3], points[i]);
  }
  return Array.from({ length: 8 }, (_, i) => [0, 1, 2].map((k) => (i >> k & 1 ? high : low)[k]));
}

function largestMove(corners: readonly number[][], a: Similarity, b: Similarity): number {
  return Math.max(
    ...corners.map((corner) => distance(applySimilarity(a, corner), applySimilarity(b, corner))),
  );
}

function distance(a: readonly number[], b: readonly number[]): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}
