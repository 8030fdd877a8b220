// deno-lint-ignore-file no-console -- a test by hand reports on the terminal
/**
 * Submits job arrays to a real Slurm of one node, spoils them, and compares what they write with what one
 * process writes:
 *
 *   deno task test:slurm [--subjects 200] [--only CASES] [--require] [--trace FILE]
 *
 * The cluster is started for the test (Debian: `apt-get install slurm-wlm munge`; as root) and ended with
 * it. Where it cannot be, that is said in capitals; with --require that is an error. --trace keeps what Slurm
 * wrote of the jobs. The last line is that of `deno test`.
 */
import { parseArgs } from "node:util";
import { join } from "../../core/work/path.ts";
import { SUITE_ROOT } from "../../core/work/paths.ts";
import { contentsOf, leftovers, runCommand } from "../faults/_command.ts";
import { writeSmallSet } from "../faults/_set.ts";
import { Cluster, kill, missing, until } from "./_cluster.ts";

const { values } = parseArgs({
  args: Deno.args,
  options: {
    subjects: { type: "string", default: "200" },
    tasks: { type: "string", default: "6" },
    /** Of the pictures: larger ones take longer, so that there is time for kills. */
    size: { type: "string", default: "48" },
    /** The most seconds that the queue may take to get empty. */
    wait: { type: "string", default: "600" },
    only: { type: "string" },
    require: { type: "boolean", default: false },
    trace: { type: "string" },
  },
});

const fault = await missing();
if (fault !== undefined) {
  console.log(`NOT RUN: the tests on a real Slurm: ${fault}`);
  Deno.exit(values.require ? 1 : 0);
}

/** The command under test; each case writes to a folder of its own. */
const render = (out: string) => ["render", "set", "-o", out, "--size", values.size, "--yaws=0"];
const waitUntil = (holds: () => Promise<boolean>) => until(holds, Number(values.wait));
const COMMAND_SUBJECTS = Number(values.subjects);

