/** What is handed to schedulers. That a real Slurm does it: `deno task test:slurm`. */
import assert from "node:assert/strict";
import { join } from "../../core/work/path.ts";
import {
  kubernetesJobs,
  type KubernetesPlan,
  quoted,
  type SlurmPlan,
  slurmScript,
} from "../../tools/_job_scripts.ts";
import { outputOf, roundsOf, shardedCommand } from "../../tools/_submit.ts";
import { cli, inFolder } from "./_cli.ts";

const PLAN: SlurmPlan = {
  name: "scan2score-render",
  command: ["render", "it's a set", "-o", "views", "--yaws=-30..30:10"],
  tasks: 12,
  cpus: 4,
  memoryMb: 4000,
  cwd: "/data/my sets",
  program: ["deno", "run", "tools/main.ts"],
  root: "/suite",
  logs: "/data/my sets/views.slurm",
  time: "04:00:00",
  partition: "cpu",
  extra: ["--account=lab"],
};

Deno.test("slurmScript() asks for an array that is queued again when a node is lost", () => {
  const lines = slurmScript(PLAN, "array").split("\n");
  assert.equal(lines[0], "#!/bin/bash");
  const options = lines.filter((line) => line.startsWith("#SBATCH ")).map((line) => line.slice(8));
  assert.deepEqual(options, [
    "--job-name=scan2score-render",
    "--array=0-11",
    "--requeue",
    "--open-mode=append",
    '--output="/data/my sets/views.slurm/%A_%a.log"',
    "--cpus-per-task=4",
    "--mem=4000M",
    "--time=04:00:00",
    "--partition=cpu",
    "--signal=B:TERM@60",
    "--account=lab",
  ]);
  assert.deepEqual(lines.slice(-5), [
    "set -eu",
    "cd /suite",
    "export INIT_CWD='/data/my sets'",
    "exec deno run tools/main.ts render 'it'\\''s a set' -o views --yaws=-30..30:10",
    "",
  ]);
});

Deno.test("slurmScript() merges in one job with the same command", () => {
  const [array, merge] = (["array", "merge"] as const).map((part) => slurmScript(PLAN, part));
  assert.doesNotMatch(merge, /--array/);
  assert.match(merge, /--job-name=scan2score-render-merge/);
  assert.equal(array.split("\n").at(-2), merge.split("\n").at(-2));
});

Deno.test("quoted() leaves plain words and disarms all others", () => {
  assert.equal(quoted("a/b-c_1.5:%A=@x,+"), "a/b-c_1.5:%A=@x,+");
  assert.equal(quoted("$(rm x) `y` \n"), "'$(rm x) `y` \n'");
  assert.equal(quoted(""), "''");
});

Deno.test("kubernetesJobs() gives each pod its shard, and a merge that waits to be let go", () => {
  const plan: KubernetesPlan = { ...PLAN, cwd: "/data", image: "lab/suite:1", claim: "scans" };
  const { items: [array, merge] } = JSON.parse(kubernetesJobs(plan));
  assert.equal(array.spec.completionMode, "Indexed");
  assert.equal(array.spec.completions, 12);
  const [pod] = array.spec.template.spec.containers;
  assert.deepEqual(pod.env, [
    { name: "INIT_CWD", value: "/data" },
    { name: "SCAN2SCORE_SHARDS", value: "12" },
  ]);
  assert.deepEqual(pod.command.slice(-5), PLAN.command);
  assert.deepEqual(pod.volumeMounts, [{ name: "data", mountPath: "/data" }]);
  assert.equal(merge.spec.suspend, true);
  assert.deepEqual(merge.spec.template.spec.containers[0].env.length, 1);
});

Deno.test("shardedCommand() takes commands that have shards, and gives them a task's workers", () => {
  assert.deepEqual(shardedCommand(["render", "x", "-o", "y"], 3).slice(-2), ["--workers", "3"]);
  assert.deepEqual(shardedCommand(["eval", "--workers", "1"], 3), ["eval", "--workers", "1"]);
  assert.throws(() => shardedCommand(["report", "x"], 3), /cannot be done in shards/);
  assert.throws(() => shardedCommand(["render", "--shard", "1/2"], 3), /--shard/);
  for (const auto of [["--backend", "auto"], ["--backend=auto"]]) {
    assert.throws(() => shardedCommand(["render", "x", ...auto], 3), /found back-end "auto"/);
  }
  assert.equal(outputOf(["render", "--out=a"]), "a");
  assert.equal(outputOf(["render", "-o", "b"]), "b");
  assert.throws(() => outputOf(["render", "x"]), /where to write/);
  assert.deepEqual([roundsOf(["run"]), roundsOf(["render"])], [3, 1]);
});

Deno.test("slurm", async (t) => {
  await inFolder(async (cwd) => {
    await t.step("submit says that the ordinary task may not start programs", async () => {
      const args = ["slurm", "submit", "--", "render", "fixtures:scans", "-o", "views"];
      const { code, stderr } = await cli(args, { cwd });
      assert.equal(code, 1);
      assert.match(stderr, /Cannot run sbatch.*\nhint: .*task slurm submit/);
      assert.deepEqual([...Deno.readDirSync(cwd)], []);
    });

    await t.step("submit --dry-run prints both scripts", async () => {
      const args = ["slurm", "submit", "--dry-run", "--tasks", "3", "--", "render", "x", "-o", "y"];
      const { code, stdout, stderr } = await cli(args, { cwd });
      assert.equal(code, 0, stderr);
      assert.match(stdout, /--array=0-2\n/);
      assert.match(stdout, /export INIT_CWD=.*s2s_cli_/);
      assert.equal(
        stdout.match(/--allow-sys=systemMemoryInfo tools\/main\.ts render x -o y --workers 2$/gm)
          ?.length,
        2,
      );
    });

    await t.step("status counts what is done, by whoever", async () => {
      const records = join(cwd, "views", ".work", "records");
      await Deno.mkdir(records, { recursive: true });
      const run = "r".repeat(64);
      await Deno.writeTextFile(
        join(cwd, "views", ".work", "list.json"),
        JSON.stringify({ title: "render", run, items: 4 }),
      );
      for (const [id, status] of [["a", "ok"], ["b", "failed"]]) {
        const record = { id, key: run, run, status, warnings: [], inputs: [], outputs: [] };
        await Deno.writeTextFile(join(records, `${id}.json`), JSON.stringify(record));
      }
      const { code, stdout } = await cli(["slurm", "status", "views"], { cwd });
      assert.equal(code, 1);
      assert.equal(stdout.trim(), "views render: 1 of 4 items done, 1 failed, 50 %");
    });
  });
});
