/** Full-size depth: the refinement network over tiles, or the coarse depth scaled up. */
import { CancelledError } from "../../core/work/errors.ts";
import { openSession, type SessionOptions } from "../onnx/session.ts";
import { clamp, scaledUp, sigmoid } from "./coarse.ts";
import { type ModelFolder, netPath } from "./model_json.ts";
import { readNet, runNet } from "./nets.ts";
import type { Pipeline } from "./pipeline.ts";
import { tileGraph } from "./refine_graph.ts";
import {
  backgroundTiles,
  placeTile,
  planTiles,
  type RefineMaps,
  type Tile,
  tileInputs,
  tileKind,
} from "./refine_tiles.ts";

/** How the refinement runs. */
export interface RefineOptions {
  session: SessionOptions;
  /** Side of a tile, pixels, a multiple of 8; `whole` is one tile, `auto` the cheapest of some. */
  tilePx: number | "whole" | "auto";
  /** `share`: tiles that see only background are computed once. `each`: every tile is computed. */
  background: "share" | "each";
  signal?: AbortSignal | undefined;
  /** Told after each tile. */
  progress?: ((done: number, total: number) => void) | undefined;
}

/** Full-size results, canvas² each. */
export interface FineDepth {
  /** Clamped. Front above back means background. */
  front: Float32Array;
  back: Float32Array;
  /** After the sigmoid. */
  mask: Float32Array;
  /** Depth values that were clamped where front ≤ back. */
  clamped: number;
  /** Tiles in all, and those that were computed. */
  tiles: number;
  computed: number;
}

/**
 * Runs the refinement network.
 *
 * @throws {CancelledError} If the signal is raised, between tiles.
 */
export async function refineDepth(
  maps: RefineMaps,
  model: ModelFolder,
  options: RefineOptions,
): Promise<FineDepth> {
  const { side } = maps, { pipeline } = model.json;
  const plane = side * side;
  const planes = [0, 1, 2].map(() => new Float32Array(plane));
  const { tiles, empty } = options.tilePx === "auto"
    ? cheapest(AUTO_TILES_PX.map((tilePx) => plan(maps, pipeline, { ...options, tilePx })))
    : plan(maps, pipeline, { ...options, tilePx: options.tilePx });
  const kinds = Map.groupBy(tiles.keys(), (i) => tileKind(tiles[i]));
  const stored = await readNet(model, "refine");
  let computed = 0, done = 0;
  for (const indices of kinds.values()) {
    const graph = await tileGraph(stored, tiles[indices[0]].borders, netPath(model, "refine"));
    await using session = await openSession(graph, options.session);
    let background: Float32Array | undefined;
    for (const i of indices) {
      if (options.signal?.aborted) throw new CancelledError();
      let result = empty[i] ? background : undefined;
      if (result === undefined) {
        result = await runNet(session, tileInputs(maps, tiles[i]), resultCount(tiles[i]));
        computed++;
        if (empty[i]) background = result;
      }
      placeTile(result, tiles[i], { planes, side });
      options.progress?.(++done, tiles.length);
    }
  }
  const clamped = finish(planes, pipeline);
  const [front, back, mask] = planes;
  return { front, back, mask, clamped, tiles: tiles.length, computed };
}

/** Sides that `auto` tries: larger ones waste more on background, smaller ones on margins. */
const AUTO_TILES_PX = [256, 128];

interface Plan {
  tiles: Tile[];
  /** Which tiles see nothing but background and may share a result. */
  empty: boolean[];
}

function plan(
  maps: RefineMaps,
  { depth }: Pipeline,
  { tilePx, background }: { tilePx: number | "whole"; background: "share" | "each" },
): Plan {
  const tiles = planTiles(maps.side, tilePx === "whole" ? maps.side : Math.min(maps.side, tilePx));
  if (background === "each") return { tiles, empty: tiles.map(() => false) };
  const depths = { front: depth.backgroundFront, back: depth.backgroundBack };
  return { tiles, empty: backgroundTiles(maps, tiles, depths) };
}

/** The plan with the fewest pixels to compute, margins included; the first of equals. */
function cheapest(plans: readonly Plan[]): Plan {
  const cost = ({ tiles, empty }: Plan) =>
    tiles.reduce(
      (sum, { rows, columns }, i) => sum + (empty[i] ? 0 : (rows + 8) * (columns + 8)),
      0,
    );
  return plans.reduce((best, next) => cost(next) < cost(best) ? next : best);
}

/** Values in a tile's result, with the margins its borders leave. */
function resultCount({ rows, columns, borders: [top, left, bottom, right] }: Tile): number {
  const margin = (a: boolean, b: boolean) => (a ? 0 : 3) + (b ? 0 : 3);
  return 3 * (rows + margin(top, bottom)) * (columns + margin(left, right));
}

/** Clamps depths and applies the sigmoid, in place; counts clamped values of the person. */
function finish([front, back, mask]: readonly Float32Array[], { depth }: Pipeline): number {
  let clamped = 0;
  for (let i = 0; i < front.length; i++) {
    const f = clamp(front[i], depth.min, depth.max), b = clamp(back[i], depth.min, depth.max);
    if (f <= b) clamped += Number(f !== front[i]) + Number(b !== back[i]);
    front[i] = f;
    back[i] = b;
    mask[i] = sigmoid(mask[i]);
  }
  return clamped;
}

/**
 * The result of a model without refinement: clamped coarse depths and the mask, scaled up
 * bilinearly; where the mask is not above the threshold, the background's depths.
 *
 * @param output Three planes of the coarse depth network.
 */
export function unrefinedDepth(output: Float32Array, pipeline: Pipeline): FineDepth {
  const { canvasPx, coarsePx, depth } = pipeline;
  const n = coarsePx * coarsePx;
  const small = output.map((v, i) => i < 2 * n ? clamp(v, depth.min, depth.max) : sigmoid(v));
  const wide = scaledUp(small, coarsePx, canvasPx / coarsePx), plane = canvasPx * canvasPx;
  const [front, back, mask] = [0, 1, 2].map((k) => wide.slice(k * plane, (k + 1) * plane));
  for (let i = 0; i < plane; i++) {
    if (mask[i] > depth.maskThreshold) continue;
    front[i] = depth.backgroundFront;
    back[i] = depth.backgroundBack;
  }
  return { front, back, mask, clamped: 0, tiles: 0, computed: 0 };
}
