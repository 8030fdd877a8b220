/** Keeps what benchmarks measured: one CSV a processor in `tests/bench/results`, a line a measurement. */
import { cpus } from "node:os";
import { join } from "../../core/work/path.ts";
import { SUITE_VERSION } from "../../core/work/version.ts";

const RESULTS = new URL("./results/", import.meta.url).pathname;
const HEAD = "date,suite,deno,measurement,value,unit\n";

/** Appends a measurement. The file is named after the processor. */
export async function record(measurement: string, value: number, unit: string): Promise<void> {
  await Deno.mkdir(RESULTS, { recursive: true });
  const file = join(RESULTS, `${processor()}.csv`);
  const begun = await Deno.stat(file).catch(() => undefined);
  const cells = [
    new Date().toISOString().slice(0, 10),
    SUITE_VERSION,
    Deno.version.deno,
    `"${measurement.replaceAll('"', '""')}"`,
    value.toPrecision(4),
    `"${unit}"`,
  ];
  await Deno.writeTextFile(file, (begun ? "" : HEAD) + cells.join(",") + "\n", { append: true });
}

/** The processor's name as part of a file's: `amd_epyc_9b14_2_cores`. */
function processor(): string {
  const all = cpus(), name = all[0]?.model ?? Deno.build.arch;
  const words = `${name} ${all.length} cores`.toLowerCase();
  return words.replaceAll(/[^a-z0-9]+/g, "_").replace(/^_|_$/g, "");
}
