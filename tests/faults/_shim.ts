/**
 * Stands between the command line and the disk: counts calls that change the disk (or read it) and lets
 * one of them fail, or ends the process there as a power cut would. Run in the place of `tools/main.ts`:
 *
 *   FAULT={"kind":"kill","at":17}      ended by SIGKILL before call 17
 *         {"kind":"torn","at":17}      call 17 writes half of its bytes, then SIGKILL
 *         {"kind":"ENOSPC","at":17}    call 17 fails so; with "on":"read" a call that reads
 *         {"kind":"clock"}             every look at the clock jumps by hours, to and fro
 *         {"kind":"slow"}              every fourth call takes 40 ms longer
 *   FAULT_COUNT=FILE                   where to write how many calls there were
 */

/** What is to go wrong. */
export interface Fault {
  kind: "none" | "kill" | "torn" | "ENOSPC" | "EIO" | "EACCES" | "clock" | "slow";
  at?: number;
  on?: "write" | "read";
}

const fault = JSON.parse(Deno.env.get("FAULT") ?? '{"kind":"none"}') as Fault;
const counts = { write: 0, read: 0 };

type Call = (...args: never[]) => unknown;

/** Counts a call; true where it is the one that fails by half. */
function passes(on: "write" | "read"): boolean {
  const at = counts[on]++;
  if (at !== fault.at || on !== (fault.on ?? "write")) return true;
  switch (fault.kind) {
    case "kill":
      Deno.kill(Deno.pid, "SIGKILL");
      break;
    case "torn":
      return false;
    case "EACCES":
      throw Object.assign(new Deno.errors.PermissionDenied("Permission denied (os error 13)"), {
        code: "EACCES",
      });
    case "ENOSPC":
      throw Object.assign(new Error("No space left on device (os error 28)"), { code: "ENOSPC" });
    case "EIO":
      throw Object.assign(new Error("Input/output error (os error 5)"), { code: "EIO" });
  }
  return true;
}

function around(holder: object, name: string, on: "write" | "read") {
  const calls = holder as Record<string, Call>, original = calls[name];
  calls[name] = function (this: unknown, ...args: never[]) {
    const whole = passes(on);
    if (!whole) {
      const [data] = args as unknown[];
      if (data instanceof Uint8Array) {
        original.call(this, ...[data.subarray(0, data.length >> 1)] as never[]);
      }
      Deno.kill(Deno.pid, "SIGKILL");
    }
    if (isSlow() && !name.endsWith("Sync")) {
      return later(() => original.call(this, ...args));
    }
    return original.call(this, ...args);
  };
}

/** Whether this call is one of those that a slow disk takes long for. */
function isSlow(): boolean {
  return fault.kind === "slow" && (counts.write + counts.read) % 4 === 0;
}

async function later<T>(call: () => T): Promise<Awaited<T>> {
  await new Promise((resolve) => setTimeout(resolve, 40));
  return await call();
}

const open = Deno.open;
Deno.open = (path, options) => {
  const writes = options?.write || options?.create || options?.append;
  try {
    if (!passes(writes ? "write" : "read")) Deno.kill(Deno.pid, "SIGKILL");
  } catch (error) {
    return Promise.reject(error); // as a call that waits for a disk fails
  }
  return isSlow() ? later(() => open(path, options)) : open(path, options);
};
for (
  const name of ["rename", "mkdir", "remove", "writeFile", "writeTextFile", "copyFile"]
    .concat(["makeTempDir", "makeTempFile"])
) around(Deno, name, "write");
for (const name of ["write", "writeSync", "truncate", "syncData"]) {
  around(Deno.FsFile.prototype, name, "write");
}
for (const name of ["readFile", "readTextFile"]) around(Deno, name, "read");
around(Deno.FsFile.prototype, "read", "read");

if (fault.kind === "clock") {
  const now = Date.now, hour = 3_600_000;
  let looks = 0;
  Date.now = () => now() + (looks++ % 3 - 1) * 1000 * hour;
}

const exit = Deno.exit;
Deno.exit = (code) => {
  const file = Deno.env.get("FAULT_COUNT");
  if (file !== undefined) {
    Deno.writeFileSync(file, new TextEncoder().encode(JSON.stringify(counts)));
  }
  return exit(code);
};

await import("../../tools/main.ts");
