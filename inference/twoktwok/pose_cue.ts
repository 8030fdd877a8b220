/**
 * What the photo front end knows of a person's pose, drawn for a network: for each limb a plane that
 * says where its bones are and one that says how deep they lie (docs/open_model.md, "Cue").
 */
import { POINTS_33 } from "../photo/landmarks.ts";

/** What the front end saw, in pixels of some picture. */
export interface PoseLandmarks {
  /** 33 × (x, y, confidence); the front end's own points. Length 99. */
  pointsPx: Float64Array;
  /** The same in metres: x right, y down, z away from the camera, any origin. Length 99. */
  worldM: Float64Array;
}

/** A square of the picture. */
export interface CropSquare {
  /** Its left and top edge, pixels. */
  x: number;
  y: number;
  sidePx: number;
}

/** The points of a cue, in order; 17 and 18 are the middles of the shoulders and of the hips. */
// deno-fmt-ignore
export const CUE_POINTS: readonly (typeof POINTS_33)[number][] = [
  "nose", "l_shoulder", "r_shoulder", "l_elbow", "r_elbow", "l_wrist", "r_wrist", "l_hip", "r_hip",
  "l_knee", "r_knee", "l_ankle", "r_ankle", "l_toe", "r_toe", "l_index_knuckle", "r_index_knuckle",
];

/** Bones as pairs of points, by limb; the order of the planes. */
const LIMBS: readonly (readonly (readonly [number, number])[])[] = [
  [[1, 2], [7, 8], [17, 18], [1, 7], [2, 8]], // trunk
  [[17, 0]], // head
  [[1, 3]], // upper arms, left and right
  [[2, 4]],
  [[3, 5], [5, 15]], // lower arms with hands
  [[4, 6], [6, 16]],
  [[7, 9]], // thighs
  [[8, 10]],
  [[9, 11], [11, 13]], // shins with feet
  [[10, 12], [12, 14]],
];

/** Planes of a cue. */
export const CUE_CHANNELS: number = 2 * LIMBS.length;

/** Width of a bone, as a share of the square's side; factor of the depth planes. */
const SIGMA = 0.03, DEPTH_FACTOR = 4;

/** First landmark that counts for the scale between metres and pixels: the face is left out. */
const FIRST_OF_BODY = 11;

/**
 * The 17 points of a cue in a square: x, y, z (shares of its side; z away from the camera, 0 in the
 * middle of the hips) and confidence. Metres become pixels by the least-squares scale between the
 * landmarks' x, y in metres and in the picture, as nothing says how large the person is.
 *
 * @returns Length 68.
 */
export function cuePoints({ pointsPx, worldM }: PoseLandmarks, square: CropSquare): Float64Array {
  const { x, y, sidePx } = square;
  const pixelsPerM = landmarkScale({ pointsPx, worldM });
  const out = new Float64Array(4 * CUE_POINTS.length);
  CUE_POINTS.forEach((name, i) => {
    const k = POINTS_33.indexOf(name);
    out[4 * i] = (pointsPx[3 * k] - x) / sidePx;
    out[4 * i + 1] = (pointsPx[3 * k + 1] - y) / sidePx;
    out[4 * i + 2] = pixelsPerM * worldM[3 * k + 2] / sidePx;
    out[4 * i + 3] = pointsPx[3 * k + 2];
  });
  const hips = (out[4 * 7 + 2] + out[4 * 8 + 2]) / 2;
  for (let i = 0; i < CUE_POINTS.length; i++) out[4 * i + 2] -= hips;
  return out;
}

/** Pixels a metre: the least-squares scale between the landmarks' x, y in metres and in the picture. */
export function landmarkScale({ pointsPx, worldM }: PoseLandmarks): number {
  const n = POINTS_33.length - FIRST_OF_BODY;
  let product = 0, square = 0;
  for (const axis of [0, 1]) {
    let meanPx = 0, meanM = 0;
    for (let k = FIRST_OF_BODY; k < POINTS_33.length; k++) {
      meanPx += pointsPx[3 * k + axis] / n;
      meanM += worldM[3 * k + axis] / n;
    }
    for (let k = FIRST_OF_BODY; k < POINTS_33.length; k++) {
      const m = worldM[3 * k + axis] - meanM;
      product += m * (pointsPx[3 * k + axis] - meanPx);
      square += m * m;
    }
  }
  return product / Math.max(1e-9, square);
}

/** The points of a cue in the mirrored square: left and right exchanged. */
export function mirroredCue(points: Float64Array): Float64Array {
  const out = new Float64Array(points.length);
  for (let i = 0; i < CUE_POINTS.length; i++) {
    // The nose is alone; then left and right take turns.
    const from = i === 0 ? 0 : i % 2 === 1 ? i + 1 : i - 1;
    out.set(points.subarray(4 * from, 4 * from + 4), 4 * i);
    out[4 * i] = 1 - out[4 * i];
  }
  return out;
}

/**
 * Draws the planes of a cue on a grid over the square: for each limb the presence of its nearest
 * bone, `exp(−d²/2σ²)` times its confidence, and four times presence times its depth.
 *
 * @param points As from {@linkcode cuePoints}.
 * @returns `CUE_CHANNELS` planes of `grid`².
 */
export function drawCue(points: Float64Array, grid: number): Float32Array {
  const all = new Float64Array(4 * 19);
  all.set(points);
  for (let k = 0; k < 4; k++) {
    all[4 * 17 + k] = (points[4 + k] + points[8 + k]) / 2;
    all[4 * 18 + k] = (points[28 + k] + points[32 + k]) / 2;
  }
  const cells = grid * grid, out = new Float32Array(CUE_CHANNELS * cells);
  LIMBS.forEach((bones, limb) => {
    const presence = out.subarray(2 * limb * cells, (2 * limb + 1) * cells);
    const depth = out.subarray((2 * limb + 1) * cells, (2 * limb + 2) * cells);
    for (const [a, b] of bones) {
      const [ax, ay, az, ac] = all.subarray(4 * a, 4 * a + 4);
      const [bx, by, bz, bc] = all.subarray(4 * b, 4 * b + 4);
      const dx = bx - ax, dy = by - ay, square = dx * dx + dy * dy + 1e-8;
      for (let cell = 0; cell < cells; cell++) {
        const row = Math.floor(cell / grid);
        const px = (cell - row * grid + 0.5) / grid - ax, py = (row + 0.5) / grid - ay;
        const t = Math.min(1, Math.max(0, (px * dx + py * dy) / square));
        const x = px - t * dx, y = py - t * dy;
        const value = Math.exp(-(x * x + y * y) / (2 * SIGMA * SIGMA)) * (ac + t * (bc - ac));
        if (value <= presence[cell]) continue;
        presence[cell] = value;
        depth[cell] = DEPTH_FACTOR * value * (az + t * (bz - az));
      }
    }
  });
  return out;
}
