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

/** Where a pixel belongs: bits of `kinds`. */
const FRONT = 1, BACK = 2, R0 = 4, R1 = 8, R2 = 16, R3 = 32;

/** Points of one kind of pixel, row by row. */
interface Layer {
  kind: number;
  /** 16-bit steps of a pixel, may be fractional. */
  steps: (pixel: number) => number;
}

/** Grey of the points that close the seam. */
const SEAM_GREY = 128;

/**
 * Makes both clouds: front and cut back points with the picture's colours, and the same with grey
 * points that close the seam. The first is the beginning of the second and shares its memory.
 *
 * @param plain The picture on the canvas, unmasked, interleaved RGB.
 */
export function pointClouds(
  depth: Depth16,
  plain: Uint8Array,
  side: number,
): { plain: Mesh; withSeams: Mesh } {
  const f = depth.front, b = cutBack(depth, side);
  const c1 = dilated(b, side, 1), c2 = dilated(c1, side, 1), c3 = dilated(c2, side, 1);
  const kinds = kindsOf([f, b, c1, c2, c3], eroded(f, side, 4));
  const colored: Layer[] = [
    { kind: FRONT, steps: (i) => f[i] },
    { kind: BACK, steps: (i) => b[i] },
  ];
  const seams: Layer[] = [
    { kind: R1, steps: (i) => (5 * f[i] + c1[i]) / 6 },
    { kind: R2, steps: (i) => (3 * f[i] + 2 * c2[i]) / 5 },
    { kind: R3, steps: (i) => (f[i] + 3 * c3[i]) / 4 },
    { kind: R0, steps: (i) => (6.5 * f[i] + 0.5 * b[i]) / 7 },
    { kind: R1, steps: (i) => (4.5 * f[i] + 1.5 * c1[i]) / 6 },
    { kind: R2, steps: (i) => (2.5 * f[i] + 2.5 * c2[i]) / 5 },
    { kind: R3, steps: (i) => (0.5 * f[i] + 3.5 * c3[i]) / 4 },
  ];
  const counts = new Uint32Array(64);
  for (let i = 0; i < kinds.length; i++) counts[kinds[i]]++;
  const countOf = ({ kind }: Layer) =>
    counts.reduce((sum, count, bits) => (bits & kind) === 0 ? sum : sum + count, 0);
  const room = [...colored, ...seams].reduce((sum, layer) => sum + countOf(layer), 0);
  const cloud = new Cloud(room, side);
  for (const layer of colored) cloud.add(layer, [kinds, plain]);
  const bare = cloud.mesh();
  for (const layer of seams) cloud.add(layer, [kinds, undefined]);
  return { plain: bare, withSeams: cloud.mesh() };
}

/** Tells for every pixel in which layers it is. */
function kindsOf(
  [f, b, c1, c2, c3]: readonly Uint16Array[],
  inner: Uint16Array,
): Uint8Array {
  const kinds = new Uint8Array(f.length);
  for (let i = 0; i < kinds.length; i++) {
    let kind = f[i] > 0 ? FRONT : 0;
    if (b[i] > 0) kind |= inner[i] > 0 ? BACK : BACK | R0;
    else if (c1[i] > 0) kind |= R1;
    else if (c2[i] > 0) kind |= R2;
    else if (c3[i] > 0) kind |= R3;
    kinds[i] = kind;
  }
  return kinds;
}

/** Collects points in the published frame: y up, z to the viewer, the body's centre at 0. */
class Cloud {
  readonly #positions: Float32Array;
  readonly #colors: Uint8Array;
  #count = 0;

  constructor(room: number, private readonly side: number) {
    this.#positions = new Float32Array(3 * room);
    this.#colors = new Uint8Array(4 * room);
  }

  /** Adds a layer; without a picture the points are grey. */
  add(
    { kind, steps }: Layer,
    [kinds, picture]: readonly [Uint8Array, Uint8Array | undefined],
  ): void {
    const { side } = this, half = side / 2, f = half / Math.tan(HALF_FOV_DEG * Math.PI / 180);
    for (let i = 0; i < kinds.length; i++) {
      if ((kinds[i] & kind) === 0) continue;
      const value = steps(i);
      if (!(value > 0)) continue;
      const row = Math.floor(i / side), column = i - row * side;
      const x = (column + 0.5 - half) / f, y = (row + 0.5 - half) / f;
      const t = (value / STEPS_PER_PX - half) / f + 1;
      const along = t / Math.sqrt(x * x + y * y + 1);
      if (!(along > LEAST_Z)) continue;
      const at = 3 * this.#count, to = 4 * this.#count++;
      this.#positions[at] = x * along / PUBLISHED_SCALE;
      this.#positions[at + 1] = -y * along / PUBLISHED_SCALE;
      this.#positions[at + 2] = -(along - 1) / PUBLISHED_SCALE;
      for (let k = 0; k < 3; k++) {
        this.#colors[to + k] = picture === undefined ? SEAM_GREY : picture[3 * i + k];
      }
      this.#colors[to + 3] = 255;
    }
  }

  /** The points so far, without faces. */
  mesh(): Mesh {
    return {
      positions: this.#positions.subarray(0, 3 * this.#count),
      indices: new Uint32Array(0),
      colors: this.#colors.subarray(0, 4 * this.#count),
    };
  }
}
