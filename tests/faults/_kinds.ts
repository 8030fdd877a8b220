/** The kinds of bad days. Each does one round on one command and says what was wrong afterwards. */
import type { Random } from "../../core/work/random.ts";
import type { Case } from "./_cases.ts";
import { contentsOf, type Ended, leftovers, runCommand } from "./_command.ts";
import { onReadOnlyDisk, withSmallDisk } from "./_disk.ts";
import type { Fault } from "./_shim.ts";

/** A command that ended well once, with what it then had written. */
export interface Reference extends Case {
  /** Milliseconds that it took. */
  ms: number;
  calls: { write: number; read: number };
  contents: ReadonlyMap<string, string>;
  folder: string;
}

/** Where a round takes place. */
export interface World {
  cwd: string;
  reference: Reference;
  /** A fresh folder for the artifact, below `cwd`. */
  out: string;
  rng: Random;
  /** Faults that are still asked for. */
  most: number;
}

/** How a round went. */
export interface Outcome {
  tried: number;
  /** What was wrong, in words. */
  wrong: string[];
}

/** A kind of faults. */
export interface Kind {
  name: string;
  title: string;
  /** Undefined: cannot be done on this machine. */
  run(world: World): Promise<Outcome | undefined>;
}

/** Files that list what failed, so they may differ after a run that said so and ended with 1. */
const LISTS = /(^|\/)(manifest|predictions|results|leaderboard)\.json$|\.html$/;

/** Faults of one round, before the command is at last left alone. */
const IN_A_ROW = 5;

/** See `main.ts`. */
export const KINDS: readonly Kind[] = [
  {
    name: "kills",
    title: "ended before, or in the middle of, a call that changes the disk",
    run: (world) =>
      inARow(world, async (wrong, share) => {
        const { reference, rng } = world;
        const fault: Fault = {
          kind: rng.below(3) === 0 ? "torn" : "kill",
          at: rng.below(Math.ceil(share * reference.calls.write)),
        };
        const ended = await start(world, { fault });
        if (ended.killed) wrong.push(...await halfFiles(world, "kill"));
        return ended.killed;
      }),
  },
  {
    name: "moments",
    title: "SIGKILL at random moments, two workers",
    run: (world) =>
      inARow(world, async (wrong, share) => {
        const killAfterMs = (0.15 + share * world.rng.float()) * world.reference.ms;
        const ended = await start(world, { killAfterMs, workers: 2 });
        if (ended.killed) wrong.push(...await halfFiles(world, "kill"));
        return ended.killed;
      }),
  },
  {
    name: "errors",
    title: "a call that changes the disk fails with ENOSPC, EIO or EACCES",
    run: (world) => inARow(world, (wrong) => failingCall(world, wrong, "write")),
  },
  {
    name: "reads",
    title: "a call that reads fails with EIO or EACCES",
    run: (world) => inARow(world, (wrong) => failingCall(world, wrong, "read")),
  },
  { name: "torn", title: "an output or a record was cut, emptied or lost", run: tornFiles },
  { name: "clock", title: "the clock jumps; files from 1970 and 2100", run: clockJumps },
  { name: "two", title: "two processes on one folder, one of them killed", run: twoProcesses },
  { name: "merge", title: "two shards at once, killed while they merge", run: mergedShards },
  { name: "disk", title: "a full disk that is then enlarged", run: withSmallDisk },
  { name: "readonly", title: "inputs, then the output, on a read-only mount", run: onReadOnlyDisk },
  { name: "slow", title: "a slow disk: killed there, then two at once", run: slowDisk },
];

async function start(
  { cwd, out, reference }: World,
  { fault, killAfterMs, workers = 1, shard }: {
    fault?: Fault;
    killAfterMs?: number;
    workers?: number;
    shard?: string;
  } = {},
): Promise<Ended> {
  const args = [...reference.args(out, workers), ...shard === undefined ? [] : ["--shard", shard]];
  return await runCommand(args, {
    cwd,
    ...(fault === undefined ? {} : { fault }),
    ...(killAfterMs === undefined ? {} : { killAfterMs }),
  });
}

/**
 * Several faults on one folder, then the command without any. `once` is told about which share of the
 * work is left, so that it aims there, and says whether the fault took place.
 */
async function inARow(
  world: World,
  once: (wrong: string[], share: number) => Promise<boolean>,
): Promise<Outcome> {
  const wrong: string[] = [];
  let tried = 0;
  for (let i = 0; i < IN_A_ROW && tried < world.most; i++) {
    if (!await once(wrong, 1 - i / IN_A_ROW)) break; // it came to its end: nothing is left to spoil
    tried++;
  }
  wrong.push(...await ending(world));
  return { tried, wrong };
}

/** What stands under a final name and is not what stands there in the end. */
async function halfFiles({ cwd, out, reference }: World, after: "kill" | "error") {
  const wrong: string[] = [];
  for (const [path, digest] of await contentsOf(`${cwd}/${out}`)) {
    if (path.endsWith(".tmp")) continue;
    if (reference.contents.get(path) === digest) continue;
    if (after === "kill" || !LISTS.test(path)) wrong.push(`${path} after the ${after}`);
    else if (path.endsWith(".json")) {
      try {
        JSON.parse(await Deno.readTextFile(`${cwd}/${out}/${path}`));
      } catch {
        wrong.push(`${path} is half`);
      }
    }
  }
  return wrong;
}

