/** The published program's point clouds from its 16-bit depth maps (docs/models.md, "Files"). */
import type { Mesh } from "../../core/geometry/mesh.ts";
import { dilated, eroded } from "./morphology.ts";
import type { Pipeline } from "./pipeline.ts";

/** 16-bit depth is pixels times this. */
const STEPS_PER_PX = 32;

/** Half the published field of view, degrees. */
const HALF_FOV_DEG = 25;

/** Points nearer to the eye than this along its axis are dropped. */
const LEAST_Z = 0.3;

/** What the published program divides coordinates by; it says not why. */
const PUBLISHED_SCALE = 1.0367394227574303;

/** 16-bit depths, as stored in PNG. */
export interface Depth16 {
  front: Uint16Array;
  back: Uint16Array;
  /** Values above 65535 steps, set to 65535; the published program lets them wrap around. */
  saturated: number;
}

/**
 * Turns depths into 16-bit steps, truncated: pixels with front behind back become 0 in both.
 *
 * @param front Network units, clamped; likewise `back`.
 */
export function depth16(
  { front, back }: { front: Float32Array; back: Float32Array },
  { depth }: Pick<Pipeline, "depth">,
): Depth16 {
  const out: Depth16 = {
    front: new Uint16Array(front.length),
    back: new Uint16Array(front.length),
    saturated: 0,
  };
  const step = depth.unitPx * STEPS_PER_PX;
  const coded = (value: number): number => {
    const steps = Math.trunc(value * step);
    if (steps > 65535) out.saturated++;
    return Math.min(65535, steps);
  };
  for (let i = 0; i < front.length; i++) {
    if (front[i] > back[i]) continue;
    out.front[i] = coded(front[i]);
    out.back[i] = coded(back[i]);
  }
  return out;
}

/** Back depths kept only where the front map, eroded three times, is above 0. */
export function cutBack({ front, back }: Depth16, side: number): Uint16Array {
  const inner = eroded(front, side, 3);
  return back.map((value, i) => inner[i] > 0 ? value : 0);
}

/** Collects points in the published frame: y up, z to the viewer, the body's centre at 0. */
class Cloud {
  readonly #positions: Float32Array[] = [];
  readonly #colors: Uint8Array[] = [];

  constructor(private readonly side: number) {}

  /** Adds every pixel above 0, row by row. `steps`: 16-bit steps, may be fractional. */
  add(steps: (pixel: number) => number, color: (pixel: number) => ArrayLike<number>): void {
    const { side } = this, half = side / 2, f = half / Math.tan(HALF_FOV_DEG * Math.PI / 180);
    let count = 0;
    for (let i = 0; i < side * side; i++) if (steps(i) > 0) count++;
    const positions = new Float32Array(3 * count), colors = new Uint8Array(4 * count).fill(255);
    let at = 0;
    for (let i = 0; i < side * side; i++) {
      const value = steps(i);
      if (!(value > 0)) continue;
      const row = Math.floor(i / side), column = i - row * side;
      const x = (column + 0.5 - half) / f, y = (row + 0.5 - half) / f;
      const t = (value / STEPS_PER_PX - half) / f + 1;
      const along = t / Math.sqrt(x * x + y * y + 1);
      if (!(along > LEAST_Z)) continue;
      positions[3 * at] = x * along / PUBLISHED_SCALE;
      positions[3 * at + 1] = -y * along / PUBLISHED_SCALE;
      positions[3 * at + 2] = -(along - 1) / PUBLISHED_SCALE;
      const rgb = color(i);
      for (let k = 0; k < 3; k++) colors[4 * at + k] = rgb[k];
      at++;
    }
    this.#positions.push(positions.subarray(0, 3 * at));
    this.#colors.push(colors.subarray(0, 4 * at));
  }

  /** A snapshot: points without faces. */
  mesh(): Mesh {
    const length = (parts: readonly ArrayLike<number>[]) =>
      parts.reduce((sum, part) => sum + part.length, 0);
    const positions = new Float32Array(length(this.#positions));
    const colors = new Uint8Array(length(this.#colors));
    let point = 0;
    this.#positions.forEach((part, k) => {
      positions.set(part, 3 * point);
      colors.set(this.#colors[k], 4 * point);
      point += part.length / 3;
    });
    return { positions, indices: new Uint32Array(0), colors };
  }
}

/**
 * Makes both clouds: front and cut back points with the picture's colours, and the same with grey
 * points that close the seam.
 *
 * @param plain The picture on the canvas, unmasked, interleaved RGB.
 */
export function pointClouds(
  depth: Depth16,
  plain: Uint8Array,
  side: number,
): { plain: Mesh; withSeams: Mesh } {
  const f = depth.front, b = cutBack(depth, side), cloud = new Cloud(side);
  const color = (i: number) => plain.subarray(3 * i, 3 * i + 3);
  cloud.add((i) => f[i], color);
  cloud.add((i) => b[i], color);
  const bare = cloud.mesh();
  const [c1, c2, c3] = [1, 2, 3].map((times) => dilated(b, side, times));
  const inner = eroded(f, side, 4);
  const rim = (outer: Uint16Array, within: Uint16Array) => (i: number) =>
    outer[i] > 0 && !(within[i] > 0);
  const r0 = rim(b, inner), r1 = rim(c1, b), r2 = rim(c2, c1), r3 = rim(c3, c2);
  const seams: readonly [(i: number) => boolean, (i: number) => number][] = [
    [r1, (i) => (5 * f[i] + c1[i]) / 6],
    [r2, (i) => (3 * f[i] + 2 * c2[i]) / 5],
    [r3, (i) => (f[i] + 3 * c3[i]) / 4],
    [r0, (i) => (6.5 * f[i] + 0.5 * b[i]) / 7],
    [r1, (i) => (4.5 * f[i] + 1.5 * c1[i]) / 6],
    [r2, (i) => (2.5 * f[i] + 2.5 * c2[i]) / 5],
    [r3, (i) => (0.5 * f[i] + 3.5 * c3[i]) / 4],
  ];
  const grey = [128, 128, 128];
  for (const [ring, value] of seams) cloud.add((i) => ring(i) ? value(i) : 0, () => grey);
  return { plain: bare, withSeams: cloud.mesh() };
}
