/** What every protocol says about one pair, and what every protocol warns of. */
import type { Camera } from "../../core/geometry/camera.ts";
import type { Scores, TransformRecord } from "../results.ts";
import type { Surface } from "./surface.ts";

/** What a protocol says about one pair. */
export interface PairScores {
  /** By alignment, then by key. */
  scores: Record<string, Scores>;
  /** By alignment; `none` has none. */
  transforms: Record<string, TransformRecord>;
  warnings: string[];
}

/** What is compared, and how. */
export interface PairOptions {
  /** Which of the protocol's alignments. */
  alignments: readonly string[];
  /** The camera of the input view, where there is one. */
  camera?: Camera | undefined;
}

/** Sizes that differ this much come from another unit, not from another reconstruction. */
const OTHER_UNIT = 5;

/** Says so where the prediction seems to be in another unit than the scan. */
export function sizeWarnings(truth: Surface, prediction: Surface): string[] {
  const diagonal = ({ bounds: { min, max } }: Surface) =>
    Math.hypot(...max.map((high, k) => high - min[k]));
  const ratio = diagonal(prediction) / diagonal(truth);
  if (ratio <= OTHER_UNIT && ratio >= 1 / OTHER_UNIT) return [];
  return [
    `the prediction is ${Number(ratio.toPrecision(2))} times as large as the scan: ` +
    `is it in another unit?`,
  ];
}
