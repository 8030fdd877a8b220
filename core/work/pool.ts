/**
 * Runs tasks in worker threads. Items of one group (one scan, say) go to one worker in order, so a
 * task may keep what it loaded for the last item; which worker that is never changes a result. Only
 * when no group is left does a worker without work take the last items of another's group.
 */
import { hintOf, type InputError, MachineError, messageOf } from "./errors.ts";
import type { Holding, MemoryLimit } from "./memory.ts";
import type { Task, TaskContext, TaskModule, TaskOutcome } from "./task.ts";
import { leaveThread, takeThread } from "./threads.ts";

/** One piece of work for the pool. */
export interface Job<P> {
  group: string;
  payload: P;
  /**
   * About how long it takes, in any unit: heavy groups go first, and in a group heavy jobs, so that
   * little is left to wait for in the end.
   */
  weight?: number;
  /** What its worker holds meanwhile, where that grows with the input. */
  holds?: Holding | undefined;
  /** Folder the task writes to; made by the caller. */
  scratch: () => Promise<string>;
  /** Told how far the job is. */
  stage?: TaskContext["stage"];
}

/** How a job ended. */
export type JobResult =
  | { ok: true; outcome: TaskOutcome; seconds: number }
  | { ok: false; reason: string; hint: string | undefined; seconds: number };

/** Message to a worker, and its answer; `release` has none: see {@linkcode TaskModule}. */
export type WorkerRequest =
  | { module: string; payload: unknown; scratch: string }
  | { release: string };
export type WorkerAnswer =
  | { stage: [stage: string, done: number, total: number] }
  | { ok: true; outcome: TaskOutcome }
  | { ok: false; reason: string; hint: string | undefined; stop?: true };

export interface PoolOptions {
  /** Worker threads; 0 runs everything in this thread. */
  workers: number;
  /** What the process may use: fewer workers, and jobs that do not fit fail. Default: whatever it takes. */
  memory?: MemoryLimit | undefined;
  /** Stops handing out work when it fires; running items are abandoned. */
  signal?: AbortSignal | undefined;
}

/**
 * Runs all jobs and calls `finished` for each, in the order they end.
 * A job that throws ends as `{ ok: false }`; the others go on.
 *
 * @throws {MachineError} If a job threw one: `finished` is not called for it, what others are at is
 * finished first, and no further job is started.
 */
export async function runJobs<P>(
  module: URL,
  jobs: readonly Job<P>[],
  finished: (index: number, result: JobResult) => Promise<void>,
  { workers, memory, signal }: PoolOptions,
): Promise<void> {
  let most = workers, tooLarge = new Map<number, InputError>();
  if (memory !== undefined) {
    const { fitInto } = await import("./memory.ts"); // the readers that it needs are large
    ({ workers: most, tooLarge } = await fitInto(memory, jobs.map(({ holds }) => holds), workers));
  }
  for (const [index, { message: reason, hint }] of tooLarge) {
    await finished(index, { ok: false, reason, hint, seconds: 0 });
  }
  const queue = groupsInOrder(jobs, tooLarge), lanes = Math.min(Math.max(1, most), queue.length);
  /** What is left of the group of each lane. */
  const left: number[][] = Array.from({ length: lanes }, () => []);
  const next = (lane: number): number | undefined => {
    if (left[lane].length === 0) left[lane] = queue.shift() ?? [];
    return left[lane].shift() ?? left.reduce((a, b) => b.length > a.length ? b : a).pop();
  };
  let fault: MachineError | undefined;
  const work = async (_: unknown, lane: number) => {
    const runner = workers > 0 ? threadRunner(module) : await localRunner<P>(module, signal);
    const stop = () => runner.end();
    signal?.addEventListener("abort", stop, { once: true });
    try {
      for (let index = next(lane); index !== undefined; index = next(lane)) {
        if (signal?.aborted || fault !== undefined) return;
        const started = performance.now();
        const job = jobs[index];
        const answer = await runner.run(job.payload, await job.scratch(), job.stage);
        if (signal?.aborted) return;
        if (!answer.ok && answer.stop) {
          fault ??= new MachineError(answer.reason, hinted(answer.hint));
          return;
        }
        await finished(index, { ...answer, seconds: (performance.now() - started) / 1000 });
      }
      runner.giveBack();
    } finally {
      signal?.removeEventListener("abort", stop);
      runner.end();
    }
  };
  await Promise.all(left.map(work));
  if (fault !== undefined) throw fault;
}

function hinted(hint: string | undefined) {
  return hint === undefined ? {} : { hint };
}

/**
 * Indices of jobs by group: the heaviest groups first, then in the order of their first job; in a
 * group likewise.
 */
function groupsInOrder(
  jobs: readonly Job<unknown>[],
  without: ReadonlyMap<number, unknown>,
): number[][] {
  const groups = new Map<string, number[]>();
  jobs.forEach((job, index) => {
    if (without.has(index)) return;
    const members = groups.get(job.group);
    if (members === undefined) groups.set(job.group, [index]);
    else members.push(index);
  });
  const weightOf = (index: number) => jobs[index].weight ?? 0;
  const total = (members: number[]) => members.reduce((sum, index) => sum + weightOf(index), 0);
  const queue = [...groups.values()].sort((a, b) => total(b) - total(a) || a[0] - b[0]);
  return queue.map((members) => members.sort((a, b) => weightOf(b) - weightOf(a) || a - b));
}

type Answer = Extract<WorkerAnswer, { ok: boolean }>;

interface Runner<P> {
  run(payload: P, scratch: string, stage: TaskContext["stage"]): Promise<Answer>;
  /** Lets go of what the task kept, and leaves its thread to whoever comes next. */
  giveBack(): void;
  /** Ends its thread, where it still has one, with what it is at. */
  end(): void;
}

async function localRunner<P>(module: URL, signal: AbortSignal | undefined): Promise<Runner<P>> {
  const { default: task, release } = await import(module.href) as TaskModule<P>;
  return {
    run: (payload, scratch, stage) => answerOf(task, payload, { scratch, signal, stage }),
    giveBack: () => release?.(),
    end() {},
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
    const taken = takeThread();
    taken.onmessage = (event: MessageEvent<WorkerAnswer>) => {
      if ("stage" in event.data) tell?.(...event.data.stage);
      else if ("ok" in event.data) settle?.(event.data);
    };
    taken.onerror = (event) => {
      event.preventDefault();
      drop(`the worker died: ${event.message}`);
    };
    return taken;
  };
  return {
    run(payload, scratch, stage) {
      worker ??= start();
      tell = stage;
      worker.postMessage({ module: module.href, payload, scratch } satisfies WorkerRequest);
      return new Promise<Answer>((resolve) => settle = resolve);
    },
    giveBack() {
      if (worker === undefined) return;
      worker.postMessage({ release: module.href } satisfies WorkerRequest);
      leaveThread(worker);
      worker = undefined;
    },
    end() {
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
    return {
      ok: false,
      reason: messageOf(error),
      hint: hintOf(error),
      ...(error instanceof MachineError ? { stop: true } : {}),
    };
  }
}
