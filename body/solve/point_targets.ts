/** Points that a body is held to: joints, or places on its surface, that are known in the scan. */
import type { PosedBody } from "../forward.ts";
import type { BodyDerivatives } from "./derivatives.ts";
import type { NormalEquations } from "./normal_equations.ts";

/** A place of the body: a weighted sum of joints and vertices. */
export interface BodyPlace {
  joints?: readonly (readonly [joint: number, weight: number])[];
  vertices?: readonly (readonly [vertex: number, weight: number])[];
}

/** A place of the body and where it should be. */
export interface PointTarget {
  place: BodyPlace;
  /** In the scan's frame and unit. */
  at: readonly [number, number, number];
  /** 0 to 1. */
  confidence: number;
  /** Distance at which the pull has faded to a quarter; how well such points are known. */
  spreadM: number;
}

/** Where a place of the posed body is. */
export function placeOf({ posed }: BodyDerivatives, place: BodyPlace): [number, number, number] {
  return placeOn(posed, place);
}

/** As {@linkcode placeOf}, for any posed body. */
export function placeOn(
  posed: Pick<PosedBody, "joints" | "vertices">,
  { joints = [], vertices = [] }: BodyPlace,
): [number, number, number] {
  const sum: [number, number, number] = [0, 0, 0];
  for (let k = 0; k < 3; k++) {
    for (const [j, w] of joints) sum[k] += w * posed.joints[3 * j + k];
    for (const [v, w] of vertices) sum[k] += w * posed.vertices[3 * v + k];
  }
  return sum;
}

/** Adds the derivative of (x, y, z) · place to a row. */
export function addPlace(
  derivatives: BodyDerivatives,
  row: Float64Array,
  { joints = [], vertices = [] }: BodyPlace,
  [x, y, z]: readonly [number, number, number],
): void {
  for (const [j, w] of joints) derivatives.addJoint(row, j, w * x, w * y, w * z);
  for (const [v, w] of vertices) derivatives.addVertex(row, v, w * x, w * y, w * z);
}

/** What {@linkcode addPointTargets} holds to, and how firmly. */
export interface PointTargetSet {
  points: readonly PointTarget[];
  /** Weight of all of them together at a distance of `unitM`. */
  weight: number;
  unitM: number;
}

/**
 * Adds the targets, each faded by its distance (Geman and McClure 1987), and returns what they cost.
 */
export function addPointTargets(
  equations: NormalEquations,
  derivatives: BodyDerivatives,
  { points, weight, unitM }: PointTargetSet,
): number {
  let cost = 0;
  const row = new Float64Array(derivatives.columns);
  const share = weight / points.length / (unitM * unitM);
  for (const { place, at, confidence, spreadM } of points) {
    const here = placeOf(derivatives, place);
    const offset = here.map((value, k) => value - at[k]);
    const square = offset.reduce((sum, value) => sum + value * value, 0), reach = spreadM * spreadM;
    const fade = reach / (reach + square);
    cost += share * confidence * square * fade;
    for (let k = 0; k < 3; k++) {
      row.fill(0);
      addPlace(derivatives, row, place, [k === 0 ? 1 : 0, k === 1 ? 1 : 0, k === 2 ? 1 : 0]);
      equations.add(row, offset[k], share * confidence * fade * fade);
    }
  }
  return cost;
}