const folder = await Deno.makeTempDir({ prefix: "s2s_slurm_" });
const references = new Map<string, Map<string, string>>();
let passed = 0, failed = 0;
const began = performance.now();
try {
  const started = await Cluster.start(join(folder, "cluster")).catch((error) => error as Error);
  if (started instanceof Error) {
    console.log(`NOT RUN: the tests on a real Slurm: its daemons do not start: ${started.message}`);
    await Deno.remove(folder, { recursive: true }).catch(() => {});
    Deno.exit(values.require ? 1 : 0);
  }
  await using cluster = started;
  console.log(`Slurm ${(await cluster.tool("sinfo", "--version")).trim()}, one node`);
  const cwd = join(folder, "data");
  await writeSmallSet(join(cwd, "set"), COMMAND_SUBJECTS);
  await Deno.writeTextFile(
    join(cwd, "small.jsonc"),
    JSON.stringify({
      schema: "scan2score/experiment-1",
      title: "Small",
      dataset: { path: "set", limit: 12 },
      render: { yaws: "0", size: 48 },
      infer: [{ method: "oracle-depth" }],
      eval: { protocols: ["icon-2022"], samples: 200 },
    }),
  );
  for (
    const [name, args] of [["render", render("one/out")], ["run", runArgs("run1/out")]] as const
  ) {
    const { code, text } = await runCommand([...args, "--workers", "1"], { cwd });
    if (code !== 0) throw new Error(`${name} fails in one process: ${text.slice(-500)}`);
    references.set(name, await contentsOf(join(cwd, args[args.indexOf("-o") + 1])));
  }

  const cases: Record<string, () => Promise<string[]>> = {
    "an array": async () => {
      const ids = await submit(cluster, cwd, render("array/out"));
      const seen = new Set<string>();
      await waitUntil(async () => {
        seen.add((await status(cluster, cwd, "array/out")).split("\n")[0]);
        return (await cluster.queue()).length === 0;
      });
      if (ids.length !== 2) return [`${ids.length} jobs, expected the array and the merge`];
      if (![...seen].some((line) => /render: \d+ of \d+ items done/.test(line))) {
        return [`status said ${[...seen].join("; ")}`];
      }
      return await compare(cwd, "array/out", "render");
    },
    "killed tasks": async () => {
      await submit(cluster, cwd, render("killed/out"));
      let killed = 0;
      await waitUntil(async () => {
        const pids = await cluster.taskPids();
        if (killed < 8 && await recordsIn(join(cwd, "killed/out")) > 4 * killed) {
          kill(pids.slice(0, 1));
          killed += Math.min(1, pids.length);
        }
        return (await cluster.queue()).length === 0;
      });
      console.log(`  ${killed} tasks were killed`);
      return [
        ...(killed === 0 ? ["no task was killed"] : []),
        ...await compare(cwd, "killed/out", "render"),
      ];
    },
    "a lost node": async () => {
      await submit(cluster, cwd, render("lost/out"));
      await waitUntil(async () => await recordsIn(join(cwd, "lost/out")) > COMMAND_SUBJECTS / 5);
      await cluster.loseNode();
      const before = await recordsIn(join(cwd, "lost/out"));
      await waitUntil(async () => /down/.test(await cluster.tool("sinfo", "--noheader")));
      cluster.startNode();
      await waitUntil(async () => (await cluster.queue()).length === 0);
      console.log(`  the node was lost with ${before} records written`);
      return await compare(cwd, "lost/out", "render");
    },
    "tasks queued again": async () => {
      const [array] = await submit(cluster, cwd, render("again/out"));
      let times = 0;
      await waitUntil(async () => {
        const running = (await cluster.queue()).filter((line) => line.endsWith(" RUNNING"));
        const one = running.find((line) => line.startsWith(`${array}_`));
        if (one !== undefined && times < 4) {
          await cluster.tool("scontrol", "requeue", one.split(" ")[0]);
          times++;
        }
        return (await cluster.queue()).length === 0;
      });
      console.log(`  ${times} tasks were queued again`);
      return await compare(cwd, "again/out", "render");
    },
    "two arrays on one output": async () => {
      await submit(cluster, cwd, render("two/out"));
      await submit(cluster, cwd, render("two/out"));
      await waitUntil(async () => (await cluster.queue()).length === 0);
      return await compare(cwd, "two/out", "render");
    },
    "a killed merge": async () => {
      const out = "merge/out", [array, merge] = await submit(cluster, cwd, render(out));
      // Most of the work is taken from the array, so that the merge has something to do.
      await waitUntil(async () => await recordsIn(join(cwd, out)) > 2);
      await cluster.tool("scancel", array);
      const inTheMiddle = async (job: string) => {
        const before = await recordsIn(join(cwd, out));
        await waitUntil(async () => {
          if ((await cluster.queue()).length === 0) throw new Error("the merge is already done");
          return await recordsIn(join(cwd, out)) > before + 1 &&
            (await cluster.taskPids(job)).length > 0;
        });
      };
      await inTheMiddle(merge);
      kill(await cluster.taskPids(merge));
      await waitUntil(async () => (await cluster.queue()).length === 0);
      const half = await halfFiles(cwd, out);
      if (half.length > 0) return half;
      if ((await compare(cwd, out, "render")).length === 0) return ["the merge was not killed"];
      // The script again; this time the job is queued again while it runs.
      const script = join(cwd, `${out}.slurm`, "merge.sh");
      const again = (await cluster.tool("sbatch", "--parsable", script)).trim();
      await inTheMiddle(again);
      await cluster.tool("scontrol", "requeue", again);
      await waitUntil(async () => (await cluster.queue()).length === 0);
      return await compare(cwd, out, "render");
    },
    "a small quota": async () => {
      const out = join(cwd, "quota");
      await Deno.mkdir(out);
      await Deno.mkdir(join(cwd, "quota_logs")); // Slurm does not make it
      const mount = (...args: string[]) => new Deno.Command("mount", { args }).output();
      const size = `${Math.round(COMMAND_SUBJECTS * 20)}k`;
      if (!(await mount("-t", "tmpfs", "-o", `size=${size}`, "tmpfs", out)).success) {
        return ["cannot mount a small disk"];
      }
      try {
        await submit(cluster, cwd, render("quota/out"), join(cwd, "quota_logs"));
        await waitUntil(async () => (await cluster.queue()).length === 0);
        const early = await compare(cwd, "quota/out", "render");
        if (early.length === 0) return ["the disk was not too small"];
        const half = await halfFiles(cwd, "quota/out");
        if (half.length > 0) return half;
        if (!/no space left/.test(await logsIn(join(cwd, "quota_logs")))) {
          return ["no log says that the disk is full"];
        }
        await mount("-o", "remount,size=1g", out);
        await submit(cluster, cwd, render("quota/out"), join(cwd, "quota_logs"));
        await waitUntil(async () => (await cluster.queue()).length === 0);
        return await compare(cwd, "quota/out", "render");
      } finally {
        await new Deno.Command("umount", { args: [out] }).output();
      }
    },
    "an experiment": async () => {
      const ids = await submit(cluster, cwd, runArgs("run2/out"));
      await waitUntil(async () => (await cluster.queue()).length === 0);
      return [
        ...(ids.length === 4 ? [] : [`${ids.length} jobs, expected three arrays and the merge`]),
        ...await compare(cwd, "run2/out", "run"),
      ];
    },
  };
  for (const [name, run] of Object.entries(cases)) {
    if (values.only !== undefined && !values.only.split(",").includes(name)) continue;
    const started = performance.now();
    const wrong = await run().catch((error) => [String(error)]);
    if (wrong.length > 0) failed++;
    else passed++;
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    console.log(
      `${name.padEnd(26)} ${wrong.length === 0 ? "the same bytes" : "WRONG"} (${seconds} s)` +
        wrong.slice(0, 5).map((text) => `\n  ${text.slice(0, 300)}`).join(""),
    );
    if (wrong.length > 0) await cluster.tool("scancel", "--user=root");
  }
  if (values.trace !== undefined) await Deno.writeTextFile(values.trace, await cluster.trace());
} finally {
  await Deno.remove(folder, { recursive: true }).catch(() => {});
}
const seconds = Math.round((performance.now() - began) / 1000);
console.log(`${failed > 0 ? "FAILED" : "ok"} | ${passed} passed | ${failed} failed (${seconds}s)`);
Deno.exit(failed > 0 ? 1 : 0);

