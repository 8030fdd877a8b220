/** Reconstructs one view: the task that workers run. */
import { join } from "../core/work/path.ts";
import { InputError } from "../core/work/errors.ts";
import type { Json } from "../core/work/json.ts";
import type { Task } from "../core/work/task.ts";
import { writePrediction } from "./mesh_output.ts";
import type { MethodContext, MethodSettings } from "./method.ts";
import { methodNamed } from "./methods.ts";
import { openPhoto, type PhotoPlace } from "./photo_input.ts";
import { openView, type ViewPlace } from "./view_input.ts";

/** One reconstruction to make. */
export interface InferPayload {
  method: string;
  input: ({ kind: "view" } & ViewPlace) | ({ kind: "photo" } & PhotoPlace);
  options: { [key: string]: Json };
  settings: MethodSettings;
  /** Id of the prediction. */
  id: string;
  /** Path of the mesh below the predictions' folder. */
  mesh: string;
}

const reconstruct: Task<InferPayload> = async (
  { method, input, options, settings, id, mesh },
  { scratch, signal, stage },
) => {
  const chosen = methodNamed(method);
  const view = input.kind === "view" ? await openView(input) : await openPhoto(input);
  const missing = chosen.needs.filter((need) => !view.has.has(need));
  if (missing.length > 0) {
    throw new InputError(
      `Cannot run ${method} on "${view.subject}": the input has no ${missing.join(" and no ")}`,
      { hint: "render the views with all maps, or choose another method" },
    );
  }
  const seconds: { [stage: string]: number } = {};
  const context: MethodContext = {
    options,
    settings,
    id,
    folder: scratch,
    signal,
    progress: stage,
    async stage(name, work) {
      const started = performance.now();
      try {
        return await work();
      } finally {
        seconds[name] = (seconds[name] ?? 0) + (performance.now() - started) / 1000;
      }
    },
  };
  const result = await chosen.reconstruct(view, context);
  const made = result.mesh;
  const lost = made === undefined
    ? []
    : await context.stage("write", () => writePrediction(join(scratch, mesh), made));
  return {
    result: { ...result.report, ...(lost.length === 0 ? {} : { notWritten: lost }) },
    warnings: [...(view.notes ?? []).map(({ text }) => text), ...result.warnings],
    timing: { ...seconds, rssMB: Math.round(Deno.memoryUsage().rss / 1e6) },
  };
};

export default reconstruct;
