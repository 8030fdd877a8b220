/**
 * The forward pass: shape, pose correctives, joints, linear blend skinning.
 *
 * Loper et al., "SMPL: A Skinned Multi-Person Linear Model" (2015), equations 2–10, in the order of
 * the published file layout: posedirs multiply the row-major elements of (R_j − I), j = 1 … J − 1.
 */
import { rotationOfAxisAngle } from "../core/geometry/transform.ts";
import type { Mesh } from "../core/geometry/mesh.ts";
import type { BodyFit } from "./fit.ts";
import { type BodyModel, bodyVertexCount, jointCount } from "./model.ts";
import { fullPose } from "./pose.ts";

/** A posed body. Reused between calls where the caller passes it back in. */
export interface PosedBody {
  /** Vertices in the scan's units, length 3 V. */
  vertices: Float64Array;
  /** Joints in the scan's units, length 3 J. */
  joints: Float64Array;
  /** World transform of each joint without the fit's scale and translation: 3 × 4 rows, length 12 J. */
  transforms: Float64Array;
  /** Shaped rest vertices, length 3 V, and rest joints, length 3 J, metres. */
  restVertices: Float64Array;
  restJoints: Float64Array;
}

/** Makes the arrays of a posed body. */
export function allocatePosedBody(model: BodyModel): PosedBody {
  const v = 3 * bodyVertexCount(model), j = jointCount(model);
  return {
    vertices: new Float64Array(v),
    joints: new Float64Array(3 * j),
    transforms: new Float64Array(12 * j),
    restVertices: new Float64Array(v),
    restJoints: new Float64Array(3 * j),
  };
}

/**
 * Poses a body of any kind.
 *
 * @param target Arrays to write to; made when absent.
 * @throws {RangeError} If the fit does not go with the model: see `misfit`.
 */
export function poseBody(
  model: BodyModel,
  fit: BodyFit,
  target: PosedBody = allocatePosedBody(model),
): PosedBody {
  const pose = fullPose(model, fit);
  const joints = jointCount(model);
  const { vertices, restVertices, restJoints, transforms } = target;
  restShape(model, fit, restVertices);
  const origin = originOf(model, fit, restVertices);
  if (fit.expression !== undefined && model.expressionDirs !== undefined) {
    addRows(restVertices, model.expressionDirs, fit.expression);
  }
  regressJoints(model, restVertices, restJoints);

  const rotations = new Float64Array(9 * joints);
  const features = new Float64Array(9 * (joints - 1));
  for (let j = 0; j < joints; j++) {
    const at = 3 * j;
    const r = rotationOfAxisAngle(pose[at], pose[at + 1], pose[at + 2]);
    rotations.set(r, 9 * j);
    if (j > 0) {
      for (let k = 0; k < 9; k++) features[9 * (j - 1) + k] = r[k] - (k % 4 === 0 ? 1 : 0);
    }
  }
  vertices.set(restVertices);
  addRows(vertices, model.poseDirs, features);

  chain(model, rotations, restJoints, transforms);
  skin(model, fit, origin, target);
  return target;
}

/** Shapes the rest surface without expression into `out`: the fit's own, or template and betas. */
export function restShape(
  model: BodyModel,
  fit: Pick<BodyFit, "betas" | "restShape">,
  out: Float64Array = new Float64Array(model.template.length),
): Float64Array {
  out.set(fit.restShape ?? model.template);
  if (fit.restShape === undefined) addRows(out, model.shapeDirs, fit.betas);
  return out;
}

/** The root joint of a rest surface, metres. */
export function pelvisOf(model: BodyModel, restVertices: Float64Array): [number, number, number] {
  const { start, index, value } = model.jointRegressor;
  const sum: [number, number, number] = [0, 0, 0];
  for (let e = 0; e < start[1]; e++) {
    for (let k = 0; k < 3; k++) sum[k] += value[e] * restVertices[3 * index[e] + k];
  }
  return sum;
}

/** What the fit subtracts before it scales: nothing, or the pelvis of the body without expression. */
function originOf(
  model: BodyModel,
  fit: BodyFit,
  shaped: Float64Array,
): readonly [number, number, number] {
  return fit.origin === "pelvis" ? pelvisOf(model, shaped) : [0, 0, 0];
}

/** A posed body as a mesh, in the scan's units. */
export function bodyMesh(model: BodyModel, posed: Pick<PosedBody, "vertices">): Mesh {
  return { positions: Float32Array.from(posed.vertices), indices: model.faces };
}

