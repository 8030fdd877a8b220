/**
 * Putting a scan into another pose through its fit: every vertex of the scan takes the skinning
 * weights of the nearest place on its body, evened out along the scan's own surface, goes back to the
 * body's rest pose with them and from there into the new pose.
 */
import { buildTree } from "../core/geometry/bvh.ts";
import { closestPoints } from "../core/geometry/closest.ts";
import { type Mesh, vertexCount } from "../core/geometry/mesh.ts";
import { withDefaults } from "../core/work/options.ts";
import type { BodyFit } from "../body/fit.ts";
import { poseBody, type PosedBody } from "../body/forward.ts";
import { type BodyModel, jointCount } from "../body/model.ts";

/** How a scan is attached. */
export interface AttachOptions {
  /**
   * Rounds of averaging the weights with those of the neighbours on the scan's surface. They even
   * out where the nearest place of the body jumps (under folds, between limbs). Default: 12.
   */
  smoothing?: number;
}

/** See {@linkcode AttachOptions}. */
export const ATTACH_DEFAULTS: Readonly<Required<AttachOptions>> = Object.freeze({ smoothing: 12 });

/** A scan that can be posed. */
export interface AttachedScan {
  mesh: Mesh;
  model: BodyModel;
  /** The fit it was attached with. */
  fit: BodyFit;
  /** Skinning weights: J numbers a vertex that sum to 1. */
  weights: Float32Array;
  /** Vertices in the rest pose, metres, length 3n. */
  rest: Float64Array;
  /**
   * How many vertices move with one joint alone, because their blended transform squeezes space too
   * flat to be undone.
   */
  stiff: number;
}

/** Below this share of a volume kept, blended transforms cannot be undone. */
const MIN_DETERMINANT = 0.02;

/**
 * Attaches a scan to its body. About 0.5 s for 100,000 triangles.
 *
 * @throws {RangeError} If the fit does not go with the model.
 */
export function attachScan(
  mesh: Mesh,
  { model, fit }: { model: BodyModel; fit: BodyFit },
  options: AttachOptions = {},
): AttachedScan {
  const { smoothing } = withDefaults(ATTACH_DEFAULTS, options);
  const posed = poseBody(model, fit), joints = jointCount(model);
  const weights = smoothed(nearestWeights(mesh, model, posed), { mesh, joints, smoothing });
  const whole = jointMotions(posed, fit, joints);
  const n = vertexCount(mesh), rest = new Float64Array(3 * n), m = new Float64Array(12);
  let stiff = 0;
  for (let v = 0; v < n; v++) {
    blend(whole, weights, { from: v * joints, joints }, m);
    if (undo(m, mesh.positions, 3 * v, rest)) continue;
    stiffen(weights, v * joints, joints);
    blend(whole, weights, { from: v * joints, joints }, m);
    undo(m, mesh.positions, 3 * v, rest);
    stiff++;
  }
  return { mesh, model, fit, weights, rest, stiff };
}

/**
 * The scan in another pose of the same body. Texture and topology are the scan's; normals are left
 * out, as they would be wrong.
 *
 * @param bodyPose Rotations of all joints but the root, axis-angle, length 3 (J − 1).
 */
export function reposeScan(
  { mesh, model, fit, weights, rest }: AttachedScan,
  bodyPose: Float64Array,
  globalOrient: Float64Array = fit.globalOrient,
): { mesh: Mesh; fit: BodyFit; posed: PosedBody } {
  const joints = jointCount(model);
  const next: BodyFit = { ...fit, bodyPose, globalOrient };
  const posed = poseBody(model, next), whole = jointMotions(posed, next, joints);
  const n = vertexCount(mesh), positions = new Float32Array(3 * n), m = new Float64Array(12);
  for (let v = 0; v < n; v++) {
    blend(whole, weights, { from: v * joints, joints }, m);
    const x = rest[3 * v], y = rest[3 * v + 1], z = rest[3 * v + 2];
    for (let r = 0; r < 3; r++) {
      positions[3 * v + r] = m[4 * r] * x + m[4 * r + 1] * y + m[4 * r + 2] * z + m[4 * r + 3];
    }
  }
  const { normals: _stale, ...kept } = mesh;
  return { mesh: { ...kept, positions }, fit: next, posed };
}

/**
 * Share of the scan's edges that a new pose makes more than `factor` times as long and longer than
 * `leastM`: cloth that was attached to two parts that moved apart.
 */
export function stretchedEdges(
  before: Mesh,
  after: Pick<Mesh, "positions">,
  { factor, leastM }: { factor: number; leastM: number } = { factor: 3, leastM: 0.03 },
): number {
  const { indices, positions: p } = before, q = after.positions;
  const length = (a: Float32Array, i: number, j: number) =>
    Math.hypot(a[3 * i] - a[3 * j], a[3 * i + 1] - a[3 * j + 1], a[3 * i + 2] - a[3 * j + 2]);
  let stretched = 0;
  for (let f = 0; f < indices.length; f += 3) {
    for (let k = 0; k < 3; k++) {
      const i = indices[f + k], j = indices[f + (k + 1) % 3], now = length(q, i, j);
      if (now > leastM && now > factor * length(p, i, j)) stretched++;
    }
  }
  return stretched / indices.length;
}

/** Each joint's transform from the rest pose into the scan, 3 × 4 rows, length 12 J. */
function jointMotions(posed: PosedBody, fit: BodyFit, joints: number): Float64Array {
  const out = new Float64Array(12 * joints);
  for (let j = 0; j < joints; j++) {
    for (let r = 0; r < 3; r++) {
      const at = 12 * j + 4 * r;
      let turned = 0;
      for (let k = 0; k < 3; k++) {
        out[at + k] = fit.scale * posed.transforms[at + k];
        turned += out[at + k] * posed.restJoints[3 * j + k];
      }
      out[at + 3] = posed.joints[3 * j + r] - turned;
    }
  }
  return out;
}

