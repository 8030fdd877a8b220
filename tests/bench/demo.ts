// deno-lint-ignore-file no-console -- a benchmark reports on the terminal
/**
 * Runs the demo from nothing into a folder of its own and says what it took: wall seconds, processor
 * seconds and the most memory that was resident, all of them of the one process. Linux only.
 *
 *   deno task bench demo [EXPERIMENT.jsonc]
 */
import { join } from "../../core/work/path.ts";
import { SUITE_ROOT } from "../../core/work/paths.ts";
import { record } from "./_record.ts";

const [file = join(SUITE_ROOT, "docs/experiments/demo.jsonc")] = Deno.args;
const out = await Deno.makeTempDir({ prefix: "s2s_demo_" });
const started = performance.now();
const child = new Deno.Command("deno", {
  args: ["run", "-A", join(SUITE_ROOT, "tools/main.ts"), "run", file, "-o", out],
  cwd: SUITE_ROOT,
  env: { INIT_CWD: Deno.cwd() },
  stdout: "null",
  stderr: "null",
}).spawn();
let peakMb = 0, cpu = 0;
const watch = setInterval(() => {
  try {
    const status = Deno.readTextFileSync(`/proc/${child.pid}/status`);
    peakMb = Math.max(peakMb, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
    const stat = Deno.readTextFileSync(`/proc/${child.pid}/stat`);
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    cpu = (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    // it has ended
  }
}, 100);
const { code } = await child.status;
clearInterval(watch);
const seconds = (performance.now() - started) / 1000;
await Deno.remove(out, { recursive: true });
await record("demo", cpu, "CPU s");
await record("demo, peak", peakMb, "MB");
console.log(
  `exit ${code}, ${seconds.toFixed(1)} s, ${cpu.toFixed(1)} CPU s, peak ${peakMb.toFixed(0)} MB`,
);
Deno.exit(code);
