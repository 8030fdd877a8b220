/** What the maps of one run say about each other: a bad reconstruction explains itself. */
import type { Json } from "../../core/work/json.ts";
import { isPerson } from "./decode.ts";
import { POINT_COUNT, POINT_NAMES } from "./keypoints31.ts";
import type { NetworkMaps } from "./network.ts";
import type { Pipeline } from "./pipeline.ts";
import type { PreparedInput } from "./front_end.ts";

/** Shares are of the pixels of the given mask unless they say otherwise; 0 to 1. */
export interface Consistency {
  /** Pixels of the given mask and of the result's silhouette, as shares of the canvas. */
  maskShare: number;
  silhouetteShare: number;
  /** Intersection over union of both. */
  maskIou: number;
  /** Share of the mask where front lies behind back, which counts as background. */
  frontBehindBack: number;
  /** Share of the silhouette where front and back are closer than a canvas pixel. */
  paperThin: number;
  /** Angle between the blended normals and the depth's own, degrees, median and mean. */
  normalAngleDeg: { front: Spread; back: Spread };
  /** Share of the mask that some part covers. */
  partCoverage: number;
  /** Depth values that had to be clamped, as a share of the silhouette's; coarse: of all. */
  clamped: number;
  clampedCoarse: number;
  /** Share of normal components above 1, which code no normal, inside the silhouette. */
  normalsOutOfRange: number;
  /** Share of the 31 key points that were missing and guessed, and their names. */
  guessedShare: number;
  guessed: string[];
  /** Share of refinement tiles that saw only background. */
  backgroundTiles: number;
}

/** Median (to a tenth of a degree) and mean; null where there is nothing to measure. */
export interface Spread {
  medianDeg: number | null;
  meanDeg: number | null;
}

/** Compares the maps. */
export function consistencyOf(
  input: Pick<PreparedInput, "mask" | "guessedPoints">,
  maps: NetworkMaps,
  pipeline: Pipeline,
): Consistency {
  const { mask, guessedPoints } = input, { fine, coarse, occupancy, normal } = maps;
  const n = mask.length, thin = 1 / pipeline.depth.unitPx;
  let inMask = 0, person = 0, both = 0, behind = 0, paper = 0, covered = 0, high = 0;
  for (let i = 0; i < n; i++) {
    const is = isPerson(fine.front[i], fine.back[i]);
    if (is) {
      person++;
      if (fine.back[i] - fine.front[i] < thin) paper++;
      for (let at = i; at < normal.length; at += n) if (normal[at] > 1) high++;
    }
    if (mask[i] === 0) continue;
    inMask++;
    if (is) both++;
    if (fine.front[i] > fine.back[i]) behind++;
    if (occupancy[i] > 0) covered++;
  }
  const share = (part: number, of: number) => of === 0 ? 0 : part / of;
  return {
    maskShare: inMask / n,
    silhouetteShare: person / n,
    maskIou: share(both, inMask + person - both),
    frontBehindBack: share(behind, inMask),
    paperThin: share(paper, person),
    normalAngleDeg: {
      front: angles(maps, "front", pipeline),
      back: angles(maps, "back", pipeline),
    },
    partCoverage: share(covered, inMask),
    clamped: share(fine.clamped, 2 * person),
    clampedCoarse: coarse.clamped / (2 * coarse.front.length),
    normalsOutOfRange: share(high, 6 * person),
    guessedShare: guessedPoints.length / POINT_COUNT,
    guessed: guessedPoints.map((k) => POINT_NAMES[k]),
    backgroundTiles: share(fine.tiles - fine.computed, fine.tiles),
  };
}

/** A consistency as a manifest holds it. */
export function consistencyJson(consistency: Consistency): { [key: string]: Json } {
  const { normalAngleDeg: { front, back }, ...rest } = consistency;
  return { ...rest, normalAngleDeg: { front: { ...front }, back: { ...back } } };
}

/** Bins of the angle's histogram, a degree. */
const BINS_PER_DEG = 10;

/** Angle between the blended normal and the depth's own, over the silhouette's inner pixels. */
function angles(
  { normal, fine, occupancy }: NetworkMaps,
  which: "front" | "back",
  pipeline: Pipeline,
): Spread {
  const side = pipeline.canvasPx, n = side * side, first = which === "front" ? 0 : 3 * n;
  const depth = fine[which], z = pipeline.normals.zStep;
  const counts = new Uint32Array(180 * BINS_PER_DEG + 1);
  let total = 0, sum = 0;
  const inside = (i: number) => isPerson(fine.front[i], fine.back[i]);
  for (let r = 1; r < side; r++) {
    for (let c = 0; c + 1 < side; c++) {
      const i = r * side + c;
      // The depth's own normal (see `depthNormals`) uses the pixel to the right and the one above.
      if (occupancy[i] === 0 || !inside(i) || !inside(i + 1) || !inside(i - side)) continue;
      const x = depth[i] - depth[i + 1], y = depth[i - side] - depth[i];
      const a = 2 * normal[first + i] - 1, b = 2 * normal[first + n + i] - 1;
      const d = 2 * normal[first + 2 * n + i] - 1, length = a * a + b * b + d * d;
      if (length === 0) continue;
      const cosine = (a * x + b * y + d * z) / Math.sqrt(length * (x * x + y * y + z * z));
      const deg = Math.acos(Math.min(1, Math.max(-1, cosine))) * 180 / Math.PI;
      counts[Math.round(deg * BINS_PER_DEG)]++;
      sum += deg;
      total++;
    }
  }
  if (total === 0) return { medianDeg: null, meanDeg: null };
  let bin = 0;
  for (let below = 0; (below += counts[bin]) < total / 2;) bin++;
  return { medianDeg: bin / BINS_PER_DEG, meanDeg: sum / total };
}
