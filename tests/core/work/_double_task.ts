/** A task for tests: writes the doubled number, fails or waits where the payload says so. */
import { join } from "node:path";
import { InputError } from "../../../core/work/errors.ts";
import type { Task } from "../../../core/work/task.ts";

export interface DoublePayload {
  name: string;
  value: number;
  fail?: boolean;
  waitMs?: number;
  extraFile?: boolean;
}

const double: Task<DoublePayload> = async (
  { name, value, fail, waitMs, extraFile },
  { scratch },
) => {
  await Deno.mkdir(join(scratch, name), { recursive: true });
  await Deno.writeTextFile(join(scratch, name, "first.txt"), `${value}\n`);
  if (waitMs !== undefined) await new Promise((resolve) => setTimeout(resolve, waitMs));
  if (fail) throw new InputError(`Cannot double ${value}: it is odd`, { hint: "take an even one" });
  await Deno.writeTextFile(join(scratch, name, "second.txt"), `${2 * value}\n`);
  if (extraFile) await Deno.writeTextFile(join(scratch, name, "third.txt"), "3\n");
  return { result: { doubled: 2 * value }, timing: { work: 0.1 } };
};

export default double;
