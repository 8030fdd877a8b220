/** Texts that hand a command to a scheduler: batch scripts for Slurm, an Indexed Job for Kubernetes. */
import { type Json, stableJson } from "../core/work/json.ts";

/** What to submit, and what each of its tasks may use. */
export interface JobPlan {
  /** Shown in queues. */
  name: string;
  /** The command and its arguments, as after `scan2score`. */
  command: readonly string[];
  /** Tasks of the array: the number of shards. */
  tasks: number;
  cpus: number;
  /** As Slurm and Kubernetes both take it, in MB. */
  memoryMb: number;
  /** The user's folder, against which paths of the command are resolved. */
  cwd: string;
}

/** What only Slurm knows. */
export interface SlurmPlan extends JobPlan {
  /** Program and arguments that stand for `scan2score`. */
  program: readonly string[];
  /** The suite's folder: the program is run in it. */
  root: string;
  /** Folder of the scripts and logs. */
  logs: string;
  /** `HH:MM:SS`, or as the cluster has it. */
  time?: string | undefined;
  partition?: string | undefined;
  /** Further options for sbatch, as they are. */
  extra?: readonly string[];
}

/** Which part of the work a script does. */
export type JobPart = "array" | "merge";

/**
 * Writes a batch script. The array's tasks each do the shard that `SLURM_ARRAY_TASK_ID` says; the merge
 * does what they left and writes what belongs to the whole. A task whose node is lost is queued again
 * and goes on where it was.
 */
export function slurmScript(plan: SlurmPlan, part: JobPart): string {
  const { name, command, tasks, cpus, memoryMb, cwd, program, root, logs, extra = [] } = plan;
  const array = part === "array";
  const options = [
    `--job-name=${name}${array ? "" : "-merge"}`,
    ...array ? [`--array=0-${tasks - 1}`] : [],
    "--requeue",
    "--open-mode=append",
    `--output="${logs}/${array ? "%A_%a" : "merge_%j"}.log"`,
    `--cpus-per-task=${cpus}`,
    `--mem=${memoryMb}M`,
    ...plan.time === undefined ? [] : [`--time=${plan.time}`],
    ...plan.partition === undefined ? [] : [`--partition=${plan.partition}`],
    // A minute before the time is up, the command itself is told: it ends between two files.
    "--signal=B:TERM@60",
    ...extra,
  ];
  return [
    "#!/bin/bash",
    `# scan2score ${command.join(" ").replaceAll("\n", " ")}`,
    ...options.map((option) => `#SBATCH ${option}`),
    "set -eu",
    `cd ${quoted(root)}`,
    `export INIT_CWD=${quoted(cwd)}`,
    `exec ${[...program, ...command].map(quoted).join(" ")}`,
    "",
  ].join("\n");
}

/** What only Kubernetes knows. */
export interface KubernetesPlan extends JobPlan {
  /** Image with Deno's npm package in its cache and the suite in `/suite`. */
  image: string;
  /** Volume claim, mounted as {@linkcode JobPlan.cwd}: the command's paths lie in it. */
  claim: string;
}

/**
 * Writes an Indexed Job, and a suspended one that merges: as JSON, which `kubectl apply -f` takes. Each
 * pod does the shard that `JOB_COMPLETION_INDEX` says of `SCAN2SCORE_SHARDS`; the pod that ends last
 * writes what belongs to the whole, so that the second job is for the case that some never end.
 */
export function kubernetesJobs(plan: KubernetesPlan): string {
  const { name, tasks } = plan;
  const job = (metadataName: string, spec: { [key: string]: Json }): Json => ({
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: metadataName },
    spec,
  });
  return stableJson({
    apiVersion: "v1",
    kind: "List",
    items: [
      job(name, {
        completionMode: "Indexed",
        completions: tasks,
        parallelism: tasks,
        backoffLimitPerIndex: 4,
        template: podOf(plan, [{ name: "SCAN2SCORE_SHARDS", value: String(tasks) }]),
      }),
      job(`${name}-merge`, { suspend: true, backoffLimit: 4, template: podOf(plan, []) }),
    ],
  });
}

function podOf(
  { command, cpus, memoryMb, cwd, image, claim }: KubernetesPlan,
  env: readonly Json[],
): Json {
  const resources = { cpu: String(cpus), memory: `${memoryMb}M` };
  return {
    spec: {
      restartPolicy: "Never",
      containers: [{
        name: "scan2score",
        image,
        workingDir: "/suite",
        command: ["npx", "-y", "deno@2.9.6", "task", "scan2score", ...command],
        env: [{ name: "INIT_CWD", value: cwd }, ...env],
        resources: { requests: resources, limits: resources },
        volumeMounts: [{ name: "data", mountPath: cwd }],
      }],
      volumes: [{ name: "data", persistentVolumeClaim: { claimName: claim } }],
    },
  };
}

/** A word of a shell, whatever it holds. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
