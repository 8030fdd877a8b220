/** How far the maps of one back-end are from another's, pixel by pixel. */
import type { RasterMaps } from "../../render/backend.ts";

/** What two back-ends disagree about. Counts are of pixels. */
export interface Parity {
  /** Covered in the first. */
  covered: number;
  /** Covered in one alone. */
  coverage: number;
  /** Covered in both, and front or back depth differs by more than {@linkcode PARITY.depthM}. */
  depth: number;
  /** Largest difference of the other depths, metres. */
  depthM: number;
  /** Median angle between normals of both sides, degrees. */
  normalDeg: number;
  /** Covered in both, and a channel of a colour differs by more than 1 of 255. */
  color: number;
}

/** What is asked of back-ends. */
export const PARITY = {
  /** Share of covered pixels that lie on an edge and may be another surface's. */
  edgeShare: 0.0002,
  /**
   * Share of covered pixels whose colour may differ: on an edge between two triangles, either may be
   * seen, and at a seam of the texture the two do not have the same colour.
   */
  colorShare: 0.001,
  depthM: 1e-4,
  normalDeg: 0.2,
} as const;

/** Compares whole sets of maps. */
export function parityOf(a: RasterMaps, b: RasterMaps): Parity {
  const pixels = a.mask!.length, found = { covered: 0, coverage: 0, depth: 0, depthM: 0, color: 0 };
  const angles: number[] = [];
  for (let i = 0; i < pixels; i++) {
    if (a.mask![i] !== 0) found.covered++;
    if (a.mask![i] !== b.mask![i]) found.coverage++;
    if (a.mask![i] === 0 || b.mask![i] === 0) continue;
    const apart = Math.max(
      Math.abs(a.depth![i] - b.depth![i]),
      Math.abs(a.depth_back![i] - b.depth_back![i]),
    );
    if (!(apart <= PARITY.depthM)) found.depth++;
    else found.depthM = Math.max(found.depthM, apart);
    for (const name of ["normal", "normal_back"] as const) {
      angles.push(angleDeg(a[name]!, b[name]!, 3 * i));
    }
    for (const name of ["color", "color_back", "shaded"] as const) {
      const x = a[name], y = b[name];
      if (x === undefined || y === undefined) continue;
      if ([0, 1, 2].some((k) => Math.abs(x[4 * i + k] - y[4 * i + k]) > 1)) {
        found.color++;
        break;
      }
    }
  }
  angles.sort((x, y) => x - y);
  return { ...found, normalDeg: angles[angles.length >> 1] ?? 0 };
}

/** What of a comparison is worse than {@linkcode PARITY} allows, a line each. */
export function parityFaults(found: Parity): string[] {
  const faults: string[] = [];
  const { covered, coverage, depth, color, normalDeg } = found;
  if (covered === 0) faults.push("nothing is covered");
  for (const [name, count] of Object.entries({ coverage, depth, color })) {
    const share = name === "color" ? PARITY.colorShare : PARITY.edgeShare;
    const most = Math.ceil(share * covered);
    if (count > most) faults.push(`${name}: ${count} pixels differ, expected at most ${most}`);
  }
  if (!(normalDeg <= PARITY.normalDeg)) faults.push(`normals: ${normalDeg}° apart in the median`);
  return faults;
}

/** Angle between two encoded normals: by half the chord, which keeps small angles exact. */
function angleDeg(a: Uint16Array, b: Uint16Array, at: number): number {
  let squared = 0;
  for (let k = 0; k < 3; k++) squared += ((a[at + k] - b[at + k]) / 32767.5) ** 2;
  return 2 * Math.asin(Math.min(1, Math.sqrt(squared) / 2)) * 180 / Math.PI;
}
