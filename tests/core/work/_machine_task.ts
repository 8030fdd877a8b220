/** A task that finds this machine at fault where it is told to. */
import { MachineError } from "../../../core/work/errors.ts";
import type { Task } from "../../../core/work/task.ts";

const task: Task<{ fault: boolean }> = ({ fault }) => {
  if (!fault) return Promise.resolve({});
  throw new MachineError("Cannot draw: the device was lost", { hint: "run again to go on" });
};
export default task;
