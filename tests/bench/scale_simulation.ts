// deno-lint-ignore-file no-console -- a benchmark reports on the terminal
/**
 * Checks the cost model of docs/scale.md against a real scheduler, then simulates the paper plan with it:
 *
 *   deno run -A tests/bench/scale_simulation.ts trace FILE         renders people by arrays on a Slurm of one
 *                                                                  node (root; slurm-wlm, munge), keeps its trace
 *   deno run -A tests/bench/scale_simulation.ts check FILE         fits the first array, foretells the others
 *   deno run -A tests/bench/scale_simulation.ts plan [--slots 1000] [--losses 0.01]
 *
 * A trace holds what Slurm wrote of every task (begin and end, whole seconds) and what the tasks wrote of every item. The
 * simulation deals items as the command does, starts tasks in their order on as many slots as there are, and
 * adds up: starting the process, then each item of the task.
 */
import { parseArgs } from "node:util";
import { join } from "../../core/work/path.ts";
import { FIXTURES, SUITE_ROOT } from "../../core/work/paths.ts";
import { random } from "../../core/work/random.ts";
import { type ShardItem, shardOf } from "../../core/work/shards.ts";
import { readTiming } from "../../core/work/timing.ts";
import { Cluster, missing, until } from "../slurm/_cluster.ts";

/** One array: what it had to do, and what the scheduler and the tasks wrote. */
interface TracedArray {
  tasks: number;
  slots: number;
  items: { id: string; group: string; bytes: number; seconds: number }[];
  /** Seconds since the array began, by task. */
  traced: { start: number; end: number }[];
}

/** Seconds that each item takes, and the process before its first. */
interface Costs {
  startSeconds: number;
  ofItem: (item: TracedArray["items"][number]) => number;
}

/** Calls that change the file system, of a view in the suite's layout: opened, written, renamed, recorded. */
const CALLS_PER_ITEM = 55;

const PLANS = [
  { people: 6, tasks: 2 },
  { people: 12, tasks: 5 },
  { people: 20, tasks: 4 },
];
const YAWS = "0,90,180", SIZE = "512", SLOTS = 2;

const { values, positionals: [what, file] } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: {
    slots: { type: "string", default: "1000" },
    losses: { type: "string", default: "0.01" },
  },
});
if (what === "trace") await Deno.writeTextFile(file, JSON.stringify(await trace(), null, 1));
else if (what === "check") check(JSON.parse(await Deno.readTextFile(file)));
else if (what === "plan") plan(Number(values.slots), Number(values.losses));
else console.error("error: expected trace FILE, check FILE or plan");

