// deno-lint-ignore-file no-console
/**
 * Times the photo front end and measures its memory. First make a photo of 12 megapixels (or others
 * of any kind), then measure, in a process of its own:
 *
 *   deno run -A tests/bench/photo_speed.ts --make out/photo12.jpg
 *   deno run -A tests/bench/photo_speed.ts out/photo12.jpg [PHOTO...] [--threads 2] [--runs 9]
 *
 * Wall and processor milliseconds of reading and analysing, after the networks are loaded; the
 * resident set is the highest of the whole process.
 */
import { parseArgs } from "node:util";
import process from "node:process";
import { encodeLossy } from "../../core/files/image.ts";
import { writeWhole } from "../../core/work/scratch.ts";
import { random } from "../../core/work/random.ts";
import { analysePhoto, openPoseNetworks, readPhoto } from "../../inference/photo/mod.ts";
import { drawPeople } from "./_photo_scenes.ts";

const { values, positionals } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: {
    make: { type: "string" },
    threads: { type: "string", default: "2" },
    runs: { type: "string", default: "9" },
  },
});
if (values.make !== undefined) await make(values.make);
else await measure(positionals, Number(values.threads), Number(values.runs));

async function measure(files: readonly string[], threads: number, runs: number): Promise<void> {
  const start = performance.now();
  await using networks = await openPoseNetworks({ threads });
  console.log(
    `networks loaded in ${(performance.now() - start).toFixed(0)} ms, ${await peakMb()} MB`,
  );
  for (const file of files) {
    const wall: number[] = [], cpu: number[] = [], reading: number[] = [];
    let size = "";
    for (let run = 0; run <= runs; run++) {
      const before = process.cpuUsage(), begin = performance.now();
      const photo = await readPhoto(file);
      const read = performance.now();
      await analysePhoto(photo, { networks });
      const end = performance.now(), { user, system } = process.cpuUsage(before);
      if (run === 0) continue; // compiles
      wall.push(end - begin);
      reading.push(read - begin);
      cpu.push((user + system) / 1000);
      size = `${photo.width} × ${photo.height}`;
    }
    console.log(
      `${file}: ${size}, wall ${median(wall)} ms median, ${Math.min(...wall).toFixed(0)} least ` +
        `(reading ${median(reading)}), processor ${median(cpu)} ms, peak ${await peakMb()} MB`,
    );
  }
}

/** Writes a photo of 4000 × 3000 pixels: a person on a noisy wall. */
async function make(path: string): Promise<void> {
  const width = 4000, height = 3000, data = new Uint8Array(3 * width * height);
  const { float } = random(0, "photo-speed");
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const noise = 16 * (float() - 0.5), shade = 60 * x / width + 40 * y / height;
      for (const tint of [120, 110, 90]) data[i++] = tint + shade + noise;
    }
  }
  for await (const { rgba, sizePx } of drawPeople(["h10"], { yawsDeg: [0], sizePx: height })) {
    for (let y = 0; y < sizePx; y++) {
      for (let x = 0; x < sizePx; x++) {
        const from = 4 * (y * sizePx + x), to = 3 * (y * width + x + (width - sizePx) / 2);
        const a = rgba[from + 3] / 255;
        for (let k = 0; k < 3; k++) data[to + k] += a * (rgba[from + k] - data[to + k]);
      }
    }
  }
  await writeWhole(path, await encodeLossy({ width, height, channels: 3, data }, { quality: 92 }));
}

function median(list: readonly number[]): string {
  return list.toSorted((a, b) => a - b)[list.length >> 1].toFixed(0);
}

/** Highest resident set so far, megabytes (Linux); the present one elsewhere. */
async function peakMb(): Promise<string> {
  const status = await Deno.readTextFile("/proc/self/status").catch(() => "");
  const kb = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? Deno.memoryUsage().rss / 1024);
  return (kb / 1024).toFixed(0);
}
