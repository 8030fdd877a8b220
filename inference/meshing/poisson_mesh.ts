/** Depth maps → the surface of a screened Poisson reconstruction. */
import type { Mesh } from "../../core/geometry/mesh.ts";
import { invert, transformPoints } from "../../core/geometry/transform.ts";
import { InputError } from "../../core/work/errors.ts";
import { withDefaults } from "../../core/work/options.ts";
import type { DepthMaps } from "./mesh_depth_maps.ts";
import { samplesOf } from "./poisson/samples.ts";
import { solvePoisson } from "./poisson/solve.ts";
import { fieldSurface } from "./poisson/surface.ts";

export interface PoissonMeshOptions {
  /** The longest side of the box is 2^depth cells: 9 is 4 mm on a person, 10 is 2 mm. Default: 9. */
  poissonDepth?: number;
  /** Weight of the points against the normals (screening). Default: 4. */
  pointWeight?: number;
}

export const POISSON_MESH_DEFAULTS: Readonly<Required<PoissonMeshOptions>> = Object.freeze({
  poissonDepth: 9,
  pointWeight: 4,
});

/**
 * Reconstructs the surface, in the scan's frame, closed and outward. Faces with a corner farther
 * than a cell from every pixel's point are `inferred`.
 *
 * @throws {InputError} If no pixel has a normal of its own or of the depth, or nothing is inside.
 * @throws {RangeError} If the depth is not a whole number from 4 to 11.
 */
export function poissonMesh(
  maps: DepthMaps,
  options: PoissonMeshOptions = {},
): { mesh: Mesh; ownNormals: number; cellM: number } {
  const { poissonDepth, pointWeight } = withDefaults(POISSON_MESH_DEFAULTS, options);
  if (!Number.isInteger(poissonDepth) || poissonDepth < 4 || poissonDepth > 11) {
    throw new RangeError(
      `Cannot reconstruct: the depth is ${poissonDepth}, expected a whole number from 4 to 11`,
    );
  }
  const samples = samplesOf(maps, 1);
  if (samples.count === 0) throw nothing("no pixel has a normal");
  const field = solvePoisson(samples, { depth: poissonDepth, pointWeight });
  const { positions, indices, seen } = fieldSurface(field);
  if (indices.length === 0) throw nothing("the points enclose nothing");
  const faceInferred = new Uint8Array(indices.length / 3);
  for (let f = 0; f < faceInferred.length; f++) {
    const all = seen[indices[3 * f]] & seen[indices[3 * f + 1]] & seen[indices[3 * f + 2]];
    faceInferred[f] = 1 - all;
  }
  const scanFromCam = invert(maps.camera.camFromScan);
  return {
    mesh: { positions: transformPoints(scanFromCam, positions), indices, faceInferred },
    ownNormals: samples.ownNormals,
    cellM: field.pyramid[field.pyramid.length - 1].cell,
  };
}

function nothing(reason: string): InputError {
  return new InputError(`Cannot make a mesh: ${reason}, expected the surface of a person`, {
    hint: "look at the mask: nothing of the person was found",
  });
}
