/**
 * What a body that was fitted to the picture tells a compact model: where its joints lie, and how deep
 * its surface is at every pixel of the canvas.
 */
import { project } from "../../core/geometry/camera.ts";
import type { Camera } from "../../core/geometry/camera.ts";
import { transformPoint } from "../../core/geometry/transform.ts";
import { type BodyFit } from "../../body/fit.ts";
import { bodyMesh, poseBody } from "../../body/forward.ts";
import { SMPL_JOINTS } from "../../body/joints.ts";
import type { BodyModel } from "../../body/model.ts";
import { cpuBackend } from "../../render/cpu/cpu_backend.ts";
import type { CropSquare } from "./pose_cue.ts";
import { RayCodes } from "./ray_codes.ts";

/** A fit, in the frame of the camera's `camFromScan`. */
export interface FittedBody {
  model: BodyModel;
  fit: BodyFit;
}

/** The body in a picture. Depths are pixels behind the plane through the person's centre, along rays. */
export interface BodyInPicture {
  /** 24 × (x, y, depth), pixels of the canvas. */
  joints: Float64Array;
  /** 1 where the body is; canvas². */
  mask: Uint8Array;
  front: Float32Array;
  back: Float32Array;
  /** Codes of the front's and the back's normals (`RayCodes`), six planes of canvas². */
  codes: Float32Array;
}

/** Draws a body of SMPL's kind on the canvas. */
export async function drawBody(
  { model, fit }: FittedBody,
  { camera, distanceM }: { camera: Camera; distanceM: number },
): Promise<BodyInPicture> {
  const posed = poseBody(model, fit), backend = cpuBackend();
  const scene = await backend.prepare(bodyMesh(model, posed));
  const maps = await backend.draw(scene, camera, {
    maps: ["depth", "depth_back", "normal", "normal_back", "mask"],
  });
  backend.release(scene);
  const { width } = camera, perspective = camera.projection === "perspective";
  const perM = perspective ? camera.fx / distanceM : width / (2 * camera.halfWidthM);
  const joints = new Float64Array(3 * SMPL_JOINTS.length);
  for (let j = 0; j < joints.length; j += 3) {
    const point = [posed.joints[j], posed.joints[j + 1], posed.joints[j + 2]] as const;
    const [u, v] = project(camera, [...point]);
    const [, , z] = transformPoint(camera.camFromScan, [...point]);
    joints.set([u, v, (-z - distanceM) * perM], j);
  }
  const n = maps.mask!.length, mask = new Uint8Array(n);
  const front = new Float32Array(n), back = new Float32Array(n), codes = new Float32Array(6 * n);
  const rays = new RayCodes(camera, distanceM), code = new Float64Array(3);
  for (let i = 0; i < n; i++) {
    if (maps.mask![i] === 0) continue;
    const row = Math.floor(i / width), pixel: [number, number] = [i - row * width, row];
    mask[i] = 1;
    front[i] = rays.code(pixel, [maps.depth![i], maps.normal!, 3 * i], code);
    for (let k = 0; k < 3; k++) codes[k * n + i] = code[k];
    back[i] = rays.code(pixel, [maps.depth_back![i], maps.normal_back!, 3 * i], code);
    for (let k = 0; k < 3; k++) codes[(3 + k) * n + i] = code[k];
  }
  return { joints, mask, front, back, codes };
}

/** Joints that stand for the points of a cue, in their order. */
// deno-fmt-ignore
const CUE_JOINTS = [
  "head", "l_shoulder", "r_shoulder", "l_elbow", "r_elbow", "l_wrist", "r_wrist", "l_hip", "r_hip",
  "l_knee", "r_knee", "l_ankle", "r_ankle", "l_foot", "r_foot", "l_hand", "r_hand",
] as const;

/** The points of a cue from a body's joints, as `cuePoints` gives them; all are sure. */
export function cueOfBody({ joints }: BodyInPicture, { x, y, sidePx }: CropSquare): Float64Array {
  const out = new Float64Array(4 * CUE_JOINTS.length);
  CUE_JOINTS.forEach((name, i) => {
    const j = 3 * SMPL_JOINTS.indexOf(name);
    out.set([
      (joints[j] - x) / sidePx,
      (joints[j + 1] - y) / sidePx,
      joints[j + 2] / sidePx,
      1,
    ], 4 * i);
  });
  const hips = (out[4 * 7 + 2] + out[4 * 8 + 2]) / 2;
  for (let i = 0; i < CUE_JOINTS.length; i++) out[4 * i + 2] -= hips;
  return out;
}

/**
 * Planes of {@linkcode bodyPlanes}: front and back normal codes, middle depth and half thickness (shares
 * of the square's side; the depth from the middle of the hips), coverage.
 */
export const BODY_PLANES = 9;

/** Samples a cell and axis. */
const SAMPLES = 4;

