/**
 * Fitting a body to a scan: from nothing (keypoints from pictures all round, then the surface) or
 * from a fit that is nearly right (the surface alone).
 */
import type { Mesh } from "../../core/geometry/mesh.ts";
import type { Matrix4 } from "../../core/geometry/transform.ts";
import { withDefaults } from "../../core/work/options.ts";
import type { BodyFit } from "../../body/fit.ts";
import { poseBody } from "../../body/forward.ts";
import type { BodyModel } from "../../body/model.ts";
import { fitPoints } from "../../body/solve/fit_points.ts";
import { type FitMeasure, measureFit } from "../../body/solve/measure.ts";
import { body25Places } from "../../body/solve/places.ts";
import type { PointTarget } from "../../body/solve/point_targets.ts";
import { registerBody, type RegisterStage } from "../../body/solve/register.ts";
import { type ScanTarget, scanTarget } from "../../body/solve/scan_target.ts";
import { type BodyState, fitOfState, restState, stateOfFit } from "../../body/solve/state.ts";
import type { Clothing } from "../../body/solve/clothing.ts";
import { cpuBackend } from "../../render/cpu/cpu_backend.ts";
import type { PoseNetworks } from "../photo/networks.ts";
import { findPerson, type FoundPerson } from "./find_person.ts";
import { lookerAt } from "./look_around.ts";

/** How a body is fitted to a scan. */
export interface AlignOptions {
  /** What the person wears. Default: `usual`. */
  clothing?: Clothing;
  /** How many betas may change. Default: 10. */
  betas?: number;
  /** Called with the name of each stage before it begins. */
  stage?: (name: string) => void;
}

/** The defaults of {@linkcode AlignOptions}. */
export const ALIGN_DEFAULTS: Required<AlignOptions> = Object.freeze({
  clothing: "usual",
  betas: 10,
  stage: () => {},
});

/** A body that was fitted to a scan. */
export interface Alignment {
  /** In the scan's frame, metres. */
  fit: BodyFit;
  state: BodyState;
  measure: FitMeasure;
  /** The person that the pictures showed; undefined where an initial fit was given. */
  person: FoundPerson | undefined;
}

/** What is known of a scan's person. */
export interface AlignStart {
  /** Turns the scan upright and to the front, where that is known. */
  upright?: Matrix4 | undefined;
  networks: PoseNetworks;
}
const PRIORS_FAR = { pose: 0.3, limits: 50, shape: 0.05 };
const PRIORS_NEAR = { pose: 0.01, limits: 5, shape: 0.003 };

/** From keypoints' nearness to the surface's. */
const FROM_POINTS: readonly RegisterStage[] = [
  {
    iterations: 8,
    aboveM: 0.1,
    belowM: 0.1,
    belowWeight: 2,
    reachM: 0.2,
    points: 2,
    priors: PRIORS_FAR,
  },
  {
    iterations: 12,
    aboveM: 0.04,
    belowM: 0.06,
    belowWeight: 4,
    reachM: 0.12,
    points: 0.3,
    priors: PRIORS_NEAR,
  },
  {
    iterations: 20,
    aboveM: 0.02,
    belowM: 0.04,
    belowWeight: 8,
    reachM: 0.08,
    points: 0.05,
    priors: PRIORS_NEAR,
  },
];

/**
 * Fits a body to a scan that has none.
 *
 * @param mesh In metres.
 * @returns Undefined where no person is found in the pictures.
 */
export async function alignFromNothing(
  mesh: Mesh,
  model: BodyModel,
  { networks, upright, ...options }: AlignStart & AlignOptions,
): Promise<Alignment | undefined> {
  const { clothing, betas, stage } = withDefaults(ALIGN_DEFAULTS, options);
  stage("look");
  const looker = await lookerAt(mesh, { backend: cpuBackend(), networks });
  const person = await findPerson(looker, { upright });
  looker.release();
  if (person === undefined) return undefined;
  stage("points");
  const points = pointTargets(model, person);
  const first = fitPoints({ model, state: restState(model, betas) }, points);
  stage("surface");
  const target = scanTarget(mesh);
  using _tree = target.tree;
  const { state } = registerBody({ model, state: first }, target, {
    stages: FROM_POINTS,
    clothing,
    points,
  });
  stage("measure");
  return aligned(model, state, { target, person });
}

/** BODY_25 as the pictures place them. */
export function pointTargets(model: BodyModel, { body25 }: FoundPerson): PointTarget[] {
  return body25Places(model).flatMap((place, i) => {
    const found = body25[i];
    if (place === undefined || found === undefined) return [];
    return [{
      place,
      at: found.at,
      confidence: Math.min(1, found.support / 4),
      spreadM: 0.08,
    }];
  });
}

function aligned(
  model: BodyModel,
  state: BodyState,
  { target, person }: { target: ScanTarget; person: FoundPerson | undefined },
): Alignment {
  const fit = fitOfState(model, state);
  const measure = measureFit({ model, posed: poseBody(model, fit) }, target);
  return { fit, state, measure, person };
}

/** From a fit that is some centimetres and degrees off: place first, then everything. */
const FROM_FIT: readonly RegisterStage[] = [
  {
    iterations: 12,
    aboveM: 0.15,
    belowM: 0.15,
    belowWeight: 2,
    reachM: 0.3,
    points: 0,
    priors: PRIORS_FAR,
  },
  ...FROM_POINTS.slice(1),
];

/** Refines a fit that is nearly right. */
export function alignFromFit(
  mesh: Mesh,
  { model, fit }: { model: BodyModel; fit: BodyFit },
  options: AlignOptions = {},
): Alignment {
  const { clothing, betas, stage } = withDefaults(ALIGN_DEFAULTS, options);
  stage("surface");
  const target = scanTarget(mesh);
  using _tree = target.tree;
  const start = stateOfFit(model, fit, { betas: Math.max(betas, fit.betas.length) });
  const settled = registerBody({ model, state: start }, target, {
    free: { pose: "fixed", betas: 0 },
    stages: [{ ...FROM_FIT[0], belowM: 0.2, reachM: 0.4 }],
    clothing,
  });
  const { state } = registerBody({ model, state: settled.state }, target, {
    stages: FROM_FIT,
    clothing,
  });
  stage("measure");
  return aligned(model, state, { target, person: undefined });
}
