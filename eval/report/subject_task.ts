/** Draws one subject in a worker: plan in, pictures out. */
import type { Json } from "../../core/work/json.ts";
import type { TaskOutcome } from "../../core/work/task.ts";
import { loadScene } from "./load_scene.ts";
import { type AssetOptions, subjectAssets } from "./subject_assets.ts";
import type { SubjectPlan } from "./subject_plan.ts";

/** What the worker is handed. */
export interface SubjectJob {
  plan: SubjectPlan;
  options: AssetOptions;
}

/**
 * Makes the assets of a plan; they are the outcome's `result` (`SubjectAssets`).
 *
 * @throws {InputError} If the scan cannot be shown.
 */
export default async function makePlannedAssets(
  { plan, options }: SubjectJob,
): Promise<TaskOutcome> {
  const assets = await subjectAssets(await loadScene(plan), options);
  return { result: assets as unknown as Json };
}
