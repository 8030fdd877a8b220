/**
 * Runs tasks in worker threads. Items of one group (one scan, say) go to one worker in order, so a
 * task may keep what it loaded for the last item; which worker that is never changes a result.
 */
import type { Task, TaskContext, TaskModule, TaskOutcome } from "./task.ts";
import { messageOf } from "./errors.ts";

/** One piece of work for the pool. */
export interface Job<P> {
  group: string;
  payload: P;
  /** About how long it takes, in any unit: heavy groups go first, so that none is left to the end. */
  weight?: number;
  /** Folder the task writes to; made by the caller. */
  scratch: () => Promise<string>;
  /** Told how far the job is. */
  stage?: TaskContext["stage"];
}

/** How a job ended. */
export type JobResult =
  | { ok: true; outcome: TaskOutcome; seconds: number }
  | { ok: false; reason: string; hint: string | undefined; seconds: number };

/** Message to a worker, and its answer. */
export interface WorkerRequest {
  module: string;
  payload: unknown;
  scratch: string;
}
export type WorkerAnswer =
  | { ready: true }
  | { stage: [stage: string, done: number, total: number] }
  | { ok: true; outcome: TaskOutcome }
  | { ok: false; reason: string; hint: string | undefined };

export interface PoolOptions {
  /** Worker threads; 0 runs everything in this thread. */
  workers: number;
  /** Stops handing out work when it fires; running items are abandoned. */
  signal?: AbortSignal | undefined;
}

/**
 * Runs all jobs and calls `finished` for each, in the order they end.
 * A job that throws ends as `{ ok: false }`; the others go on.
 */
export async function runJobs<P>(
  module: URL,
  jobs: readonly Job<P>[],
  finished: (index: number, result: JobResult) => Promise<void>,
  { workers, signal }: PoolOptions,
): Promise<void> {
  const queue = groupsInOrder(jobs);
  const lanes = Math.min(Math.max(1, workers), queue.length);
  const lane = async () => {
    const runner = workers > 0 && lanes > 0
      ? threadRunner(module)
      : await localRunner<P>(module, signal);
    const stop = () => runner.close();
    signal?.addEventListener("abort", stop, { once: true });
    try {
      for (let group = queue.shift(); group !== undefined; group = queue.shift()) {
        for (const index of group) {
          if (signal?.aborted) return;
          const started = performance.now();
          const job = jobs[index];
          const answer = await runner.run(job.payload, await job.scratch(), job.stage);
          if (signal?.aborted) return;
          await finished(index, { ...answer, seconds: (performance.now() - started) / 1000 });
        }
      }
    } finally {
      signal?.removeEventListener("abort", stop);
      runner.close();
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

/** Indices of jobs by group: the heaviest groups first, then in the order of their first job. */
function groupsInOrder(jobs: readonly Job<unknown>[]): number[][] {
  const groups = new Map<string, number[]>();
  jobs.forEach((job, index) => {
    const members = groups.get(job.group);
    if (members === undefined) groups.set(job.group, [index]);
    else members.push(index);
  });
  const weightOf = (members: number[]) =>
    members.reduce((sum, index) => sum + (jobs[index].weight ?? 0), 0);
  return [...groups.values()].sort((a, b) => weightOf(b) - weightOf(a) || a[0] - b[0]);
}

type Answer = Extract<WorkerAnswer, { ok: boolean }>;

interface Runner<P> {
  run(payload: P, scratch: string, stage: TaskContext["stage"]): Promise<Answer>;
  close(): void;
}

async function localRunner<P>(module: URL, signal: AbortSignal | undefined): Promise<Runner<P>> {
  const task = (await import(module.href) as TaskModule<P>).default;
  return {
    run: (payload, scratch, stage) => answerOf(task, payload, { scratch, signal, stage }),
    close() {},
  };
}

function threadRunner<P>(module: URL): Runner<P> {
  let worker: Worker | undefined;
  let settle: ((answer: Answer) => void) | undefined;
  let tell: TaskContext["stage"];
  const drop = (reason: string) => {
    worker?.terminate();
    worker = undefined; // the next item gets a fresh worker
    settle?.({ ok: false, reason, hint: undefined });
  };
  const start = () => {
    const fresh = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    fresh.onmessage = (event: MessageEvent<WorkerAnswer>) => {
      if ("stage" in event.data) tell?.(...event.data.stage);
      else if ("ok" in event.data) settle?.(event.data);
    };
    fresh.onerror = (event) => {
      event.preventDefault();
      drop(`the worker died: ${event.message}`);
    };
    return fresh;
  };
  return {
    run(payload, scratch, stage) {
      worker ??= start();
      tell = stage;
      const request: WorkerRequest = { module: module.href, payload, scratch };
      worker.postMessage(request);
      return new Promise<Answer>((resolve) => settle = resolve);
    },
    close() {
      worker?.terminate();
      worker = undefined;
      settle?.({ ok: false, reason: "cancelled", hint: undefined });
    },
  };
}

/** Runs a task and turns whatever it throws into an answer. */
export async function answerOf<P>(
  task: Task<P>,
  payload: P,
  context: TaskContext,
): Promise<Answer> {
  try {
    return { ok: true, outcome: await task(payload, context) };
  } catch (error) {
    const hint = (error as { hint?: unknown } | null)?.hint;
    return {
      ok: false,
      reason: messageOf(error),
      hint: typeof hint === "string" ? hint : undefined,
    };
  }
}
