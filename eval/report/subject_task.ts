/** Draws one subject in a worker: plan in, pictures out. */
import type { Json } from "../../core/work/json.ts";
import type { TaskOutcome } from "../../core/work/task.ts";
import { loadScene } from "./load_scene.ts";
import { drawSubject, type PictureOptions } from "./pictures.ts";
import type { SubjectPlan } from "./subject_plan.ts";

/** What the worker is handed. */
export interface SubjectJob {
  plan: SubjectPlan;
  options: PictureOptions;
}

/**
 * Draws the pictures of a plan; they are the outcome's `result` (`SubjectPictures`).
 *
 * @throws {InputError} If the scan cannot be shown.
 */
export default async function drawPlannedSubject(
  { plan, options }: SubjectJob,
): Promise<TaskOutcome> {
  const pictures = await drawSubject(await loadScene(plan), options);
  return { result: pictures as unknown as Json };
}
