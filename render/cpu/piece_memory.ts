/** Arrays for what is found of some samples. */

/** One set; each has room for as many samples as it was made for. */
export interface PieceMemory {
  faces: Uint32Array;
  depths: Float32Array;
  weights: Float64Array;
  facing: Int8Array;
  normals: Float32Array;
  albedo: Float32Array;
  footprints: Float32Array;
}

/**
 * Makes a set. Whoever draws piece by piece uses one again and again: fresh arrays are cleared, and
 * collected, at a cost of a twentieth of the time of a view.
 */
export function pieceMemory(samples: number): PieceMemory {
  return {
    faces: new Uint32Array(samples),
    depths: new Float32Array(samples),
    weights: new Float64Array(2 * samples),
    facing: new Int8Array(samples),
    normals: new Float32Array(3 * samples),
    albedo: new Float32Array(3 * samples),
    footprints: new Float32Array(samples),
  };
}
