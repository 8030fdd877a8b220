import assert from "node:assert/strict";
import { MachineError } from "../../../core/work/errors.ts";
import { runJobs } from "../../../core/work/pool.ts";
import { endIdleThreads, keepThreads } from "../../../core/work/threads.ts";

const MODULE = new URL("./_thread_task.ts", import.meta.url);

interface Ran {
  thread: string;
  runs: number;
}

/** Runs jobs that wait for so many milliseconds, by group. */
async function run(groups: { [group: string]: number[] }, workers: number): Promise<Ran[]> {
  const jobs = Object.entries(groups).flatMap(([group, waits]) =>
    waits.map((ms) => ({ group, payload: { ms }, scratch: () => Promise.resolve("") }))
  );
  const ran: Ran[] = [];
  await runJobs(MODULE, jobs, (index, result) => {
    assert.ok(result.ok);
    ran[index] = result.outcome.result as unknown as Ran;
    return Promise.resolve();
  }, { workers });
  return ran;
}

Deno.test("runJobs() starts fresh threads for every list of work", async () => {
  const [first] = await run({ a: [0] }, 1), [second] = await run({ a: [0] }, 1);
  assert.equal(second.runs, 1);
  assert.notEqual(first.thread, second.thread);
});

Deno.test("keepThreads() lets lists of work share threads, which let go of what they kept", async () => {
  let kept: Ran;
  {
    using _threads = keepThreads();
    const [first] = await run({ a: [0] }, 1);
    [kept] = await run({ a: [0] }, 1);
    assert.equal(first.thread, kept.thread);
    assert.equal(kept.runs, 101, "release() was called between");
    endIdleThreads();
    const [fresh] = await run({ a: [0] }, 1);
    assert.notEqual(fresh.thread, kept.thread);
  }
  const [after] = await run({ a: [0] }, 1);
  assert.notEqual(after.thread, kept.thread);
});

Deno.test("runJobs() keeps a group on one thread while there are other groups", async () => {
  const ran = await run({ a: [0, 0, 0], b: [0, 0, 0] }, 1);
  assert.equal(new Set(ran.map(({ thread }) => thread)).size, 1);
  assert.deepEqual(ran.map(({ runs }) => runs), [1, 2, 3, 4, 5, 6]);
});

Deno.test("runJobs() begins with heavy groups, and in a group with heavy jobs", async () => {
  const jobs = [["a", 1], ["b", 2], ["a", 3], ["b", 4], ["b", 2]] as const;
  const order: number[] = [];
  await runJobs(
    MODULE,
    jobs.map(([group, weight]) => ({
      group,
      weight,
      payload: { ms: 0 },
      scratch: () => Promise.resolve(""),
    })),
    (index) => Promise.resolve(void order.push(index)),
    { workers: 1 },
  );
  assert.deepEqual(order, [3, 1, 4, 2, 0]);
});

Deno.test("runJobs() lets a thread without a group help with the last items of another", async () => {
  const [a1, , , a4, b1] = await run({ a: [500, 500, 500, 0], b: [0] }, 2);
  assert.notEqual(a1.thread, b1.thread);
  assert.equal(a4.thread, b1.thread);
});

for (const workers of [0, 1]) {
  Deno.test(`runJobs() stops at a fault of the machine, ${workers} threads: what is done stays done`, async () => {
    const finished: number[] = [];
    const jobs = [false, true, false].map((fault) => ({
      group: "a",
      payload: { fault },
      scratch: () => Promise.resolve(""),
    }));
    await assert.rejects(
      runJobs(new URL("./_machine_task.ts", import.meta.url), jobs, (index, result) => {
        assert.ok(result.ok);
        finished.push(index);
        return Promise.resolve();
      }, { workers }),
      (error) =>
        error instanceof MachineError && error.hint === "run again to go on" &&
        error.message === "Cannot draw: the device was lost",
    );
    assert.deepEqual(finished, [0]);
  });
}
