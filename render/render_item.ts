/** The module that workers load for `render`: a subject's file or one of its views. */
import type { Task } from "../core/work/task.ts";
import renderView, { type RenderPayload } from "./render_task.ts";
import { type SubjectFile, writeSubjectFile } from "./subject_task.ts";

/** One item of the list. */
export type RenderTaskPayload =
  | ({ kind: "subject" } & SubjectFile)
  | ({ kind: "view" } & RenderPayload);

const renderItem: Task<RenderTaskPayload> = async (payload, context) => {
  if (payload.kind === "view") return await renderView(payload, context);
  await writeSubjectFile(context.scratch, payload);
  return {};
};

export default renderItem;
