/** Points about equally far from each other, as trimesh's `sample_surface_even` draws them. */
import type { Mesh } from "./mesh.ts";
import { buildPointGrid, visitWithin } from "./point_grid.ts";
import { independentSamples, type SampleOptions, type SurfaceSamples } from "./sampler.ts";

/**
 * Draws three times as many independent points as asked for and drops those that crowd others: in
 * every pair nearer than √(area / 3n), the point that stands in more such pairs (the earlier one
 * where both stand in as many). At most n of what is left are returned: **fewer where too many were
 * dropped**, as the original does.
 *
 * This follows what trimesh (`sample.sample_surface_even`, `points.remove_close`) does.
 *
 * @throws {InputError} If the surface has no area.
 * @throws {RangeError} If `count` is not a positive integer.
 */
export function evenSamples(
  mesh: Pick<Mesh, "positions" | "indices">,
  options: SampleOptions & { area: number },
): SurfaceSamples {
  const { count, area } = options;
  const drawn = independentSamples(mesh, { ...options, count: 3 * count });
  const kept = keptApart(drawn.points, Math.sqrt(area / (3 * count))).slice(0, count);
  const out: SurfaceSamples = {
    points: new Float64Array(3 * kept.length),
    faces: new Uint32Array(kept.length),
    weights: new Float64Array(3 * kept.length),
  };
  for (const [i, from] of kept.entries()) {
    out.faces[i] = drawn.faces[from];
    for (let k = 0; k < 3; k++) {
      out.points[3 * i + k] = drawn.points[3 * from + k];
      out.weights[3 * i + k] = drawn.weights[3 * from + k];
    }
  }
  return out;
}

/** The points that stay, ascending. */
function keptApart(points: Float64Array, radius: number): Uint32Array {
  const count = points.length / 3, grid = buildPointGrid(points, radius);
  const pairs: number[] = [], degree = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    visitWithin(grid, [points[3 * i], points[3 * i + 1], points[3 * i + 2]], {
      radius,
      visit: (j) => {
        if (j <= i) return;
        pairs.push(i, j);
        degree[i]++;
        degree[j]++;
      },
    });
  }
  const dropped = new Uint8Array(count);
  for (let p = 0; p < pairs.length; p += 2) {
    const i = pairs[p], j = pairs[p + 1];
    dropped[degree[j] > degree[i] ? j : i] = 1;
  }
  return Uint32Array.from({ length: count }, (_, i) => i).filter((i) => dropped[i] === 0);
}
