// deno-lint-ignore-file no-console -- a benchmark reports on the terminal
/**
 * Runs the PyTorch reference and the suite in turn on the same input and prints the ratios of their
 * cost. By hand, with a checkpoint and an input made by tests/crosscheck/twoktwok_reference.py and a
 * model folder imported from that checkpoint:
 *
 *   deno run -A tests/bench/twoktwok_cost.ts --python PY --checkpoint FILE --model DIR --input DIR
 *     [--runs 3] [--threads 2]
 *
 * Compared are the networks alone: in PyTorch the forward pass (weights loaded, BatchNorm not
 * folded), here everything from the coarse normals to the refinement with loading and checking the
 * networks' files; then also the whole of our run with preparation and decoding.
 */
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    python: { type: "string", default: "python" },
    checkpoint: { type: "string" },
    model: { type: "string" },
    input: { type: "string" },
    runs: { type: "string", default: "3" },
    threads: { type: "string", default: "2" },
  },
});
const folder = new URL("../", import.meta.url).pathname;

interface Cost {
  cpu: number;
  wall: number;
  peakMb: number;
}

const theirs: Cost[] = [], networks: Cost[] = [], ours: Cost[] = [];
for (let run = 0; run < Number(values.runs); run++) {
  const reference = await json(values.python, [
    `${folder}crosscheck/twoktwok_reference.py`,
    "run",
    ...["--checkpoint", values.checkpoint!, "--input", values.input!, "--threads", values.threads],
  ]) as { forward: Cost; peakMb: number };
  theirs.push({ ...reference.forward, peakMb: reference.peakMb });
  const suite = await json(Deno.execPath(), [
    ...["run", "-A", `${folder}bench/twoktwok_run.ts`, values.model!, values.input!],
    ...["--threads", values.threads],
  ]) as Cost & { stages: Record<string, Cost>; tiles: number; computed: number };
  const inside = Object.entries(suite.stages).filter(([name]) => !/^(prepare|decode)$/.test(name));
  const sum = (key: "cpu" | "wall") => inside.reduce((total, [, cost]) => total + cost[key], 0);
  networks.push({ cpu: sum("cpu"), wall: sum("wall"), peakMb: suite.peakMb });
  ours.push(suite);
  console.log(
    `run ${run}: PyTorch ${text(theirs[run])}; networks ${text(networks[run])}; whole ` +
      `${text(suite)}; ${suite.computed} of ${suite.tiles} tiles; load ${
        Deno.loadavg()[0].toFixed(1)
      }`,
  );
  if (run > 0) continue;
  for (const [name, { cpu, wall }] of Object.entries(suite.stages)) {
    console.log(`  ${name.padEnd(18)} ${cpu.toFixed(2)} CPU s  ${wall.toFixed(2)} s`);
  }
}
for (const [name, costs] of [["networks", networks], ["whole run", ours]] as const) {
  const ratio = (key: keyof Cost) => (median(costs, key) / median(theirs, key)).toFixed(3);
  console.log(
    `${name} / PyTorch, medians: CPU ${ratio("cpu")}, wall ${ratio("wall")}, ` +
      `peak ${ratio("peakMb")} (${median(costs, "peakMb").toFixed(0)} MB)`,
  );
}

async function json(command: string, args: string[]): Promise<unknown> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

function median(costs: readonly Cost[], key: keyof Cost): number {
  const sorted = costs.map((cost) => cost[key]).sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

function text({ cpu, wall, peakMb }: Cost): string {
  return `${cpu.toFixed(1)} CPU s ${wall.toFixed(1)} s ${peakMb.toFixed(0)} MB`;
}
