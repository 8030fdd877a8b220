/**
 * Choosing how a subject's fit is meant, once its scan and a body model are at hand: subjects of one
 * data set differ (THuman2.1 changes convention at subject 526).
 */
import { buildTree } from "../core/geometry/bvh.ts";
import { closestPoints } from "../core/geometry/closest.ts";
import type { Mesh } from "../core/geometry/mesh.ts";
import { InputError } from "../core/work/errors.ts";
import type { BodyFit } from "../body/fit.ts";
import type { BodyModel } from "../body/model.ts";
import { chooseConvention } from "./fits/choose.ts";
import { bodyResiduals } from "./fits/residual.ts";
import { describeConvention } from "./fits/types.ts";
import type { Subject } from "./subject.ts";

/** A fit and, where it is not the documented reading, what was found. */
export interface ChosenFit {
  fit: BodyFit;
  note?: string;
}

/**
 * Picks the reading of a subject's fit whose body lies on the scan. The documented one stays where no
 * other is clearly better, or none goes with the model.
 *
 * @param scan The subject's scan, metres.
 */
export function chooseFit(
  { id, fit }: Pick<Subject, "id" | "fit">,
  { scan, model }: { scan: Pick<Mesh, "positions" | "indices">; model: BodyModel },
): ChosenFit | undefined {
  if (fit === undefined) return undefined;
  const { candidates } = fit;
  if (candidates === undefined) return { fit: fit.fit };
  using tree = buildTree(scan);
  const { usable, residualOf } = bodyResiduals(candidates, {
    models: { [model.gender]: model, unknown: model },
    distancesTo: (points) => closestPoints(tree, points).distance,
  });
  if (!usable.includes(candidates[0])) return { fit: fit.fit };
  try {
    const { candidate, grounds } = chooseConvention(usable, residualOf, { what: `"${id}"` });
    if (candidate === candidates[0] || grounds === "documented") return { fit: fit.fit };
    const same = residualOf(candidate, candidates[0]) === undefined;
    if (same) return { fit: fit.fit };
    const how = describeConvention(candidate.convention);
    return {
      fit: candidate.fit,
      note: `fit-convention: it lies on the scan when it is read with "${how}", ` +
        `not as documented ("${describeConvention(candidates[0].convention)}")`,
    };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { fit: fit.fit };
  }
}
