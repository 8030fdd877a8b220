// deno-lint-ignore-file no-console -- a benchmark reports on the terminal
/**
 * What results of many rows take: made up from the rows of a small results file, every score moved a little,
 * then written, read, and made into a leaderboard, each in a process of its own:
 *
 *   deno task bench large_results out/demo/results.json [--rows 1e5] [--views 10]
 *
 * Linux: memory is the peak resident set, read from /proc.
 */
import { parseArgs } from "node:util";
import { random } from "../../core/work/random.ts";
import { buildLeaderboard, leaderboardJson } from "../../eval/leaderboard.ts";
import { type ResultRow, type Results, writeResults } from "../../eval/results.ts";
import { readResults } from "../../eval/write_report.ts";
import { processCpuSeconds, processPeakMb } from "./_process.ts";
import { record } from "./_record.ts";

const { values, positionals } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: {
    rows: { type: "string", default: "1e5" },
    views: { type: "string", default: "10" },
    step: { type: "string" },
    file: { type: "string" },
  },
});
const rows = Number(values.rows), views = Number(values.views);

const STEPS: Readonly<Record<string, (file: string) => Promise<void>>> = {
  async write(file) {
    await writeResults(file, await madeUp(positionals[0]));
  },
  async read(file) {
    const { rows } = await readResults(file);
    console.log(`  ${rows.length} rows`);
  },
  async leaderboard(file) {
    const board = buildLeaderboard([await readResults(file)]);
    console.log(`  ${board.boards.length} boards, ${leaderboardJson(board).length} characters`);
  },
};

/** As many rows as are asked for, of the methods and the first protocol of a small file. */
async function madeUp(from: string): Promise<Results> {
  const small = await readResults(from), protocol = small.protocols[0];
  const patterns = new Map<string, ResultRow>();
  for (const row of small.rows) {
    if (row.status === "ok" && row.protocol === protocol.id) patterns.set(row.method, row);
  }
  const methods = small.methods.filter(({ name }) => patterns.has(name))
    .map(({ only: _only, ...method }) => method);
  const { float } = random(1, "large results"), made: ResultRow[] = [];
  for (let i = 0; made.length < rows; i++) {
    const view = `y${String(i % views).padStart(3, "0")}`;
    const subject = `s${String(Math.floor(i / views)).padStart(6, "0")}`;
    for (const { name } of methods) {
      const pattern = patterns.get(name)!;
      const moved = (value: number | null) => value === null ? null : value * (0.9 + 0.2 * float());
      made.push({
        ...pattern,
        subject,
        view,
        scores: Object.fromEntries(
          Object.entries(pattern.scores).map(([alignment, scores]) => [
            alignment,
            Object.fromEntries(Object.entries(scores).map(([key, v]) => [key, moved(v)])),
          ]),
        ),
      });
    }
  }
  const { pictures: _pictures, seal: _seal, ...head } = small;
  return { ...head, protocols: [protocol], methods, inputs: [], rows: made };
}

if (values.step !== undefined) {
  await STEPS[values.step](values.file!);
  console.log(JSON.stringify({ cpu: processCpuSeconds(), mb: processPeakMb() }));
} else {
  const folder = await Deno.makeTempDir({ prefix: "large_results_" }), file = `${folder}/r.json`;
  try {
    for (const step of Object.keys(STEPS)) {
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--v8-flags=--no-maglev-osr,--expose-gc", import.meta.url]
          .concat([...Deno.args, "--step", step, "--file", file]),
      }).output();
      const lines = new TextDecoder().decode(stdout).trim().split("\n");
      if (code !== 0) {
        console.log(`${step}: exit ${code}\n${new TextDecoder().decode(stderr).slice(0, 600)}`);
        break;
      }
      const { cpu, mb } = JSON.parse(lines.pop()!) as { cpu: number; mb: number };
      const { size } = await Deno.stat(file);
      console.log(
        `${step.padEnd(12)} ${cpu.toFixed(1)} CPU s, peak ${mb.toFixed(0)} MB ` +
          `(${rows} rows, ${(size / 1e6).toFixed(0)} MB)`,
      );
      await record(`results ${step}, ${rows} rows`, mb, "MB");
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
