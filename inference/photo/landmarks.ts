/**
 * The landmark network's output, decoded: 33 points of a person in the picture and in metres.
 *
 * The network (BlazePose GHUM, Grishchenko et al. 2022, arXiv 2206.11678) looks at a region of 256
 * pixels. It gives 39 points: 33 named ones, two that say where to look in the next pass, and four
 * that are not used.
 */
import { fromRegion, type Region, regionOfCircle } from "./region.ts";

/** Side of the landmark network's input, pixels. */
export const LANDMARK_SIZE = 256;

/** Side of its heat maps, cells. */
const HEAT_SIZE = 64;

/** Points of the network, used and unused. */
const POINTS = 39;

/** The 33 named points, in order. "l" and "r" are the person's own sides. */
// deno-fmt-ignore
export const POINTS_33 = [
  "nose",
  "l_eye_inner", "l_eye", "l_eye_outer", "r_eye_inner", "r_eye", "r_eye_outer",
  "l_ear", "r_ear", "l_mouth", "r_mouth",
  "l_shoulder", "r_shoulder", "l_elbow", "r_elbow", "l_wrist", "r_wrist",
  "l_pinky_knuckle", "r_pinky_knuckle", "l_index_knuckle", "r_index_knuckle",
  "l_thumb", "r_thumb",
  "l_hip", "r_hip", "l_knee", "r_knee", "l_ankle", "r_ankle",
  "l_heel", "r_heel", "l_toe", "r_toe",
] as const;

/** The person in one region, as the network sees it. */
export interface Landmarks {
  /** Probability that there is a person in the region. */
  presence: number;
  /**
   * 33 × (x, y, z, visibility, presence): pixels of the picture, z in pixels too (smaller is
   * nearer, 0 at the hips), then two probabilities. Length 165.
   */
  points: Float64Array;
  /**
   * 33 × (x, y, z) in metres, origin in the middle of the hips, axes of the picture: x right, y
   * down, z away from the camera. Length 99.
   */
  worldM: Float64Array;
  /** Where to look in the next pass. */
  next: Region;
}

/** Raw outputs of the network, by its own names. */
export interface LandmarkOutputs {
  /** 39 × (x, y, z in pixels of the input, logits of visibility and presence). */
  landmarks: Float32Array;
  /** One probability. */
  presence: Float32Array;
  /** 64 × 64 × 39 logits. */
  heatmaps: Float32Array;
  /** 39 × 3 metres, in the axes of the region. */
  world: Float32Array;
}

/** Numbers of one point in {@linkcode Landmarks.points}. */
export const POINT_STRIDE = 5;

/** Decodes one pass of the network over a region. */
export function decodeLandmarks(outputs: LandmarkOutputs, region: Region): Landmarks {
  const { landmarks, heatmaps, world } = outputs;
  const all = new Float64Array(POINT_STRIDE * 35);
  for (let i = 0; i < 35; i++) {
    const at = POINT_STRIDE * i;
    const [x, y] = refinedPoint(heatmaps, i, [
      landmarks[at] / LANDMARK_SIZE,
      landmarks[at + 1] / LANDMARK_SIZE,
    ]);
    all.set(fromRegion(region, x, y), at);
    all[at + 2] = landmarks[at + 2] / LANDMARK_SIZE * region.sidePx;
    all[at + 3] = sigmoid(landmarks[at + 3]);
    all[at + 4] = sigmoid(landmarks[at + 4]);
  }
  const named = POINTS_33.length;
  const worldM = new Float64Array(3 * named);
  const cos = Math.cos(region.angleRad), sin = Math.sin(region.angleRad);
  for (let i = 0; i < named; i++) {
    const x = world[3 * i], y = world[3 * i + 1];
    worldM[3 * i] = x * cos - y * sin;
    worldM[3 * i + 1] = x * sin + y * cos;
    worldM[3 * i + 2] = world[3 * i + 2];
  }
  const point = (i: number): [number, number] => [all[POINT_STRIDE * i], all[POINT_STRIDE * i + 1]];
  return {
    presence: outputs.presence[0],
    points: all.slice(0, POINT_STRIDE * named),
    worldM,
    next: regionOfCircle(point(33), point(34)),
  };
}

/** Cells on each side of the point's own cell that its heat map is averaged over. */
const HEAT_REACH = 3;

/** The least probability in a heat map's window that is believed. */
const HEAT_MIN = 0.5;

/**
 * Moves a point to the mean of its heat map nearby: over the 7 × 7 cells around it, weighted by
 * probability, if the map is sure of any of them.
 *
 * @param heatmaps 64 × 64 × 39 logits.
 * @param point Which map.
 * @param at The point, 0 to 1 of the region.
 */
export function refinedPoint(
  heatmaps: Float32Array,
  point: number,
  at: readonly [number, number],
): [number, number] {
  const column = Math.trunc(HEAT_SIZE * at[0]), row = Math.trunc(HEAT_SIZE * at[1]);
  let sum = 0, sumColumn = 0, sumRow = 0, best = 0;
  const last = HEAT_SIZE - 1;
  for (let r = Math.max(0, row - HEAT_REACH); r <= Math.min(last, row + HEAT_REACH); r++) {
    for (let c = Math.max(0, column - HEAT_REACH); c <= Math.min(last, column + HEAT_REACH); c++) {
      const p = sigmoid(heatmaps[(r * HEAT_SIZE + c) * POINTS + point]);
      sum += p;
      sumColumn += p * c;
      sumRow += p * r;
      if (p > best) best = p;
    }
  }
  return best >= HEAT_MIN
    ? [sumColumn / sum / HEAT_SIZE, sumRow / sum / HEAT_SIZE]
    : [at[0], at[1]];
}

/** 1/(1 + e^−v). */
export function sigmoid(v: number): number {
  return 1 / (1 + Math.exp(-v));
}
