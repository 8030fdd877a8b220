/**
 * Taking a scan's points along with its body: from the pose it was scanned in to the body's rest
 * pose, and from there into any other pose. Each point moves with one body vertex (its nearest).
 */
import type { BodyFit } from "./fit.ts";
import { allocatePosedBody, poseBody } from "./forward.ts";
import { type BodyModel, bodyVertexCount, jointCount } from "./model.ts";

/** Below this share of a volume kept, blended transforms cannot be undone (limbs twisted by 180°). */
const MIN_DETERMINANT = 0.02;

/** How every vertex of a posed body got where it is. */
export interface VertexMotion {
  /** 3 × 4 rows: from the corrected rest vertex to the scan's frame and unit; length 12 V. */
  transforms: Float64Array;
  /** What pose correctives added to the rest vertex, metres; length 3 V. */
  correctives: Float64Array;
}

/**
 * The motion of every vertex of a body under a fit.
 *
 * @throws {RangeError} If the fit does not go with the model.
 */
export function vertexMotion(model: BodyModel, fit: BodyFit): VertexMotion {
  const posed = poseBody(model, fit, allocatePosedBody(model));
  const { restJoints, restVertices, vertices, joints } = posed;
  const count = bodyVertexCount(model), { start, index, value } = model.weights;
  // Each joint's transform from the rest pose into the scan: s (R x + P − R J) and the translation.
  const whole = new Float64Array(12 * jointCount(model));
  for (let j = 0; j < jointCount(model); j++) {
    for (let r = 0; r < 3; r++) {
      const at = 12 * j + 4 * r;
      let turned = 0;
      for (let k = 0; k < 3; k++) {
        whole[at + k] = fit.scale * posed.transforms[at + k];
        turned += whole[at + k] * restJoints[3 * j + k];
      }
      whole[at + 3] = joints[3 * j + r] - turned;
    }
  }
  const transforms = new Float64Array(12 * count), correctives = new Float64Array(3 * count);
  for (let v = 0; v < count; v++) {
    const m = transforms.subarray(12 * v, 12 * v + 12);
    for (let e = start[v]; e < start[v + 1]; e++) {
      for (let k = 0; k < 12; k++) m[k] += value[e] * whole[12 * index[e] + k];
    }
    const back = undone(m, vertices.subarray(3 * v, 3 * v + 3));
    for (let k = 0; back !== undefined && k < 3; k++) {
      correctives[3 * v + k] = back[k] - restVertices[3 * v + k];
    }
  }
  return { transforms, correctives };
}

/** Points with the vertex that each of them moves with. */
export interface AttachedPoints {
  /** xyz interleaved, length 3n. */
  points: Float32Array | Float64Array;
  /** The body vertex of each point, length n. */
  vertex: Uint32Array;
}

/** Points in the rest pose (metres, T-pose, the body's own shape), and those that could not be taken. */
export interface UnposedPoints {
  /** Length 3n; NaN where a vertex's transform cannot be undone. */
  rest: Float64Array;
  /** How many could not. */
  lost: number;
}

/** Takes points of a scan back to the rest pose of its body. */
export function unposePoints(
  motion: VertexMotion,
  { points, vertex }: AttachedPoints,
): UnposedPoints {
  const rest = new Float64Array(points.length);
  let lost = 0;
  for (let i = 0; i < vertex.length; i++) {
    const v = vertex[i];
    const m = motion.transforms.subarray(12 * v, 12 * v + 12);
    const back = undone(m, points.subarray(3 * i, 3 * i + 3));
    if (back === undefined) lost++;
    for (let k = 0; k < 3; k++) {
      rest[3 * i + k] = back === undefined ? NaN : back[k] - motion.correctives[3 * v + k];
    }
  }
  return { rest, lost };
}

/** Takes points of the rest pose into the pose of a motion. */
export function reposePoints(
  motion: VertexMotion,
  { points, vertex }: AttachedPoints,
): Float64Array {
  const out = new Float64Array(points.length), { transforms, correctives } = motion;
  for (let i = 0; i < vertex.length; i++) {
    const v = vertex[i];
    const [x, y, z] = [0, 1, 2].map((k) => points[3 * i + k] + correctives[3 * v + k]);
    for (let r = 0; r < 3; r++) {
      const at = 12 * v + 4 * r;
      out[3 * i + r] = transforms[at] * x + transforms[at + 1] * y + transforms[at + 2] * z +
        transforms[at + 3];
    }
  }
  return out;
}

/** m⁻¹ p, or undefined where m squeezes space too flat. */
function undone(
  m: ArrayLike<number>,
  p: ArrayLike<number>,
): [number, number, number] | undefined {
  const [a, b, c, tx, d, e, f, ty, g, h, i, tz] = Array.from(m);
  const A = e * i - f * h, B = f * g - d * i, C = d * h - e * g;
  const det = a * A + b * B + c * C;
  const size = Math.hypot(a, b, c) * Math.hypot(d, e, f) * Math.hypot(g, h, i);
  if (!(det > MIN_DETERMINANT * size)) return undefined;
  const x = p[0] - tx, y = p[1] - ty, z = p[2] - tz;
  return [
    (A * x + (c * h - b * i) * y + (b * f - c * e) * z) / det,
    (B * x + (a * i - c * g) * y + (c * d - a * f) * z) / det,
    (C * x + (b * g - a * h) * y + (a * e - b * d) * z) / det,
  ];
}
