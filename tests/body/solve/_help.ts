/** The open body and fits of any pose, for the solver's tests. */
import { readBodyFile } from "../../../body/body_file.ts";
import type { BodyModel } from "../../../body/model.ts";
import { type BodyState, restState } from "../../../body/solve/state.ts";
import { FIXTURES } from "../../../core/work/paths.ts";
import { random } from "../../../core/work/random.ts";

/** The bundled body model. */
export const MODEL: BodyModel = await readBodyFile(`${FIXTURES}/humans/open_body.npz`);

/** A state with every joint turned by about `angle` radians, odd betas, place and scale. */
export function someState(seed: number, angle = 0.5): BodyState {
  const draw = random(seed, "some state"), state = restState(MODEL, 10);
  for (let i = 0; i < state.pose.length; i++) state.pose[i] = angle * draw.normal();
  for (let i = 0; i < state.betas.length; i++) state.betas[i] = draw.normal();
  for (let i = 0; i < 3; i++) state.transl[i] = draw.normal();
  state.scale = Math.exp(0.3 * draw.normal());
  return state;
}