/** `out += Σ coefficient[k] · row k`; blocked so that a piece of `out` stays in the cache. */
function addRows(out: Float64Array, rows: Float32Array, coefficients: Float64Array): void {
  const n = out.length;
  const used: number[] = [];
  for (let k = 0; k < coefficients.length; k++) if (coefficients[k] !== 0) used.push(k);
  const BLOCK = 2048;
  for (let from = 0; from < n; from += BLOCK) {
    const to = Math.min(n, from + BLOCK);
    let u = 0;
    for (; u + 4 <= used.length; u += 4) {
      const k0 = used[u], k1 = used[u + 1], k2 = used[u + 2], k3 = used[u + 3];
      const c0 = coefficients[k0], c1 = coefficients[k1];
      const c2 = coefficients[k2], c3 = coefficients[k3];
      const r0 = rows.subarray(k0 * n + from, k0 * n + to), r1 = rows.subarray(k1 * n + from);
      const r2 = rows.subarray(k2 * n + from), r3 = rows.subarray(k3 * n + from);
      for (let i = 0; i < r0.length; i++) {
        out[from + i] += c0 * r0[i] + c1 * r1[i] + c2 * r2[i] + c3 * r3[i];
      }
    }
    for (; u < used.length; u++) {
      const c = coefficients[used[u]], row = used[u] * n;
      for (let i = from; i < to; i++) out[i] += c * rows[row + i];
    }
  }
}

function regressJoints(model: BodyModel, vertices: Float64Array, out: Float64Array): void {
  const { start, index, value } = model.jointRegressor;
  for (let j = 0; j + 1 < start.length; j++) {
    let x = 0, y = 0, z = 0;
    for (let e = start[j]; e < start[j + 1]; e++) {
      const v = 3 * index[e], w = value[e];
      x += w * vertices[v], y += w * vertices[v + 1], z += w * vertices[v + 2];
    }
    out[3 * j] = x, out[3 * j + 1] = y, out[3 * j + 2] = z;
  }
}

/** World transforms G_j along the kinematic tree, each 3 × 4: rotation and posed joint position. */
function chain(
  model: BodyModel,
  rotations: Float64Array,
  restJoints: Float64Array,
  out: Float64Array,
): void {
  const { parents } = model;
  for (let j = 0; j < parents.length; j++) {
    const p = parents[j], R = 9 * j, o = 12 * j, q = 12 * p;
    if (p < 0) {
      for (let r = 0; r < 3; r++) {
        for (let c = 0; c < 3; c++) out[o + 4 * r + c] = rotations[R + 3 * r + c];
        out[o + 4 * r + 3] = restJoints[3 * j + r];
      }
      continue;
    }
    const x = restJoints[3 * j] - restJoints[3 * p];
    const y = restJoints[3 * j + 1] - restJoints[3 * p + 1];
    const z = restJoints[3 * j + 2] - restJoints[3 * p + 2];
    for (let r = 0; r < 3; r++) {
      const a = out[q + 4 * r], b = out[q + 4 * r + 1], c = out[q + 4 * r + 2];
      for (let k = 0; k < 3; k++) {
        out[o + 4 * r + k] = a * rotations[R + k] + b * rotations[R + 3 + k] +
          c * rotations[R + 6 + k];
      }
      out[o + 4 * r + 3] = a * x + b * y + c * z + out[q + 4 * r + 3];
    }
  }
}

/** Blends the joints' transforms over the corrected rest vertices, in place; fills the joints. */
function skin(
  model: BodyModel,
  fit: BodyFit,
  origin: readonly [number, number, number],
  target: PosedBody,
): void {
  const { vertices, joints, transforms, restJoints } = target;
  const count = jointCount(model), { scale } = fit;
  const transl = fit.transl.map((t, k) => t - scale * origin[k]);
  // Transforms relative to the rest pose, with the fit's scale folded in.
  const relative = new Float64Array(12 * count);
  for (let j = 0; j < count; j++) {
    const o = 12 * j, x = restJoints[3 * j], y = restJoints[3 * j + 1], z = restJoints[3 * j + 2];
    for (let r = 0; r < 3; r++) {
      const a = transforms[o + 4 * r], b = transforms[o + 4 * r + 1], c = transforms[o + 4 * r + 2];
      const t = transforms[o + 4 * r + 3];
      relative[o + 4 * r] = scale * a;
      relative[o + 4 * r + 1] = scale * b;
      relative[o + 4 * r + 2] = scale * c;
      relative[o + 4 * r + 3] = scale * (t - (a * x + b * y + c * z));
      joints[3 * j + r] = scale * t + transl[r];
    }
  }
  const { start, index, value } = model.weights;
  const [tx, ty, tz] = transl;
  for (let v = 0; v + 1 < start.length; v++) {
    const x = vertices[3 * v], y = vertices[3 * v + 1], z = vertices[3 * v + 2];
    let sx = 0, sy = 0, sz = 0;
    for (let e = start[v]; e < start[v + 1]; e++) {
      const o = 12 * index[e], w = value[e];
      sx += w * (relative[o] * x + relative[o + 1] * y + relative[o + 2] * z + relative[o + 3]);
      sy += w * (relative[o + 4] * x + relative[o + 5] * y + relative[o + 6] * z + relative[o + 7]);
      sz += w *
        (relative[o + 8] * x + relative[o + 9] * y + relative[o + 10] * z + relative[o + 11]);
    }
    vertices[3 * v] = sx + tx, vertices[3 * v + 1] = sy + ty, vertices[3 * v + 2] = sz + tz;
  }
}
