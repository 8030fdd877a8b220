// deno-lint-ignore-file no-console -- a benchmark reports on the terminal
/**
 * Tells what rendering many scans costs, from a small render of theirs: processor hours, disk, files, and how
 * evenly the shards of a job array end. Subjects are drawn from those of the small render, with its bytes
 * as the measure of how they differ; the deal is the one that the command makes.
 *
 *   deno run -A tests/bench/scale_model.ts RENDERED --subject-seconds 1.45 --view-seconds 0.88 \
 *     [--subjects 100000] [--views 360] [--tasks 4000] [--artifacts 400]
 *
 * The two times are processor seconds a subject (reading, preparing) and a view, fitted by hand: render a
 * few subjects with one view and with several, under `time`, and take the differences.
 */
import { parseArgs } from "node:util";
import { readManifest } from "../../core/work/manifest.ts";
import { random } from "../../core/work/random.ts";
import { shardOf } from "../../core/work/shards.ts";

const { values, positionals } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: {
    "subject-seconds": { type: "string", default: "1.45" },
    "view-seconds": { type: "string", default: "0.88" },
    subjects: { type: "string", default: "100000" },
    views: { type: "string", default: "360" },
    tasks: { type: "string", default: "4000" },
    artifacts: { type: "string", default: "400" },
  },
});
const number = (name: keyof typeof values) => Number(values[name]);
const subjects = number("subjects"), views = number("views");

interface Sample {
  scanBytes: number;
  viewBytes: number;
  files: number;
}

const samples = new Map<string, Sample & { views: number }>();
for (const { id, inputs, outputs } of (await readManifest(positionals[0])).items) {
  if (!id.includes("/")) continue;
  const [subject] = id.split("/");
  const bytes = outputs.reduce((sum, file) => sum + file.bytes, 0);
  const sample = samples.get(subject) ?? {
    scanBytes: inputs.find(({ role }) => role === "scan")!.bytes,
    viewBytes: 0,
    files: outputs.length,
    views: 0,
  };
  sample.viewBytes = (sample.viewBytes * sample.views + bytes) / ++sample.views;
  samples.set(subject, sample);
}
const pool = [...samples.values()];
const mean = (of: (sample: Sample) => number) =>
  pool.reduce((sum, sample) => sum + of(sample), 0) / pool.length;
const scanBytes = mean((s) => s.scanBytes), viewBytes = mean((s) => s.viewBytes);

/** Processor seconds of one subject with all its views. */
const cost = (s: Sample) =>
  number("subject-seconds") * s.scanBytes / scanBytes +
  views * number("view-seconds") * s.viewBytes / viewBytes;

const { below } = random(1, "scale model");
const drawn = Array.from({ length: subjects }, () => pool[below(pool.length)]);
const seconds = drawn.reduce((sum, sample) => sum + cost(sample), 0);
const bytes = drawn.reduce((sum, sample) => sum + views * sample.viewBytes, 0);
const files = drawn.reduce((sum, sample) => sum + views * sample.files, 0);

// One artifact's shards: the longest decides when it ends.
const perArtifact = Math.ceil(subjects / number("artifacts"));
const perArray = Math.max(1, Math.round(number("tasks") / number("artifacts")));
const items = drawn.slice(0, perArtifact).map((sample, i) => ({
  id: String(i),
  inputs: [{ bytes: sample.scanBytes }],
  sample,
}));
const ends = Array.from(
  { length: perArray },
  (_, index) =>
    shardOf(items, { index, count: perArray }).reduce((sum, { sample }) => sum + cost(sample), 0),
);
const even = ends.reduce((sum, end) => sum + end, 0) / ends.length, longest = Math.max(...ends);

console.log(`${subjects} subjects × ${views} views, drawn from ${pool.length} rendered ones`);
console.log(`${(seconds / 3600).toFixed(0)} processor hours`);
console.log(`${(bytes / 1e12).toFixed(1)} TB in ${(files / 1e6).toFixed(0)} million files`);
console.log(`${(subjects * views / 1e6).toFixed(0)} million records`);
console.log(
  `${values.artifacts} artifacts of ${perArtifact}, ${perArray} tasks each: the longest task takes ` +
    `${(longest / 3600).toFixed(2)} h, ${(longest / even).toFixed(3)} of the mean`,
);
console.log(
  `every task hashes its artifact's inputs first: ${
    (perArtifact * scanBytes / 1e9).toFixed(1)
  } GB here, ` +
    `${(subjects * scanBytes / 1e9).toFixed(0)} GB were it one artifact`,
);
