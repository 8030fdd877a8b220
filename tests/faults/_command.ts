/** Runs commands of the suite with a fault, and compares what they leave. */
import { sha256 } from "../../core/work/hash.ts";
import { join } from "../../core/work/path.ts";
import { SUITE_ROOT } from "../../core/work/paths.ts";
import { filesUnder } from "../../core/work/work_list.ts";
import type { Fault } from "./_shim.ts";

/** How a command ended. */
export interface Ended {
  code: number;
  killed: boolean;
  ms: number;
  text: string;
}

/** How to run a command. */
export interface RunFlags {
  cwd: string;
  fault?: Fault;
  /** Ended by SIGKILL from outside after so many milliseconds. */
  killAfterMs?: number;
  /** Where the number of calls goes. */
  countFile?: string;
}

/** Runs `scan2score <args>`, with the shim in the place of its main file. */
export async function runCommand(args: readonly string[], flags: RunFlags): Promise<Ended> {
  const { cwd, fault, killAfterMs, countFile } = flags;
  const started = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--no-prompt",
      "--v8-flags=--no-maglev,--expose-gc",
      "--config",
      join(SUITE_ROOT, "deno.json"),
      new URL("./_shim.ts", import.meta.url).href,
      ...args,
    ],
    cwd: SUITE_ROOT,
    env: {
      INIT_CWD: cwd,
      NO_COLOR: "1",
      FAULT: JSON.stringify(fault ?? { kind: "none" }),
      ...(countFile === undefined ? {} : { FAULT_COUNT: countFile }),
    },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => {
    try {
      child.kill("SIGKILL");
    } catch {
      // it has just ended
    }
  }, killAfterMs);
  const { code, signal, stdout, stderr } = await child.output();
  clearTimeout(timer);
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return {
    code,
    killed: signal === "SIGKILL",
    ms: performance.now() - started,
    text: decode(stdout) + decode(stderr),
  };
}

/** SHA-256 of every file of an artifact by relative path: without records, times and logs. */
export async function contentsOf(folder: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const exists = await Deno.stat(folder).catch(() => undefined);
  if (exists === undefined) return found;
  for (const file of await filesUnder(folder)) {
    const local = file.slice(folder.length + 1);
    if (/(^|\/)\.work\//.test(local) || /(^|\/)(timing\.json|events\.jsonl|.*\.log)$/.test(local)) {
      continue;
    }
    found.set(local, sha256(await Deno.readFile(file)));
  }
  return found;
}

/** What the work folders still hold besides records. */
export async function leftovers(folder: string): Promise<string[]> {
  const files = await filesUnder(folder).catch(() => []);
  return files.map((file) => file.slice(folder.length + 1)).filter((local) =>
    /(^|\/)\.work\/.*scratch\//.test(local) || local.endsWith(".tmp")
  );
}
