/** The coarse network of compact models, run on a crop and on its mirror image. */
import type { SessionOptions } from "../onnx/session.ts";
import { BODY_PLANES } from "./fitted_body.ts";
import type { ModelFolder } from "./model_json.ts";
import { openNet, runNet } from "./nets.ts";
import type { CompactPipeline } from "./pipeline.ts";
import { CUE_CHANNELS, drawCue, mirroredCue } from "./pose_cue.ts";

/**
 * Planes of the coarse network's output: front and back normal codes (unit vectors), middle depth and
 * half thickness (shares of the crop's side), mask logit.
 */
export const COARSE_PLANES = 9, MIDDLE = 6, HALF = 7, LOGIT = 8;

/** What the coarse network looks at. */
export interface CoarseInput {
  /** Red, green, blue, coverage: four planes of grid², 0 to 1. */
  picture: Float32Array;
  /** Points of the cue, length 68; absent where nothing is known of the pose. */
  points: Float64Array | undefined;
  /** Planes of a fitted body (`bodyPlanes`), for networks that see one; absent where there is none. */
  body?: Float32Array | undefined;
  grid: number;
}

/**
 * Runs lifter and coarse network. With `mirror` the picture is also seen mirrored, and the answers are
 * averaged: their errors are partly independent.
 *
 * @returns `COARSE_PLANES` planes of grid².
 * @throws {InputError} If a network cannot be loaded.
 */
export async function coarseOutput(
  { picture, points, body, grid }: CoarseInput,
  model: ModelFolder,
  { compact, session }: { compact: CompactPipeline; session: SessionOptions },
): Promise<Float32Array> {
  const { cuePx } = compact, count = COARSE_PLANES * grid * grid;
  const lifted = points === undefined || !compact.lifter
    ? points
    : await lift(points, model, session);
  await using net = await openNet(model, "coarse", session);
  const run = (
    planes: Float32Array,
    seen: Float64Array | undefined,
    surface: Float32Array | undefined,
  ) =>
    runNet(net, {
      picture: { data: planes, dims: [1, 4, grid, grid] },
      cue: {
        data: seen === undefined
          ? new Float32Array(CUE_CHANNELS * cuePx * cuePx)
          : drawCue(seen, cuePx),
        dims: [1, CUE_CHANNELS, cuePx, cuePx],
      },
      ...(compact.body !== true ? {} : {
        body: {
          data: surface ?? new Float32Array(BODY_PLANES * grid * grid),
          dims: [1, BODY_PLANES, grid, grid],
        },
      }),
    }, count);
  const out = await run(picture, lifted, body);
  if (!compact.mirror) return out;
  const other = await run(
    flipped(picture, grid),
    lifted && mirroredCue(lifted),
    body && mirroredBody(body, grid),
  );
  return averaged(out, flipped(other, grid), grid * grid);
}

/** Planes of a body in the mirrored square. */
function mirroredBody(planes: Float32Array, grid: number): Float32Array {
  const out = flipped(planes, grid), cells = grid * grid;
  for (const plane of [0, 3]) {
    for (let i = plane * cells; i < (plane + 1) * cells; i++) out[i] = -out[i];
  }
  return out;
}

/** Corrects the depths of a cue's points from all of them together. */
export async function lift(
  points: Float64Array,
  model: ModelFolder,
  session: SessionOptions,
): Promise<Float64Array> {
  const count = points.length / 4, out = points.slice();
  await using net = await openNet(model, "lifter", session);
  const feeds = { points: { data: Float32Array.from(points), dims: [1, count, 4] } };
  const depths = await runNet(net, feeds, count);
  for (let i = 0; i < count; i++) out[4 * i + 2] = depths[i];
  return out;
}

/** Planes with left and right exchanged. */
export function flipped(planes: Float32Array, grid: number): Float32Array {
  const out = new Float32Array(planes.length);
  for (let i = 0; i < planes.length; i += grid) {
    for (let c = 0; c < grid; c++) out[i + c] = planes[i + grid - 1 - c];
  }
  return out;
}

/** Means of an output and of the flipped output of the mirrored picture; codes stay unit vectors. */
function averaged(out: Float32Array, other: Float32Array, cells: number): Float32Array {
  for (let i = 0; i < out.length; i++) {
    const plane = Math.floor(i / cells);
    out[i] = (out[i] + (plane === 0 || plane === 3 ? -other[i] : other[i])) / 2;
  }
  for (const first of [0, 3 * cells]) {
    for (let i = first; i < first + cells; i++) {
      const length = Math.hypot(out[i], out[i + cells], out[i + 2 * cells]);
      for (let k = 0; k < 3; k++) out[i + k * cells] /= Math.max(1e-6, length);
    }
  }
  return out;
}
