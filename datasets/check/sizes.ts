/** Lengths of scans and bodies. */
import { poseBody } from "../../body/forward.ts";
import type { BodyModel } from "../../body/model.ts";
import { type BodyState, fitOfState } from "../../body/solve/state.ts";
import type { Mesh } from "../../core/geometry/mesh.ts";

/** Share of the corners on each side that do not count: floating fragments. */
const OUTERMOST = 0.002;

/** How long a scan is along a direction (a unit vector) without its outermost fragments. */
export function extentAlong(
  { positions, indices }: Pick<Mesh, "positions" | "indices">,
  [x, y, z]: readonly number[],
): number {
  const values = Float32Array.from(
    indices,
    (v) => x * positions[3 * v] + y * positions[3 * v + 1] + z * positions[3 * v + 2],
  ).sort();
  const cut = Math.floor(OUTERMOST * values.length);
  return values[values.length - 1 - cut] - values[cut];
}

/** Height of a state's body at rest, metres of the body. */
export function restHeight(model: BodyModel, state: BodyState): number {
  const { restVertices } = poseBody(model, fitOfState(model, state));
  let low = Infinity, high = -Infinity;
  for (let i = 1; i < restVertices.length; i += 3) {
    low = Math.min(low, restVertices[i]), high = Math.max(high, restVertices[i]);
  }
  return high - low;
}
