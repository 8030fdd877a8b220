/** `run` and `demo`: a whole experiment from one file. */
import { basename, join, relative } from "../core/work/path.ts";
import { slashes, SUITE_ROOT, userPath } from "../core/work/paths.ts";
import {
  command,
  type Finish,
  interruptSignal,
  JSON_OUT,
  MEMORY,
  QUIET,
  SHARD,
  shardFromEnvironment,
  WORKERS,
} from "./_options.ts";
import type { Shard } from "../core/work/work_list.ts";
import { eprint, print } from "./_print.ts";

interface Flags {
  shard?: Shard | undefined;
  workers?: number | undefined;
  memory?: number | undefined;
  json?: true | undefined;
  quiet?: true | undefined;
}

/** Makes `run`. */
export function run(finish: Finish) {
  return command(
    "run",
    "Run an experiment file: render, infer, eval and report; goes on where it was stopped.",
    "scan2score run docs/experiments/demo.jsonc",
  )
    .argument("<experiment>", "JSONC file; see docs/formats.md")
    .option("-o, --out <dir>", "folder to write (default: out/<name of the file>)")
    .option(...SHARD).option(...WORKERS).option(...MEMORY).option(...JSON_OUT).option(...QUIET)
    .action(async (file, flags) => {
      const out = flags.out === undefined ? undefined : userPath(flags.out);
      finish(await runFile(userPath(file), out, flags));
    });
}

/** Makes `demo`. */
export function demo(finish: Finish) {
  return command(
    "demo",
    "The whole path on 8 bundled people: dataset, predictions, scores, leaderboard page.",
    "scan2score demo",
  )
    .option("-o, --out <dir>", "folder to write", "out/demo")
    .option(...WORKERS).option(...MEMORY).option(...JSON_OUT).option(...QUIET)
    .action(async (flags) => {
      const file = join(SUITE_ROOT, "docs", "experiments", "demo.jsonc");
      const code = await runFile(file, userPath(flags.out), flags);
      if (!flags.json && !flags.quiet) {
        print(
          `\nOpen ${flags.out}/report.html in a browser. Check every number: scan2score verify ${flags.out}`,
        );
      }
      finish(code);
    });
}

async function runFile(file: string, given: string | undefined, flags: Flags): Promise<0 | 1> {
  const { defaultOut, readExperiment } = await import("./_experiment.ts");
  const { runExperiment } = await import("./_run_experiment.ts");
  const { progressFor } = await import("./_progress.ts");
  const { reportBoards, reportEval, reportRun } = await import("./_steps.ts");
  const placed = await readExperiment(file);
  const out = given ?? userPath(defaultOut(placed.name));
  const started = performance.now();
  const summary = await runExperiment(placed, {
    out,
    workers: flags.workers,
    memory: flags.memory,
    shard: shardFromEnvironment(flags.shard),
    progress: progressFor(flags as { json?: boolean; quiet?: boolean }),
    signal: interruptSignal(),
    command: `npx -y deno@2.9.6 task scan2score run ${fileAsTyped(file)}`,
    json: flags.json,
    quiet: flags.quiet,
  });
  const codes: (0 | 1)[] = [
    reportRun("render", summary.render, { out: join(out, "dataset"), flags }),
  ];
  for (const { method, summary: one } of summary.infer) {
    codes.push(reportRun(`infer ${method}`, one, { out: join(out, "predictions", method), flags }));
  }
  if (summary.eval !== undefined) {
    codes.push(reportEval(summary.eval, { out: join(out, "results.json"), flags }));
  }
  if (summary.leaderboard !== undefined) {
    codes.push(reportBoards(summary.leaderboard, summary.notes, { out, flags }));
  } else eprint("note: other shards are not done yet; run this again when they are");
  if (!flags.json && !flags.quiet) {
    print(`done in ${((performance.now() - started) / 1000).toFixed(0)} s`);
  }
  return codes.includes(1) ? 1 : 0;
}

/** The file as the report names it: never with a folder of this machine outside the suite. */
function fileAsTyped(file: string): string {
  const inSuite = slashes(relative(SUITE_ROOT, file));
  return inSuite.startsWith("..") ? basename(file) : inSuite;
}
