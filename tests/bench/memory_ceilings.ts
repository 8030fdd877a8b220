// deno-lint-ignore-file no-console -- a benchmark reports on the terminal
/**
 * What each command takes of memory on a scan of ten million triangles: the peak of its process, read from
 * Linux's /proc, with the option that bounds it:
 *
 *   deno task bench memory_ceilings [--faces 1e7] [--format glb|obj|ply] [--memory 4GB]
 *       [--only render,infer-stitch,infer-poisson,eval,report,inspect] [--folder DIR]
 *
 * The scan is a bundled person with each triangle cut into four, again and again. With --folder the data set and
 * what the commands made are kept there and used again.
 */
import { parseArgs } from "node:util";
import { join } from "../../core/work/path.ts";
import { SUITE_ROOT } from "../../core/work/paths.ts";
import { type LargeFormat, writeLargeSet } from "./_large_set.ts";
import { record } from "./_record.ts";

const { values } = parseArgs({
  args: Deno.args,
  options: {
    faces: { type: "string", default: "1e7" },
    format: { type: "string", default: "glb" },
    memory: { type: "string", default: "4GB" },
    size: { type: "string", default: "2048" },
    only: { type: "string" },
    folder: { type: "string" },
  },
});

const memory = ["--memory", values.memory];
const COMMANDS: readonly (readonly [name: string, args: string[]])[] = [
  ["render", ["render", "set", "-o", "views", "--yaws=0", "--size", values.size, ...memory]],
  ["infer-stitch", [...oracle("stitch"), ...memory]],
  ["infer-poisson", [...oracle("poisson"), ...memory]],
  ["eval", [
    "eval",
    "predictions/stitch",
    "--truth",
    "views",
    "-o",
    "results/results.json",
    ...memory,
  ]],
  ["report", ["report", "results/results.json", "-o", "report", ...memory]],
  ["inspect", ["inspect", "set", ...memory]],
];

function oracle(mesher: string): string[] {
  const out = `predictions/${mesher}`;
  return ["infer", "views", "-o", out, "--method", "oracle-depth", "--mesher", mesher];
}

/** Runs a command and watches its process. */
async function run(cwd: string, args: readonly string[]) {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--v8-flags=--no-maglev,--expose-gc"]
      .concat(["--config", join(SUITE_ROOT, "deno.json"), join(SUITE_ROOT, "tools/main.ts")])
      .concat(args),
    cwd: SUITE_ROOT,
    env: { INIT_CWD: cwd, NO_COLOR: "1", MALLOC_ARENA_MAX: "2" }, // as the task has it
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let peakBytes = 0, cpuSeconds = 0, ended = false;
  const watch = (async () => {
    while (!ended) {
      const status = await Deno.readTextFile(`/proc/${child.pid}/status`).catch(() => "");
      peakBytes = Math.max(peakBytes, 1024 * Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
      const stat = await Deno.readTextFile(`/proc/${child.pid}/stat`).catch(() => "");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      cpuSeconds = Math.max(cpuSeconds, (Number(fields[11]) + Number(fields[12])) / 100 || 0);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  const { code, signal, stdout, stderr } = await child.output();
  ended = true;
  await watch;
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  const text = `${decode(stdout)}\n${decode(stderr)}`.trim();
  return { code, signal, peakBytes, cpuSeconds, text };
}

const folder = values.folder ?? await Deno.makeTempDir({ prefix: "memory_ceilings_" });
try {
  if ((await Deno.stat(join(folder, "set")).catch(() => undefined)) === undefined) {
    const { faces, bytes } = await writeLargeSet(join(folder, "set"), {
      faces: Number(values.faces),
      format: values.format as LargeFormat,
    });
    console.log(`a ${values.format} of ${faces} triangles, ${(bytes / 1e6).toFixed(0)} MB`);
  }
  for (const [name, args] of COMMANDS) {
    if (values.only !== undefined && !values.only.split(",").includes(name)) continue;
    const { code, signal, peakBytes, cpuSeconds, text } = await run(folder, args);
    const how = signal ?? (code === 0 ? "" : `exit ${code}`);
    console.log(
      `${name.padEnd(14)} ${(peakBytes / 1e6).toFixed(0).padStart(6)} MB ` +
        `${cpuSeconds.toFixed(1).padStart(6)} CPU s ${how}`,
    );
    if (how !== "") console.log(`  ${text.split("\n").slice(-4).join("\n  ")}`);
    else await record(`memory ${name}, ${values.faces} ${values.format}`, peakBytes / 1e6, "MB");
  }
} finally {
  if (values.folder === undefined) await Deno.remove(folder, { recursive: true });
}
