/** How long rendering a data set will take and how much it will write: by rendering a little of it. */
import { fitInto, type MemoryLimit } from "../core/work/memory.ts";
import { join } from "../core/work/path.ts";
import { WORK_FOLDER } from "../core/work/scratch.ts";
import { filesUnder } from "../core/work/work_list.ts";
import type { RenderEstimate } from "../datasets/check/report.ts";
import type { RenderJob } from "./render_dataset.ts";
import { renderDataset, renderHolds } from "./render_dataset.ts";
import { RENDER_DEFAULTS } from "./render_options.ts";

export type { RenderEstimate } from "../datasets/check/report.ts";

/**
 * Renders one view of a few subjects (first, middle, last) into a folder that is removed, one after
 * another.
 *
 * @param run As rendering all would be asked to run.
 * @throws As `renderDataset`.
 */
export async function estimateRender(
  job: RenderJob,
  run: { workers: number; memory?: MemoryLimit | undefined },
): Promise<RenderEstimate> {
  const { subjects, views } = job, n = subjects.length, { memory } = run;
  const workers = memory === undefined
    ? run.workers
    : (await fitInto(memory, subjects.map((subject) => renderHolds(subject)), run.workers)).workers;
  const tried = [...new Set([0, n >> 1, n - 1])].flatMap((i) => subjects[i] ?? []);
  const folder = await Deno.makeTempDir({ prefix: "scan2score-estimate-" });
  try {
    const { records, timing } = await renderDataset(folder, {
      ...job,
      subjects: tried,
      views: views.slice(0, 1),
    });
    let load = 0, draw = 0, drawn = 0;
    for (const { id, status } of records) {
      const seconds = timing[id];
      if (status === "failed" || seconds === undefined || !id.includes("/")) continue;
      load += seconds.load ?? 0;
      draw += seconds.draw ?? 0;
      drawn++;
    }
    let bytes = 0;
    for (const file of await filesUnder(folder)) {
      if (!file.startsWith(join(folder, WORK_FOLDER))) bytes += (await Deno.stat(file)).size;
    }
    const per = Math.max(1, drawn);
    const secondsPerView = draw / per, secondsPerSubject = load / per, bytesPerView = bytes / per;
    const count = subjects.length * views.length;
    return {
      views: count,
      size: { ...RENDER_DEFAULTS, ...job.options }.size,
      secondsPerView,
      bytesPerView,
      secondsPerSubject,
      workers,
      seconds: (count * secondsPerView + subjects.length * secondsPerSubject) / workers,
      bytes: count * bytesPerView,
      tried: tried.map(({ id }) => id),
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
