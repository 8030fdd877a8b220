/** The module that workers load for `render`: a subject's file, or an item of a layout. */
import type { Task } from "../core/work/task.ts";
import renderLayoutItem, { framingKept, type RenderPayload } from "./render_task.ts";
export { release } from "./render_task.ts";
import { type SubjectFile, writeSubjectFile } from "./subject_task.ts";

/** One item of the list. */
export type RenderTaskPayload = ({ kind: "subject" } & SubjectFile) | RenderPayload;

const renderItem: Task<RenderTaskPayload> = async (payload, context) => {
  if (payload.kind !== "subject") return await renderLayoutItem(payload, context);
  await writeSubjectFile(context.scratch, payload, framingKept(payload.subject));
  return {};
};

export default renderItem;