/**
 * The body on the grid of a square, as the coarse network sees it: each cell the mean of those of its
 * 4 × 4 samples (nearest pixels) that show the body, 0 where none does.
 *
 * @returns `BODY_PLANES` planes of grid².
 */
export function bodyPlanes(
  { mask, front, back, codes, joints }: BodyInPicture,
  { x, y, sidePx }: CropSquare,
  grid: number,
): Float32Array {
  const cells = grid * grid, out = new Float32Array(BODY_PLANES * cells);
  const n = mask.length, side = Math.round(Math.sqrt(n)), step = sidePx / grid;
  const hips = (joints[3 * SMPL_JOINTS.indexOf("l_hip") + 2] +
    joints[3 * SMPL_JOINTS.indexOf("r_hip") + 2]) / 2;
  const sum = new Float64Array(BODY_PLANES);
  for (let cell = 0; cell < cells; cell++) {
    const r = Math.floor(cell / grid), c = cell - r * grid;
    sum.fill(0);
    for (let k = 0; k < SAMPLES * SAMPLES; k++) {
      const column = Math.floor(x + step * (c + (k % SAMPLES + 0.5) / SAMPLES));
      const row = Math.floor(y + step * (r + (Math.floor(k / SAMPLES) + 0.5) / SAMPLES));
      if (column < 0 || row < 0 || column >= side || row >= side) continue;
      const i = row * side + column;
      if (mask[i] === 0) continue;
      for (let j = 0; j < 6; j++) sum[j] += codes[j * n + i];
      sum[6] += ((front[i] + back[i]) / 2 - hips) / sidePx;
      sum[7] += (back[i] - front[i]) / 2 / sidePx;
      sum[8]++;
    }
    if (sum[8] === 0) continue;
    for (let j = 0; j < 8; j++) out[j * cells + cell] = sum[j] / sum[8];
    out[8 * cells + cell] = sum[8] / (SAMPLES * SAMPLES);
  }
  return out;
}

/** Cells of the grid on which depth is handed on to where the body is not, pixels. */
const CELL = 8;

/** How much of the thickness is the body's, and how much clothes add to it on either side, metres. */
const BODY_SHARE = 0.5, CLOTH_M = 0.008;

/**
 * Holds a network's depth to a body, in place: at the body's pixels the middle becomes the body's
 * and the thickness the mean of both; elsewhere the middle moves as it does at the nearest of them.
 */
export function holdToBody(
  [frontPx, backPx]: readonly [Float32Array, Float32Array],
  mask: Uint8Array,
  { body, side, pxPerM }: { body: BodyInPicture; side: number; pxPerM: number },
): void {
  const cells = Math.ceil(side / CELL), shift = new Float64Array(cells * cells);
  const count = new Float64Array(cells * cells);
  const cellOf = (i: number) =>
    Math.floor(Math.floor(i / side) / CELL) * cells + Math.floor((i % side) / CELL);
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] === 0 || body.mask[i] === 0) continue;
    const cell = cellOf(i);
    shift[cell] += (body.front[i] + body.back[i] - frontPx[i] - backPx[i]) / 2;
    count[cell]++;
  }
  let known = 0;
  for (let c = 0; c < shift.length; c++) if (count[c] > 0) shift[c] /= count[c], known++;
  if (known === 0) return;
  spread(shift, count, cells);
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] === 0) continue;
    const half = (backPx[i] - frontPx[i]) / 2;
    if (body.mask[i] === 0) {
      frontPx[i] += shift[cellOf(i)];
      backPx[i] += shift[cellOf(i)];
      continue;
    }
    const bodyMiddle = (body.front[i] + body.back[i]) / 2;
    const bodyHalf = (body.back[i] - body.front[i]) / 2 + CLOTH_M * pxPerM;
    const mixed = BODY_SHARE * bodyHalf + (1 - BODY_SHARE) * half;
    frontPx[i] = bodyMiddle - mixed;
    backPx[i] = bodyMiddle + mixed;
  }
}

/** Gives every cell without a value the mean of its neighbours with one, ring by ring. */
function spread(values: Float64Array, count: Float64Array, side: number): void {
  let known = Uint8Array.from(count, (n) => n > 0 ? 1 : 0);
  for (let left = known.filter((k) => k === 0).length; left > 0;) {
    const next = known.slice();
    for (let i = 0; i < values.length; i++) {
      if (known[i] !== 0) continue;
      const c = i % side;
      let sum = 0, n = 0;
      for (const j of [c > 0 ? i - 1 : -1, c + 1 < side ? i + 1 : -1, i - side, i + side]) {
        if (j >= 0 && j < values.length && known[j] !== 0) sum += values[j], n++;
      }
      if (n > 0) values[i] = sum / n, next[i] = 1, left--;
    }
    known = next;
  }
}
