/**
 * One process of the fuzzer: runs the executions it is told and writes a line before and after each,
 * so that whoever started it sees a hang or a crash. Not for use by hand: see `main.ts`.
 *
 *   child.ts TARGET SEED FROM TO        prints `> index`, and `! index JSON` for a finding
 */
import process from "node:process";
import { type Finding, judge, mostBytes, watchAllocations } from "./_guard.ts";
import { inputOf } from "./input.ts";
import { removeFiles } from "./_jsons.ts";
import { TARGETS } from "./targets.ts";

const [name, seed, from, to] = Deno.args;
const target = TARGETS.find((one) => one.name === name)!;
const encoder = new TextEncoder();
const say = (line: string) => Deno.stdout.writeSync(encoder.encode(line + "\n"));
const { gc } = globalThis as { gc?: () => void };

const seeds = await target.seeds();
watchAllocations();
for (const seed of seeds) await judge(target.read, seed); // loads and compiles what is needed
for (let index = Number(from); index < Number(to); index++) {
  say(`> ${index}`);
  const bytes = inputOf(target, seeds, { seed: Number(seed), index });
  if (to === String(Number(from) + 1)) gc?.(); // alone: measured without others' leavings
  const before = process.memoryUsage().rss, peakBefore = process.resourceUsage().maxRSS * 1024;
  const finding = await judge(target.read, bytes) ?? grown(bytes, before, peakBefore);
  if (finding !== undefined) say(`! ${index} ${JSON.stringify(finding)}`);
}
removeFiles();
say("done");

/** Whether the process's largest size grew in this execution, and by more than is allowed. */
function grown(bytes: Uint8Array, before: number, peakBefore: number): Finding | undefined {
  const peak = process.resourceUsage().maxRSS * 1024, growth = peak - before;
  if (peak === peakBefore || growth <= mostBytes(bytes.length)) return undefined;
  return {
    kind: "allocation",
    text: `the process grew by ${growth} bytes for an input of ${bytes.length}`,
  };
}
