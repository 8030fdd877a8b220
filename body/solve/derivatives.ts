/**
 * Derivatives of a posed body, by hand: how a direction's component of a vertex or a joint changes
 * with every parameter.
 *
 * A vertex is v = t + s Σ_i w_i (R_i (y − J_i) + P_i), where y is the rest vertex with shape and
 * pose correctives, J_i and P_i a joint at rest and posed, R_i its world rotation (Loper et al.
 * 2015). Turning joint j moves everything below it about P_j: with a_jk, the world axis of its
 * parameter k (the left Jacobian of SO(3), Solà et al. 2018, arXiv 1812.01537, equation 145),
 * ∂q/∂θ_jk = a_jk × (q − P_j); to that comes what the pose correctives of y do.
 */
import { rotationOfAxisAngle } from "../../core/geometry/transform.ts";
import type { BodyFit } from "../fit.ts";
import { allocatePosedBody, poseBody, type PosedBody } from "../forward.ts";
import { type BodyModel, jointCount } from "../model.ts";
import { type BodyState, layoutOf, type StateLayout } from "./state.ts";
import { type VertexDirections, vertexDirections } from "./vertex_directions.ts";

/** A posed body that knows its derivatives. One is made for a model and moved from state to state. */
export class BodyDerivatives {
  readonly model: BodyModel;
  /** Vertices and joints of the state it was moved to last. */
  readonly posed: PosedBody;
  #state: BodyState | undefined;
  #layout: StateLayout = layoutOf({ pose: new Float64Array(), betas: new Float64Array() });
  readonly #directions: VertexDirections;
  /** R_j − I of each joint but the root, row-major; length 9 (J − 1). */
  readonly #features: Float64Array;
  /** ∂(R_j)_e/∂θ_jk at 27 j + 3 e + k. */
  readonly #featureDerivatives: Float64Array;
  /** World axis of parameter k of joint j at 9 j + 3 k. */
  readonly #axes: Float64Array;
  /** Posed joints without the fit's scale and translation, length 3 J. */
  readonly #joints: Float64Array;
  /** ∂P_i/∂β_b − R_i ∂J_i/∂β_b at 3 (J b + i), and ∂P_i/∂β_b alone. */
  #shapeDrift = new Float64Array();
  #shapeJoints = new Float64Array();
  /** Sums over the skin joints below a joint: weight, and weighted places. */
  readonly #below: Float64Array;

  constructor(model: BodyModel) {
    const joints = jointCount(model);
    this.model = model;
    this.posed = allocatePosedBody(model);
    this.#directions = vertexDirections(model);
    this.#features = new Float64Array(9 * (joints - 1));
    this.#featureDerivatives = new Float64Array(27 * joints);
    this.#axes = new Float64Array(9 * joints);
    this.#joints = new Float64Array(3 * joints);
    this.#below = new Float64Array(4 * joints);
  }

  /** Length of a row: the parameters of the state. */
  get columns(): number {
    return this.#layout.count;
  }

  /** Poses the body and prepares its derivatives. */
  moveTo(state: BodyState): PosedBody {
    const { model, posed } = this, joints = jointCount(model);
    this.#state = state;
    this.#layout = layoutOf(state);
    poseBody(model, plainFit(model, state), posed);
    const { transforms } = posed, { parents } = model;
    for (let j = 0; j < joints; j++) {
      const x = state.pose[3 * j], y = state.pose[3 * j + 1], z = state.pose[3 * j + 2];
      const left = leftJacobian(x, y, z), R = rotationOfAxisAngle(x, y, z);
      for (let r = 0; r < 3; r++) this.#joints[3 * j + r] = transforms[12 * j + 4 * r + 3];
      const p = parents[j];
      for (let k = 0; k < 3; k++) {
        const a = left[k], b = left[3 + k], c = left[6 + k];
        for (let r = 0; r < 3; r++) {
          const o = 12 * p + 4 * r;
          this.#axes[9 * j + 3 * k + r] = p < 0
            ? [a, b, c][r]
            : transforms[o] * a + transforms[o + 1] * b + transforms[o + 2] * c;
        }
        // ∂R/∂θ_k = [left column k]× R
        for (let column = 0; column < 3; column++) {
          const rx = R[column], ry = R[3 + column], rz = R[6 + column];
          const at = 27 * j + 3 * column + k;
          this.#featureDerivatives[at] = b * rz - c * ry;
          this.#featureDerivatives[at + 9] = c * rx - a * rz;
          this.#featureDerivatives[at + 18] = a * ry - b * rx;
        }
      }
      if (j === 0) continue;
      for (let e = 0; e < 9; e++) this.#features[9 * (j - 1) + e] = R[e] - (e % 4 === 0 ? 1 : 0);
    }
    this.#prepareShape(state);
    return posed;
  }