/** Renders people by job arrays. */
async function trace(): Promise<TracedArray[]> {
  const fault = await missing();
  if (fault !== undefined) throw new Error(fault);
  const folder = await Deno.makeTempDir({ prefix: "s2s_trace_" });
  try {
    await using cluster = await Cluster.start(join(folder, "cluster"), { cpus: SLOTS });
    const arrays: TracedArray[] = [];
    for (const [i, { people, tasks }] of PLANS.entries()) {
      const out = join(folder, `out${i}`);
      const { stdout } = await new Deno.Command(Deno.execPath(), {
        args: ["task", "--quiet", "slurm", "submit", "--json", "--tasks", String(tasks)]
          .concat(["--cpus", "1", "--mem", "100MB", "--", "render", join(FIXTURES, "humans")])
          .concat(["-o", out, `--yaws=${YAWS}`, "--size", SIZE, "--limit", String(people)]),
        cwd: SUITE_ROOT,
        env: cluster.env,
      }).output();
      const [job] = (JSON.parse(new TextDecoder().decode(stdout)) as { jobs: string[] }).jobs;
      await until(async () => (await cluster.queue()).length === 0);
      const traced = tasksOf(await cluster.trace(), job);
      const timing = await readTiming(out);
      const items = [];
      for (const [id, { seconds }] of Object.entries(timing)) {
        const group = id.split("/")[0];
        const { size } = await Deno.stat(join(FIXTURES, "humans/subjects", `${group}.glb`));
        items.push({ id, group, bytes: size, seconds });
      }
      arrays.push({
        tasks,
        slots: SLOTS,
        items: items.sort((a, b) => a.id < b.id ? -1 : 1),
        traced,
      });
      console.log(`${people} people, ${tasks} tasks: ${items.length} items`);
    }
    return arrays;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Begin and end of an array's tasks, from the lines that Slurm wrote when they ended. */
function tasksOf(text: string, job: string): TracedArray["traced"] {
  const found = text.split("\n").map((line) =>
    Object.fromEntries(line.split(" ").map((word) => word.split("=") as [string, string]))
  ).filter((line) => line.ArrayJobId === job);
  const seconds = (when: string) => Date.parse(`${when}Z`) / 1000;
  const began = Math.min(...found.map(({ StartTime }) => seconds(StartTime)));
  return found.sort((a, b) => Number(a.ArrayTaskId) - Number(b.ArrayTaskId)).map((line) => ({
    start: seconds(line.StartTime) - began,
    end: seconds(line.EndTime) - began,
  }));
}

/** When each task begins and ends: in their order, on the slot that is free first. */
function simulate(
  items: readonly (TracedArray["items"][number] & ShardItem)[],
  { tasks, slots, costs }: { tasks: number; slots: number; costs: Costs },
): TracedArray["traced"] {
  const free = new Float64Array(slots);
  const dealt = items.map((item) => ({ ...item, inputs: [{ bytes: item.bytes }] }));
  return Array.from({ length: tasks }, (_, index) => {
    const slot = free.indexOf(Math.min(...free)), start = free[slot];
    const mine = shardOf(dealt, { index, count: tasks });
    const work = mine.reduce((sum, item) => sum + costs.ofItem(item), 0);
    free[slot] = start + costs.startSeconds + work;
    return { start, end: free[slot] };
  });
}

function check(arrays: readonly TracedArray[]): void {
  const first = arrays[0];
  const longest = (tasks: TracedArray["traced"]) => Math.max(...tasks.map(({ end }) => end));
  const total = (tasks: TracedArray["traced"]) =>
    tasks.reduce((sum, { start, end }) => sum + end - start, 0);
  const sum = first.items.reduce((all, { seconds }) => all + seconds, 0);
  const startSeconds = Math.max(0, (total(first.traced) - sum) / first.tasks);
  // Views are `subject/view`; what a subject's views share has no slash.
  const perView = meanOf(first.items.filter(({ id }) => id.includes("/")));
  const perSubject = meanOf(first.items.filter(({ id }) => !id.includes("/")));
  const fitted: Costs = {
    startSeconds,
    ofItem: ({ id }) => id.includes("/") ? perView : perSubject,
  };
  console.log(
    `fitted on the first array: ${startSeconds.toFixed(2)} s to start a task, ` +
      `${perView.toFixed(2)} s a view, ${perSubject.toFixed(2)} s a subject`,
  );
  const own: Costs = { startSeconds, ofItem: ({ seconds }) => seconds };
  for (const { items, tasks, slots, traced } of arrays) {
    const row = [["its own items' seconds", own], ["fitted", fitted]] as const;
    for (const [name, costs] of row) {
      const simulated = simulate(items, { tasks, slots, costs });
      const ratio = longest(simulated) / longest(traced);
      console.log(
        `${items.length} items, ${tasks} tasks on ${slots} slots, ${name}: ends after ` +
          `${longest(simulated).toFixed(1)} s, Slurm's trace says ${longest(traced)} s ` +
          `(${ratio.toFixed(2)}); in all tasks ${total(simulated).toFixed(0)} s, ` +
          `trace ${total(traced)} s`,
      );
    }
  }
}

function meanOf(items: readonly { seconds: number }[]): number {
  return items.reduce((sum, { seconds }) => sum + seconds, 0) / Math.max(1, items.length);
}

/** 100,000 scans × 360 views at 2048² in 400 artifacts of 250, ten tasks each, some of which lose their node. */
function plan(slots: number, losses: number): void {
  const { float } = random(1, "scale plan");
  const artifacts = 400, scans = 250, tasks = 10;
  const costs = { startSeconds: 4, subject: 1.45, view: 0.88 };
  const free = new Float64Array(slots);
  let lost = 0, wasted = 0, worked = 0, longest = 0;
  for (let artifact = 0; artifact < artifacts; artifact++) {
    const items = Array.from({ length: scans }, (_, i) => ({
      id: `s${i}`,
      inputs: [{ bytes: 1e6 * (0.7 + 1.1 * float()) }],
    }));
    for (let index = 0; index < tasks; index++) {
      const mine = shardOf(items, { index, count: tasks });
      const seconds = mine.reduce(
        (sum, { inputs: [{ bytes }] }) => sum + costs.subject * bytes / 1.25e6 + 360 * costs.view,
        costs.startSeconds,
      );
      let slot = 0;
      for (let i = 1; i < slots; i++) if (free[i] < free[slot]) slot = i;
      let all = seconds;
      // A lost node costs the view that was being drawn, and starting again: what has a record stays.
      for (; float() < losses; lost++) {
        const again = costs.startSeconds + costs.view * float();
        all += again, wasted += again;
      }
      free[slot] += all, worked += all, longest = Math.max(longest, all);
    }
  }
  const end = Math.max(...free);
  console.log(
    `${artifacts} artifacts of ${scans} scans, ${tasks} tasks each, ${slots} slots: ends after ` +
      `${(end / 3600).toFixed(1)} h; ${(worked / 3600).toFixed(0)} hours of work, slots used to ` +
      `${(100 * worked / end / slots).toFixed(0)} %; the longest task ${
        (longest / 3600).toFixed(2)
      } h; ` +
      `${lost} tasks lost their node and repeated ${wasted.toFixed(0)} s in all`,
  );
  const items = slots / costs.view, calls = items * CALLS_PER_ITEM;
  console.log(
    `${items.toFixed(0)} views a second: ${
      calls.toFixed(0)
    } calls a second that change the file system; ` +
      `one that takes 20000 is enough for ${
        (20_000 / CALLS_PER_ITEM * costs.view).toFixed(0)
      } slots`,
  );
}
