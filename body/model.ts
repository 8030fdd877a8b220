/** A linear-blend-skinned body in the layout of SMPL (Loper et al. 2015) and its family. */

/** The members of the family that the suite knows. */
export type BodyKind = "smpl" | "smplh" | "smplx";

/** Weights of few on many, in compressed rows: row r has entries start[r] … start[r + 1] − 1. */
export interface SparseRows {
  start: Uint32Array;
  index: Uint32Array;
  value: Float64Array;
}

/** A body model, arranged for speed. Lengths: V vertices, J joints, B betas. */
export interface BodyModel {
  kind: BodyKind;
  gender: "female" | "male" | "neutral" | "unknown";
  /** Where it was read from, for messages. */
  name: string;
  /** Rest vertices in metres, T-pose, length 3 V. */
  template: Float64Array;
  /** Triangles, length 3 F. */
  faces: Uint32Array;
  /** Metres per unit of beta: B rows of length 3 V, one after another. */
  shapeDirs: Float32Array;
  betaCount: number;
  /** Metres per unit of (R − I): 9 (J − 1) rows of length 3 V; rows of zeros are common. */
  poseDirs: Float32Array;
  /** Joints from rest vertices: J rows. */
  jointRegressor: SparseRows;
  /** Skinning weights: V rows over joints. */
  weights: SparseRows;
  /** Parent of each joint; −1 for the root. Parents come before children. */
  parents: Int32Array;
  /** Texture coordinates and their triangles where the file has them (v up, as in the file). */
  uv?: { coordinates: Float32Array; faces: Uint32Array };
}

/** How many vertices V. */
export function bodyVertexCount(model: BodyModel): number {
  return model.template.length / 3;
}

/** How many joints J. */
export function jointCount(model: BodyModel): number {
  return model.parents.length;
}

/** The 24 joints of SMPL, in order. */
export const SMPL_JOINTS = [
  "pelvis",
  "l_hip",
  "r_hip",
  "spine1",
  "l_knee",
  "r_knee",
  "spine2",
  "l_ankle",
  "r_ankle",
  "spine3",
  "l_foot",
  "r_foot",
  "neck",
  "l_collar",
  "r_collar",
  "head",
  "l_shoulder",
  "r_shoulder",
  "l_elbow",
  "r_elbow",
  "l_wrist",
  "r_wrist",
  "l_hand",
  "r_hand",
] as const; // deno-fmt-ignore

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
