/** `slurm`: any command that has shards, as a job array; then its progress. */
import { InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { InputError } from "../core/work/errors.ts";
import { compactJson, type Json } from "../core/work/json.ts";
import { SUITE_ROOT, userPath } from "../core/work/paths.ts";
import { command, type Finish, JSON_OUT, memorySize, positive } from "./_options.ts";
import { print } from "./_print.ts";

/** Makes the command and its parts. */
export function slurm(finish: Finish) {
  const group = command(
    "slurm",
    "Do a command on many machines: a job array on Slurm, an Indexed Job on Kubernetes.",
    "scan2score slurm submit --dry-run -- render fixtures/humans -o out/views",
  );
  group.addCommand(submitCommand(finish));
  group.addCommand(status(finish));
  return group;
}

function submitCommand(finish: Finish) {
  return command(
    "submit",
    "Submit a command as a job array whose tasks share the work, then a job that merges.",
    "npx -y deno@2.9.6 task slurm submit --tasks 16 -- render DATASET -o out/views",
  )
    .argument("<command...>", "the command after --, as after scan2score")
    .option("--tasks <n>", "tasks of the array", positive, 8)
    .option("--cpus <n>", "cores, and workers, of a task", positive, 2)
    .option("--mem <size>", "memory of a task", memorySize, 4e9)
    .option("--name <name>", "name of the job (default: scan2score-<command>)", jobName)
    .option("--time <limit>", "most time of a task, as 04:00:00", plainWord)
    .option("--partition <name>", "partition of the cluster", plainWord)
    .option(
      "--sbatch <option...>",
      "further options of sbatch, as --sbatch=--account=lab",
      plainWords,
    )
    .option("--deno <file>", "Deno on the nodes (default: this one)")
    .addOption(
      new Option("--scheduler <name>", "kubernetes: only print the jobs")
        .choices(["slurm", "kubernetes"] as const).default("slurm" as const),
    )
    .option("--image <name>", "of Kubernetes: image with the suite in /suite")
    .option("--claim <name>", "of Kubernetes: volume claim, mounted as this folder")
    .option("--dry-run", "print the scripts and submit nothing")
    .option(...JSON_OUT)
    .action(async (words, flags) => {
      const jobs = await import("./_job_scripts.ts");
      const { logsOf, outputOf, programOf, roundsOf, shardedCommand, submit } = await import(
        "./_submit.ts"
      );
      const sharded = shardedCommand(words, flags.cpus);
      const plan = {
        name: flags.name ?? `scan2score-${words[0]}`,
        command: sharded,
        tasks: flags.tasks,
        cpus: flags.cpus,
        memoryMb: Math.ceil(flags.mem / 1e6),
        cwd: userPath("."),
      };
      if (flags.scheduler === "kubernetes") {
        const { image, claim } = flags;
        if (image === undefined || claim === undefined || roundsOf(sharded) > 1) {
          throw new InputError(
            roundsOf(sharded) > 1
              ? 'Cannot make jobs of "run": its steps wait for each other'
              : "Cannot make the jobs: no image or no claim, expected --image and --claim",
            { hint: "submit render, infer and eval one after the other" },
          );
        }
        print(jobs.kubernetesJobs({ ...plan, image, claim }).trimEnd());
        return finish(0);
      }
      const slurmPlan = {
        ...plan,
        program: await programOf(flags.deno ?? Deno.execPath()),
        root: SUITE_ROOT.replace(/\/$/, ""),
        logs: logsOf(outputOf(words)),
        time: flags.time,
        partition: flags.partition,
        extra: flags.sbatch ?? [],
      };
      if (flags.dryRun) {
        print(jobs.slurmScript(slurmPlan, "array"));
        print(jobs.slurmScript(slurmPlan, "merge").trimEnd());
        return finish(0);
      }
      const submission = await submit(slurmPlan);
      if (flags.json) print(compactJson(submission as unknown as Json));
      else {
        const [last, ...before] = submission.jobs.toReversed();
        print(
          `submitted ${flags.tasks} tasks as job ${before.toReversed().join(", ")}, ` +
            `merge as job ${last}; logs in ${slurmPlan.logs}`,
        );
        print(`watch it: scan2score slurm status ${outputOf(words)}`);
      }
      finish(0);
    });
}

function status(finish: Finish) {
  return command(
    "status",
    "Show how much of a list of work is done, by any machine, and what the queue says of its jobs.",
    "npx -y deno@2.9.6 task slurm status out/views",
  )
    .argument("<out...>", "folders or files that the submitted commands write")
    .option(...JSON_OUT)
    .action(async (outs, flags) => {
      const { workStates } = await import("../core/work/work_state.ts");
      const { queueOf, submissionOf } = await import("./_submit.ts");
      let failed = 0;
      for (const out of outs) {
        const path = userPath(out);
        // A results file's list stands in the folder of the file.
        const folder = path.endsWith(".json") ? userPath(`${out}/..`) : path;
        const lists = await workStates(folder);
        const submission = await submissionOf(out);
        const queue = submission === undefined ? undefined : await queueOf(submission.jobs);
        failed += lists.reduce((sum, list) => sum + list.failed, 0);
        if (flags.json) print(compactJson({ out, lists, queue: queue ?? null } as unknown as Json));
        else {
          if (lists.length === 0) print(`${out}: nothing is begun`);
          for (const { title, items, done, failed } of lists) {
            const share = items === 0 ? 100 : Math.floor(100 * (done + failed) / items);
            print(
              `${out} ${title}: ${done} of ${items} items done, ${failed} failed, ${share} %`,
            );
          }
          for (const line of queue ?? []) print(`  job ${line}`);
          if (queue?.length === 0) print("  no job of it is in the queue");
        }
      }
      finish(failed > 0 ? 1 : 0);
    });
}

/** Names become parts of scripts and of Kubernetes' names. */
function jobName(text: string): string {
  if (!/^[a-z0-9]([a-z0-9-]{0,40}[a-z0-9])?$/.test(text)) {
    throw new InvalidArgumentError(`found "${text}", expected a-z, 0-9 and inner hyphens`);
  }
  return text;
}

function plainWord(text: string): string {
  if (!/^[\w.,:=/@%+-]+$/.test(text)) {
    throw new InvalidArgumentError(`found "${text}", expected a word without spaces`);
  }
  return text;
}

function plainWords(text: string, before: string[] | undefined): string[] {
  return [...before ?? [], plainWord(text)];
}
