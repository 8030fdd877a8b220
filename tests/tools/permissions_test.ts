/** Each task may do what it must, and nothing else: run with one permission less, it fails for that reason. */
import assert from "node:assert/strict";
import { parse } from "jsonc-parser";
import { join } from "../../core/work/path.ts";
import { SUITE_ROOT } from "../../core/work/paths.ts";
import { permissionFaults, permissionsOf } from "../../tools/_permissions.ts";
import { inFolder } from "./_cli.ts";

const { tasks } = parse(await Deno.readTextFile(join(SUITE_ROOT, "deno.json"))) as {
  tasks: Record<string, { command: string }>;
};

/** A task's command without one permission; without environment variables before it. */
async function without(permission: string, task: string, args: string[], cwd: string) {
  const words = tasks[task].command.split(" ");
  const flag = words.find((word) => word.startsWith(`--allow-${permission}`));
  assert.ok(flag, `${task} has no --allow-${permission}`);
  const { code, stdout, stderr } = await new Deno.Command("deno", {
    args: [...words.slice(words.indexOf("deno") + 1).filter((word) => word !== flag), ...args],
    cwd: SUITE_ROOT,
    env: { INIT_CWD: cwd, NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  return { code, text };
}

const RENDER = [
  "render",
  "fixtures:scans",
  "-o",
  "out",
  "--size",
  "16",
  "--yaws=0",
  "--limit",
  "1",
];
const REFUSED = /not permitted to this task|Requires \w+ access/;

// `demo` runs the same program as `render`, among others, with the same four.
const PROBES: readonly [task: string, permission: string, args: string[], reason: RegExp][] = [
  ["scan2score", "read", RENDER, REFUSED],
  ["scan2score", "write", RENDER, REFUSED],
  ["scan2score", "env", RENDER, REFUSED],
  ["scan2score", "ffi", RENDER, /Requires ffi access|Could not load the "sharp" module/],
  ["scan2score", "sys", ["doctor"], /Requires sys access/],
  ["serve", "read", ["results.json"], REFUSED],
  ["serve", "env", ["results.json"], REFUSED],
  ["serve", "ffi", ["results.json"], /Requires ffi access|Could not load the "sharp" module/],
  ["serve", "net", ["results.json"], /this task may not use the network/],
  ["slurm", "read", ["status", "out"], REFUSED],
  ["slurm", "env", ["status", "out"], REFUSED],
  ["slurm", "run", ["submit", "--", "render", "x", "-o", "y"], /may not start other programs/],
];

for (const [task, permission, args, reason] of PROBES) {
  Deno.test(`task ${task} without --allow-${permission} fails for that reason`, async () => {
    await inFolder(async (cwd) => {
      const { code, text } = await without(permission, task, args, cwd);
      assert.notEqual(code, 0, text);
      assert.match(text, reason);
    });
  });
}

Deno.test("no task asks for more than tools/_permissions.ts says", () => {
  const faults = Object.entries(tasks).flatMap(([name, { command }]) =>
    permissionFaults(name, command)
  );
  assert.deepEqual(faults, []);
  assert.deepEqual(
    permissionsOf(tasks.demo.command).sort(),
    ["env", "ffi", "read", "write"],
  );
});

Deno.test("the network is granted to serve's loopback only, and to a browser's and a cluster's tests", () => {
  const granted = Object.entries(tasks).filter(([, { command }]) =>
    permissionsOf(command).some((one) => one.startsWith("net") || one === "all")
  ).map(([name, { command }]) => `${name}: ${permissionsOf(command).join(" ")}`);
  assert.deepEqual(granted.sort(), [
    "serve: read env ffi net=127.0.0.1",
    "test:browser: all",
    "test:slurm: all",
  ]);
});

Deno.test("permissionFaults() names what is too much", () => {
  const faults = permissionFaults("demo", "deno run --allow-net --allow-read tools/main.ts demo");
  assert.deepEqual(faults, [
    "task demo: --allow-net is more than it needs",
    "task demo: without --no-prompt it asks for more when it runs",
  ]);
  assert.deepEqual(permissionFaults("new", "deno run -A x.ts").length, 1);
});