function runArgs(out: string): string[] {
  return ["run", "small.jsonc", "-o", out];
}

/** Submits as a user does, and returns the jobs' ids. */
async function submit(
  cluster: Cluster,
  cwd: string,
  command: string[],
  moveLogs?: string,
): Promise<string[]> {
  const out = command[command.indexOf("-o") + 1];
  const args = ["slurm", "submit", "--json", "--tasks", values.tasks, "--cpus", "1"];
  const { code, stdout, stderr } = await suite(cluster, cwd, [
    ...args,
    "--mem",
    "100MB",
    ...(moveLogs === undefined ? [] : [`--sbatch=--output=${moveLogs}/%A_%a.log`]),
    "--",
    ...command,
  ]);
  if (code !== 0) throw new Error(`cannot submit ${out}: ${stderr}`);
  return (JSON.parse(stdout) as { jobs: string[] }).jobs;
}

async function status(cluster: Cluster, cwd: string, out: string): Promise<string> {
  return (await suite(cluster, cwd, ["slurm", "status", out])).stdout;
}

/** Runs the task `slurm` of deno.json, with its permissions. */
async function suite(cluster: Cluster, cwd: string, args: readonly string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", ...args],
    cwd: SUITE_ROOT,
    env: { ...cluster.env, INIT_CWD: cwd, NO_COLOR: "1" },
  }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: decode(stdout), stderr: decode(stderr) };
}

async function recordsIn(out: string): Promise<number> {
  const records = join(out, ".work", "records");
  return (await Array.fromAsync(Deno.readDir(records)).catch(() => [])).length;
}

/** What stands under a final name, and is not what stands there in the end. */
async function halfFiles(cwd: string, out: string): Promise<string[]> {
  const wanted = references.get("render")!, wrong: string[] = [];
  for (const [path, digest] of await contentsOf(join(cwd, out))) {
    // Lists name the items that failed, and are replaced when those are done.
    if (path.endsWith(".tmp") || path === "manifest.json") continue;
    if (wanted.get(path) !== digest) wrong.push(`${path} is half`);
  }
  return wrong;
}

/** All logs of a folder. */
async function logsIn(folder: string): Promise<string> {
  const files = await Array.fromAsync(Deno.readDir(folder));
  return (await Promise.all(files.map(({ name }) => Deno.readTextFile(join(folder, name)))))
    .join("\n");
}

/** What differs from one process. */
async function compare(cwd: string, out: string, name: string): Promise<string[]> {
  const wanted = references.get(name)!, found = await contentsOf(join(cwd, out));
  const wrong: string[] = [];
  for (const path of new Set([...wanted.keys(), ...found.keys()])) {
    if (wanted.get(path) !== found.get(path)) wrong.push(`${path} is other, missing or left over`);
  }
  return [...wrong, ...(await leftovers(join(cwd, out))).map((path) => `${path} is left`)];
}
