/** Which points of a scan see the outside. */
import { canonicalCorners } from "../../core/geometry/canonical_order.ts";
import { anyHits } from "../../core/geometry/ray.ts";
import type { SurfaceSamples } from "../../core/geometry/sampler.ts";
import { random } from "../../core/work/random.ts";
import type { Surface } from "./surface.ts";

/** How {@linkcode outerSamples} looks. */
export interface OuterOptions {
  /** Rays a point, an even number. */
  directions: number;
  /** How far from the surface a ray starts, metres. */
  startM: number;
}

/**
 * Tells for each sample whether it sees the outside: 1 if at least one ray from it meets nothing of
 * the surface, else 0.
 *
 * Half of the directions spread evenly over the hemisphere above the sample's triangle, with a
 * seeded turn about its normal; the other half are their mirror images below. They are laid in the
 * triangle's own frame: x from its first corner to its second, in canonical order. So neither
 * moving the scan nor winding a triangle the other way changes an answer. A ray starts `startM` off
 * the triangle, on the side that it goes to.
 *
 * @throws {RangeError} If `directions` is not a positive even number.
 */
export function outerSamples(
  surface: Surface,
  samples: SurfaceSamples,
  { directions, startM }: OuterOptions,
): Uint8Array {
  if (!(directions > 0 && directions % 2 === 0)) {
    throw new RangeError(
      `Cannot look for the outside: directions is ${directions}, expected a positive even number`,
    );
  }
  const fan = directionFan(surface, directions / 2);
  const count = samples.faces.length, frames = triangleFrames(surface, samples);
  const outer = new Uint8Array(count);
  let waiting = Uint32Array.from({ length: count }, (_, i) => i);
  for (const [across, along, up] of fan) {
    for (const side of [1, -1]) {
      if (waiting.length === 0) return outer;
      const origins = new Float64Array(3 * waiting.length), rays = new Float64Array(origins.length);
      for (let i = 0; i < waiting.length; i++) {
        const at = 9 * waiting[i], point = 3 * waiting[i];
        for (let k = 0; k < 3; k++) {
          const normal = frames[at + 6 + k] * side;
          origins[3 * i + k] = samples.points[point + k] + startM * normal;
          rays[3 * i + k] = across * frames[at + k] + along * frames[at + 3 + k] + up * normal;
        }
      }
      const blocked = anyHits(surface.tree, { origins, directions: rays });
      let left = 0;
      for (let i = 0; i < waiting.length; i++) {
        if (blocked[i] === 0) outer[waiting[i]] = 1;
        else waiting[left++] = waiting[i];
      }
      waiting = waiting.subarray(0, left);
    }
  }
  return outer;
}

/**
 * Directions over a hemisphere, the steepest first: a spiral with equal areas between its turns
 * and the golden angle between its points, turned by a seeded angle.
 */
function directionFan({ seed, subject }: Surface, count: number): [number, number, number][] {
  const turn = 2 * Math.PI * random(seed, subject, "outer").float();
  const goldenAngle = Math.PI * (3 - Math.sqrt(5));
  return Array.from({ length: count }, (_, i) => {
    const up = 1 - (i + 0.5) / count, radius = Math.sqrt(1 - up * up);
    const angle = turn + goldenAngle * i;
    return [radius * Math.cos(angle), radius * Math.sin(angle), up];
  });
}

/** Unit axes of each sample's triangle: first side, across it towards the third corner, normal. */
function triangleFrames(
  { mesh, order }: Surface,
  { faces }: SurfaceSamples,
): Float64Array {
  const { positions: p, indices } = mesh;
  const frames = new Float64Array(9 * faces.length);
  for (let i = 0; i < faces.length; i++) {
    const [a, b, c] = canonicalCorners(mesh, faces[i], order.frame)
      .map((corner) => 3 * indices[3 * faces[i] + corner]);
    const ux = p[b] - p[a], uy = p[b + 1] - p[a + 1], uz = p[b + 2] - p[a + 2];
    const vx = p[c] - p[a], vy = p[c + 1] - p[a + 1], vz = p[c + 2] - p[a + 2];
    const nx = uy * vz - uz * vy, ny = uz * vx - ux * vz, nz = ux * vy - uy * vx;
    const u = Math.hypot(ux, uy, uz), n = Math.hypot(nx, ny, nz), un = u * n;
    frames.set([ux / u, uy / u, uz / u], 9 * i);
    frames.set(
      [ny * uz - nz * uy, nz * ux - nx * uz, nx * uy - ny * ux].map((v) => v / un),
      9 * i + 3,
    );
    frames.set([nx / n, ny / n, nz / n], 9 * i + 6);
  }
  return frames;
}
