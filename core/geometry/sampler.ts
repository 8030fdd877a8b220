/** Points drawn from a surface, every piece of area with the same chance. */
import { random } from "../work/random.ts";
import { canonicalCorners, type CanonicalOrder, canonicalOrder } from "./canonical_order.ts";
import type { Mesh } from "./mesh.ts";

/** Points on a surface. */
export interface SurfaceSamples {
  /** xyz interleaved, length 3n. */
  points: Float64Array;
  /** The triangle each lies on, length n. */
  faces: Uint32Array;
  /** Barycentric weights of that triangle's corners as the mesh has them, length 3n. */
  weights: Float64Array;
}

/** How to draw. */
export interface SampleOptions {
  /** How many points. */
  count: number;
  /** The run's seed. */
  seed: number;
  /** What the points are for: subject, role, …; part of the seed. */
  purpose: readonly (string | number)[];
  /** The mesh's order, where it is known already. Default: computed. */
  order?: CanonicalOrder;
}

/** Steps of the R2 sequence: powers of the inverse plastic number (Roberts 2018). */
const R2_STEP_U = 0.7548776662466927;
const R2_STEP_V = 0.5698402909980532;

/**
 * Draws points in strata: the triangles stand in line by {@linkcode canonicalOrder}, the line is
 * cut into `count` pieces of equal area, and each piece gives one point. Where in its piece is
 * random, where in its triangle follows a low-discrepancy sequence with a random start. Means over
 * such points vary a few times less than over independent ones.
 *
 * The points are a property of the surface, the seed and the purpose: they move, turn and scale
 * with the surface, and the order of triangles and corners in the file does not matter.
 * They come in the order of the line, so neighbours are mostly near each other.
 *
 * @throws {InputError} If the surface has no area.
 * @throws {RangeError} If `count` is not a positive integer.
 */
export function stratifiedSamples(
  mesh: Pick<Mesh, "positions" | "indices">,
  options: SampleOptions,
): SurfaceSamples {
  const { count, seed, purpose, order = canonicalOrder(mesh) } = options;
  checkCount(count);
  const draw = random(seed, ...purpose);
  let u = draw.float(), v = draw.float();
  const samples = emptySamples(count), { cumulative, drawable } = order;
  const area = cumulative[drawable - 1];
  for (let i = 0, place = 0; i < count; i++) {
    const target = (i + draw.float()) / count * area;
    while (place < drawable - 1 && cumulative[place] <= target) place++;
    u = (u + R2_STEP_U) % 1;
    v = (v + R2_STEP_V) % 1;
    const face = order.faces[place];
    putSample(samples, i, { mesh, face, corners: canonicalCorners(mesh, face, order.frame), u, v });
  }
  return samples;
}

/**
 * Draws independent points: a triangle by its area, then a place in it (the multinomial sampler of
 * most libraries), for protocols that ask for it. As independent of the file as the stratified ones.
 *
 * @throws {InputError} If the surface has no area.
 * @throws {RangeError} If `count` is not a positive integer.
 */
export function independentSamples(
  mesh: Pick<Mesh, "positions" | "indices">,
  options: SampleOptions,
): SurfaceSamples {
  const { count, seed, purpose, order = canonicalOrder(mesh) } = options;
  checkCount(count);
  const draw = random(seed, ...purpose), samples = emptySamples(count);
  const { cumulative, drawable } = order, area = cumulative[drawable - 1];
  for (let i = 0; i < count; i++) {
    const target = draw.float() * area;
    let low = 0, high = drawable - 1; // the first place whose sum is above the target
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (cumulative[middle] <= target) low = middle + 1;
      else high = middle;
    }
    const face = order.faces[low], corners = canonicalCorners(mesh, face, order.frame);
    putSample(samples, i, { mesh, face, corners, u: draw.float(), v: draw.float() });
  }
  return samples;
}

function emptySamples(count: number): SurfaceSamples {
  return {
    points: new Float64Array(3 * count),
    faces: new Uint32Array(count),
    weights: new Float64Array(3 * count),
  };
}

/** Puts sample i at (1 − √u, √u (1 − v), √u v) of the corners: even over the triangle. */
function putSample(
  { points, faces, weights }: SurfaceSamples,
  i: number,
  at: {
    mesh: Pick<Mesh, "positions" | "indices">;
    face: number;
    corners: readonly [number, number, number];
    u: number;
    v: number;
  },
): void {
  const { mesh: { positions, indices }, face, corners, u, v } = at;
  const root = Math.sqrt(u), shares = [1 - root, root * (1 - v), root * v];
  let x = 0, y = 0, z = 0;
  for (let k = 0; k < 3; k++) {
    const weight = shares[k], vertex = 3 * indices[3 * face + corners[k]];
    weights[3 * i + corners[k]] = weight;
    x += weight * positions[vertex];
    y += weight * positions[vertex + 1];
    z += weight * positions[vertex + 2];
  }
  points[3 * i] = x, points[3 * i + 1] = y, points[3 * i + 2] = z;
  faces[i] = face;
}

function checkCount(count: number): void {
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(`Cannot sample a surface: count is ${count}, expected a positive integer`);
  }
}