function blend(
  motions: Float64Array,
  weights: Float32Array,
  { from, joints }: { from: number; joints: number },
  out: Float64Array,
): void {
  out.fill(0);
  for (let j = 0; j < joints; j++) {
    const w = weights[from + j];
    if (w === 0) continue;
    for (let k = 0; k < 12; k++) out[k] += w * motions[12 * j + k];
  }
}

/** Gives all weight to the joint that has most of it. */
function stiffen(weights: Float32Array, from: number, joints: number): void {
  let best = 0;
  for (let j = 1; j < joints; j++) if (weights[from + j] > weights[from + best]) best = j;
  weights.fill(0, from, from + joints);
  weights[from + best] = 1;
}

/** Writes m⁻¹ p; false where m squeezes space too flat. */
function undo(m: Float64Array, p: Float32Array, at: number, out: Float64Array): boolean {
  const [a, b, c, tx, d, e, f, ty, g, h, i, tz] = m;
  const A = e * i - f * h, B = f * g - d * i, C = d * h - e * g;
  const det = a * A + b * B + c * C;
  const size = Math.hypot(a, b, c) * Math.hypot(d, e, f) * Math.hypot(g, h, i);
  if (!(det > MIN_DETERMINANT * size)) return false;
  const x = p[at] - tx, y = p[at + 1] - ty, z = p[at + 2] - tz;
  out[at] = (A * x + (c * h - b * i) * y + (b * f - c * e) * z) / det;
  out[at + 1] = (B * x + (a * i - c * g) * y + (c * d - a * f) * z) / det;
  out[at + 2] = (C * x + (b * g - a * h) * y + (a * e - b * d) * z) / det;
  return true;
}

/** Weights of the nearest corner of the body's nearest triangle, J numbers a scan vertex. */
function nearestWeights(mesh: Mesh, model: BodyModel, posed: PosedBody): Float32Array {
  const joints = jointCount(model), { start, index, value } = model.weights;
  const body = { positions: Float32Array.from(posed.vertices), indices: model.faces };
  using tree = buildTree(body);
  const { face, point } = closestPoints(tree, mesh.positions, { withPoints: true });
  const out = new Float32Array(joints * vertexCount(mesh));
  for (let i = 0; i < face.length; i++) {
    let nearest = 0, least = Infinity;
    for (let k = 3 * face[i]; k < 3 * face[i] + 3; k++) {
      const v = model.faces[k];
      const distance = Math.hypot(
        posed.vertices[3 * v] - point![3 * i],
        posed.vertices[3 * v + 1] - point![3 * i + 1],
        posed.vertices[3 * v + 2] - point![3 * i + 2],
      );
      if (distance < least) nearest = v, least = distance;
    }
    for (let e = start[nearest]; e < start[nearest + 1]; e++) out[joints * i + index[e]] = value[e];
  }
  return out;
}

/** Averages each vertex's weights with its neighbours', welded by position, some rounds. */
function smoothed(
  weights: Float32Array,
  { mesh, joints, smoothing }: { mesh: Mesh; joints: number; smoothing: number },
): Float32Array {
  const { group, groups } = weld(mesh.positions), { indices } = mesh;
  let now = new Float32Array(groups * joints);
  const members = new Float32Array(groups);
  for (let v = 0; v < group.length; v++) {
    members[group[v]]++;
    for (let j = 0; j < joints; j++) now[group[v] * joints + j] += weights[v * joints + j];
  }
  for (let g = 0; g < groups; g++) {
    for (let j = 0; j < joints; j++) now[g * joints + j] /= members[g];
  }
  let next = new Float32Array(now.length);
  const count = new Float32Array(groups);
  for (let f = 0; f < indices.length; f++) count[group[indices[f]]] += 2;
  for (let round = 0; round < smoothing; round++) {
    next.fill(0);
    for (let f = 0; f < indices.length; f += 3) {
      const a = group[indices[f]] * joints, b = group[indices[f + 1]] * joints;
      const c = group[indices[f + 2]] * joints;
      for (let j = 0; j < joints; j++) {
        const x = now[a + j], y = now[b + j], z = now[c + j];
        next[a + j] += y + z;
        next[b + j] += x + z;
        next[c + j] += x + y;
      }
    }
    for (let g = 0; g < groups; g++) {
      const w = count[g] > 0 ? 0.5 / count[g] : 0, own = count[g] > 0 ? 0.5 : 1;
      for (let j = g * joints; j < (g + 1) * joints; j++) next[j] = own * now[j] + w * next[j];
    }
    [now, next] = [next, now];
  }
  const out = new Float32Array(weights.length);
  for (let v = 0; v < group.length; v++) {
    out.set(now.subarray(group[v] * joints, (group[v] + 1) * joints), v * joints);
  }
  return out;
}

/** Numbers the distinct positions. */
function weld(positions: Float32Array): { group: Uint32Array; groups: number } {
  const known = new Map<string, number>(), group = new Uint32Array(positions.length / 3);
  for (let v = 0; v < group.length; v++) {
    const key = `${positions[3 * v]},${positions[3 * v + 1]},${positions[3 * v + 2]}`;
    let g = known.get(key);
    if (g === undefined) known.set(key, g = known.size);
    group[v] = g;
  }
  return { group, groups: known.size };
}
