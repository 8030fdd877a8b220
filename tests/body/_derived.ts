/** Bodies made from the open one whose right conversions are known. */
import { jointIndex, SMPL_JOINTS, SMPLH_JOINTS, SMPLX_JOINTS } from "../../body/joints.ts";
import { type BodyModel, bodyVertexCount, type SparseRows } from "../../body/model.ts";
import { random } from "../../core/work/random.ts";

/** Rows of a matrix in another order: row i of the result is row `order[i]`. */
function rowsInOrder({ start, index, value }: SparseRows, order: readonly number[]): SparseRows {
  const parts = order.map((r) =>
    [...index.subarray(start[r], start[r + 1]).keys()].map((k) => start[r] + k)
  );
  const flat = parts.flat();
  const out = new Uint32Array(order.length + 1);
  parts.forEach((part, i) => out[i + 1] = out[i] + part.length);
  return {
    start: out,
    index: Uint32Array.from(flat, (e) => index[e]),
    value: Float64Array.from(flat, (e) => value[e]),
  };
}

/**
 * The open body with the joints of SMPL-H or SMPL-X: what `l_hand` moves is moved by
 * `l_middle1`, the other fingers (and jaw and eyes) move nothing. Same vertices, same shapes.
 */
export function withMoreJoints(open: BodyModel, kind: "smplh" | "smplx"): BodyModel {
  const names = kind === "smplh" ? SMPLH_JOINTS : SMPLX_JOINTS;
  const old = (name: (typeof names)[number]): number => {
    const same = (SMPL_JOINTS as readonly string[]).indexOf(name);
    if (same >= 0) return same;
    if (name === "jaw" || name.endsWith("_eye")) return SMPL_JOINTS.indexOf("head");
    return SMPL_JOINTS.indexOf(name.startsWith("l") ? "l_hand" : "r_hand");
  };
  const n = open.template.length;
  const poseDirs = new Float32Array(9 * (names.length - 1) * n);
  names.forEach((name, j) => {
    const carries = (SMPL_JOINTS as readonly string[]).includes(name) || name.endsWith("middle1");
    if (j === 0 || !carries) return;
    const from = 9 * (old(name) - 1) * n;
    poseDirs.set(open.poseDirs.subarray(from, from + 9 * n), 9 * (j - 1) * n);
  });
  const parents = Int32Array.from(names, (name, j) => {
    if (j === 0) return -1;
    const same = (SMPL_JOINTS as readonly string[]).indexOf(name);
    if (same >= 0) return open.parents[same];
    if (name === "jaw" || name.endsWith("_eye")) return SMPL_JOINTS.indexOf("head");
    return name.endsWith("1")
      ? SMPL_JOINTS.indexOf(name.startsWith("l") ? "l_wrist" : "r_wrist")
      : j - 1;
  });
  const { weights } = open;
  const moved = new Map([["l_hand", "l_middle1"], ["r_hand", "r_middle1"]].map(([a, b]) => [
    SMPL_JOINTS.indexOf(a as "l_hand"),
    jointIndex(kind, b as "l_middle1"),
  ]));
  return {
    ...open,
    kind,
    name: `open body as ${kind}`,
    poseDirs,
    parents,
    jointRegressor: rowsInOrder(open.jointRegressor, names.map(old)),
    weights: { ...weights, index: weights.index.map((j) => moved.get(j) ?? j) },
  };
}

/** The same shapes in other coordinates: betas' = M betas, M orthogonal and seeded. */
export function withMixedShapes(
  model: BodyModel,
): { model: BodyModel; mix(betas: Float64Array): Float64Array } {
  const b = model.betaCount, draw = random(3, "mix");
  const rows: Float64Array[] = [];
  for (let i = 0; i < b; i++) {
    const row = Float64Array.from({ length: b }, () => draw.normal());
    for (const other of rows) {
      const dot = row.reduce((sum, v, k) => sum + v * other[k], 0);
      row.forEach((_, k) => row[k] -= dot * other[k]);
    }
    const length = Math.hypot(...row);
    rows.push(row.map((v) => v / length));
  }
  const n = model.template.length, shapeDirs = new Float32Array(b * n);
  rows.forEach((row, i) => {
    for (let k = 0; k < b; k++) {
      for (let c = 0; c < n; c++) shapeDirs[i * n + c] += row[k] * model.shapeDirs[k * n + c];
    }
  });
  return {
    model: { ...model, shapeDirs },
    mix: (betas) =>
      Float64Array.from(rows, (row) => row.reduce((sum, v, k) => sum + v * betas[k], 0)),
  };
}

/** A body with its vertices in another order and `extra` more that belong to no vertex of the old one. */
export function withOtherVertices(
  model: BodyModel,
  extra: number,
): { model: BodyModel; order: number[] } {
  const count = bodyVertexCount(model), draw = random(4, "order");
  const order = Array.from({ length: count }, (_, v) => v);
  for (let i = count - 1; i > 0; i--) {
    const j = draw.below(i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  const place = new Uint32Array(count);
  order.forEach((v, i) => place[v] = i);
  for (let k = 0; k < extra; k++) order.push(0);
  const spread = <A extends Float32Array | Float64Array>(rows: A): A => {
    const dirs = rows.length / (3 * count);
    const out = new (rows.constructor as new (n: number) => A)(3 * order.length * dirs);
    for (let d = 0; d < dirs; d++) {
      order.forEach((v, i) => {
        for (let k = 0; k < 3; k++) {
          out[3 * (d * order.length + i) + k] = rows[3 * (d * count + v) + k];
        }
      });
    }
    return out;
  };
  return {
    order,
    model: {
      ...model,
      name: "open body in another order",
      template: spread(model.template),
      shapeDirs: spread(model.shapeDirs),
      poseDirs: spread(model.poseDirs),
      faces: model.faces.map((v) => place[v]),
      weights: rowsInOrder(model.weights, order),
      jointRegressor: {
        ...model.jointRegressor,
        index: model.jointRegressor.index.map((v) => place[v]),
      },
    },
  };
}
