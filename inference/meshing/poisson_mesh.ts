/** Depth maps → the surface of a screened Poisson reconstruction. */
import type { Mesh } from "../../core/geometry/mesh.ts";
import { invert, transformPoints } from "../../core/geometry/transform.ts";
import { InputError } from "../../core/work/errors.ts";
import { withDefaults } from "../../core/work/options.ts";
import { depthOfSide, longestSidePx } from "./_window.ts";
import type { DepthMaps } from "./mesh_depth_maps.ts";
import { snapToMaps, unfold } from "./_snap_to_maps.ts";
import { samplesOf } from "./poisson/samples.ts";
import { solvePoisson } from "./poisson/solve.ts";
import { fieldSurface } from "./poisson/surface.ts";

export interface PoissonMeshOptions {
  /** The longest side of the box is 2^depth cells: 9 is 4 mm on a person, 10 is 2 mm. Default: 9. */
  poissonDepth?: number;
  /**
   * Weight of the points against the normals (screening). Others take 4 for scans' noise; points of
   * depth maps have none, or were smoothed, and creases and thin parts keep their shape. Default: 256.
   */
  pointWeight?: number;
  /** Noisy depths: every pixel is asked, not every second. Default: false. */
  isNoisy?: boolean;
}

export const POISSON_MESH_DEFAULTS: Readonly<Required<PoissonMeshOptions>> = Object.freeze({
  poissonDepth: 9,
  pointWeight: 256,
  isNoisy: false,
});

/** Cells are at least this many pixels wide; but there are at least 2^3 along the longest side. */
const CELL_PIXELS = 1.5, LEAST_DEPTH = 3;

/** Vertices this many cells from a pixel's depth are moved onto it. */
const SNAP_CELLS = 2;

/**
 * Reconstructs the surface, in the scan's frame, closed and outward. Vertices near a pixel's depth
 * are moved onto it; faces with another corner are `inferred`. Maps that are mere noise are made with
 * cells that are so many levels coarser (`levelsLess`), so that memory is bounded.
 *
 * @throws {InputError} If no pixel has a normal of its own or of the depth, or nothing is inside.
 * @throws {RangeError} If the depth is not a whole number from 3 to 11.
 */
export function poissonMesh(
  maps: DepthMaps,
  options: PoissonMeshOptions = {},
): { mesh: Mesh; ownNormals: number; depth: number; cellM: number; levelsLess: number } {
  const { poissonDepth, pointWeight, isNoisy } = withDefaults(POISSON_MESH_DEFAULTS, options);
  if (!Number.isInteger(poissonDepth) || poissonDepth < 3 || poissonDepth > 11) {
    throw new RangeError(
      `Cannot reconstruct: the depth is ${poissonDepth}, expected a whole number from 3 to 11`,
    );
  }
  // A finer grid than the pixels would fall between them.
  const longestPx = longestSidePx(maps);
  const depth = Math.max(LEAST_DEPTH, Math.min(poissonDepth, depthOfSide(longestPx, CELL_PIXELS)));
  const isCoarse = depth <= depthOfSide(longestPx, 2 * CELL_PIXELS);
  const samples = samplesOf(maps, isCoarse && !isNoisy ? 2 : 1);
  if (samples.count === 0) throw nothing("no pixel has a normal");
  const field = solvePoisson(samples, { depth, pointWeight });
  const cellM = field.pyramid[field.pyramid.length - 1].cell;
  const { levelsLess } = field;
  const { positions, indices } = fieldSurface(field);
  if (indices.length === 0) throw nothing("the points enclose nothing");
  const before = positions.slice();
  const snapped = snapToMaps(positions, maps, SNAP_CELLS * cellM);
  unfold(positions, before, { indices, snapped });
  const faceInferred = new Uint8Array(indices.length / 3);
  for (let f = 0; f < faceInferred.length; f++) {
    const a = indices[3 * f], b = indices[3 * f + 1], c = indices[3 * f + 2];
    faceInferred[f] = 1 - (snapped[a] & snapped[b] & snapped[c]);
  }
  const scanFromCam = invert(maps.camera.camFromScan);
  return {
    mesh: { positions: transformPoints(scanFromCam, positions), indices, faceInferred },
    ownNormals: samples.ownNormals,
    depth: depth - levelsLess,
    cellM,
    levelsLess,
  };
}

function nothing(reason: string): InputError {
  return new InputError(`Cannot make a mesh: ${reason}, expected the surface of a person`, {
    hint: "look at the mask: nothing of the person was found",
  });
}
