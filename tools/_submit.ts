/** Submits a command as a job array, and watches it. */
import { parse } from "jsonc-parser";
import { z } from "zod";
import { InputError } from "../core/work/errors.ts";
import { type Json, stableJson } from "../core/work/json.ts";
import { join } from "../core/work/path.ts";
import { SUITE_ROOT, userPath } from "../core/work/paths.ts";
import { open, readJson } from "../core/work/schema.ts";
import { writeWhole } from "../core/work/scratch.ts";
import { COMMANDS } from "./commands.ts";
import { type JobPart, type SlurmPlan, slurmScript } from "./_job_scripts.ts";

/** `submission.json`, beside the scripts. */
export const submissionSchema = open({
  schema: z.literal("scan2score/submission-1"),
  command: z.array(z.string()),
  tasks: z.int().min(1),
  /** Ids of the jobs in the order in which they run. */
  jobs: z.array(z.string()),
});

/** What was submitted. */
export type Submission = z.infer<typeof submissionSchema>;

/** The artifact that a command writes, as typed. */
export function outputOf(command: readonly string[]): string {
  const at = command.findIndex((word) => word === "-o" || word === "--out");
  const joined = command.find((word) => word.startsWith("--out="));
  const out = joined?.slice("--out=".length) ?? (at < 0 ? undefined : command[at + 1]);
  if (out === undefined) {
    throw new InputError("Cannot submit the command: it does not say where to write", {
      hint: "add -o DIR to it",
    });
  }
  return out;
}

/**
 * Checks that a command can be done in shards, and gives it the workers of a task.
 *
 * @throws {InputError} If it cannot, or chooses its shard itself.
 */
export function shardedCommand(command: readonly string[], cpus: number): string[] {
  const known = COMMANDS.map((make) => make(() => {})).filter((one) =>
    one.options.some(({ long }) => long === "--shard")
  );
  if (!known.some((one) => one.name() === command[0])) {
    const names = known.map((one) => one.name()).join(", ");
    throw new InputError(`Cannot submit "${command[0]}": it cannot be done in shards`, {
      hint: `commands that can are: ${names}`,
    });
  }
  if (command.some((word) => word.startsWith("--shard"))) {
    throw new InputError("Cannot submit the command: it has --shard, which each task sets itself");
  }
  if (/ --backend[ =]auto( |$)/.test(command.join(" "))) {
    throw new InputError('Cannot submit the command: found back-end "auto", expected a name', {
      hint: "each machine would choose for itself: give --backend cpu or --backend webgpu",
    });
  }
  const chosen = command.some((word) => word.startsWith("--workers"));
  return chosen ? [...command] : [...command, "--workers", String(cpus)];
}

/** How often the array is run, one after the other: an experiment has three steps that wait for all. */
export function roundsOf(command: readonly string[]): number {
  return command[0] === "run" ? 3 : 1;
}

/** The suite's program as its task runs it: with the same permissions. */
export async function programOf(deno: string): Promise<string[]> {
  const config = parse(await Deno.readTextFile(join(SUITE_ROOT, "deno.json"))) as {
    tasks: { scan2score: { command: string } };
  };
  const words = config.tasks.scan2score.command.split(" "), at = words.indexOf("deno");
  return [...at === 0 ? [] : ["env", ...words.slice(0, at)], deno, ...words.slice(at + 1)];
}

/**
 * Writes the scripts and submits them: the arrays one after the other, then the merge.
 *
 * @throws {InputError} If this process may not run `sbatch`, or it refuses.
 */
export async function submit(plan: SlurmPlan): Promise<Submission> {
  await checkMayRun("sbatch");
  const files = new Map<JobPart, string>();
  for (const part of ["array", "merge"] as const) {
    const file = join(plan.logs, `${part}.sh`);
    await writeWhole(file, slurmScript(plan, part));
    files.set(part, file);
  }
  const jobs: string[] = [];
  const parts: JobPart[] = [...Array(roundsOf(plan.command)).fill("array"), "merge"];
  for (const part of parts) {
    const after = jobs.length === 0 ? [] : [`--dependency=afterany:${jobs.at(-1)}`];
    const text = await runTool("sbatch", ["--parsable", ...after, files.get(part)!]);
    const id = /^\d+/.exec(text.trim())?.[0];
    if (id === undefined) {
      throw new InputError(`Cannot submit the job: sbatch says "${text.trim()}", expected its id`);
    }
    jobs.push(id);
  }
  const submission: Submission = {
    schema: "scan2score/submission-1",
    command: [...plan.command],
    tasks: plan.tasks,
    jobs,
  };
  await writeWhole(submissionFile(plan.logs), stableJson(submission as unknown as Json));
  return submission;
}

/** Folder of the scripts and logs of what writes `out`. */
export function logsOf(out: string): string {
  return `${userPath(out)}.slurm`;
}

/** The submission of an artifact, if it was submitted from here. */
export async function submissionOf(out: string): Promise<Submission | undefined> {
  const file = submissionFile(logsOf(out));
  if (!(await Deno.stat(file).catch(() => undefined))?.isFile) return undefined;
  return await readJson(submissionSchema, file, { what: "the submission" });
}

/** What the queue says of jobs: a line each; undefined where this process may not ask. */
export async function queueOf(jobs: readonly string[]): Promise<string[] | undefined> {
  try {
    await checkMayRun("squeue");
    const format = ["--noheader", "--array", "--format=%i %T %M %R"];
    const text = await runTool("squeue", [...format, `--jobs=${jobs.join(",")}`]);
    return text.trim() === "" ? [] : text.trim().split("\n");
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    // Jobs that ended some minutes ago are unknown to the queue.
    return /Invalid job id/i.test(error.message) ? [] : undefined;
  }
}

function submissionFile(logs: string): string {
  return join(logs, "submission.json");
}

async function checkMayRun(program: string): Promise<void> {
  const { state } = await Deno.permissions.query({ name: "run", command: program });
  if (state === "granted") return;
  throw new InputError(`Cannot run ${program}: this task may not start other programs`, {
    hint: "run it as: npx -y deno@2.9.6 task slurm submit …; or see the scripts with --dry-run",
  });
}

async function runTool(program: string, args: string[]): Promise<string> {
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  let output: Deno.CommandOutput;
  try {
    output = await new Deno.Command(program, { args }).output();
  } catch (cause) {
    throw new InputError(`Cannot run ${program}: it is not there`, {
      cause,
      hint: "submit from a machine of the cluster, or see the scripts with --dry-run",
    });
  }
  if (output.success) return decode(output.stdout);
  throw new InputError(`Cannot run ${program}: ${decode(output.stderr).trim()}`);
}
