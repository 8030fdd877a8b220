/**
 * The data flow of compact models (docs/open_model.md): one coarse network on a tight crop of the
 * person gives normals, middle depth and half thickness; one network that all part windows share
 * gives finer normals; the refinement integrates them, held to the coarse depth.
 */
import { CancelledError } from "../../core/work/errors.ts";
import { blendParts, type PartNormals } from "./blend.ts";
import { clamp, sigmoid } from "./coarse.ts";
import { coarseOutput, HALF, LOGIT, MIDDLE } from "./compact_coarse.ts";
import { type BodyInPicture, bodyPlanes, cueOfBody, holdToBody } from "./fitted_body.ts";
import { integrateNormals } from "./integrate.ts";
import type { ModelFolder } from "./model_json.ts";
import { openNet, runNet } from "./nets.ts";
import { NETWORK_DEFAULTS, type NetworkMaps, type NetworkOptions } from "./network.ts";
import type { PartAffines } from "./part_affine.ts";
import type { CompactPipeline, Pipeline } from "./pipeline.ts";
import { gridPicture, GridSampler, personCrop } from "./person_crop.ts";
import { cuePoints, type PoseLandmarks } from "./pose_cue.ts";
import { middleWindow, SourcePositions } from "./sampling.ts";

/** What a compact model sees of a picture. */
export interface CompactInput {
  /** Interleaved 8-bit RGB canvas, cut out. */
  rgb: Uint8Array;
  /** 0 or 1, canvas². */
  mask: Uint8Array;
  affines: PartAffines;
  /** In canvas pixels; without it the model works from the picture alone. */
  landmarks: PoseLandmarks | undefined;
  /** A body fitted to the picture: its joints then are the cue, and its surface is seen or held to. */
  body?: BodyInPicture | undefined;
  /** Canvas pixels a metre at the plane through the person's centre. */
  pxPerM: number;
}

/** Cells count by the mask's probability, never by less. */
const LEAST_COUNT = 1e-3;

/**
 * Runs a compact model on one picture.
 *
 * @throws {CancelledError} If the signal is raised.
 * @throws {InputError} If a network cannot be loaded.
 * @throws {RangeError} If the mask is empty.
 */
export async function runCompact(
  input: CompactInput,
  model: ModelFolder & { json: { pipeline: { compact: CompactPipeline } } },
  options: NetworkOptions = {},
): Promise<NetworkMaps> {
  const { pipeline } = model.json, { compact, canvasPx, coarsePx } = pipeline;
  const { threads = NETWORK_DEFAULTS.threads, providers = NETWORK_DEFAULTS.providers } = options;
  const session = { threads, providers, memory: "fast" } as const;
  const stage = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    if (options.signal?.aborted) throw new CancelledError();
    let result!: T;
    await (options.stage ?? NETWORK_DEFAULTS.stage)(name, async () => {
      result = await work();
    });
    return result;
  };
  const square = personCrop(input.mask, canvasPx, compact.personShare);
  const output = await stage("coarse", async () => {
    const picture = gridPicture(
      { canvas: input.rgb, mask: input.mask, side: canvasPx },
      square,
      coarsePx,
    );
    const { body, landmarks } = input;
    // Joints of a body lie well together: there is nothing to correct.
    const points = body !== undefined
      ? cueOfBody(body, square)
      : landmarks && cuePoints(landmarks, square);
    const planes = compact.body === true && body !== undefined
      ? bodyPlanes(body, square, coarsePx)
      : undefined;
    return await coarseOutput({ picture, points, body: planes, grid: coarsePx }, model, {
      compact: { ...compact, lifter: compact.lifter && body === undefined },
      session,
    });
  });
  const cells = coarsePx * coarsePx;
  const logits = output.subarray(LOGIT * cells, (LOGIT + 1) * cells);
  const counts = logits.map((logit) => LEAST_COUNT + sigmoid(logit));
  const sampler = new GridSampler(square, coarsePx, counts);
  const parts = compact.parts === "none"
    ? []
    : await stage("part normals", () => partNormals(input, model, { output, sampler, session }));
  const { normal, occupancy } = await stage("blend", () => {
    const blended = blendParts(parts, [input.affines, pipeline]);
    fillWithCoarse(blended, input.mask, { output, sampler, side: canvasPx });
    return Promise.resolve(blended);
  });
  const fine = await stage(
    "refine",
    () =>
      Promise.resolve(
        refined(input, { normal, output, sampler, sidePx: square.sidePx, pipeline, compact }),
      ),
  );
  return {
    coarseNormal: output.subarray(0, 6 * cells).map((n) => (n + 1) / 2),
    coarse: coarseMaps(output, square.sidePx, pipeline),
    parts,
    normal,
    occupancy,
    fine,
  };
}