  /** How joints and skinning transforms move with the betas, along the tree. */
  #prepareShape(state: BodyState): void {
    const { parents } = this.model, joints = parents.length, count = state.betas.length;
    if (this.#shapeJoints.length !== 3 * joints * count) {
      this.#shapeJoints = new Float64Array(3 * joints * count);
      this.#shapeDrift = new Float64Array(3 * joints * count);
    }
    if (state.fixed.restShape !== undefined) return;
    const rest = this.#directions.jointShapes, { transforms } = this.posed;
    for (let b = 0; b < count; b++) {
      const base = 3 * joints * b;
      for (let j = 0; j < joints; j++) {
        const at = base + 3 * j, p = parents[j], parent = base + 3 * p;
        const turned = (o: number, r: number, x: number, y: number, z: number) =>
          transforms[o + 4 * r] * x + transforms[o + 4 * r + 1] * y + transforms[o + 4 * r + 2] * z;
        const x = rest[at], y = rest[at + 1], z = rest[at + 2];
        for (let r = 0; r < 3; r++) {
          const moved = p < 0 ? rest[at + r] : this.#shapeJoints[parent + r] +
            turned(12 * p, r, x - rest[parent], y - rest[parent + 1], z - rest[parent + 2]);
          this.#shapeJoints[at + r] = moved;
          this.#shapeDrift[at + r] = moved - turned(12 * j, r, x, y, z);
        }
      }
    }
  }

  /**
   * Adds to `row` the derivative of (x, y, z) · vertex by every parameter.
   *
   * @param row Length {@linkcode columns}.
   */
  addVertex(row: Float64Array, vertex: number, x: number, y: number, z: number): void {
    const state = this.#state!, { model, posed } = this, { transforms, restJoints } = posed;
    const { start, index, value } = model.weights, { parents } = model;
    const layout = this.#layout, s = state.scale, below = this.#below, joints = this.#joints;
    this.#addPlacement(row, posed.vertices, vertex, x, y, z);

    // 1. The corrected rest vertex.
    const { features } = this.#directions, feature = this.#features;
    let rx = posed.restVertices[3 * vertex], ry = posed.restVertices[3 * vertex + 1];
    let rz = posed.restVertices[3 * vertex + 2];
    const first = features.start[vertex], end = features.start[vertex + 1];
    for (let e = first; e < end; e++) {
      const f = feature[features.index[e]];
      rx += f * features.value[3 * e];
      ry += f * features.value[3 * e + 1];
      rz += f * features.value[3 * e + 2];
    }

    // 2. Where each skin joint puts it, summed up the tree; the direction seen from the rest pose.
    below.fill(0);
    let mx = 0, my = 0, mz = 0, drift = 0;
    const count = state.betas.length, drifts = this.#shapeDrift, stride = joints.length;
    const fixedShape = state.fixed.restShape !== undefined;
    for (let e = start[vertex]; e < start[vertex + 1]; e++) {
      const i = index[e], w = value[e], o = 12 * i;
      const a = transforms[o], b = transforms[o + 1], c = transforms[o + 2];
      const d = transforms[o + 4], f = transforms[o + 5], g = transforms[o + 6];
      const h = transforms[o + 8], k = transforms[o + 9], l = transforms[o + 10];
      const ux = rx - restJoints[3 * i], uy = ry - restJoints[3 * i + 1];
      const uz = rz - restJoints[3 * i + 2];
      const qx = w * (a * ux + b * uy + c * uz + transforms[o + 3]);
      const qy = w * (d * ux + f * uy + g * uz + transforms[o + 7]);
      const qz = w * (h * ux + k * uy + l * uz + transforms[o + 11]);
      mx += w * (a * x + d * y + h * z);
      my += w * (b * x + f * y + k * z);
      mz += w * (c * x + g * y + l * z);
      for (let j = i; j >= 0; j = parents[j]) {
        below[4 * j] += w;
        below[4 * j + 1] += qx;
        below[4 * j + 2] += qy;
        below[4 * j + 3] += qz;
      }
      if (fixedShape) continue;
      for (let t = 0, at = 3 * i; t < count; t++, at += stride) {
        drift = w * (x * drifts[at] + y * drifts[at + 1] + z * drifts[at + 2]);
        row[layout.betas + t] += s * drift;
      }
    }

    // 3. Turning about each joint above: axis · ((q − P) × direction).
    const axes = this.#axes;
    for (let j = 0; j < parents.length; j++) {
      const w = below[4 * j];
      if (w === 0) continue;
      const px = below[4 * j + 1] - w * joints[3 * j];
      const py = below[4 * j + 2] - w * joints[3 * j + 1];
      const pz = below[4 * j + 3] - w * joints[3 * j + 2];
      const gx = s * (py * z - pz * y), gy = s * (pz * x - px * z), gz = s * (px * y - py * x);
      const at = layout.pose + 3 * j, o = 9 * j;
      row[at] += axes[o] * gx + axes[o + 1] * gy + axes[o + 2] * gz;
      row[at + 1] += axes[o + 3] * gx + axes[o + 4] * gy + axes[o + 5] * gz;
      row[at + 2] += axes[o + 6] * gx + axes[o + 7] * gy + axes[o + 8] * gz;
    }

    // 4. Pose correctives and shape move the rest vertex.
    const derivative = this.#featureDerivatives;
    for (let e = first; e < end; e++) {
      const { value } = features;
      const h = s * (mx * value[3 * e] + my * value[3 * e + 1] + mz * value[3 * e + 2]);
      const element = features.index[e], j = Math.floor(element / 9) + 1;
      const d = 27 * j + 3 * (element - 9 * (j - 1)), at = layout.pose + 3 * j;
      row[at] += h * derivative[d];
      row[at + 1] += h * derivative[d + 1];
      row[at + 2] += h * derivative[d + 2];
    }
    if (fixedShape) return;
    const { shapes, betaCount } = this.#directions;
    for (let t = 0, at = 3 * betaCount * vertex; t < count; t++, at += 3) {
      row[layout.betas + t] += s * (mx * shapes[at] + my * shapes[at + 1] + mz * shapes[at + 2]);
    }
  }

  /** Adds to `row` the derivative of (x, y, z) · joint by every parameter. */
  addJoint(row: Float64Array, joint: number, x: number, y: number, z: number): void {
    const state = this.#state!, { parents } = this.model, layout = this.#layout;
    const s = state.scale, axes = this.#axes, joints = this.#joints;
    this.#addPlacement(row, this.posed.joints, joint, x, y, z);
    for (let j = parents[joint]; j >= 0; j = parents[j]) {
      const px = joints[3 * joint] - joints[3 * j];
      const py = joints[3 * joint + 1] - joints[3 * j + 1];
      const pz = joints[3 * joint + 2] - joints[3 * j + 2];
      const gx = s * (py * z - pz * y), gy = s * (pz * x - px * z), gz = s * (px * y - py * x);
      for (let k = 0, o = 9 * j; k < 3; k++, o += 3) {
        row[layout.pose + 3 * j + k] += axes[o] * gx + axes[o + 1] * gy + axes[o + 2] * gz;
      }
    }
    if (state.fixed.restShape !== undefined) return;
    const moved = this.#shapeJoints;
    for (let b = 0; b < state.betas.length; b++) {
      const at = joints.length * b + 3 * joint;
      row[layout.betas + b] += s * (x * moved[at] + y * moved[at + 1] + z * moved[at + 2]);
    }
  }

  /** Translation, and scale about it. */
  #addPlacement(
    row: Float64Array,
    points: Float64Array,
    i: number,
    x: number,
    y: number,
    z: number,
  ): void {
    const { transl } = this.#state!;
    row[0] += x, row[1] += y, row[2] += z;
    row[this.#layout.scale] += x * (points[3 * i] - transl[0]) +
      y * (points[3 * i + 1] - transl[1]) + z * (points[3 * i + 2] - transl[2]);
  }
}

