/** The command `render` as users call it, on the dense scan. */
import process from "node:process";
import { join } from "../../core/work/path.ts";
import { FIXTURES, SUITE_ROOT } from "../../core/work/paths.ts";

/** The dense scan. */
export const DENSE_SCAN = join(FIXTURES, "humans", "dense", "h03_dense.glb");

/** V8's flags in the tasks. */
export const V8_FLAGS = "--v8-flags=--no-maglev,--expose-gc";

/** What a run of the command took. */
export interface CommandCost {
  wallSeconds: number;
  /** User and system, all threads, its start and reading the scan included. */
  cpuSeconds: number;
  peakMb: number;
}

/**
 * Draws views of the dense scan with all eight files each, one worker.
 *
 * @param folder Empty; receives the data set and the views.
 */
export async function renderDense(
  folder: string,
  { yaws, size }: { yaws: readonly number[]; size: number },
): Promise<CommandCost> {
  const set = join(folder, "set");
  await Deno.mkdir(set);
  await Deno.copyFile(DENSE_SCAN, join(set, "h03_dense.glb"));
  await Deno.writeTextFile(
    join(set, "h03_dense.json"),
    JSON.stringify({ id: "h03_dense", scan: "h03_dense.glb", units: "m", up: "+y", front: "+z" }),
  );
  const wall = performance.now(), before = process.resourceUsage();
  const { code, stderr } = await new Deno.Command("bash", {
    // Processor time and memory of the child alone: GNU time is not everywhere, bash's is.
    args: ["-c", 'TIMEFORMAT="%U %S"; time "$@" 1>&2', "bash", Deno.execPath()].concat(
      ["run", "-A", V8_FLAGS, "tools/main.ts", "render", set],
      ["-o", join(folder, "out"), `--yaws=${yaws.join(",")}`, "--size", `${size}`],
      ["--workers", "1", "--maps", "color,normal,depth,mask", "--quiet"],
    ),
    cwd: SUITE_ROOT,
  }).output();
  const text = new TextDecoder().decode(stderr);
  if (code !== 0) throw new Error(`render failed: ${text.slice(-800)}`);
  const [user, system] = text.trim().split("\n").at(-1)!.split(" ").map(Number);
  return {
    wallSeconds: (performance.now() - wall) / 1000,
    cpuSeconds: user + system,
    peakMb: Math.max(process.resourceUsage().maxRSS, before.maxRSS) / 1024,
  };
}
