// deno-lint-ignore-file no-console -- a benchmark reports on the terminal
/**
 * Runs a model on the input of tests/crosscheck/twoktwok_reference.py and prints seconds, memory
 * and the consistency report as JSON. By hand:
 *
 *   deno run -A tests/bench/twoktwok_run.ts MODEL INPUT [--stages DIR] [--files DIR] [--threads 2]
 *     [--memory low] [--tile 256|whole] [--background each] [--provider cpu]
 */
import { parseArgs } from "node:util";
import { fileSource } from "../../core/files/disk.ts";
import { readImage } from "../../core/files/image.ts";
import { identity } from "../../core/geometry/transform.ts";
import { openModel, runTwoKTwoK } from "../../inference/twoktwok/mod.ts";
import { keypoints31 } from "../../render/keypoints.ts";
import { processCpuSeconds, processPeakMb } from "./_process.ts";

const { positionals: [modelFolder, inputFolder], values } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: {
    stages: { type: "string" },
    files: { type: "string" },
    threads: { type: "string", default: "2" },
    memory: { type: "string", default: "normal" },
    tile: { type: "string" },
    background: { type: "string", default: "share" },
    provider: { type: "string", default: "cpu" },
  },
});
const person = JSON.parse(await Deno.readTextFile(`${inputFolder}/keypoints.json`)).people[0];
const picture = await readImage(await fileSource(`${inputFolder}/picture.png`), {
  channels: 3,
  bits: 8,
});
const mask = await readImage(await fileSource(`${inputFolder}/mask.png`), { channels: 1, bits: 8 });
const points = keypoints31({
  body25: Float64Array.from(person.pose_keypoints_2d),
  handLeft: Float64Array.from(person.hand_left_keypoints_2d),
  handRight: Float64Array.from(person.hand_right_keypoints_2d),
});
const focal = Math.max(picture.width, picture.height) / (2 * Math.tan(25 * Math.PI / 180));
const camera = {
  projection: "perspective" as const,
  width: picture.width,
  height: picture.height,
  fx: focal,
  fy: focal,
  cx: picture.width / 2,
  cy: picture.height / 2,
  camFromScan: identity(),
  yawDeg: 0,
  pitchDeg: 0,
};
const before = { cpu: processCpuSeconds(), wall: performance.now(), peakMb: processPeakMb() };
const stages: Record<string, { wall: number; cpu: number; peakMb: number; rssMb: number }> = {};
const result = await runTwoKTwoK(
  { picture: { ...picture, data: picture.data as Uint8Array }, keypoints31: points, mask },
  { camera, subjectDistanceM: 3 },
  {
    model: await openModel(modelFolder),
    quirks: "published",
    threads: Number(values.threads),
    memory: values.memory === "low" ? "low" : "normal",
    tilePx: values.tile === undefined
      ? undefined
      : values.tile === "whole"
      ? "whole"
      : Number(values.tile),
    background: values.background === "each" ? "each" : "share",
    providers: [values.provider],
    stagesFolder: values.stages,
    publishedFiles: values.files === undefined
      ? undefined
      : { folder: values.files, name: "picture" },
    async stage(name, work) {
      const start = { cpu: processCpuSeconds(), wall: performance.now() };
      await work();
      stages[name] = {
        wall: (performance.now() - start.wall) / 1000,
        cpu: processCpuSeconds() - start.cpu,
        peakMb: processPeakMb(),
        rssMb: Deno.memoryUsage().rss / 2 ** 20,
      };
    },
  },
);
const report = {
  before: before.peakMb,
  stages,
  wall: (performance.now() - before.wall) / 1000,
  cpu: processCpuSeconds() - before.cpu,
  processCpu: processCpuSeconds(),
  peakMb: processPeakMb(),
  load: Deno.loadavg()[0],
  tiles: result.network.fine.tiles,
  computed: result.network.fine.computed,
  consistency: result.consistency,
  warnings: result.warnings,
};
console.log(JSON.stringify(report, null, 1));
