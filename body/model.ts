/** A linear-blend-skinned body in the layout of SMPL (Loper et al. 2015) and its family. */
import type { Note } from "../core/files/note.ts";

/** The members of the family that the suite knows. */
export type BodyKind = "smpl" | "smplh" | "smplx";

/** Whose bodies a model was learnt from, where that is known. */
export type BodyGender = "female" | "male" | "neutral" | "unknown";

/** Weights of few on many, in compressed rows: row r has entries start[r] … start[r + 1] − 1. */
export interface SparseRows {
  start: Uint32Array;
  index: Uint32Array;
  value: Float64Array;
}

/** The learnt hand poses of one side (MANO, Romero et al. 2017): pose = mean + coefficients · components. */
export interface HandSpace {
  /** 45 rows of length 45: axis-angle radians per unit of a coefficient. */
  components: Float64Array;
  /** The mean pose, axis-angle radians, length 45. */
  mean: Float64Array;
}

/** Points on the surface, each in one triangle. */
export interface SurfacePoints {
  /** Triangle of each point. */
  face: Uint32Array;
  /** Weights of the triangle's corners, length 3 · points. */
  weight: Float64Array;
}

/** A body model, arranged for speed. Lengths: V vertices, J joints, B betas, E expressions. */
export interface BodyModel {
  kind: BodyKind;
  /** Only where the file says so. */
  gender: BodyGender;
  /** Where it was read from, for messages. */
  name: string;
  /** Rest vertices in metres, T-pose, length 3 V. */
  template: Float64Array;
  /** Triangles, length 3 F. */
  faces: Uint32Array;
  /** Metres per unit of beta: B rows of length 3 V, one after another. */
  shapeDirs: Float32Array;
  betaCount: number;
  /** Metres per unit of expression: E rows of length 3 V. Absent: none. */
  expressionDirs?: Float32Array;
  expressionCount?: number;
  /** Metres per unit of (R − I): 9 (J − 1) rows of length 3 V; rows of zeros are common. */
  poseDirs: Float32Array;
  /** Joints from rest vertices: J rows. */
  jointRegressor: SparseRows;
  /** Skinning weights: V rows over joints. */
  weights: SparseRows;
  /** Parent of each joint; −1 for the root. Parents come before children. */
  parents: Int32Array;
  /** Learnt hand poses, where the file has them. */
  hands?: { left: HandSpace; right: HandSpace };
  /**
   * Landmarks of the face where the file has them: the 51 inner points of the iBUG 68, and a table
   * of the 17 of the jaw line for each of 79 turns of the neck (rows 0 … 78).
   */
  landmarks?: SurfacePoints;
  contour?: SurfacePoints;
  /** Texture coordinates and their triangles where the file has them (v up, as in the file). */
  uv?: { coordinates: Float32Array; faces: Uint32Array };
  /** What the reader left out or had to decide. */
  notes?: Note[];
}

/** How many vertices V. */
export function bodyVertexCount(model: BodyModel): number {
  return model.template.length / 3;
}

/** How many joints J. */
export function jointCount(model: BodyModel): number {
  return model.parents.length;
}

/** Compresses a dense row-major matrix by leaving out its zeros. */
export function sparseRows(dense: ArrayLike<number>, rows: number, columns: number): SparseRows {
  const start = new Uint32Array(rows + 1);
  let count = 0;
  for (let i = 0; i < rows * columns; i++) if (dense[i] !== 0) count++;
  const index = new Uint32Array(count), value = new Float64Array(count);
  count = 0;
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const w = dense[r * columns + c];
      if (w !== 0) index[count] = c, value[count++] = w;
    }
    start[r + 1] = count;
  }
  return { start, index, value };
}
