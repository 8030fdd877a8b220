/**
 * How rendering grows with the number of subjects, and whether killing it changes a byte. By hand:
 *
 *     deno run -A tests/bench/render_scale.ts throughput [subjects] [size] [layout]
 *     deno run -A tests/bench/render_scale.ts memory [size] [few] [many]        resident memory of few and of many
 *     deno run -A tests/bench/render_scale.ts kills [times] [subjects] [seed]   killed at random moments, resumed, compared
 *
 * The set is made of the bundled people again and again under other names. Linux: memory is read
 * from /proc.
 */
import { join } from "node:path";
import { sha256 } from "../../core/work/hash.ts";
import { FIXTURES, SUITE_ROOT } from "../../core/work/paths.ts";
import { random } from "../../core/work/random.ts";
import { filesUnder } from "../../core/work/work_list.ts";

const print = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(line + "\n"));

/** So that the first 20 subjects are as large as any 20. */
const PEOPLE = 20;

/** As the task `scan2score` runs. */
const V8_FLAGS = "--v8-flags=--no-maglev,--expose-gc";

/** Makes a data set of `count` people: files of the bundled ones, linked. */
async function makeSet(folder: string, count: number): Promise<string> {
  const subjects = join(folder, "subjects");
  await Deno.mkdir(subjects, { recursive: true });
  await Deno.copyFile(join(FIXTURES, "humans/open_body.npz"), join(folder, "open_body.npz"));
  for (let i = 0; i < count; i++) {
    const from = `h${String(i % PEOPLE + 1).padStart(2, "0")}`,
      id = `p${String(i).padStart(4, "0")}`;
    const json = JSON.parse(
      await Deno.readTextFile(join(FIXTURES, "humans/subjects", `${from}.json`)),
    );
    await Deno.writeTextFile(
      join(subjects, `${id}.json`),
      JSON.stringify({ ...json, id, glb: `${id}.glb` }),
    );
    await Deno.copyFile(
      join(FIXTURES, "humans/subjects", `${from}.glb`),
      join(subjects, `${id}.glb`),
    );
  }
  return folder;
}

interface Run {
  seconds: number;
  /** Of the process and its threads, bytes. */
  peakRss: number;
  /** Resident bytes every 100 ms, and how many items were done then. */
  rss: { bytes: number; done: number }[];
  code: number;
}

/** Runs the command; kills it after `killMs` where given. */
async function run(args: string[], killMs?: number): Promise<Run> {
  const started = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", V8_FLAGS, join(SUITE_ROOT, "tools/main.ts"), ...args],
    env: { MALLOC_ARENA_MAX: "2" }, // as the task has it
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let done = 0;
  const counted = (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of child.stdout) {
      done += decoder.decode(chunk, { stream: true }).split('"event":"item"').length - 1;
    }
  })();
  const rss: Run["rss"] = [];
  let peakRss = 0, ended = false;
  const killer = killMs === undefined ? undefined : setTimeout(() => {
    if (!ended) child.kill("SIGKILL");
  }, killMs);
  const watch = (async () => {
    while (!ended) {
      const status = await Deno.readTextFile(`/proc/${child.pid}/status`).catch(() => "");
      const kilobytes = (name: string) =>
        1024 * Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0);
      peakRss = Math.max(peakRss, kilobytes("VmHWM"));
      rss.push({ bytes: kilobytes("VmRSS"), done });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  })();
  const { code } = await child.status;
  ended = true;
  clearTimeout(killer);
  await Promise.all([watch, counted]);
  return { seconds: (performance.now() - started) / 1000, peakRss, rss, code };
}

async function sizeOf(folder: string): Promise<number> {
  let bytes = 0;
  for (const file of await filesUnder(folder)) bytes += (await Deno.stat(file)).size;
  return bytes;
}

/** One hash of an artifact: paths and bytes, without records, times and scratch. */
async function digest(folder: string): Promise<string> {
  const lines: string[] = [];
  for (const file of await filesUnder(folder)) {
    const local = file.slice(folder.length + 1);
    if (local.startsWith(".work/") || local === "timing.json") continue;
    lines.push(`${sha256(await Deno.readFile(file))} ${local}`);
  }
  return sha256(lines.join("\n"));
}

