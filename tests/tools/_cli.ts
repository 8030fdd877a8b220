/** Runs the command line as a user does: another process, with the task's own permissions. */
import { parse } from "jsonc-parser";
import { join } from "../../core/work/path.ts";
import { SUITE_ROOT } from "../../core/work/paths.ts";

/** How a command ended. */
export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** Where and how to run. */
export interface CliOptions {
  /** Folder the user stands in. */
  cwd: string;
  /** Killed with SIGKILL after so many milliseconds. */
  killAfterMs?: number;
}

const task = (parse(await Deno.readTextFile(join(SUITE_ROOT, "deno.json"))) as {
  tasks: Record<string, { command: string }>;
}).tasks.scan2score.command;

/** Arguments of `deno` in the task `scan2score`; before it come variables, `NAME=value`. */
export const TASK_ARGS: readonly string[] = task.split(" ").slice(
  task.split(" ").indexOf("deno") + 1,
);

/** Runs `scan2score <args>`. */
export async function cli(args: readonly string[], options: CliOptions): Promise<Ended> {
  const { cwd, killAfterMs } = options;
  const { code, stdout, stderr } = await new Deno.Command("deno", {
    args: killAfterMs === undefined
      ? [...TASK_ARGS, ...args]
      : [...TASK_ARGS.slice(0, -1), "--allow-run", "--config", "deno.json", await killer(cwd)]
        .concat(args),
    cwd: SUITE_ROOT, // as `deno task` does; the user's folder is INIT_CWD
    env: { INIT_CWD: cwd, NO_COLOR: "1", KILL_AFTER_MS: String(killAfterMs) },
    stdout: "piped",
    stderr: "piped",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** A program that kills itself: `deno` may be npm's launcher, which dies without its child. */
async function killer(folder: string): Promise<string> {
  const file = join(folder, "killer.ts");
  const main = JSON.stringify(import.meta.resolve("../../tools/main.ts"));
  await Deno.writeTextFile(
    file,
    `setTimeout(() => Deno.kill(Deno.pid, "SIGKILL"), Number(Deno.env.get("KILL_AFTER_MS")));\n` +
      `await import(${main});\n`,
  );
  return file;
}

/** Runs `use` in a folder that is removed afterwards. */
export async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "s2s_cli_" });
  try {
    return await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true }).catch(() => {});
  }
}

/** A small experiment on two people: 192² pixels, two methods, few samples. */
export const SMALL = {
  schema: "scan2score/experiment-1",
  title: "Small",
  dataset: { path: "fixtures:humans", only: ["h02", "h04"] },
  render: { yaws: "0", size: 192 },
  infer: [{ method: "oracle-depth" }, { method: "inflate" }],
  eval: { protocols: ["suite-1"], samples: 2000 },
};

/** SHA-256 of every file of a folder but what varies by nature, one line each. */
export async function hashesOf(folder: string): Promise<string> {
  const lines: string[] = [];
  const walk = async (path: string, name: string) => {
    for await (const entry of Deno.readDir(path)) {
      const inner = join(path, entry.name), local = `${name}/${entry.name}`;
      if (/^(\.work|timing\.json|events\.jsonl|.*\.log)$/.test(entry.name)) continue;
      if (entry.isDirectory) await walk(inner, local);
      else {
        const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(inner));
        lines.push(`${local} ${new Uint8Array(digest).toHex()}`);
      }
    }
  };
  await walk(folder, "");
  return lines.sort().join("\n");
}
