/** The open body with finger joints that bend its hands: enough of SMPL-H to tell hand conventions. */
import { HAND_START, JOINT_NAMES, SHARED_JOINTS } from "../../../body/joints.ts";
import { type BodyModel, bodyVertexCount, type SparseRows } from "../../../body/model.ts";

const FINGER_JOINTS = 15;

/**
 * A model with SMPL-H's joints. The hand's vertices beyond the knuckles go to finger joints in three
 * bands along the hand; each band is one joint of each finger, bent alike.
 */
export function withFingers(model: BodyModel): BodyModel {
  const joints = JOINT_NAMES.smplh.length, count = bodyVertexCount(model);
  const parents = Int32Array.from(JOINT_NAMES.smplh, (_, j) => {
    if (j < SHARED_JOINTS) return model.parents[j];
    const { left, right } = HAND_START.smplh!, first = j < right ? left : right;
    return (j - first) % 3 === 0 ? (first === left ? 20 : 21) : j - 1;
  });
  const rows: [number, number][][] = [];
  const centres = Array.from({ length: joints }, () => [0, 0, 0, 0]);
  const { start, index, value } = model.weights;
  for (let v = 0; v < count; v++) {
    const own = new Map<number, number>();
    for (let e = start[v]; e < start[v + 1]; e++) {
      // SMPL's joints 22 and 23 are the hands, whose vertices go to the fingers.
      const j = index[e] < SHARED_JOINTS ? index[e] : fingerOf(model, v, index[e] === 22);
      own.set(j, (own.get(j) ?? 0) + value[e]);
      if (index[e] >= SHARED_JOINTS) {
        for (let k = 0; k < 3; k++) centres[j][k] += value[e] * model.template[3 * v + k];
        centres[j][3] += value[e];
      }
    }
    rows.push([...own].sort((a, b) => a[0] - b[0]));
  }
  return {
    ...model,
    kind: "smplh",
    parents,
    weights: compressed(rows),
    jointRegressor: regressor(model, joints, centres),
    poseDirs: new Float32Array(9 * (joints - 1) * 3 * count),
    hands: { left: curled(1), right: curled(-1) },
  };
}

/** The finger joint of a vertex by how far out along the arm it lies: bands of 3 cm. */
function fingerOf({ template }: BodyModel, v: number, left: boolean): number {
  const { left: l, right: r } = HAND_START.smplh!;
  const out = Math.abs(template[3 * v]),
    band = Math.min(2, Math.max(0, Math.floor((out - 0.8) / 0.03)));
  return (left ? l : r) + band;
}

/** A mean hand with every finger bent by half a radian. */
function curled(side: 1 | -1) {
  const mean = new Float64Array(3 * FINGER_JOINTS);
  for (let j = 0; j < FINGER_JOINTS; j++) mean[3 * j + 2] = -0.5 * side;
  return { mean, components: new Float64Array(45 * 45) };
}

function regressor(model: BodyModel, joints: number, centres: number[][]): SparseRows {
  const { start, index, value } = model.jointRegressor, rows: [number, number][][] = [];
  for (let j = 0; j < joints; j++) {
    const from = j < SHARED_JOINTS ? j : j < HAND_START.smplh!.right ? 20 : 21;
    const row: [number, number][] = [];
    for (let e = start[from]; e < start[from + 1]; e++) row.push([index[e], value[e]]);
    rows.push(j < SHARED_JOINTS || centres[j][3] === 0 ? row : nearestVertices(model, centres[j]));
  }
  return compressed(rows);
}

function nearestVertices({ template }: BodyModel, [x, y, z, weight]: number[]): [number, number][] {
  let best = 0, least = Infinity;
  for (let v = 0; 3 * v < template.length; v++) {
    const off = Math.hypot(
      template[3 * v] - x / weight,
      template[3 * v + 1] - y / weight,
      template[3 * v + 2] - z / weight,
    );
    if (off < least) least = off, best = v;
  }
  return [[best, 1]];
}

function compressed(rows: readonly [number, number][][]): SparseRows {
  const start = new Uint32Array(rows.length + 1);
  rows.forEach((row, r) => start[r + 1] = start[r] + row.length);
  return {
    start,
    index: Uint32Array.from(rows.flat(), ([i]) => i),
    value: Float64Array.from(rows.flat(), ([, w]) => w),
  };
}
