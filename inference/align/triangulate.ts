/** Points in space from their places in several pictures. */
import type { Camera } from "../../core/geometry/camera.ts";
import { invert, transformPoint } from "../../core/geometry/transform.ts";

/** A point on one picture. */
export interface Sighting {
  camera: Camera;
  /** Pixels. */
  u: number;
  v: number;
  /** 0 to 1. */
  confidence: number;
}

/** A point in space. */
export interface Triangulated {
  at: [number, number, number];
  /** Root mean square distance to the rays that count, weighted, metres. */
  spreadM: number;
  /** Sum of the confidences that are left after outliers are faded. */
  support: number;
}

/** Rays farther than this from the point fade, metres. */
const REACH_M = 0.04;

const ITERATIONS = 12;

/**
 * Finds the point nearest to the rays of its sightings: least squares of distances, reweighted
 * (Geman and McClure) so that pictures in which it was taken for something else fade out.
 *
 * @returns Undefined where fewer than two sightings count, or the rays are parallel.
 */
export function triangulate(sightings: readonly Sighting[]): Triangulated | undefined {
  const rays = sightings.filter(({ confidence }) => confidence > 0).map(rayOf);
  if (rays.length < 2) return undefined;
  let weights = rays.map(({ confidence }) => confidence);
  let at = nearestTo(rays, weights);
  for (let i = 0; i < ITERATIONS && at !== undefined; i++) {
    // The reach shrinks to its last value, so that a bad start can be left.
    const reach = REACH_M * Math.max(1, 8 / (i + 1));
    weights = rays.map((ray) => {
      const square = distanceTo(ray, at!) ** 2;
      return ray.confidence * (reach * reach / (reach * reach + square)) ** 2;
    });
    at = nearestTo(rays, weights);
  }
  if (at === undefined) return undefined;
  let sum = 0, total = 0;
  rays.forEach((ray, i) => {
    sum += weights[i] * distanceTo(ray, at!) ** 2;
    total += weights[i];
  });
  return { at, spreadM: Math.sqrt(sum / total), support: total };
}

interface Ray {
  origin: [number, number, number];
  direction: [number, number, number];
  confidence: number;
}

function rayOf({ camera, u, v, confidence }: Sighting): Ray {
  const scanFromCam = invert(camera.camFromScan);
  let from: [number, number, number] = [0, 0, 0], to: [number, number, number];
  if (camera.projection === "perspective") {
    to = [(u - camera.cx) / camera.fx, (camera.cy - v) / camera.fy, -1];
  } else {
    const metres = 2 * camera.halfWidthM / camera.width;
    const x = (u - camera.width / 2) * metres, y = (camera.height / 2 - v) * metres;
    from = [x, y, 0], to = [x, y, -1];
  }
  const origin = transformPoint(scanFromCam, from), ahead = transformPoint(scanFromCam, to);
  const d = ahead.map((value, k) => value - origin[k]), length = Math.hypot(...d);
  return { origin, direction: [d[0] / length, d[1] / length, d[2] / length], confidence };
}

function distanceTo({ origin, direction: [x, y, z] }: Ray, at: readonly number[]): number {
  const a = at[0] - origin[0], b = at[1] - origin[1], c = at[2] - origin[2];
  return Math.hypot(b * z - c * y, c * x - a * z, a * y - b * x);
}

/** Solves Σ w (I − d dᵀ)(p − o) = 0 by Cramer's rule. */
function nearestTo(
  rays: readonly Ray[],
  weights: readonly number[],
): [number, number, number] | undefined {
  const m = [0, 0, 0, 0, 0, 0, 0, 0, 0], b = [0, 0, 0];
  rays.forEach(({ origin, direction: d }, i) => {
    for (let r = 0; r < 3; r++) {
      for (let c = 0; c < 3; c++) {
        const value = weights[i] * ((r === c ? 1 : 0) - d[r] * d[c]);
        m[3 * r + c] += value;
        b[r] += value * origin[c];
      }
    }
  });
  const det = (a: number[]) =>
    a[0] * (a[4] * a[8] - a[5] * a[7]) - a[1] * (a[3] * a[8] - a[5] * a[6]) +
    a[2] * (a[3] * a[7] - a[4] * a[6]);
  const whole = det(m), size = (m[0] + m[4] + m[8]) / 3;
  if (!(Math.abs(whole) > 1e-6 * size ** 3)) return undefined;
  const part = (column: number) => det(m.map((v, i) => i % 3 === column ? b[(i - column) / 3] : v));
  return [part(0) / whole, part(1) / whole, part(2) / whole];
}
