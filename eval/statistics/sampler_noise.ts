/**
 * What a protocol's sampler does to the number it ranks by: how far that number moves when nothing
 * but the seed changes. Measured on one bundled person (the scan h02 and its fitted body) by
 * `tests/bench/protocol_noise.ts`; other pairs differ by some tenths of it.
 */
import type { ProtocolRecord } from "../results.ts";

/** What was measured of one protocol. */
export interface MeasuredNoise {
  /** The key that it ranks by. */
  key: string;
  /** Standard deviation over the seeds as a share of the mean. */
  relative: number;
  /** Seeds. */
  seeds: number;
}

const SURFACE_10_000 = { key: "chamfer_cm", relative: 0.00913, seeds: 20 };
const EDGES_1000 = { key: "chamfer_ndc100", relative: 0.0212, seeds: 20 };

/** By protocol, as it stands in version 1. */
export const SAMPLER_NOISE: Readonly<Record<string, MeasuredNoise>> = Object.freeze({
  "suite-1": { key: "chamfer_cm", relative: 0.000584, seeds: 20 },
  "suite-regions-1": { key: "chamfer_cm", relative: 0.000584, seeds: 20 }, // the same samples
  "suite-volume-1": { key: "volume_iou", relative: 0.00135, seeds: 20 },
  "pifuhd-2020": SURFACE_10_000,
  "human3diffusion-2024": SURFACE_10_000, // the same samples and distances
  "2k2k-style": SURFACE_10_000,
  "xavatar-2023": { ...SURFACE_10_000, key: "chamfer_mm" },
  "icon-2022": { key: "chamfer_ndc100", relative: 0.0133, seeds: 20 },
  "econ-2023": EDGES_1000,
  "gta-2023": EDGES_1000,
  "sifu-2024": EDGES_1000,
  "hilo-2024": EDGES_1000,
  "integrated-pifu-2022": { key: "chamfer_units2", relative: 0.0189, seeds: 20 },
  "synchuman": { key: "chamfer_axis100", relative: 0.00174, seeds: 6 },
  "open3d-0.20": { key: "chamfer_sum_m", relative: 0.0265, seeds: 20 },
  "pytorch3d": { key: "chamfer_sum_m2", relative: 0.0134, seeds: 20 },
});

/** A board's share of it. */
export interface BoardNoise {
  key: string;
  /** Of one item's score: standard deviation over seeds, as a share of it. */
  relative: number;
  /** Of a mean over the board's subjects, likewise. */
  ofMean: number;
}

/**
 * The sampler's noise on a board; undefined where it was not measured: another version, or other
 * constants than the protocol's own.
 */
export function boardNoise(
  { id, version }: Pick<ProtocolRecord, "id" | "version">,
  { subjects }: { subjects: number },
): BoardNoise | undefined {
  const found = Object.hasOwn(SAMPLER_NOISE, id) ? SAMPLER_NOISE[id] : undefined;
  if (found === undefined || String(version) !== "1" || subjects === 0) return undefined;
  const { key, relative } = found;
  return { key, relative, ofMean: relative / Math.sqrt(subjects) };
}
