/** What each task may do, against what it may at most. `tests/tools/permissions_test.ts` shows that each is needed. */

/** Of what reads scans, decodes pictures and writes artifacts. */
const WORK = ["read", "write", "env", "ffi"] as const;

/** Of what runs all of the suite's code, measurements of this machine too. */
const ALL = [...WORK, "sys"] as const;

/** The most that a task may ask for, as after `--allow-`. Tasks not listed here are faults. */
const MOST: Readonly<Record<string, readonly string[]>> = {
  demo: WORK,
  scan2score: [...WORK, "sys=systemMemoryInfo"], // for doctor
  serve: ["read", "env", "ffi", "net=127.0.0.1"],
  slurm: ["read", "write", "env", "run=sbatch,squeue"],
  test: [...ALL, "run=deno"],
  // Those of the developer that start other programs can do what those can; the network is not theirs.
  bench: [...ALL, "run"],
  fuzz: ["read", "write=out", "env", "ffi", "sys", "run"],
  faults: [...ALL, "run"],
  audit: ["read", "env"],
  "test:gpu": ["read", "env", "ffi"],
  "docs:check": ALL,
  "docs:schemas": ALL,
  "fixtures:scans": ["read", "write=fixtures", "env", "ffi", "sys"],
  // A browser of its own talks to it; a cluster of its own is started and looked into.
  "test:browser": ["all"],
  "test:slurm": ["all"],
};

/** Permissions of a task's command line, as after `--allow-`. */
export function permissionsOf(command: string): string[] {
  return command.split(/\s+/).flatMap((word) =>
    word === "-A" ? ["all"] : word.startsWith("--allow-") ? [word.slice("--allow-".length)] : []
  );
}

/** What a task of `deno.json` asks for and should not, a line each. */
export function permissionFaults(task: string, command: string): string[] {
  const asked = permissionsOf(command), most = MOST[task];
  if (most === undefined) {
    return asked.length === 0 ? [] : [`task ${task}: not on the list of tools/_permissions.ts`];
  }
  const faults = asked.filter((one) => !most.includes(one))
    .map((one) => `task ${task}: --allow-${one} is more than it needs`);
  if (/\bdeno (?:run|test)\b/.test(command) && !command.includes("--no-prompt")) {
    faults.push(`task ${task}: without --no-prompt it asks for more when it runs`);
  }
  return faults;
}