/** Depth codes of the coarse grid, on its own cells. */
function coarseMaps(output: Float32Array, sidePx: number, { depth, coarsePx }: Pipeline) {
  const cells = coarsePx * coarsePx, scale = sidePx / depth.unitPx;
  const front = new Float32Array(cells), back = new Float32Array(cells);
  const mask = new Float32Array(cells);
  let clamped = 0;
  for (let i = 0; i < cells; i++) {
    const middle = output[MIDDLE * cells + i], half = output[HALF * cells + i];
    mask[i] = sigmoid(output[LOGIT * cells + i]);
    const inside = mask[i] > depth.maskThreshold;
    const f = depth.centre + scale * (middle - half), b = depth.centre + scale * (middle + half);
    front[i] = inside ? clamp(f, depth.min, depth.max) : depth.backgroundFront;
    back[i] = inside ? clamp(b, depth.min, depth.max) : depth.backgroundBack;
    if (inside) clamped += Number(front[i] !== Math.fround(f)) + Number(back[i] !== Math.fround(b));
  }
  return { front, back, mask, clamped };
}

interface CoarseSource {
  output: Float32Array;
  sampler: GridSampler;
}

/** Runs every part: picture and coarse codes upright in its window, codes turned back afterwards. */
async function partNormals(
  { rgb, affines }: CompactInput,
  model: ModelFolder,
  { output, sampler, session }: CoarseSource & { session: Parameters<typeof openNet>[2] },
): Promise<PartNormals[]> {
  const { canvasPx, groups } = model.json.pipeline, results: PartNormals[] = [];
  await using net = await openNet(model, "part", session);
  for (const group of groups) {
    const [rows, columns] = group.windowPx, size = rows * columns;
    const box = middleWindow(canvasPx, group.windowPx), line = new Float32Array(2 * columns);
    for (const part of group.parts) {
      const positions = new SourcePositions(affines.pictureFromPart, part, canvasPx);
      const [x0, y0] = positions.at(0, 0), [x1, y1] = positions.at(1, 0);
      const length = Math.hypot(x1 - x0, y1 - y0);
      const cos = (x1 - x0) / length, sin = (y1 - y0) / length;
      const data = new Float32Array(9 * size);
      for (let r = 0, to = 0; r < rows; r++) {
        positions.row(box.top + r, box.left, columns, line);
        for (let c = 0; c < columns; c++, to++) {
          const x = line[c], y = line[columns + c];
          samplePicture(rgb, canvasPx, [x, y], [data, to, size]);
          sampler.at(x + 0.5, y + 0.5);
          for (const k of [0, 3]) {
            const a = sampler.of(output, k), b = sampler.of(output, k + 1);
            data[(3 + k) * size + to] = cos * a + sin * b;
            data[(4 + k) * size + to] = cos * b - sin * a;
            data[(5 + k) * size + to] = sampler.of(output, k + 2);
          }
        }
      }
      const feeds = { window: { data, dims: [1, 9, rows, columns] } };
      const normals = await runNet(net, feeds, 6 * size);
      for (const k of [0, 3 * size]) {
        for (let i = k; i < k + size; i++) {
          const a = normals[i], b = normals[i + size];
          normals[i] = (1 + cos * a - sin * b) / 2;
          normals[i + size] = (1 + sin * a + cos * b) / 2;
          normals[i + 2 * size] = (1 + normals[i + 2 * size]) / 2;
        }
      }
      results.push({ part, group, normals });
    }
  }
  return results.sort((a, b) => a.part - b.part);
}

