// deno-lint-ignore-file no-console -- a fuzzer reports on the terminal
/**
 * Feeds changed files to every reader, each in a process of its own that is ended after 5 s without
 * an answer, and counts what is not an `InputError` within bounds of time and memory:
 *
 *   deno task fuzz                         all readers, about 2 minutes
 *   deno task fuzz --seconds 20 --only ply,glb
 *   deno task fuzz --runs 1000 --seed 7    so many executions a reader instead of a time
 *
 * The same seed and number of runs is the same inputs. What is found is written to `out/fuzz`; put it
 * into `tests/repro/files/<reader>/`, where the ordinary tests read it from then on.
 */
import { parseArgs } from "node:util";
import { sha256 } from "../../core/work/hash.ts";
import { join } from "../../core/work/path.ts";
import { SUITE_ROOT, userPath } from "../../core/work/paths.ts";
import { type Finding, MOST_MS } from "./_guard.ts";
import { inputOf } from "./input.ts";
import { type Target, TARGETS } from "./targets.ts";

/** Executions of one process: enough that starting it does not count. */
const BATCH = 2000;

const { values } = parseArgs({
  args: Deno.args,
  options: {
    seconds: { type: "string", default: "120" },
    runs: { type: "string" },
    seed: { type: "string", default: "1" },
    only: { type: "string" },
    out: { type: "string", default: "out/fuzz" },
  },
});
const seed = Number(values.seed), out = userPath(values.out);
const chosen = values.only === undefined ? TARGETS : values.only.split(",").map((name) => {
  const target = TARGETS.find((one) => one.name === name);
  if (target !== undefined) return target;
  console.error(`error: no reader "${name}", expected some of ${namesOf(TARGETS)}`);
  Deno.exit(2);
});
const runs = values.runs === undefined ? Infinity : Number(values.runs);
const msEach = values.runs === undefined ? 1000 * Number(values.seconds) / chosen.length : Infinity;

let executions = 0, findings = 0;
for (const target of chosen) {
  const { done, found, ms } = await fuzz(target);
  executions += done;
  findings += found;
  console.log(
    `${target.name.padEnd(24)} ${String(done).padStart(7)} executions, ` +
      `${(1000 * done / ms).toFixed(0).padStart(5)} a second, ${found} findings`,
  );
}
console.log(
  `${executions} executions of ${chosen.length} readers, seed ${seed}: ${findings} findings`,
);
Deno.exit(findings > 0 ? 1 : 0);

/** Fuzzes one reader. */
async function fuzz(target: Target): Promise<{ done: number; found: number; ms: number }> {
  const started = performance.now(), seen = new Set<string>();
  let next = 0;
  while (next < runs && performance.now() - started < msEach) {
    const until = msEach === Infinity ? Infinity : started + msEach;
    const batch = await runBatch(target, next, Math.min(runs, next + BATCH), until);
    next = batch.next;
    for (const [index, finding] of batch.findings) {
      // Once more, alone: a busy machine makes hangs, and others' leavings make memory.
      const again = await runBatch(target, index, index + 1, Infinity);
      const confirmed = again.findings.get(index);
      if (confirmed === undefined) {
        console.log(
          `${target.name} ${index}: not again: ${finding.kind}, ${finding.text.slice(0, 200)}`,
        );
        continue;
      }
      const where = confirmed.kind + confirmed.text.replaceAll(/\d+/g, "0").slice(0, 300);
      if (seen.has(where)) continue;
      seen.add(where);
      await keep(target, index, confirmed);
    }
  }
  return { done: next, found: seen.size, ms: performance.now() - started };
}

interface Batch {
  /** Index of the first execution that was not done. */
  next: number;
  findings: Map<number, Finding>;
}

/** Runs executions in a process, until a time. A hang or a crash ends it and is a finding. */
async function runBatch(target: Target, from: number, to: number, until: number): Promise<Batch> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--v8-flags=--expose-gc,--max-old-space-size=512",
      "--config",
      join(SUITE_ROOT, "deno.json"),
      new URL("./child.ts", import.meta.url).href,
      ...[target.name, seed, from, to].map(String),
    ],
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1" },
  }).spawn();
  const findings = new Map<number, Finding>();
  let current = -1, ended = false, hung = false, late = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const kill = () => {
    try {
      child.kill("SIGKILL");
    } catch {
      // it has just ended
    }
  };
  const wind = (ms: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      hung = true;
      kill();
    }, ms);
  };
  wind(60_000); // it starts: loads modules and makes its sound files
  const errors = new Response(child.stderr).text();
  let rest = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      if (line === "done") ended = true;
      const [, sign, index, json] = /^([>!]) (\d+)(?: (.*))?$/.exec(line) ?? [];
      if (sign === ">") {
        current = Number(index);
        wind(MOST_MS + 1000);
      } else if (sign === "!") findings.set(Number(index), JSON.parse(json) as Finding);
    }
    if (performance.now() > until && !ended) {
      late = true;
      kill();
      break;
    }
  }
  clearTimeout(timer);
  const { code, signal } = await child.status;
  const words = await errors;
  if (ended) return { next: to, findings };
  if (late) return { next: Math.max(from, current), findings };
  if (current < 0) throw new Error(`the process of ${target.name} did not start: ${words}`);
  findings.set(
    current,
    hung
      ? { kind: "hang", text: `no answer within ${MOST_MS} ms` }
      : { kind: "crash", text: `exit ${code}, ${signal}: ${words.slice(-600)}` },
  );
  return { next: current + 1, findings };
}

async function keep(target: Target, index: number, finding: Finding): Promise<void> {
  const bytes = inputOf(target, await target.seeds(), { seed, index });
  const folder = join(out, target.name), file = join(folder, sha256(bytes).slice(0, 12));
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeFile(file, bytes);
  console.log(
    `${target.name} ${index}: ${finding.kind} → ${file}\n${finding.text.slice(0, 600)}\n`,
  );
}

function namesOf(targets: readonly Target[]): string {
  return targets.map(({ name }) => name).join(", ");
}