/** Runs the command to its end and compares. */
export async function ending(world: World): Promise<string[]> {
  const { cwd, out, reference } = world;
  const ended = await start(world);
  if (ended.code !== 0) return [`in the end: exit ${ended.code}: ${ended.text.slice(-400)}`];
  const found = await contentsOf(`${cwd}/${out}`), wrong: string[] = [];
  for (const path of new Set([...found.keys(), ...reference.contents.keys()])) {
    if (found.get(path) === reference.contents.get(path)) continue;
    const how = !found.has(path)
      ? "missing"
      : !reference.contents.has(path)
      ? "left over"
      : "other";
    wrong.push(`in the end: ${path} is ${how}`);
  }
  wrong.push(...(await leftovers(`${cwd}/${out}`)).map((path) => `in the end: ${path} is left`));
  return wrong;
}

async function failingCall(world: World, wrong: string[], on: "write" | "read"): Promise<boolean> {
  const { reference, rng } = world;
  const kinds = on === "write" ? ["ENOSPC", "EIO", "EACCES"] as const : ["EIO", "EACCES"] as const;
  const fault: Fault = {
    kind: kinds[rng.below(kinds.length)],
    at: rng.below(reference.calls[on]),
    on,
  };
  const { code, text } = await start(world, { fault });
  const what = `${fault.kind} at ${on} ${fault.at}`;
  // 0: the call was one of those that may fail, or the run was shorter this time.
  if (code !== 0 && code !== 1) wrong.push(`${what}: exit ${code}: ${text.slice(-300)}`);
  if (/Uncaught|\n {4}at /.test(text)) wrong.push(`${what}: untyped: ${text.slice(0, 400)}`);
  for (const half of await halfFiles(world, "error")) wrong.push(`${what}: ${half}`);
  if (code === 0) {
    const found = await contentsOf(`${world.cwd}/${world.out}`);
    for (const [path, digest] of reference.contents) {
      if (found.get(path) !== digest) {
        wrong.push(`${what}: exit 0, and ${path} is other or missing`);
      }
    }
  }
  return true;
}

async function tornFiles(world: World): Promise<Outcome> {
  const { cwd, out, reference, rng } = world;
  await copyTree(reference.folder, `${cwd}/${out}`);
  const files = await treeOf(`${cwd}/${out}`);
  const file = files[rng.below(files.length)], bytes = await Deno.readFile(file);
  const how = ["cut", "emptied", "lost"][rng.below(3)];
  if (how === "lost") await Deno.remove(file);
  else await Deno.writeFile(file, bytes.subarray(0, how === "cut" ? bytes.length >> 1 : 0));
  const wrong = await ending(world);
  return { tried: 1, wrong: wrong.map((text) => `${file.slice(cwd.length)} ${how}: ${text}`) };
}

async function clockJumps(world: World): Promise<Outcome> {
  const { cwd, out, rng } = world;
  const wrong: string[] = [];
  const half = await start(world, { killAfterMs: world.reference.ms * 0.8 });
  if (half.killed) wrong.push(...await halfFiles(world, "kill"));
  for (const file of await treeOf(`${cwd}/${out}`)) {
    const when = new Date(rng.below(2) === 0 ? 0 : Date.UTC(2100, 0));
    await Deno.utime(file, when, when);
  }
  const { code, text } = await start(world, { fault: { kind: "clock" } });
  if (code !== 0) wrong.push(`exit ${code}: ${text.slice(-300)}`);
  wrong.push(...await ending(world));
  return { tried: 1, wrong };
}

async function twoProcesses(world: World): Promise<Outcome> {
  const { reference, rng } = world;
  const killAfterMs = (0.3 + rng.float()) * reference.ms;
  const [one] = await Promise.all([
    start(world, { workers: 2 }),
    rng.below(2) === 0 ? start(world) : start(world, { killAfterMs }),
  ]);
  const wrong = one.code === 0 ? [] : [`exit ${one.code}: ${one.text.slice(-300)}`];
  wrong.push(...await ending(world));
  return { tried: 1, wrong };
}

async function slowDisk(world: World): Promise<Outcome> {
  const { reference, rng } = world, fault: Fault = { kind: "slow" };
  const killAfterMs = (0.5 + 2 * rng.float()) * reference.ms;
  const killed = await start(world, { fault, killAfterMs });
  const wrong = killed.killed ? await halfFiles(world, "kill") : [];
  for (const { code, text } of await Promise.all([start(world, { fault }), start(world)])) {
    if (code !== 0) wrong.push(`exit ${code}: ${text.slice(-300)}`);
  }
  wrong.push(...await ending(world));
  return { tried: 1, wrong };
}

async function mergedShards(world: World): Promise<Outcome> {
  const { reference, rng } = world;
  if (!reference.args("x", 1).includes("--workers") || /^report|^dataset/.test(reference.name)) {
    return { tried: 0, wrong: [] };
  }
  const wrong: string[] = [];
  let tried = 0;
  for (let i = 0; i < 3; i++) {
    const fault: Fault = { kind: "kill", at: rng.below(reference.calls.write) };
    const [a, b] = await Promise.all([
      start(world, { shard: "1/2", ...(i < 2 ? { fault } : {}) }),
      start(world, { shard: "2/2" }),
    ]);
    for (const { killed, code, text } of [a, b]) {
      if (killed) tried++;
      else if (code !== 0) wrong.push(`exit ${code}: ${text.slice(-300)}`);
    }
    if (reference.name !== "run") wrong.push(...await halfFiles(world, "kill"));
  }
  wrong.push(...await ending(world));
  return { tried: Math.max(1, tried), wrong };
}

/** All files of a folder, sorted. */
async function treeOf(folder: string): Promise<string[]> {
  const found: string[] = [];
  if (!(await Deno.stat(folder).catch(() => undefined))) return found;
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) found.push(...await treeOf(`${folder}/${name}`));
    else found.push(`${folder}/${name}`);
  }
  return found.sort();
}

async function copyTree(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyTree(`${from}/${name}`, `${to}/${name}`);
    else await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
  }
}