/** Bilinear, 0 outside of the canvas; three planes of 0 to 1. */
function samplePicture(
  rgb: Uint8Array,
  side: number,
  [x, y]: readonly [number, number],
  [out, to, size]: readonly [Float32Array, number, number],
): void {
  const x0 = Math.floor(x), y0 = Math.floor(y), s = x - x0, t = y - y0;
  for (let k = 0; k < 4; k++) {
    const column = x0 + (k & 1), row = y0 + (k >> 1);
    if (column < 0 || row < 0 || column >= side || row >= side) continue;
    const w = ((k & 1) === 0 ? 1 - s : s) * (k < 2 ? 1 - t : t) / 255;
    const at = 3 * (row * side + column);
    for (let channel = 0; channel < 3; channel++) out[channel * size + to] += w * rgb[at + channel];
  }
}

/** Coarse normals where no part reaches, inside of the mask. */
function fillWithCoarse(
  { normal, occupancy }: { normal: Float32Array; occupancy: Float32Array },
  mask: Uint8Array,
  { output, sampler, side }: CoarseSource & { side: number },
): void {
  const plane = side * side;
  for (let i = 0; i < plane; i++) {
    if (mask[i] === 0 || occupancy[i] > 0) continue;
    const row = Math.floor(i / side);
    sampler.at(i - row * side + 0.5, row + 0.5);
    for (let k = 0; k < 6; k++) normal[k * plane + i] = (1 + sampler.of(output, k)) / 2;
  }
}

/** Front and back depth codes on the canvas. */
function refined(
  { mask, body, pxPerM }: CompactInput,
  { normal, output, sampler, sidePx, pipeline, compact }: CoarseSource & {
    normal: Float32Array;
    sidePx: number;
    pipeline: Pipeline;
    compact: CompactPipeline;
  },
) {
  const { canvasPx: side, depth } = pipeline, n = side * side;
  const frontPx = new Float32Array(n), backPx = new Float32Array(n);
  const belief = new Float32Array(n);
  for (let i = 0; i < n; i++) {
    if (mask[i] === 0) continue;
    const row = Math.floor(i / side);
    sampler.at(i - row * side + 0.5, row + 0.5);
    const middle = sampler.of(output, MIDDLE), half = sampler.of(output, HALF);
    frontPx[i] = sidePx * (middle - half);
    backPx[i] = sidePx * (middle + half);
    belief[i] = sigmoid(sampler.of(output, LOGIT));
  }
  if (body !== undefined && compact.body !== true) {
    holdToBody([frontPx, backPx], mask, { body, side, pxPerM });
  }
  const sides = compact.refine === "none"
    ? [frontPx, backPx]
    : [frontPx, backPx].map((depthPx, k) =>
      integrateNormals({
        mask,
        depthPx,
        codes: normal.subarray(3 * k * n, 3 * (k + 1) * n).map((v) => 2 * v - 1),
        side,
      })
    );
  const front = new Float32Array(n).fill(depth.backgroundFront);
  const back = new Float32Array(n).fill(depth.backgroundBack);
  let clamped = 0;
  for (let i = 0; i < n; i++) {
    if (mask[i] === 0) continue;
    // Where the two sides pass through each other the body is thin: both move to their middle.
    const a = sides[0][i], b = sides[1][i], middle = (a + b) / 2;
    const half = Math.max(compact.leastThicknessPx, b - a) / 2;
    const f = depth.centre + (middle - half) / depth.unitPx;
    const e = depth.centre + (middle + half) / depth.unitPx;
    front[i] = clamp(f, depth.min, depth.max);
    back[i] = clamp(e, depth.min, depth.max);
    clamped += Number(front[i] !== Math.fround(f)) + Number(back[i] !== Math.fround(e));
  }
  return { front, back, mask: belief, clamped, tiles: 0, computed: 0 };
}
