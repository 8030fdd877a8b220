/** Rays against a surface: what they hit first, and whether they hit anything. */
import type { SurfaceTree } from "./bvh.ts";
import { firstNotFinite } from "./finite.ts";

/** Rays as two arrays of the same length, xyz interleaved, length 3n. */
export interface Rays {
  origins: Float64Array;
  /** Need not be unit vectors; distances are counted in their lengths. */
  directions: Float64Array;
}

/** Options of {@linkcode firstHits} and {@linkcode anyHits}. */
export interface RayOptions {
  /** Only hits farther than this count, in lengths of the direction; ≥ 0. Default: 0. */
  from?: number;
  /** Only hits nearer than this count, in lengths of the direction. Default: ∞. */
  to?: number;
}

/** Stands in {@linkcode Hits.face} where nothing is hit. */
export const NO_FACE = 0xffffffff;

/** What {@linkcode firstHits} found, in the order of the rays. */
export interface Hits {
  /** Where along the ray, in lengths of its direction, length n; ∞ where nothing is hit. */
  distance: Float64Array;
  /** The triangle hit, the lowest of equally near ones, length n; `NO_FACE` for none. */
  face: Uint32Array;
}

/**
 * Finds the first triangle along each ray. Both sides count. Watertight: a ray cannot slip between
 * triangles that share an edge. Triangles without area, and those that the ray only grazes along
 * their plane, are not hit.
 *
 * @throws {RangeError} If the arrays do not fit, or hold what is not finite.
 */
export function firstHits(tree: SurfaceTree, rays: Rays, options: RayOptions = {}): Hits {
  return cast(tree, rays, { ...options, any: false });
}

/**
 * Tells for each ray whether it hits anything: 1 or 0. Faster than {@linkcode firstHits}.
 *
 * @throws {RangeError} If the arrays do not fit, or hold what is not finite.
 */
export function anyHits(tree: SurfaceTree, rays: Rays, options: RayOptions = {}): Uint8Array {
  const { face } = cast(tree, rays, { ...options, any: true });
  const hits = new Uint8Array(face.length);
  for (let i = 0; i < hits.length; i++) hits[i] = face[i] === NO_FACE ? 0 : 1;
  return hits;
}

function cast(
  tree: SurfaceTree,
  { origins, directions }: Rays,
  { from = 0, to = Infinity, any }: RayOptions & { any: boolean },
): Hits {
  const count = origins.length / 3;
  if (!Number.isInteger(count) || directions.length !== origins.length) {
    throw new RangeError(
      `Cannot cast rays: found ${origins.length} and ${directions.length} coordinates, ` +
        `expected three a ray in both`,
    );
  }
  if (!(from >= 0)) throw new RangeError(`Cannot cast rays: from is ${from}, expected 0 or more`);
  for (const values of [origins, directions]) {
    const bad = firstNotFinite(values);
    if (bad >= 0) {
      throw new RangeError(
        `Cannot cast rays: ray ${Math.floor(bad / 3)} has ${values[bad]}, expected finite numbers`,
      );
    }
  }
  const { kernel, work } = tree, memory = kernel.memory.buffer;
  const input = new Float64Array(memory, work.input, 8 * work.items);
  const parameters = new Float64Array(memory, work.numbers, work.items);
  const found = new Uint32Array(memory, work.indices, work.items);
  const distance = new Float64Array(count), face = new Uint32Array(count);
  for (let first = 0; first < count; first += work.items) {
    const batch = Math.min(work.items, count - first);
    for (let i = 0; i < batch; i++) {
      const item = 3 * (first + i), at = 8 * i;
      input[at] = origins[item], input[at + 1] = origins[item + 1];
      input[at + 2] = origins[item + 2], input[at + 3] = directions[item];
      input[at + 4] = directions[item + 1], input[at + 5] = directions[item + 2];
      input[at + 6] = from, input[at + 7] = to;
    }
    kernel.rays(batch, work.input, work.numbers, work.indices, any ? 1 : 0);
    distance.set(parameters.subarray(0, batch), first);
    face.set(found.subarray(0, batch), first);
  }
  return { distance, face };
}
