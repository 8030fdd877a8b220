/**
 * Body models in the official layouts with made-up numbers: the twin of
 * tests/crosscheck/body_make_models.py, which says what smplx makes of the same models.
 */
import type { BodyKind } from "../../body/model.ts";
import type { BodyFit, HandPose } from "../../body/fit.ts";
import type { NpyArray } from "../../core/files/npy.ts";

const BODY = [-1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 12, 13, 14, 16, 17, 18, 19];

/** Parents of 2 × 15 finger joints that begin at `left` and `right`. */
function hands(left: number, right: number): number[] {
  return [[left, 20], [right, 21]].flatMap(([start, wrist]) =>
    [0, 1, 2, 3, 4].flatMap((finger) => [wrist, start + 3 * finger, start + 3 * finger + 1])
  );
}

const PARENTS: Record<BodyKind, number[]> = {
  smpl: [...BODY, 20, 21],
  smplh: [...BODY, ...hands(22, 37)],
  smplx: [...BODY, 15, 15, 15, ...hands(25, 40)],
};

/** Vertices, faces and shape directions of the official files. */
export const OFFICIAL_SIZES: Record<BodyKind, { v: number; f: number; betas: number }> = {
  smpl: { v: 6890, f: 13776, betas: 10 },
  smplh: { v: 6890, f: 13776, betas: 16 },
  smplx: { v: 10475, f: 20908, betas: 400 },
};

/** A 32-bit hash of a whole number: murmur3's finaliser. */
function mix(i: number, salt: number): number {
  let x = Math.imul(i, 0x9e3779b1) + salt;
  x ^= x >>> 16;
  x = Math.imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

function signed(shape: number[], salt: number, scale: number, keep = 1): NpyArray {
  const data = new Float64Array(shape.reduce((a, b) => a * b, 1));
  for (let i = 0; i < data.length; i++) {
    const h = mix(i, salt);
    if (h % keep === 0) data[i] = ((h >>> 8) / 2 ** 23 - 1) * scale;
  }
  return { shape, dtype: "f8", data };
}

const floats = (shape: number[], data: Float64Array): NpyArray => ({ shape, dtype: "f8", data });
const longs = (shape: number[], data: ArrayLike<number>): NpyArray => ({
  shape,
  dtype: "i8",
  data: BigInt64Array.from(Array.from(data, BigInt)),
});

/** The arrays of a model as its npz file holds them. */
export function officialArrays(
  kind: BodyKind,
  { v, f, betas } = OFFICIAL_SIZES[kind],
): Record<string, NpyArray> {
  const parents = PARENTS[kind], j = parents.length;
  const weights = new Float64Array(v * j), regressor = new Float64Array(j * v);
  for (let i = 0; i < v; i++) {
    const base = mix(i, 2) % j;
    for (const [offset, w] of [[0, 8], [1, 4], [3, 3], [7, 1]]) {
      weights[i * j + (base + offset) % j] = w / 16;
    }
  }
  for (let i = 0; i < j; i++) {
    const first = mix(i, 3) % v;
    for (let k = 0; k < 8; k++) regressor[i * v + (first + 3 * k) % v] = 1 / 8;
  }
  const arrays: Record<string, NpyArray> = {
    v_template: signed([v, 3], 1, 1),
    f: {
      shape: [f, 3],
      dtype: "u4",
      data: Uint32Array.from({ length: 3 * f }, (_, at) => {
        const i = Math.floor(at / 3);
        return (i + [0, 1, v >> 1][at % 3]) % v;
      }),
    },
    shapedirs: signed([v, 3, betas], 4, 2 ** -5, 8),
    posedirs: signed([v, 3, 9 * (j - 1)], 5, 2 ** -6, 16),
    J_regressor: floats([j, v], regressor),
    weights: floats([v, j], weights),
    kintree_table: longs([2, j], [2 ** 32 - 1, ...parents.slice(1), ...parents.keys()]),
  };
  if (kind !== "smpl") {
    for (const [side, salt] of [["l", 60], ["r", 70]] as const) {
      arrays[`hands_components${side}`] = signed([45, 45], salt, 0.25);
      arrays[`hands_mean${side}`] = signed([45], salt + 1, 0.5);
    }
  }
  if (kind === "smplx") {
    const bary = (n: number) =>
      Float64Array.from({ length: 3 * n }, (_, i) => [0.5, 0.375, 0.125][i % 3]);
    const faces = (n: number, salt: number) =>
      Array.from({ length: n }, (_, i) => mix(i, salt) % f);
    arrays.lmk_faces_idx = longs([51], faces(51, 8));
    arrays.lmk_bary_coords = floats([51, 3], bary(51));
    arrays.dynamic_lmk_faces_idx = longs([79, 17], faces(79 * 17, 9));
    arrays.dynamic_lmk_bary_coords = floats([79, 17, 3], bary(79 * 17));
  }
  return arrays;
}

/** One case of the goldens. */
export interface SmplxCase {
  kind: BodyKind;
  flatHandMean: boolean;
  /** Hand components; 0 for axis-angle. */
  pca: number;
  betas: number[];
  expression?: number[];
  globalOrient: number[];
  bodyPose: number[];
  leftHand?: number[];
  rightHand?: number[];
  jawPose?: number[];
  leftEyePose?: number[];
  rightEyePose?: number[];
  transl: number[];
  contour?: boolean;
  /** Every how many vertices one is kept. */
  step: number;
  vertices: number[];
  joints: number[];
}

/** The fit of a case. */
export function fitOfCase(c: SmplxCase): BodyFit {
  const f = (list: number[]) => Float64Array.from(list);
  const hand = (list: number[]): HandPose => c.pca > 0 ? { pca: f(list) } : { axisAngle: f(list) };
  return {
    kind: c.kind,
    betas: f(c.betas),
    globalOrient: f(c.globalOrient),
    bodyPose: f(c.bodyPose),
    transl: f(c.transl),
    scale: 1,
    flatHandMean: c.flatHandMean,
    ...(c.expression && { expression: f(c.expression) }),
    ...(c.leftHand && { leftHand: hand(c.leftHand) }),
    ...(c.rightHand && { rightHand: hand(c.rightHand) }),
    ...(c.jawPose && { jawPose: f(c.jawPose) }),
    ...(c.leftEyePose && { leftEyePose: f(c.leftEyePose) }),
    ...(c.rightEyePose && { rightEyePose: f(c.rightEyePose) }),
  };
}

/** Largest distance of any coordinate from the golden's, metres. */
export function worstOf(
  c: SmplxCase,
  found: { vertices: Float64Array; joints: Float64Array },
): number {
  let worst = 0;
  c.vertices.forEach((value, i) => {
    const at = 3 * c.step * Math.floor(i / 3) + i % 3;
    worst = Math.max(worst, Math.abs(found.vertices[at] - value));
  });
  c.joints.forEach((value, i) => worst = Math.max(worst, Math.abs(found.joints[i] - value)));
  return worst;
}
