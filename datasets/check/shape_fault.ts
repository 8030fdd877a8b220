/** A body of another shape than the person's. */
import { poseBody } from "../../body/forward.ts";
import { outerVertexShares } from "../../body/solve/body_surface.ts";
import { type BodyState, fitOfState } from "../../body/solve/state.ts";
import type { Fault } from "./fault.ts";
import type { CheckScene, Placement } from "./similarity.ts";
import { centimetres, signed } from "./words.ts";

/** The least mean change of the surface by betas that counts, metres. */
const SHAPE_M = 0.012;

/** The fault of a fit that lies well with other betas; undefined where they change little. */
export function shapeFault(
  { model }: CheckScene,
  state: BodyState,
  reshaped: Placement,
): Fault | undefined {
  const rest = (betas: Float64Array) =>
    poseBody(model, {
      ...fitOfState(model, { ...state, betas }),
      globalOrient: new Float64Array(3),
      bodyPose: new Float64Array(state.pose.length - 3),
      transl: new Float64Array(3),
      scale: 1,
    }).vertices;
  const a = rest(state.betas), b = rest(reshaped.state.betas), shares = outerVertexShares(model);
  let mean = 0;
  let [low, high, lowB, highB] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let v = 0; v < shares.length; v++) {
    mean += shares[v] * Math.hypot(...[0, 1, 2].map((k) => b[3 * v + k] - a[3 * v + k]));
    low = Math.min(low, a[3 * v + 1]), high = Math.max(high, a[3 * v + 1]);
    lowB = Math.min(lowB, b[3 * v + 1]), highB = Math.max(highB, b[3 * v + 1]);
  }
  if (mean < SHAPE_M) return undefined;
  const changes = [...reshaped.state.betas].map((beta, i) => ({ i, by: beta - state.betas[i] }))
    .sort((x, y) => Math.abs(y.by) - Math.abs(x.by)).slice(0, 3)
    .map(({ i, by }) => `beta ${i} by ${signed(by, 1)}`);
  return {
    code: "fit-shape",
    severity: mean > 0.02 ? "bad" : "warning",
    ratio: mean,
    text: `the fit's shape is not this person's: ${centimetres(mean)} on average, stature ` +
      `${centimetres(highB - lowB - (high - low), "signed")} (${changes.join(", ")})`,
    hint: "check the gender and version of the body model, and that the betas are this subject's",
  };
}