/** The left Jacobian of SO(3), row-major: I + (1 − cos θ)/θ² [v]× + (θ − sin θ)/θ³ [v]×². */
export function leftJacobian(x: number, y: number, z: number): Float64Array {
  const square = x * x + y * y + z * z, angle = Math.sqrt(square);
  // Below 1e-3 the series' next terms are under 1e-13.
  const a = angle < 1e-3 ? 0.5 - square / 24 : (1 - Math.cos(angle)) / square;
  const b = angle < 1e-3 ? 1 / 6 - square / 120 : (angle - Math.sin(angle)) / (square * angle);
  // deno-fmt-ignore
  return Float64Array.of(
    1 - b * (y * y + z * z), b * x * y - a * z, b * x * z + a * y,
    b * x * y + a * z, 1 - b * (x * x + z * z), b * y * z - a * x,
    b * x * z - a * y, b * y * z + a * x, 1 - b * (x * x + y * y),
  );
}

/** A state as a fit that shares its arrays. */
function plainFit(model: BodyModel, state: BodyState): BodyFit {
  return {
    kind: model.kind,
    betas: state.betas,
    globalOrient: state.pose.subarray(0, 3),
    bodyPose: state.pose.subarray(3),
    transl: state.transl,
    scale: state.scale,
    ...state.fixed,
  };
}
