/** The quick look at a fit that every render takes; `inspect` says what the matter is. */
import type { BodyFit } from "../../body/fit.ts";
import { poseBody } from "../../body/forward.ts";
import type { BodyModel } from "../../body/model.ts";
import { misfitAt } from "../../body/solve/measure.ts";
import { scanTarget } from "../../body/solve/scan_target.ts";
import type { Mesh } from "../../core/geometry/mesh.ts";
import { GOOD_MISFIT } from "./explain_fit.ts";

/** Points are enough to tell a body in its scan from one beside it. */
const SAMPLES = 1500;

/**
 * Says so if a body does not lie in its scan: clothes do not explain how far apart they are.
 *
 * @param mesh The scan, metres.
 */
export function fitWarning(
  mesh: Mesh,
  { model, fit }: { model: BodyModel; fit: BodyFit },
): string | undefined {
  const target = scanTarget(mesh, { samples: SAMPLES, rays: 12 });
  using _tree = target.tree;
  const misfit = misfitAt({ model, posed: poseBody(model, fit) }, target);
  if (misfit <= GOOD_MISFIT) return undefined;
  return `the body's fit does not lie in the scan (misfit ${misfit.toFixed(2)}, clothes explain ` +
    `${GOOD_MISFIT}): body maps and keypoints are wrong; inspect says why`;
}