const options = (
  size: string,
  layout: string,
) => ["--yaws=0", "--size", size, "--layout", layout, "--workers", "2", "--json"];

async function throughput(
  folder: string,
  [count = "100", size = "1024", layout = "suite"]: string[],
) {
  const set = await makeSet(join(folder, "set"), Number(count)), out = join(folder, "out");
  const { seconds, peakRss, code } = await run([
    "render",
    set,
    "-o",
    out,
    ...options(size, layout),
  ]);
  const bytes = await sizeOf(out);
  print(
    `${layout} ${size}²: ${count} subjects in ${seconds.toFixed(1)} s (exit ${code}): ` +
      `${(60 * Number(count) / seconds).toFixed(0)} subjects/min, ` +
      `${(bytes / 1e6 / seconds).toFixed(1)} MB/s written (${(bytes / 1e6).toFixed(0)} MB), ` +
      `peak RSS ${(peakRss / 1e6).toFixed(0)} MB`,
  );
}

/** Resident memory of two runs: the peak, and the median from the tenth subject on, when all is warm. */
async function memory(folder: string, [size = "512", few = "20", many = "200"]: string[]) {
  const mb = (bytes: number) => (bytes / 1e6).toFixed(0);
  const medianOf = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1];
  const measured: { peak: number; steady: number }[] = [];
  for (const count of [Number(few), Number(many)]) {
    const home = join(folder, String(count)), out = join(home, "out");
    const set = await makeSet(join(home, "set"), count);
    const { seconds, peakRss, rss } = await run([
      "render",
      set,
      "-o",
      out,
      ...options(size, "suite"),
    ]);
    // Two items a subject: its file and its view.
    const between = (from: number, to: number) =>
      rss.filter(({ done }) => done >= 2 * from && done < 2 * to).map(({ bytes }) => bytes);
    const steady = medianOf(between(10, count));
    print(
      `${count} subjects at ${size}², ${seconds.toFixed(0)} s: peak ${mb(peakRss)} MB, ` +
        `median from the tenth on ${
          mb(steady)
        } MB (${rss.length} samples); medians by tenths of the run:`,
    );
    const tenths = Array.from(
      { length: 10 },
      (_, i) => medianOf(between(i * count / 10, (i + 1) * count / 10)),
    );
    print(`  ${tenths.map(mb).join(" ")}`);
    measured.push({ peak: peakRss, steady });
    await Deno.remove(home, { recursive: true });
  }
  const [a, b] = measured, change = (x: number, y: number) => (100 * (y / x - 1)).toFixed(1);
  print(
    `${many} against ${few}: peak ${change(a.peak, b.peak)} %, median ${
      change(a.steady, b.steady)
    } %`,
  );
}

async function kills(folder: string, [times = "50", subjects = "10", seed = "1"]: string[]) {
  const set = await makeSet(join(folder, "set"), Number(subjects)), flags = options("256", "suite");
  const whole = join(folder, "whole"),
    { seconds } = await run(["render", set, "-o", whole, ...flags]);
  const wanted = await digest(whole), { float } = random(Number(seed), "kills");
  let killed = 0, rounds = 0, different = 0;
  while (killed < Number(times)) {
    const out = join(folder, `round${rounds++}`);
    for (;;) {
      // Starting takes a second or so: most moments are after it.
      const moment = killed < Number(times) ? 1000 * (0.3 + float() * 1.2 * seconds) : undefined;
      const { code } = await run(["render", set, "-o", out, ...flags], moment);
      if (code === 0) break;
      killed++;
    }
    const same = await digest(out) === wanted;
    if (!same) different++;
    print(`${killed} kills so far: ${same ? "the same bytes" : "other bytes"}`);
    await Deno.remove(out, { recursive: true });
  }
  print(`killed ${killed} times in ${rounds} runs: ${different} ended with other bytes`);
}

if (import.meta.main) {
  const [what, ...rest] = Deno.args, folder = await Deno.makeTempDir({ prefix: "render-scale-" });
  const jobs: Record<string, (folder: string, rest: string[]) => Promise<void>> = {
    throughput,
    memory,
    kills,
  };
  try {
    if (jobs[what] === undefined) print("usage: render_scale.ts throughput|memory|kills");
    else await jobs[what](folder, rest);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
