/** A task that tells which thread ran it, and how often before. */
import type { Task } from "../../../core/work/task.ts";

const thread = crypto.randomUUID();
let runs = 0;

const task: Task<{ ms: number }> = async ({ ms }) => {
  await new Promise((resolve) => setTimeout(resolve, ms));
  return { result: { thread, runs: ++runs } };
};
export default task;

/** Shows that it was called: the next run is number 101. */
export function release(): void {
  runs = 100;
}
